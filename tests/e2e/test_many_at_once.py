"""
Failure-modes rows 10 and 12, with fifty people: approve, deny, extend, revoke and done on the same things at once.

Two `daypass serve` share one database, on PostgreSQL and on SQLite. Rounds are played, each click twice; then every
test is one claim about what the ledger, the answers and the exported journal say of it.
"""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Any

import pytest

from daypass.model.event import EntryKind
from daypass.model.grant import GrantId, GrantState
from daypass.model.principal import PrincipalId
from daypass.model.request import Request, RequestState
from tests.deliveries.world import World
from tests.e2e.crowd import ASKERS, BYSTANDERS, DECIDERS, NEEDED, PEOPLE, Answered, Click, Crowd
from tests.e2e.house import wait_for
from tests.e2e.service import PROGRAM
from tests.servers.pgbouncer import PgBouncer
from tests.servers.postgres import Postgres

LONG = pytest.mark.long
AGAINST = (0.0, 0.0, 0.2, 0.2, 0.4, 1.0)
"""How likely it is, of each request of a round, that somebody who decides is against it."""
DECISIVE = {EntryKind.REQUEST_APPROVED, EntryKind.REQUEST_DENIED, EntryKind.REQUEST_CANCELLED, EntryKind.REQUEST_LAPSED}


@dataclass
class Played:
    """What was played, and what came of it."""

    crowd: Crowd
    asked: list[GrantId] = field(default_factory=list)
    lent: list[GrantId] = field(default_factory=list)
    more: list[GrantId] = field(default_factory=list)
    """What would prolong each of these, asked before the clicks."""
    sent: list[Click] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)
    settled: list[tuple[Request, Request]] = field(default_factory=list)
    """Every request that the clicks decided, as it was then and after the same clicks once more."""
    alike: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """What was answered to asks with one key, by key."""

    @property
    def requests(self) -> list[Request]:
        """Every request that was clicked on, as it is now."""
        return [self.crowd.ledger.request(one) for one in self.asked]

    def told_done(self, verb: str, subject: GrantId) -> list[PrincipalId]:
        """Who was told that this click of theirs did it, each once: the same again is answered as the first was."""
        mine = (
            one.click.by for one in self.answers if one.counted and (one.click.verb, one.click.on) == (verb, subject)
        )
        return list(dict.fromkeys(mine))


def play(crowd: Crowd, rounds: int) -> Played:
    """Play so many rounds, and wait until what was ended is out of AWS."""
    played, dice = Played(crowd=crowd), Random(crowd.store_url.split(":")[0])  # noqa: S311 - a seed to run again
    for number in range(rounds):
        asked, lent = _prepare(crowd, number)
        longer = [_extend(crowd, one) for one in lent]
        more = [GrantId(one.body["id"]) for one in longer]
        clicks = [click for one in PEOPLE for click in _whims(one, asked, lent, more, dice)]
        played.answers += [*longer, *crowd.rush(clicks, dice)]
        before = [one for one in map(crowd.ledger.request, asked) if one.state is not RequestState.PENDING]
        played.answers += crowd.rush(clicks, dice)
        played.settled += [(one, crowd.ledger.request(one.id)) for one in before]
        played.asked += asked
        played.lent += lent
        played.more += more
        played.sent += [*(one.click for one in longer), *clicks, *clicks]
        key = f"round {number}"
        played.alike[key] = crowd.ask_alike(ASKERS[number], key, times=12)
    every = [*played.lent, *played.more]
    wait_for(lambda: all(one.state is GrantState.ENDED for one in crowd.ledger.grants(ids=every)))
    return played


def _extend(crowd: Crowd, grant: GrantId) -> Answered:
    """Ask for more of a grant, by the one who asked for it."""
    answered = crowd.click(Click(by=crowd.ledger.request(grant).requestor, verb="extend", on=grant))
    assert answered.counted, answered
    return answered


def _prepare(crowd: Crowd, number: int) -> tuple[list[GrantId], list[GrantId]]:
    """Six requests that wait, one of them for somebody else, and two grants that are live."""
    askers = ASKERS[:6]
    asked = [crowd.ask(one, ("two", "staged")[place % 2]) for place, one in enumerate(askers)]
    return asked, [crowd.lent(ASKERS[6]), crowd.lent(ASKERS[7 + number % 2], to=ASKERS[9])]


