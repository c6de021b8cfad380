"""What begins later than a few minutes after its approval is judged again when it begins."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from daypass.lifecycle.absence import say_away
from daypass.model.decision import Circumstances
from daypass.model.errors import Unavailable
from daypass.model.event import EntryKind
from daypass.model.grant import Grant, GrantState, Why
from daypass.model.lease import Term
from daypass.model.principal import Away, PrincipalId
from daypass.reconcile.chores import report_stuck
from daypass.rules.load.read import parse
from tests.flow.conftest import Walk
from tests.makers import ANN, BOB, EVE, HOUR, NOON, principal

MINUTE = timedelta(minutes=1)
TOMORROW = NOON + timedelta(days=1)
RULES = """
version: 1
rules:
  - id: reports
    who: {people: [U0ANN, "bot:nightly"]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0BOB]}}
"""
DENYING = RULES + '  - {id: never, deny: true, who: anyone, on: ["acme-reports/**"], because: Not any more.}\n'
ON_CALL = RULES.replace("    for: {default", "    when: {on_call: [payments]}\n    for: {default", 1)


@pytest.fixture
def walk(walk: Walk) -> Walk:
    """Let Bob alone decide."""
    walk.rules = parse(RULES, name="rules.yaml")
    return walk


def approved(walk: Walk, **changes: object) -> Grant:
    """Ann asked for an hour tomorrow at noon, and Bob approved it."""
    return walk.approve(walk.ask(term=Term(length=HOUR, starts=TOMORROW), **changes).id)


def begun(walk: Walk, grant: Grant, at: datetime = TOMORROW) -> Grant:
    """Let the moment come, and let a worker look."""
    walk.clock.now = at
    walk.work()
    return walk.ledger.grant(grant.id)


OWNED = RULES.replace("{people: [U0BOB]}", "{owner: [team-owner]}")


@pytest.mark.parametrize(
    "changes", [{"tags": {}}, {"tags": {"team-owner": "U0GONE"}, "no_owners": {"team-owner": "x"}}]
)
def test_an_owners_tag_that_is_gone_or_names_nobody_is_known_and_waits_for_nothing(
    walk: Walk, changes: dict[str, object]
) -> None:
    """Bob owned the bucket by its tag when he approved; by now nobody does, and no answer is outstanding."""
    walk.rules = parse(OWNED, name="rules.yaml")
    walk.directory.around = Circumstances(at=NOON, tags={"team-owner": BOB}, owners={"team-owner": BOB})
    grant = approved(walk)
    walk.directory.around = replace(Circumstances(at=NOON), **changes)  # type: ignore[arg-type]

    ended = begun(walk, grant)

    assert ended.state in {GrantState.ENDING, GrantState.ENDED}
    assert ended.ending is not None
    assert ended.ending.why is Why.REFUSED


def test_what_is_still_allowed_begins(walk: Walk) -> None:
    """Nothing has changed since."""
    grant = approved(walk)
    assert begun(walk, grant).state is GrantState.ACTIVE
    assert walk.aws.allows(grant.id, TOMORROW)


def gone(walk: Walk, who: PrincipalId) -> None:
    """Let the directory say that there is nobody by that id."""
    del walk.directory.people[who]
    walk.directory.around = Circumstances(at=NOON, strangers=frozenset({who}))


CHANGES: dict[str, Callable[[Walk], object]] = {
    "the person left": lambda walk: walk.directory.change(ANN, active=False),
    "the person is nobody any more": lambda walk: walk.directory.people.pop(ANN),
    "the approver left": lambda walk: walk.directory.change(BOB, active=False),
    "the approver is nobody any more": lambda walk: gone(walk, BOB),
    "the approver became a guest": lambda walk: walk.directory.change(BOB, guest=True),
    "the approver turns out to be the requestor": lambda walk: walk.directory.change(BOB, same_as=frozenset({ANN})),
    "a rule denies it": lambda walk: setattr(walk, "rules", parse(DENYING, name="rules.yaml")),
    "somebody else decides": lambda walk: setattr(
        walk, "rules", parse(RULES.replace("U0BOB", "U0EVE"), name="rules.yaml")
    ),
    "two must approve": lambda walk: setattr(
        walk,
        "rules",
        parse(
            RULES.replace("approve: {anyone_of: {people: [U0BOB]}}", "approve: {all_of: {people: [U0BOB, U0EVE]}}"),
            name="rules.yaml",
        ),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_not_allowed_any_more_never_begins(walk: Walk, change: str) -> None:
    """It ends before it began, with the reason; AWS never has it."""
    grant = approved(walk)
    CHANGES[change](walk)

    ended = begun(walk, grant)
    assert ended.ending is not None
    assert (ended.state, ended.ending.why) == (GrantState.ENDED, Why.REFUSED)
    assert ended.ending.note
    assert ("provision", grant.id) not in walk.aws.calls
    assert walk.told(grant.id, EntryKind.GRANT_ENDING)[0].details["why"] == "refused"


def test_a_bots_new_holder_makes_the_approval_void(walk: Walk) -> None:
    """Bob approved what the bot asked, and was handed its token before it began."""
    bot = PrincipalId("bot:nightly")
    walk.directory.people[bot] = principal(bot, None)
    walk.directory.change(bot, owner=EVE)
    grant = approved(walk, requestor=bot)
    walk.directory.change(bot, holders=frozenset({BOB}))
    ended = begun(walk, grant)
    assert ended.ending is not None
    assert ended.ending.why is Why.REFUSED


def test_an_approver_on_holiday_today_approved_all_the_same(walk: Walk) -> None:
    """They were there when they clicked."""
    grant = approved(walk)
    walk.directory.change(BOB, away=Away(delegate=EVE))
    assert begun(walk, grant).state is GrantState.ACTIVE


def test_what_a_delegate_approved_begins_also_when_the_absent_is_back(walk: Walk) -> None:
    """Eve acted in Bob's stead, and he is back by now."""
    walk.directory.change(BOB, away=Away(delegate=EVE))
    say_away(BOB, until=NOON + HOUR, delegate=EVE, judge=walk.judge, now=walk.clock())
    request = walk.ask(term=Term(length=HOUR, starts=TOMORROW))
    grant = walk.approve(request.id, by=EVE)
    walk.directory.change(BOB, away=None)
    assert begun(walk, grant).state is GrantState.ACTIVE


