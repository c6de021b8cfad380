"""Panic ends everything in an extent, however much there is; a freeze keeps it so until two owners lift it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Executable, delete, update

from daypass.lifecycle.absence import say_away
from daypass.lifecycle.bots.identify import identify
from daypass.lifecycle.end.operator import end_as_operator
from daypass.lifecycle.freezes.freeze import Halt, freeze, lift, set_freeze
from daypass.lifecycle.freezes.gate import freezes, freezes_now
from daypass.lifecycle.freezes.panic import Ended, go_on, panic, panic_as_operator
from daypass.lifecycle.handout import links
from daypass.lifecycle.login import begin, confirm
from daypass.model.absence import Absence
from daypass.model.bot import Bot
from daypass.model.errors import BadInput, Conflict, Misconfigured, NotAllowed, NotYours
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.freeze import Extent, Freeze
from daypass.model.grant import Delivery, GrantId, GrantState, Why, new_grant_id
from daypass.model.login import LoginScope
from daypass.model.preapproval import Preapproval
from daypass.model.principal import OPERATOR, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import RequestState
from daypass.resources.registry import parse_resource
from daypass.rules.load.read import parse
from daypass.store.tables import records
from tests.flow.conftest import Walk
from tests.hands import enders
from tests.instant import InThatInstant
from tests.makers import ANN, BOB, EVE, HOUR, RULES, grant, principal, request

CARL, DAN = PrincipalId("U0CARL"), PrincipalId("U0DAN")
ALL = Extent(everything=True)
ANNS, THERE = Extent(person=ANN), Extent(place=parse_resource("acme-reports/"))
OWNED = RULES.replace("version: 1", "version: 1\nowners: {people: [U0CARL, U0DAN, U0ANN]}")
AT_ONCE = OWNED.replace("approve: {anyone_of: {people: [U0BOB, U0ANN], slack_groups: [S0LEADS]}}", "approve: at-once")
_LIVE = (GrantState.APPROVED, GrantState.ACTIVE)


@pytest.fixture
def owned(walk: Walk) -> Walk:
    """Carl, Dan and Ann own the rules."""
    walk.rules = parse(OWNED, name="rules.yaml")
    for one in (CARL, DAN):
        walk.directory.people[one] = principal(one, None)
    return walk


def panicked(walk: Walk, extent: Extent, by: PrincipalId = CARL, *, hold: bool = True) -> Ended:
    """Somebody ends everything in an extent."""
    known = walk.enders
    halt = Halt(extent=extent, by=by, reason="laptop stolen")
    return panic(
        halt,
        hold=hold,
        enders=known,
        logins=walk.logins,
        now=walk.clock(),
    )


def frozen(walk: Walk, extent: Extent, by: PrincipalId = CARL) -> Freeze:
    """Somebody freezes an extent."""
    known = walk.enders
    return freeze(extent, by=by, reason="", enders=known, now=walk.clock())


def lifted(walk: Walk, freeze_id: GrantId, by: PrincipalId) -> Freeze | None:
    """An owner says that a freeze may be lifted."""
    return lift(freeze_id, by=by, judge=walk.judge, now=walk.clock())


def many(walk: Walk, number: int) -> list[GrantId]:
    """Ann has so many grants, each of a request of its own."""
    ids = [new_grant_id() for _ in range(number)]
    happened = Event(kind=EntryKind.REQUEST_APPROVED, at=walk.clock(), actor=BOB)
    approved = request().decided(RequestState.APPROVED)
    made = [(replace(approved, id=one), replace(grant(), id=one)) for one in ids]
    facts = [Fact(event=happened, changes=rows, told=False) for rows in made]
    assert walk.ledger.record_each(facts) == []
    return ids


@pytest.mark.heavy
@pytest.mark.parametrize("extent", [ANNS, THERE, ALL], ids=str)
def test_panic_ends_every_grant_in_its_extent_however_many_there_are(owned: Walk, extent: Extent):
    """More than any list or batch holds, in the ledger's own order."""
    ids = many(owned, 1203)

    ended = panicked(owned, extent)

    assert ended.counts["grants"] == len(ids)
    assert owned.ledger.grants(states=_LIVE) == []


