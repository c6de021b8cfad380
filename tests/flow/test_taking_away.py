"""What only takes access away needs the ledger alone: no directory, no rules, no AWS (law 6 of the promise)."""

import inspect
from collections.abc import Callable
from datetime import timedelta

import pytest

from daypass.lifecycle.absence import say_away, say_back
from daypass.lifecycle.approval.decide import deny
from daypass.lifecycle.bots.administer import remove
from daypass.lifecycle.cancel import cancel
from daypass.lifecycle.end.end import drop, revoke
from daypass.lifecycle.end.permissions import Enders
from daypass.lifecycle.freezes.freeze import Halt, freeze
from daypass.lifecycle.freezes.panic import go_on, panic, panic_as_operator
from daypass.lifecycle.known_people import remember
from daypass.lifecycle.login import end, end_all
from daypass.lifecycle.passkeys.remove import forget
from daypass.lifecycle.preapprovals import withdraw
from daypass.lifecycle.rule_changes.decide import deny_change, withdraw_change
from daypass.lifecycle.schedules.series import end_series
from daypass.model.bot import Bot
from daypass.model.errors import NotYours, Unavailable
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.freeze import Extent
from daypass.model.grant import GrantId, GrantState
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.model.request import RequestState
from daypass.rules.load.read import parse
from tests.flow.conftest import Walk
from tests.hands import enders
from tests.makers import ANN, BOB, EVE, RULES, principal

CARL = PrincipalId("U0CARL")
LEADS = SlackGroupId("S0LEADS")
WHO = "{people: [U0BOB, U0ANN], slack_groups: [S0LEADS]}"
BY_GROUP = RULES.replace(WHO, "{slack_groups: [S0LEADS]}")
ENDING: tuple[Callable[..., object], ...] = (
    drop,
    cancel,
    withdraw,
    deny,
    revoke,
    end_series,
    say_back,
    end,
    end_all,
    remove,
    forget,
    deny_change,
    withdraw_change,
    panic,
    panic_as_operator,
    go_on,
    freeze,
)
"""Every verb that only takes away."""


@pytest.mark.parametrize("verb", ENDING, ids=lambda verb: f"{verb.__module__.split('.')[-1]}.{verb.__name__}")
def test_a_verb_that_only_takes_away_is_given_nothing_that_could_refuse_it(verb: Callable[..., object]):
    """The ledger, and what could be looked up besides; never the judge, a directory, the rules, AWS."""
    needs = {str(each.annotation) for each in inspect.signature(verb).parameters.values()}
    named = " ".join(needs)

    assert not [one for one in ("Judge", "Directory", "RuleBook", "Provisioner", "Vendor", "Catalogue") if one in named]


@pytest.fixture
def dark(walk: Walk) -> Enders:
    """Nobody answers and no rules can be read, once the test says so."""
    return enders(walk.judge, rules=False)


def take(walk: Walk, grant_id: GrantId, by: PrincipalId, known: Enders) -> GrantState:
    """Somebody takes it away."""
    return revoke(grant_id, by=by, reason="enough", enders=known, now=walk.clock()).state


@pytest.mark.parametrize("by", [ANN, BOB])
def test_who_has_it_and_who_approved_it_end_it_with_nobody_to_ask(walk: Walk, dark: Enders, by: PrincipalId):
    """Their right is in the ledger."""
    grant = walk.active()
    walk.directory.away = True

    assert take(walk, grant.id, by, dark) is GrantState.ENDING
    walk.work()
    assert walk.ledger.grant(grant.id).state is GrantState.ENDED


def test_nobody_else_ends_it_for_want_of_an_answer(walk: Walk, dark: Enders):
    """What cannot be asked adds nobody."""
    grant = walk.active()
    walk.directory.away = True

    with pytest.raises(NotYours):
        take(walk, grant.id, EVE, dark)
    assert walk.ledger.grant(grant.id).state is GrantState.ACTIVE


def test_a_member_of_the_group_that_decides_denies_with_nobody_to_ask(walk: Walk, dark: Enders):
    """The worker wrote down who is in it, while Slack said so; who has left it since then is out of it again."""
    walk.rules = parse(BY_GROUP, name="rules.yaml")
    walk.directory.people[CARL] = principal(CARL, None)
    walk.directory.change(CARL, slack_groups=frozenset({LEADS}))
    walk.directory.change(EVE, slack_groups=frozenset({LEADS}))
    asked_for = walk.ask()
    assert remember(judge=walk.judge, now=walk.clock()) == 2
    walk.directory.change(EVE, slack_groups=frozenset())
    assert remember(judge=walk.judge, now=walk.clock()) == 1
    walk.directory.away = True

    with pytest.raises(NotYours):
        deny(asked_for.id, by=EVE, reason="", enders=dark, now=walk.clock())
    denied = deny(asked_for.id, by=CARL, reason="", enders=dark, now=walk.clock())
    assert denied.state is RequestState.DENIED