def test_what_cannot_be_found_out_waits_and_begins_once_it_can(walk: Walk) -> None:
    """Slack is down when it is to begin: nothing is provisioned, nothing is refused, and people are told."""
    grant = approved(walk)
    walk.directory.away = True
    assert begun(walk, grant).state is GrantState.APPROVED
    assert begun(walk, grant, at=TOMORROW + 2 * MINUTE).state is GrantState.APPROVED
    assert ("provision", grant.id) not in walk.aws.calls

    report_stuck(queue=walk.queue, ledger=walk.ledger, now=walk.clock())
    assert "Slack does not answer" in str(walk.told(grant.id, EntryKind.GRANT_STUCK)[0].details["error"])

    walk.directory.away = False
    assert begun(walk, grant, at=TOMORROW + 5 * MINUTE).state is GrantState.ACTIVE


def test_what_is_never_found_out_ends_when_its_window_closes(walk: Walk) -> None:
    """As a failure, and not as a refusal."""
    grant = approved(walk)
    walk.directory.away = True
    begun(walk, grant)
    ended = begun(walk, grant, at=TOMORROW + HOUR + MINUTE)
    assert ended.ending is not None
    assert ended.ending.why is Why.FAILED
    assert ("provision", grant.id) not in walk.aws.calls


def test_a_schedule_that_does_not_answer_is_no_refusal(walk: Walk) -> None:
    """Who is on call is not known when it begins; then it is, and the person is not."""
    walk.rules = parse(ON_CALL, name="rules.yaml")
    walk.directory.around = Circumstances(at=NOON, on_call={"payments": frozenset({ANN})})  # type: ignore[dict-item]
    grant = approved(walk)
    walk.directory.around = Circumstances(at=NOON)
    assert begun(walk, grant).state is GrantState.APPROVED

    walk.directory.around = Circumstances(at=NOON, on_call={"payments": frozenset({EVE})})  # type: ignore[dict-item]
    ended = begun(walk, grant, at=TOMORROW + 2 * MINUTE)
    assert ended.ending is not None
    assert ended.ending.why is Why.REFUSED


@pytest.mark.parametrize(("minutes", "judged"), [(4, False), (6, True)])
def test_within_five_minutes_the_approval_stands(walk: Walk, minutes: int, judged: bool) -> None:
    """However it was scheduled."""
    starts = NOON + minutes * MINUTE
    grant = walk.approve(walk.ask(term=Term(length=HOUR, starts=starts)).id)
    walk.directory.change(BOB, active=False)
    assert begun(walk, grant, at=starts).state is (GrantState.ENDED if judged else GrantState.ACTIVE)


def test_what_aws_did_not_take_for_long_is_judged_again_too(walk: Walk) -> None:
    """It was to begin at once; AWS answers ten minutes later, and Ann has left by then."""
    grant = walk.approve(walk.ask().id)
    walk.aws.failures = [Unavailable("AWS does not answer.")]
    walk.work()
    walk.directory.change(ANN, active=False)
    assert begun(walk, grant, at=NOON + 10 * MINUTE).state is GrantState.ENDED
    assert grant.id not in walk.aws.held