def test_panic_ends_all_that_somebody_has_and_all_that_speaks_for_them(owned: Walk):
    """Grants, what waits, approvals in advance, delegations, logins, the tokens of their bots; nobody else's."""
    walk, now = owned, owned.clock()
    active, waiting = walk.active(), walk.ask(reason="INC-43")
    robot = Bot(id=PrincipalId("bot:deploy"), owner=ANN, at=now, token_hash="f" * 64, token_ends=now + HOUR)
    walk.ledger.record(Fact(event=Event(kind=EntryKind.ROBOT_ADDED, at=now, actor=CARL), changes=(robot,), told=False))
    permit = walk.allow()
    say_away(ANN, until=now + timedelta(days=2), delegate=EVE, judge=walk.judge, now=now)
    walk.token(ANN)
    walk.token(EVE)

    counts = panicked(walk, ANNS).counts

    assert counts == {
        "grants": 1,
        "requests": 1,
        "preapprovals": 1,
        "delegations": 1,
        "bot tokens": 1,
        "logins": 1,
    }
    assert walk.ledger.grant(active.id).state is GrantState.ENDING
    assert walk.ledger.request(waiting.id).state is RequestState.DENIED
    assert walk.ledger.find(Preapproval, permit.id).state is Validity.CLOSED
    assert walk.ledger.find(Absence, ANN).delegate is None
    assert walk.ledger.find(Bot, "bot:deploy").token_hash is None
    assert [one.principal for one in walk.logins.live(now=now)] == [EVE]
    assert panicked(walk, ANNS).counts == {}


def test_panic_works_with_nobody_to_ask_and_no_rules(owned: Walk):
    """For whoever it is about; the rules file and Slack are gone."""
    grant_id = owned.active().id
    owned.directory.away = True
    known = enders(owned.judge, rules=False)

    ended = panic(Halt(extent=ANNS, by=ANN), enders=known, logins=owned.logins, now=owned.clock())

    assert (ended.counts, owned.ledger.grant(grant_id).state) == ({"grants": 1}, GrantState.ENDING)


def test_who_decides_on_something_ends_that_and_freezes_nothing(owned: Walk):
    """Bob approves what Ann asks for; he owns no rules. Eve decides on nothing."""
    grant_id = owned.active().id

    with pytest.raises(NotYours):
        panicked(owned, ALL, EVE)
    ended = panicked(owned, ALL, BOB)

    assert (ended.counts, ended.freeze) == ({"grants": 1}, None)
    assert owned.ledger.grant(grant_id).state is GrantState.ENDING
    assert freezes(owned.ledger) == ()


def test_a_panic_that_died_half_way_is_brought_to_its_end_by_a_worker(owned: Walk):
    """The freeze was written, and nothing was ended yet."""
    grant_id = owned.active().id
    set_freeze(Halt(extent=ANNS, by=CARL, ends=True), ledger=owned.ledger, now=owned.clock())

    assert go_on(ledger=owned.ledger, logins=owned.logins, now=owned.clock()) == 1
    assert owned.ledger.grant(grant_id).state is GrantState.ENDING
    assert go_on(ledger=owned.ledger, logins=owned.logins, now=owned.clock()) == 0


def test_a_rule_that_approves_at_once_gives_nothing_back_after_a_panic(owned: Walk):
    """Unless whoever ended it said that it may."""
    owned.rules = parse(AT_ONCE, name="rules.yaml")
    owned.ask()
    panicked(owned, ANNS, hold=False)
    owned.ask(reason="INC-43")
    panicked(owned, ANNS)

    with pytest.raises(NotAllowed, match="frozen"):
        owned.ask(reason="INC-44")
    assert owned.ledger.grants(states=_LIVE) == []