def _whims(
    person: PrincipalId, asked: list[GrantId], lent: list[GrantId], more: list[GrantId], dice: Random
) -> list[Click]:
    """What somebody is about to click: those who decide mostly approve, and everybody tries what they may not."""
    if person in DECIDERS:
        against = zip(asked, AGAINST, strict=True)
        weighed = [*((one, 0.1) for one in more), *against]
        on_requests = [(one, "deny" if dice.random() < chance else "approve") for one, chance in weighed]
        last = [(dice.choice(lent), "revoke")] if dice.random() < 0.3 else []
        return [Click(by=person, verb=verb, on=one) for one, verb in [*on_requests, *last]]
    if person in BYSTANDERS:
        verbs = [(dice.choice(asked), dice.choice(["approve", "deny"])), (dice.choice(lent), "done")]
        return [Click(by=person, verb=verb, on=one) for one, verb in verbs]
    tries = [(one, verb) for one in lent for verb in ("extend", "done")]
    return [Click(by=person, verb=verb, on=one) for one, verb in [*tries, (dice.choice(asked), "approve")]]


@pytest.fixture(
    params=[("postgres", 1), pytest.param(("pgbouncer", 2), marks=LONG), pytest.param(("sqlite", 2), marks=LONG)],
    ids=["postgres", "pgbouncer", "sqlite"],
    scope="module",
)
def played(
    request: pytest.FixtureRequest, ministack_world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    """Play on each database in turn."""
    kind, rounds = request.param
    folder = tmp_path_factory.mktemp(kind)
    url = f"sqlite:///{folder / 'daypass.db'}"
    if kind != "sqlite":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.fresh_database()
    if kind == "pgbouncer":
        pooler: PgBouncer = request.getfixturevalue("pgbouncer")
        url = f"{pooler.url(url)}?pooler=transaction"
    with Crowd(ministack_world, folder, url) as crowd:
        yield play(crowd, rounds)


@pytest.fixture
def entries(played: Played, tmp_path: Path) -> list[dict[str, Any]]:
    """Export the journal, let `daypass verify` check the file with the public key alone, and read what is in it."""
    hand, exported = played.crowd.hands[DECIDERS[0]][0], tmp_path / "journal.jsonl"
    key = hand.get("/v1/journal/key").json()["public_key"]
    wait_for(lambda: not played.crowd.waiting_entries())
    exported.write_bytes(hand.get("/v1/journal/export").content)
    command = [PROGRAM, "verify", exported, "--key", key]
    verified = subprocess.run(command, env={}, capture_output=True, text=True, check=False)

    assert verified.returncode == 0, verified.stdout + verified.stderr
    lines = [json.loads(line) for line in exported.read_text(encoding="utf-8").splitlines()]
    return [line["entry"] for line in lines if "entry" in line]


def test_every_request_has_exactly_one_outcome(played: Played) -> None:
    """Everybody who decides went through all of them, so that none waits; what nobody was against is approved."""
    unopposed = [one for place, one in enumerate(played.requests) if not AGAINST[place % len(AGAINST)]]
    states = {request.state for request in played.requests}

    assert states == {RequestState.APPROVED, RequestState.DENIED}
    assert {one.state for one in unopposed} == {RequestState.APPROVED}


def test_the_same_clicks_once_more_change_nothing(played: Played) -> None:
    """What was decided is, after every click was sent again to either replica, what it was, to the last field."""
    assert played.settled
    for before, after in played.settled:
        assert before == after


def test_a_grant_exists_exactly_when_the_request_is_approved(played: Played) -> None:
    """No denied request lends, and no approved one lends nothing."""
    lent = {grant.id for grant in played.crowd.ledger.grants(ids=played.asked)}

    assert lent == {request.id for request in played.requests if request.state is RequestState.APPROVED}


def test_every_stage_was_filled_by_so_many_different_people(played: Played) -> None:
    """No more and no fewer than the rule wants, in the rule's order, nobody twice, and nobody who may not."""
    for request in played.requests:
        needed = NEEDED[request.rule]
        given = [(one.stage, one.by) for one in request.approvals]
        stages = Counter(stage for stage, _ in given)

        assert len({by for _, by in given}) == len(given)
        assert {by for _, by in given} <= set(DECIDERS)
        assert [stage for stage, _ in given] == sorted((stage for stage, _ in given), key=list(needed).index)
        if request.state is RequestState.APPROVED:
            assert stages == needed
        else:
            assert all(stages[stage] <= needed[stage] for stage in stages)
            assert stages != needed


def test_who_was_told_that_it_counts_is_in_the_ledger_and_nobody_else(played: Played) -> None:
    """Every approval that was answered with success is kept once, and every one that is kept was answered so."""
    for request in played.requests:
        approved = sorted(one.by for one in request.approvals)
        denied = [request.approval.by] if request.state is RequestState.DENIED and request.approval else []

        assert sorted(played.told_done("approve", request.id)) == approved
        assert played.told_done("deny", request.id) == denied


def test_a_grant_is_ended_by_one_click_alone(played: Played) -> None:
    """Of done by two people who may and revoke by many, one is told that it ended the grant, and the grant says who."""
    for grant_id in played.lent:
        (by,) = played.told_done("done", grant_id) + played.told_done("revoke", grant_id)
        ending = played.crowd.ledger.grant(grant_id).ending

        assert ending is not None
        assert ending.by == by


def test_nothing_prolongs_what_was_ended(played: Played) -> None:
    """More of each grant was decided on while others ended it: whoever was first, nothing of it is left, nor comes."""
    grants = {one.id: one for one in played.crowd.ledger.grants(ids=played.more)}
    for request in map(played.crowd.ledger.request, played.more):
        assert (request.id in grants) is (request.state is RequestState.APPROVED)
        assert len(played.told_done("deny", request.id)) == (request.state is RequestState.DENIED)
        assert sorted(played.told_done("approve", request.id)) == sorted(one.by for one in request.approvals)
    for grant in grants.values():
        assert grant.extends is not None
        first = played.crowd.ledger.grant(grant.extends)
        assert grant.ending is not None
        assert first.ending is not None
        assert (grant.ending.why, grant.ending.by) == (first.ending.why, first.ending.by)


def test_every_click_was_answered(played: Played) -> None:
    """Whatever each was told, nobody was left without an answer."""
    assert Counter(one.click for one in played.answers) == Counter(played.sent)


def test_every_extension_that_was_answered_is_one_request(played: Played) -> None:
    """Each 201 names a request, the same again the same one; there is none besides; only who has the grant was let."""
    answered = [one for one in played.answers if one.counted and one.click.verb == "extend"]
    kept = [one for asker in ASKERS for one in played.crowd.ledger.requests(requestor=asker) if one.extends]

    assert answered
    assert {one.body["id"] for one in answered} == {one.id for one in kept}
    for one in answered:
        grant = played.crowd.ledger.grant(one.click.on)
        assert one.click.by in {grant.principal, played.crowd.ledger.request(grant.id).requestor}


def test_one_key_is_one_request_whichever_replica_was_asked(played: Played, entries: list[dict[str, Any]]) -> None:
    """Twelve times the same ask at once: each is answered with the one request that was filed."""
    for answers in played.alike.values():
        (status,), (request_id,) = {status for status, _ in answers}, {found for _, found in answers}
        filed = [one for one in entries if (one["kind"], one["subject"]) == (EntryKind.REQUEST_FILED, request_id)]

        assert status == HTTPStatus.CREATED
        assert len(filed) == 1


def test_the_exported_journal_verifies_and_has_one_decisive_entry_each(
    played: Played, entries: list[dict[str, Any]]
) -> None:
    """`daypass verify` has checked the file; in it each request is decided once, and each grant ends once."""
    decided = Counter(one["subject"] for one in entries if one["kind"] in DECISIVE)
    ending = Counter(one["subject"] for one in entries if one["kind"] == EntryKind.GRANT_ENDING)

    prolonged = [one.id for one in played.crowd.ledger.grants(ids=played.more)]
    assert {decided[one] for one in [*played.asked, *played.lent]} == {1}
    assert {decided[one] for one in played.more} <= {0, 1}
    assert {ending[one] for one in [*played.lent, *prolonged]} == {1}


def test_every_approval_that_counts_is_an_entry_of_its_own(played: Played, entries: list[dict[str, Any]]) -> None:
    """Who endorsed, and who approved last, in the order in which the ledger has them."""
    kinds = {EntryKind.REQUEST_ENDORSED, EntryKind.REQUEST_APPROVED}
    for request in played.requests:
        actors = [one["actor"] for one in entries if one["subject"] == request.id and one["kind"] in kinds]

        assert actors == [one.by for one in request.approvals]


def test_nobody_is_turned_away_from_what_still_waits(played: Played) -> None:
    """Whoever comes second is judged again and counts, or is told what the others decided; never that it waits."""
    turned_away = [one.body for one in played.answers if one.status == HTTPStatus.GONE]

    assert turned_away
    assert not [body for body in turned_away if "waits for a decision" in str(body)]


def test_nothing_went_wrong_inside(played: Played) -> None:
    """Whoever was not let was told why: no click of all was answered with a failure of the service."""
    failed = [one for one in played.answers if one.status >= HTTPStatus.INTERNAL_SERVER_ERROR]

    assert not failed
