"""Deciding on a change of the rules: another owner, under the rules of now, once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from daypass.lifecycle.rule_changes.decide import approve_change, find_change
from daypass.model.errors import BadInput, NotAllowed, NotFound, NotYours, TooLate
from daypass.model.event import EntryKind
from daypass.model.freeze import Extent
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.model.rule_change import ChangeState, RulesVersion
from tests.instant import InThatInstant
from tests.lifecycle.rule_changes.conftest import CARL, HEAD, LONGER, RULES, SHORTER, Ruled
from tests.makers import ANN, ANNS_USER, BOB, EVE, principal


def test_another_owners_approval_puts_it_in_force(ruled: Ruled):
    """As the version after the one it was made from, on every replica at its next look."""
    replica = ruled.replica()
    replica()
    change = ruled.propose(note="more time")
    version = ruled.approve(change)

    assert (version.number, version.author, version.change, version.note) == (2, ANN, change.id, "more time")
    assert ruled.longest() == timedelta(hours=12)
    assert replica() == ruled.rules()
    assert ruled.now(change).state is ChangeState.APPLIED


def test_the_journal_tells_author_approver_digest_and_difference(ruled: Ruled):
    """In the one commit that puts it in force."""
    change = ruled.propose()
    version = ruled.approve(change)

    [_, changed] = ruled.ledger.story(change.id)
    assert (changed.kind, changed.actor, changed.details["author"]) == (EntryKind.RULES_CHANGED, BOB, ANN)
    assert changed.details["digest"] == version.digest == ruled.rules().digest
    assert "-    for: {default: 1h, max: 8h}\n+    for: {default: 1h, max: 12h}" in str(changed.details["diff"])


def test_versions_are_in_the_order_of_time_by_whichever_clock(ruled: Ruled):
    """The replica that approved the second one is an hour behind."""
    ruled.approve(ruled.propose(LONGER))
    ruled.clock.forward(timedelta(hours=-1))
    ruled.approve(ruled.propose(SHORTER))

    assert [one.number for one in ruled.ledger.all(RulesVersion)] == [3, 2, 1]


def test_a_long_difference_is_cut_off_in_the_journal(ruled: Ruled):
    """Between two lines, saying how many lack; the version is whole."""
    long = LONGER + "".join(f"# line {number} of a long comment on why\n" for number in range(2_000))
    change = ruled.propose(long)
    ruled.approve(change)

    diff = str(ruled.ledger.story(change.id)[-1].details["diff"])
    assert len(diff) < 16_100
    assert diff.splitlines()[-1].endswith(" more lines")
    assert ruled.rules.version(ruled.clock()).text == long


def test_the_author_never_approves(ruled: Ruled):
    """One person's change is nobody's rules."""
    change = ruled.propose()

    with pytest.raises(NotYours, match="own change"):
        ruled.approve(change, by=ANN)
    assert ruled.kinds(change.id) == [EntryKind.RULES_PROPOSED, EntryKind.RULES_REFUSED]
    assert ruled.now(change).state is ChangeState.PENDING


@pytest.mark.parametrize("link", [{"same_as": frozenset({ANN})}, {"aws": ANNS_USER}])
def test_another_account_of_the_author_never_approves(ruled: Ruled, link: dict[str, object]):
    """By what the directory knows, or by one AWS identity. To deny only takes away, as the author's withdrawal does."""
    change = ruled.propose()
    ruled.change(BOB, **link)

    with pytest.raises(NotYours, match="same person"):
        ruled.approve(change)
    assert ruled.deny(change).state is ChangeState.DENIED
    assert ruled.longest() == timedelta(hours=8)


def test_a_robot_never_approves(ruled: Ruled):
    """Not even one that is in the owners' group."""
    robot, group = PrincipalId("bot:deploy"), frozenset({SlackGroupId("S0OWNERS")})
    ruled.directory.people[robot] = principal(robot, None)
    ruled.change(robot, slack_groups=group)
    ruled.change(ANN, slack_groups=group)
    ruled.file.write_text(RULES.replace(HEAD, "version: 1\nowners: {slack_groups: [S0OWNERS]}\n"))
    change = ruled.propose(LONGER)

    with pytest.raises(NotYours, match="robot"):
        ruled.approve(change, by=robot)