GIVING: dict[str, Callable[[Walk, GrantId, GrantId], object]] = {
    "asking": lambda walk, *_: walk.ask(reason="INC-44"),
    "approving": lambda walk, _, waiting: walk.approve(waiting),
    "handing out": lambda walk, active, _: walk.handout.credentials(active, by=ANN),
    "approving in advance": lambda walk, *_: walk.allow(),
}


@pytest.mark.parametrize("extent", [ANNS, THERE, ALL], ids=str)
@pytest.mark.parametrize("way", GIVING)
def test_nothing_is_given_in_what_is_frozen_until_two_owners_lift_it(owned: Walk, extent: Extent, way: str):
    """By whichever way; and afterwards as before."""
    active, waiting = owned.active(delivery=Delivery.SESSION), owned.ask(reason="INC-43")
    made = frozen(owned, extent)

    with pytest.raises(NotAllowed, match=r"(is|are) frozen"):
        GIVING[way](owned, active.id, waiting.id)
    assert owned.ledger.grant(active.id).state is GrantState.ACTIVE

    assert lifted(owned, made.id, CARL) is not None
    with pytest.raises(NotAllowed):
        GIVING[way](owned, active.id, waiting.id)
    assert lifted(owned, made.id, DAN) is None
    assert GIVING[way](owned, active.id, waiting.id)


IN_THAT_INSTANT = GIVING | {
    "handing out again": GIVING["handing out"],
    "confirming a login": lambda walk, *_: confirm(
        begin("a laptop", logins=walk.logins, now=walk.clock()).user_code,
        by=ANN,
        logins=walk.logins,
        ledger=walk.ledger,
        now=walk.clock(),
    ),
}


@pytest.mark.parametrize("extent", [ANNS, ALL], ids=str)
@pytest.mark.parametrize("way", IN_THAT_INSTANT)
def test_a_freeze_in_the_very_instant_in_which_something_is_given_comes_first(owned: Walk, extent: Extent, way: str):
    """It is written between the look at the freezes and the commit: the commit does not go through, by no way."""
    active, waiting = owned.active(delivery=Delivery.SESSION), owned.ask(reason="INC-43")
    if way == "handing out again":
        GIVING["handing out"](owned, active.id, waiting.id)
    before = owned.ledger.grants(states=_LIVE), owned.ledger.requests(states=[RequestState.PENDING])
    ledger = InThatInstant(owned, extent)
    owned.stores = replace(owned.stores, ledger=ledger)

    with pytest.raises(NotAllowed, match=r"(is|are) frozen"):
        IN_THAT_INSTANT[way](owned, active.id, waiting.id)
    assert ledger.came_first
    assert way == "handing out" or before == (
        owned.ledger.grants(states=_LIVE),
        owned.ledger.requests(states=[RequestState.PENDING]),
    )


LINKS: dict[EntryKind, Callable[[Walk, GrantId, str], object]] = {
    EntryKind.LINK_MADE: lambda walk, active, _: linked(walk, active),
    EntryKind.LINK_USED: lambda walk, _, token: links.follow(
        token,
        visitor=links.Visitor(address="203.0.113.7", agent="curl"),
        attempts=walk.services.attempts,
        handout=walk.handout,
    ),
}


def linked(walk: Walk, active: GrantId) -> str:
    """Ann makes a link."""
    return links.make(active, "2026/q1.csv", by=ANN, ledger=walk.ledger, now=walk.clock())


