"""Attacks over the wire that take a minute or more: lists of a thousand, claims that lapse, alarms that are due."""

import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import connect
from uuid import uuid4

import httpx2

from tests.attacks.clocked import SetClock
from tests.attacks.proxy import Fault, Proxy
from tests.attacks.site import ALICE, BOB, DAVE, FRED, NAMES, RULES, Site, moment, wait_for, wait_until_ended
from tests.servers.process import start, stop

_MANY = 1_005
_CROWD = {f"U0C{number:03}": f"Person{number} Crowd" for number in range(100)}


def _for_many(site_rules: str, checkout_rules: str) -> str:
    """The rules with the ceilings for one person raised, where this checkout has ceilings."""
    ceilings = "version: 1\nlimits: {pending: 5000, live: 5000}\n" if "`limits`" in checkout_rules else "version: 1\n"
    return site_rules.replace("version: 1\n", ceilings)


def test_a02_an_entry_that_is_hidden_before_it_is_signed_raises_an_alarm(make_site):
    """A writer of the database marks an approval as folded before the fold sees it: noticed within a minute or so."""
    site: Site = make_site()
    asked = site.ask(ALICE)
    site.export()
    site.drop_triggers()
    names = {"leaf_index": "1000000000000 + id", "leaf_hash": "x'00'", "place": "x'00'"}
    sets = ", ".join(f"{name} = {value}" for name, value in names.items() if name in site.columns("journal"))
    statement = f"update journal set {sets} where leaf_index is null and cast(entry as text) like '%request.approved%'"  # noqa: S608
    hidden = 0
    with closing(connect(site.store_url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)) as database:
        click = threading.Thread(target=site.approve, args=(BOB, asked))
        click.start()
        until = time.monotonic() + 5
        while not hidden and time.monotonic() < until:
            hidden = database.execute(statement).rowcount
        click.join()
    assert hidden, "the attack came too late: the fold was quicker"
    started = time.monotonic()
    while site.is_well():
        assert time.monotonic() - started < 90, "an approval never entered the tree, and nobody noticed in 90 s"
        time.sleep(1)


def test_a03_a_revocation_ends_the_extension_whatever_else_there_is(make_site, checkout):
    """A grant and its extension, then 1,005 small grants of the same person: revoking the first ends the extension."""
    site: Site = make_site(rules=_for_many(RULES, checkout.rules))
    first = site.live(DAVE, delivery="policy", for_="20m")
    more = site.call(DAVE, f"/v1/grants/{first}/extend", {"for": "1h", "reason": "more"}).json()["id"]
    assert site.approve(BOB, more).status_code == httpx2.codes.OK
    wait_for(lambda: site.state(DAVE, more) == "active")
    site.token(DAVE)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: _ask_until_taken(site, DAVE), range(_MANY)))
    answer = site.call(BOB, f"/v1/grants/{first}/revoke", {"reason": "INC-42"})
    assert answer.status_code == httpx2.codes.OK
    started = time.monotonic()
    while site.reads(DAVE):
        state = site.state(DAVE, more)
        assert time.monotonic() - started < 20, f"revoked, and the extension is {state}: AWS still reads"
        time.sleep(0.5)


def _ask_until_taken(site: Site, who: str) -> None:
    """Ask at once with others for one person; whoever is told to ask again does."""
    wish = {"level": "read", "resource": "acme-tiny/2026/", "delivery": "session"}
    answer = site.call(who, "/v1/requests", wish, key=uuid4().hex)
    while answer.status_code == httpx2.codes.SERVICE_UNAVAILABLE:
        answer = site.call(who, "/v1/requests", wish, key=uuid4().hex)
    assert answer.status_code == httpx2.codes.CREATED, answer.text


def test_e01_chores_leave_slacks_allowance_to_people(make_site):
    """Ninety requests wait, each of somebody else: in a quiet minute Slack is not asked after all of them."""
    with Proxy("") as slack:
        site: Site = make_site(
            rules=RULES.replace(
                "who: {people: [U0ALICE, U0DAVE, U0FRED,",
                "who: {people: [U0ALICE, U0DAVE, U0FRED, " + ", ".join(_CROWD) + ",",
            ),
            people=NAMES | _CROWD,
            slack_url=f"{slack.url}/api/",
            before_serving=lambda one: slack.forward_to(one.slack.url),
        )
        for who in list(_CROWD)[:90]:
            site.ask(who)
        time.sleep(15)
        before = len([call for call in slack.calls if call.action == "users.info"])
        time.sleep(65)
        asked = len([call for call in slack.calls if call.action == "users.info"]) - before

    assert asked <= 50, f"in a quiet minute the chores asked Slack after {asked} people, of about 100 that it allows"