@pytest.mark.parametrize("act", ["approve", "deny"])
def test_who_is_no_owner_now_decides_nothing(ruled: Ruled, act: str):
    """Eve never was one; Bob was when it was proposed."""
    change = ruled.propose()

    with pytest.raises(NotYours, match="not among the owners"):
        getattr(ruled, act)(change, by=EVE)
    ruled.change(BOB, active=False)
    with pytest.raises(NotYours, match="deactivated"):
        getattr(ruled, act)(change, by=BOB)
    assert ruled.now(change).state is ChangeState.PENDING


def test_whom_the_rules_of_now_name_no_longer_cannot_decide(ruled: Ruled):
    """The new version took Carl out; his click on another change of it comes to nothing."""
    ruled.approve(ruled.propose(LONGER.replace(", U0CARL", "")))
    change = ruled.propose(SHORTER)

    with pytest.raises(NotYours, match="not among the owners"):
        ruled.approve(change, by=CARL)
    assert ruled.approve(change, by=BOB).number == 3


def test_a_change_of_somebody_who_has_left_is_not_applied(ruled: Ruled):
    """Two owners of now must want it; the second may propose it anew."""
    change = ruled.propose()
    ruled.change(ANN, active=False)

    with pytest.raises(NotYours, match="no owner of the rules any more"):
        ruled.approve(change)
    assert ruled.deny(change).state is ChangeState.DENIED


def test_a_change_of_somebody_who_left_the_owners_group_is_not_applied(ruled: Ruled):
    """They are here still, and own nothing any more."""
    group = frozenset({SlackGroupId("S0OWNERS")})
    ruled.file.write_text(RULES.replace(HEAD, "version: 1\nowners: {people: [U0BOB], slack_groups: [S0OWNERS]}\n"))
    ruled.change(ANN, slack_groups=group)
    change = ruled.propose(LONGER)
    ruled.change(ANN, slack_groups=frozenset())

    with pytest.raises(NotYours, match="no owner of the rules any more"):
        ruled.approve(change)
    assert ruled.now(change).state is ChangeState.PENDING


def test_a_replayed_click_is_told_what_became_of_it(ruled: Ruled):
    """And changes nothing, but the journal keeps it."""
    change = ruled.propose()
    ruled.approve(change)

    with pytest.raises(TooLate, match="approved by U0BOB already; it became version 2"):
        ruled.approve(change, by=CARL)
    with pytest.raises(TooLate):
        ruled.deny(change)
    with pytest.raises(TooLate):
        ruled.withdraw(change)
    assert ruled.kinds(change.id)[-3:] == [EntryKind.RULES_REFUSED] * 3
    assert [one.number for one in ruled.ledger.all(RulesVersion)] == [2, 1]


def test_a_change_that_another_version_overtakes_is_closed_at_once(ruled: Ruled):
    """Nobody has to click on it first, and it can never be applied; whoever clicks is told."""
    first, second = ruled.propose(LONGER), ruled.propose(SHORTER, by=BOB)
    ruled.approve(first, by=CARL)

    assert ruled.now(second).state is ChangeState.OUTDATED
    assert ruled.kinds(second.id) == [EntryKind.RULES_PROPOSED, EntryKind.RULES_REFUSED]
    with pytest.raises(TooLate, match="outdated: it was made from version 1"):
        ruled.approve(second, by=CARL)


def test_a_change_is_outdated_once_the_operator_edits_the_file(ruled: Ruled):
    """What the file came to say since was seen by none of the two owners."""
    change = ruled.propose()
    ruled.file.write_text(SHORTER)

    with pytest.raises(TooLate, match="Version 2 is in force, from the file"):
        ruled.approve(change)
    assert ruled.longest() == timedelta(hours=2)