@pytest.mark.parametrize("kind", LINKS)
def test_a_freeze_in_the_very_instant_of_a_link_comes_first(owned: Walk, kind: EntryKind):
    """No link is made, and one that was made before leads nowhere."""
    active = owned.active(delivery=Delivery.LINK)
    token = linked(owned, active.id)
    ledger = InThatInstant(owned, ANNS, kinds=frozenset({kind}))
    owned.stores = replace(owned.stores, ledger=ledger)

    with pytest.raises(NotAllowed, match=r"(is|are) frozen"):
        LINKS[kind](owned, active.id, token)
    assert ledger.came_first
    assert len([one for one in owned.journal() if one.kind is kind]) == (kind is EntryKind.LINK_MADE)


def test_a_freeze_of_somebody_else_in_that_instant_costs_nothing_but_another_look(owned: Walk):
    """What is given is judged once more, and given."""
    waiting = owned.ask()
    owned.stores = replace(owned.stores, ledger=InThatInstant(owned, Extent(person=EVE)))

    assert owned.approve(waiting.id).state is GrantState.APPROVED


def test_what_was_approved_right_before_a_freeze_does_not_begin(owned: Walk):
    """However short a time ago; what is in AWS already stays, as a freeze ends nothing."""
    active, approved = owned.active(), owned.approve(owned.ask(reason="INC-43").id)
    set_freeze(Halt(extent=ANNS, by=CARL), ledger=owned.ledger, now=owned.clock())
    owned.work()

    ended = owned.ledger.grant(approved.id)
    assert (ended.state, ended.ending and ended.ending.why) == (GrantState.ENDED, Why.REFUSED)
    assert ("provision", approved.id) not in owned.aws.calls
    assert owned.ledger.grant(active.id).state is GrantState.ACTIVE


def test_a_freeze_in_the_very_instant_in_which_something_begins_comes_first(owned: Walk):
    """Between the judge and the intent that is written before AWS is told."""
    approved = owned.approve(owned.ask().id)
    owned.stores = replace(owned.stores, ledger=InThatInstant(owned, ANNS))
    owned.work()

    assert owned.ledger.grant(approved.id).state is GrantState.ENDED
    assert ("provision", approved.id) not in owned.aws.calls


def test_a_freeze_waits_for_nobody_longer_than_for_what_is_being_written(database_url: str):
    """On either database: what was read before it does not go through after it, though no freeze was there before."""
    walk = Walk(database_url)
    request = walk.ask()
    row = freezes_now(walk.ledger)
    set_freeze(Halt(extent=ANNS, by=CARL), ledger=walk.ledger, now=walk.clock())
    event = Event(kind=EntryKind.THREAD_SAID, at=walk.clock(), actor=ANN, subject=request.id)

    with pytest.raises(Conflict):
        walk.ledger.record(Fact(event=event, stands=(row,)))
    walk.ledger.record(Fact(event=event, stands=(freezes_now(walk.ledger),)))
    walk.end()


def test_nobody_lifts_a_freeze_alone_nor_their_own(owned: Walk):
    """Neither twice, nor by a second account, nor as the one whom it is about."""
    made = frozen(owned, ANNS)
    lifted(owned, made.id, CARL)

    with pytest.raises(NotYours, match="about you"):
        lifted(owned, made.id, ANN)
    with pytest.raises(NotYours, match="a second owner"):
        lifted(owned, made.id, CARL)
    owned.directory.change(DAN, same_as=frozenset({CARL}))
    with pytest.raises(NotYours, match="a second owner"):
        lifted(owned, made.id, DAN)
    with pytest.raises(NotYours):
        lifted(owned, made.id, BOB)
    assert [one.id for one in freezes(owned.ledger)] == [made.id]


def test_who_owns_no_rules_freezes_only_themselves(owned: Walk):
    """A freeze is a harm too."""
    with pytest.raises(NotYours):
        frozen(owned, ANNS, BOB)
    assert frozen(owned, Extent(person=BOB), BOB).extent == Extent(person=BOB)


