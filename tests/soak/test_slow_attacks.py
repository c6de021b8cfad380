"""Attacks over the wire that take a minute or more: lists of a thousand, claims that lapse, alarms that are due."""

import threading
import time
from contextlib import closing
from sqlite3 import connect

from tests.attacks.site import ALICE, BOB, NAMES, RULES, Site

_CROWD = {f"U0C{number:03}": f"Person{number} Crowd" for number in range(100)}


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


def test_e03_whoever_may_decide_sees_everything_that_waits_for_them(make_site):
    """A hundred and eight requests wait for Bob: his list has them all, or says how many there are."""
    site: Site = make_site(
        rules=RULES.replace("U0ALICE, U0DAVE, U0FRED,", "U0ALICE, U0DAVE, U0FRED, " + ", ".join(_CROWD) + ","),
        people=NAMES | _CROWD,
    )
    for number in range(108):
        site.ask(list(_CROWD)[number % 6], resource=f"acme-reports/{number}/")
    seen, cursor = 0, ""
    told = site.call(BOB, f"/v1/mine{cursor}").json()
    seen += len(told["waiting"])

    assert max(seen, *(value for value in told.values() if isinstance(value, int)), 0) == 108, f"Bob sees {seen} of 108"