def test_a_text_that_would_not_be_taken_now_is_not_applied(ruled: Ruled):
    """The second owner has left since."""
    change = ruled.propose(LONGER.replace(", U0BOB", ""))
    ruled.change(CARL, active=False)

    with pytest.raises(BadInput, match="fewer than two people"):
        ruled.approve(change)
    assert ruled.longest() == timedelta(hours=8)


def test_a_denied_change_stays_denied(ruled: Ruled):
    """With its words."""
    change = ruled.propose()
    denied = ruled.deny(change)

    assert denied.approval is not None
    assert (denied.approval.by, denied.approval.note) == (BOB, "not now")
    with pytest.raises(TooLate, match="denied by U0BOB"):
        ruled.approve(change)
    assert ruled.kinds(change.id)[:2] == [EntryKind.RULES_PROPOSED, EntryKind.RULES_DENIED]


def test_only_its_author_withdraws_a_change(ruled: Ruled):
    """And then nobody applies it."""
    change = ruled.propose()

    with pytest.raises(NotYours, match="Only its author"):
        ruled.withdraw(change, by=BOB)
    ruled.withdraw(change)
    with pytest.raises(TooLate, match="withdrawn"):
        ruled.approve(change)


def test_a_change_that_never_was_is_not_found(ruled: Ruled):
    """And the journal keeps no word of an id that somebody made up."""
    with pytest.raises(NotFound, match="no change abcdefgh2345"):
        ruled.approve(replace(ruled.propose(), id=GrantId("abcdefgh2345")))

    assert ruled.ledger.story(GrantId("abcdefgh2345")) == []


def test_of_two_changes_of_one_version_that_are_approved_at_once_one_is_applied(ruled: Ruled):
    """Each through a replica of its own; the other is outdated, on either database."""
    for round_ in range(5):
        texts = [text.replace("1h", f"{round_ + 1}0m") for text in (LONGER, SHORTER)]
        changes = [ruled.propose(texts[0]), ruled.propose(texts[1], by=BOB)]
        start = Barrier(2)

        def click(change_id: GrantId, start: Barrier = start) -> Exception | None:
            rules = ruled.replica()
            rules()
            start.wait()
            try:
                approve_change(change_id, by=CARL, judge=replace(ruled.judge, rules=rules), now=ruled.clock())
            except TooLate as late:
                return late
            return None

        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(click, [change.id for change in changes]))

        states = [find_change(change.id, ruled.ledger).state for change in changes]
        assert len([one for one in outcomes if isinstance(one, TooLate)]) == 1
        assert sorted(states) == [ChangeState.APPLIED, ChangeState.OUTDATED]
        assert len(ruled.ledger.all(RulesVersion)) == round_ + 2


def test_of_many_approvals_of_one_change_at_once_one_applies_it(ruled: Ruled):
    """Two owners click together; there is one version more."""
    change = ruled.propose()
    start = Barrier(2)

    def click(by: PrincipalId) -> bool:
        start.wait()
        try:
            ruled.approve(change, by=by)
        except TooLate:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        applied = list(pool.map(click, [BOB, CARL]))

    assert sorted(applied) == [False, True]
    assert ruled.kinds(change.id).count(EntryKind.RULES_CHANGED) == 1


@pytest.mark.parametrize("step", ["proposing", "approving"])
def test_a_freeze_in_the_very_instant_of_a_change_of_the_rules_comes_first(ruled: Ruled, step: str):
    """It is written between the look at the freezes and the commit: no text is filed, and none comes into force."""
    change = ruled.propose() if step == "approving" else None
    ruled.stores = replace(ruled.stores, ledger=InThatInstant(ruled, Extent(person=ANN)))

    with pytest.raises(NotAllowed, match=r"(is|are) frozen"):
        ruled.approve(change) if change else ruled.propose()
    assert ruled.longest() == timedelta(hours=8)
    assert change is None or ruled.now(change).state is ChangeState.PENDING
    assert len(ruled.entries(EntryKind.RULES_PROPOSED)) == (step == "approving")