def test_e02_everything_that_is_due_is_escalated(make_site, checkout):
    """Over a thousand requests wait past the time of their escalation: each is escalated."""
    later = "hand_over: [{after: 10s, to: {people: [U0CAROL]}}]"
    stage = f"approve: {{stages: [{{name: lead, anyone_of: {{people: [U0BOB]}}, {later}}}]}}"
    if "hand_over" not in checkout.rules:
        stage = stage.replace("hand_over", "escalate")
    rules = RULES.replace("approve: {anyone_of: {people: [U0BOB, U0CAROL]}}", stage)
    many = list(_CROWD)[:25]
    rules = rules.replace("U0ALICE, U0DAVE, U0FRED,", "U0ALICE, U0DAVE, U0FRED, " + ", ".join(many) + ",")
    site: Site = make_site(rules=_for_many(rules, checkout.rules), people=NAMES | _CROWD)
    for who in many:
        site.token(who)
    with ThreadPoolExecutor(4) as pool:
        asked = list(
            pool.map(lambda n: site.ask(many[n % 25], resource=f"acme-reports/customer-{n}/"), range(_MANY)),
        )
    said = "cast(entry as text)"
    which = f"{said} like '%handed_over%' or {said} like '%escalat%'"
    statement = f"select count(distinct subject) from journal where {which}"  # noqa: S608
    started = time.monotonic()
    while (done := site.sql(statement)[0][0]) < len(asked):
        assert time.monotonic() - started < 150, f"{len(asked) - done} of {len(asked)} were never escalated"
        time.sleep(2)


def test_e03_whoever_may_decide_sees_everything_that_waits_for_them(make_site):
    """A hundred and eight requests wait for Bob: his list has them all, or says how many there are."""
    site: Site = make_site(
        rules=RULES.replace("U0ALICE, U0DAVE, U0FRED,", "U0ALICE, U0DAVE, U0FRED, " + ", ".join(_CROWD) + ","),
        people=NAMES | _CROWD,
    )
    for number in range(108):
        site.ask(list(_CROWD)[number % 6], resource=f"acme-reports/customer-{number}/")
    seen, cursor = 0, ""
    told = site.call(BOB, f"/v1/mine{cursor}").json()
    seen += len(told["waiting"])

    assert max(seen, *(value for value in told.values() if isinstance(value, int)), 0) == 108, f"Bob sees {seen} of 108"


def test_f02_a_step_that_outlives_its_claim_changes_nothing_any_more(make_site):
    """A worker sleeps in the middle of a step, another activates, the first wakes: the promised date is what holds."""
    with Proxy("", fault=lambda call: Fault(wait_s=1.5) if call.action.startswith("Get") else None) as aws:
        site: Site = make_site(before_aws=aws)
        with _another_worker(site) as worker:
            held: dict[str, str] = {}
            for _ in range(5):
                grants = {who: site.ask(who, delivery="policy", for_="80s") for who in (ALICE, DAVE, FRED)}
                for grant in grants.values():
                    site.approve(BOB, grant)
                time.sleep(0.7)
                worker.send_signal(signal.SIGSTOP)
                time.sleep(13)
                held = {who: grant for who, grant in grants.items() if site.state(who, grant) != "active"}
                if held:
                    break
                worker.send_signal(signal.SIGCONT)
                for who, grant in grants.items():
                    site.call(who, f"/v1/grants/{grant}/done", {})
                    wait_until_ended(site, who, grant)
            assert held, "the worker that sleeps never held any of them"
            wait_for(lambda: all(site.state(who, grant) == "active" for who, grant in held.items()), within_s=100)
            worker.send_signal(signal.SIGCONT)
            ends = {who: moment(site.grant(who, grant)["ends"]) for who, grant in held.items()}
            while left := {who: end for who, end in ends.items() if end - datetime.now(UTC) > timedelta(seconds=3)}:
                for who, end in left.items():
                    story = [f"{one['kind']} {one['details'].get('why', '')}" for one in site.story(who, held[who])]
                    early = (end - datetime.now(UTC)).total_seconds()
                    assert site.reads(who), f"refused {early:.0f} s before its date: {story}"
                time.sleep(1)
            for who, grant in held.items():
                assert moment(site.grant(who, grant)["ends"]) == ends[who]
                wait_until_ended(site, who, grant)
                assert not site.reads(who)


def test_f04_a_worker_with_a_fast_clock_does_nothing(make_site, postgres_url: str, tmp_path: Path):
    """One of two workers is eight minutes ahead: every grant becomes active and lasts until its date."""
    site: Site = make_site(store_url=postgres_url)
    clock = SetClock(tmp_path / "clock")
    clock.set(480)
    with _another_worker(site, clock):
        time.sleep(3)
        for _ in range(6):
            _lasts_until_its_date(site)


def _lasts_until_its_date(site: Site) -> None:
    """A grant of twelve seconds becomes active, and is gone at its date and not before."""
    grant = site.ask(ALICE, delivery="policy", for_="12s")
    site.approve(BOB, grant)
    wait_for(lambda: site.state(ALICE, grant) != "approved", within_s=40, what="what comes after the approval")
    lasted = datetime.now(UTC)
    while site.reads(ALICE):
        lasted = datetime.now(UTC)
        time.sleep(0.2)
    wait_until_ended(site, ALICE, grant)
    whys = [one["details"].get("note") for one in site.story(ALICE, grant) if one["kind"] == "grant.ending"]
    early = (moment(site.grant(ALICE, grant)["ends"]) - lasted).total_seconds()
    assert early < 2, f"gone {early:.0f} s before its date because of the other worker's clock: {whys}"


@contextmanager
def _another_worker(site: Site, clock: SetClock | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run `daypass work` beside the service, on the same database."""
    command, log = site.checkout.command("work"), site.directory / "work.log"
    environment = site.environ() if clock is None else clock.environment(site.environ())
    process = start(command, environment=environment, log=log)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        stop(process, patience=5)