def test_who_approved_it_ends_it_though_nobody_wrote_down_their_group(walk: Walk, dark: Enders):
    """Carl decided as one of the leads; who they are, the ledger does not say."""
    walk.rules = parse(BY_GROUP, name="rules.yaml")
    walk.directory.people[CARL] = principal(CARL, None)
    walk.directory.change(CARL, slack_groups=frozenset({LEADS}))
    grant = walk.approve(walk.ask().id, by=CARL)
    walk.directory.away = True

    assert take(walk, grant.id, CARL, dark) is GrantState.ENDING


def _damaged(walk: Walk) -> None:
    walk.database.damage.report("a test says so")


def _machine_off(walk: Walk) -> None:
    def off() -> None:
        raise Unavailable("This machine's clock is 3 minutes ahead of the database's.")

    walk.database.gate = off


@pytest.mark.parametrize("nothing_is_given", [_damaged, _machine_off])
def test_endings_go_on_while_nothing_is_given(walk: Walk, dark: Enders, nothing_is_given: Callable[[Walk], None]):
    """The journal is damaged, or this machine's clock is off: everything that takes away still does."""
    walk.active()
    until, now = walk.clock() + timedelta(days=2), walk.clock()
    say_away(BOB, until=until, delegate=EVE, judge=walk.judge, now=now)
    say_away(ANN, until=until, delegate=EVE, judge=walk.judge, now=now)
    robot = Bot(id=PrincipalId("bot:deploy"), owner=ANN, at=now, token_hash="f" * 64, token_ends=until)
    walk.ledger.record(Fact(event=Event(kind=EntryKind.ROBOT_ADDED, at=now, actor=ANN), changes=(robot,), told=False))
    waiting, taken_back = walk.ask(), walk.ask()
    nothing_is_given(walk)

    with pytest.raises(Unavailable):
        walk.approve(waiting.id)
    with pytest.raises(Unavailable):
        walk.ask()
    assert walk.deny(waiting.id).state is RequestState.DENIED
    assert cancel(taken_back.id, by=ANN, ledger=walk.ledger, now=now).state is RequestState.CANCELLED
    assert say_back(BOB, ledger=walk.ledger, now=walk.clock()).state == "closed"
    ended = panic(Halt(extent=Extent(person=ANN), by=ANN), enders=dark, logins=walk.logins, now=walk.clock())
    assert ended.counts == {"grants": 1, "delegations": 1, "bot tokens": 1}


def test_an_owner_of_the_last_readable_rules_ends_what_nobody_named_them_for(walk: Walk, dark: Enders):
    """The rules file is gone by now."""
    grant = walk.active()
    owned = parse(RULES.replace("version: 1", "version: 1\nowners: {people: [U0EVE, U0ANN]}"), name="rules.yaml")
    remember(judge=walk.judge.under(owned), now=walk.clock())
    walk.directory.away = True

    assert take(walk, grant.id, EVE, dark) is GrantState.ENDING


def test_who_is_known_to_have_left_ends_only_what_is_theirs(walk: Walk):
    """A login outlives its person by some seconds: it takes nobody else's access away."""
    grant = walk.active()
    known = walk.enders
    walk.directory.change(BOB, active=False)

    with pytest.raises(NotYours):
        take(walk, grant.id, BOB, known)
    walk.directory.change(ANN, active=False)
    assert take(walk, grant.id, ANN, known) is GrantState.ENDING


def test_who_came_to_decide_only_now_ends_it_when_that_can_be_asked(walk: Walk):
    """The deciders of now are added to those of then."""
    grant = walk.active()
    walk.rules = parse(RULES.replace(WHO, "{people: [U0EVE]}"), name="rules.yaml")

    assert take(walk, grant.id, EVE, walk.enders) is GrantState.ENDING


def test_an_absence_is_over_when_its_person_says_so_with_nobody_to_ask(walk: Walk):
    """With it the delegate's right to decide."""
    until = walk.clock() + timedelta(days=2)
    say_away(BOB, until=until, delegate=EVE, judge=walk.judge, now=walk.clock())
    walk.directory.away = True

    assert say_back(BOB, ledger=walk.ledger, now=walk.clock()).state == "closed"