def test_a_frozen_approver_approves_nothing(owned: Walk):
    """Bob's clicks give nothing while he is frozen; what he may end he still ends."""
    waiting = owned.ask()
    frozen(owned, Extent(person=BOB))

    with pytest.raises(NotAllowed, match="frozen"):
        owned.approve(waiting.id)
    assert owned.deny(waiting.id).state is RequestState.DENIED


def test_the_operator_ends_and_freezes_by_the_name_of_their_user(owned: Walk):
    """Without a login; the journal has it."""
    waiting, active = owned.ask(reason="INC-43"), owned.active()

    assert end_as_operator(waiting.id, os_user="root", reason="", ledger=owned.ledger, now=owned.clock()) == "request"
    ended = panic_as_operator(
        Halt(extent=ALL, by=OPERATOR, reason="", os_user="root"),
        hold=True,
        ledger=owned.ledger,
        logins=owned.logins,
        now=owned.clock(),
    )

    assert ended.counts == {"grants": 1}
    assert owned.ledger.grant(active.id).state is GrantState.ENDING
    told = [one for one in owned.journal() if one.kind is EntryKind.FREEZE_SET]
    assert [(one.actor, one.details["os_user"]) for one in told] == [(OPERATOR, "root")]


@pytest.mark.parametrize("said", [{}, {"person": ANN, "everything": True}])
def test_what_a_panic_is_about_is_never_guessed(said):
    """Nothing said is not everything."""
    with pytest.raises(BadInput, match="only one of them"):
        Extent(**said)


def test_a_frozen_person_speaks_through_no_login_and_no_bot_but_to_look_and_to_end(owned: Walk):
    """Nor is a new login of theirs confirmed."""
    token = owned.token(ANN)
    frozen(owned, ANNS)

    def speaker(scope: LoginScope) -> PrincipalId:
        return identify(token, logins=owned.logins, ledger=owned.ledger, now=owned.clock(), scope=scope)

    for scope in (LoginScope.ASK, LoginScope.USE, LoginScope.DECIDE):
        with pytest.raises(NotAllowed, match="frozen"):
            speaker(scope)
    assert (speaker(LoginScope.READ), speaker(LoginScope.END)) == (ANN, ANN)
    waits = begin("a laptop", logins=owned.logins, now=owned.clock())
    with pytest.raises(NotAllowed, match="frozen"):
        confirm(waits.user_code, by=ANN, logins=owned.logins, ledger=owned.ledger, now=owned.clock())


@pytest.mark.parametrize("hand", [delete(records), update(records).values(body="{}")], ids=["deleted", "changed"])
def test_a_freeze_that_somebody_takes_out_of_the_database_is_not_read_as_none(owned: Walk, hand: Executable):
    """Nothing is given while the row cannot be read."""
    frozen(owned, ANNS)
    with owned.database.writing() as connection:
        connection.execute(hand.where(records.c.kind == "freezes"))  # type: ignore[attr-defined]  # both statements have it

    with pytest.raises(Misconfigured):
        owned.ask()


@pytest.mark.parametrize("operator", [False, True], ids=["owner", "operator"])
def test_a_panic_ends_everything_also_where_the_freezes_cannot_be_read(owned: Walk, operator: bool):
    """Somebody who writes to the database and has no key holds up no panic by the row of the freezes."""
    active, known = owned.active(), owned.enders
    freeze(Extent(person=EVE), by=CARL, reason="", enders=known, now=owned.clock())
    with owned.database.writing() as connection:
        connection.execute(update(records).where(records.c.kind == "freezes").values(body="{}"))

    halt = Halt(extent=ANNS, by=OPERATOR if operator else CARL)
    ends = partial(panic_as_operator, ledger=owned.ledger) if operator else partial(panic, enders=known)
    with pytest.raises(Misconfigured, match=r"^Everything in it was ended \(1\), but it is not frozen\. "):
        ends(halt, hold=True, logins=owned.logins, now=owned.clock())

    assert owned.ledger.grant(active.id).state is GrantState.ENDING
