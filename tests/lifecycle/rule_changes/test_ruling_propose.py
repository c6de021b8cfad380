"""Proposing other rules: who may, from which version, and what a text must be."""

from datetime import timedelta

import pytest

from daypass.lifecycle.rule_changes.propose import LONGEST_SHADOW
from daypass.model.errors import BadInput, Conflict, NotYours
from daypass.model.event import EntryKind
from daypass.model.principal import DAYPASS, PrincipalId, SlackGroupId
from daypass.model.rule_change import ChangeState, RulesVersion
from tests.lifecycle.rule_changes.conftest import CARL, HEAD, LONGER, RULES, SHORTER, Ruled
from tests.makers import ANN, BOB, EVE, principal


def test_a_proposal_changes_nothing(ruled: Ruled):
    """It waits for another owner, and the file's rules go on."""
    change = ruled.propose(note=" more time ")

    assert (change.state, change.base, change.note) == (ChangeState.PENDING, 1, "more time")
    assert ruled.longest() == timedelta(hours=8)
    assert ruled.kinds(change.id) == [EntryKind.RULES_PROPOSED]


def test_the_first_proposal_keeps_the_files_text_as_version_1(ruled: Ruled):
    """So that what was in force before can be read for good."""
    ruled.propose()

    [version] = ruled.ledger.all(RulesVersion)
    assert (version.number, version.text, version.author, version.note) == (1, RULES, DAYPASS, "from the file")


def test_a_second_proposal_of_the_same_file_keeps_it_once(ruled: Ruled):
    """Both are made from version 1."""
    changes = [ruled.propose(LONGER), ruled.propose(SHORTER, by=BOB)]

    assert [change.base for change in changes] == [1, 1]
    assert len(ruled.ledger.all(RulesVersion)) == 1


def test_what_is_delivered_again_is_the_same_proposal(ruled: Ruled):
    """By its key, also once it was decided on; another person's same key is another proposal."""
    first = ruled.propose(LONGER, key="slack:1.2.3")
    ruled.withdraw(first)
    again = ruled.propose(LONGER, key="slack:1.2.3")

    assert (again.id, again.state) == (first.id, ChangeState.WITHDRAWN)
    assert ruled.propose(LONGER, by=BOB, key="slack:1.2.3").id != first.id
    assert ruled.kinds(first.id) == [EntryKind.RULES_PROPOSED, EntryKind.RULES_WITHDRAWN]


def test_a_file_that_is_edited_meanwhile_is_a_version_of_its_own(ruled: Ruled):
    """What the operator wrote after the proposal is never taken for what was proposed upon."""
    ruled.propose()
    ruled.file.write_text(SHORTER)

    with pytest.raises(Conflict, match=r"^Version 2 came meanwhile, from the file; pull it"):
        ruled.propose(LONGER, base=1)
    assert ruled.propose(LONGER, base=2).base == 2


@pytest.mark.parametrize("who", [EVE, PrincipalId("U0NOBODY")])
def test_who_is_no_owner_proposes_nothing(ruled: Ruled, who: PrincipalId):
    """Whether they are known or not; and the journal keeps that they tried."""
    with pytest.raises(NotYours):
        ruled.propose(by=who)

    assert ruled.ledger.all(RulesVersion) == []


def test_the_journal_keeps_a_refused_proposal(ruled: Ruled):
    """By whom, and why."""
    with pytest.raises(NotYours, match="not among the owners"):
        ruled.propose(by=EVE)

    [refused] = ruled.entries(EntryKind.RULES_REFUSED)
    assert (refused.actor, refused.details["doing"]) == (EVE, "propose")


def test_a_deactivated_owner_proposes_nothing(ruled: Ruled):
    """A Slack account that is gone owns nothing."""
    ruled.change(ANN, active=False)

    with pytest.raises(NotYours, match="deactivated"):
        ruled.propose()


def test_a_robot_proposes_nothing_though_the_rules_name_it(ruled: Ruled):
    """Programs ask for access; the rules are people's."""
    robot = PrincipalId("bot:deploy")
    ruled.directory.people[robot] = principal(robot, None)
    ruled.change(robot, slack_groups=frozenset({SlackGroupId("S0OWNERS")}))
    ruled.file.write_text(RULES.replace(HEAD, "version: 1\nowners: {slack_groups: [S0OWNERS]}\n"))

    with pytest.raises(NotYours, match="robot"):
        ruled.propose(by=robot)


def test_rules_without_owners_are_changed_in_the_file_alone(ruled: Ruled):
    """And the refusal says so."""
    ruled.file.write_text(RULES.replace(HEAD, "version: 1\n"))

    with pytest.raises(NotYours, match="name no owners, so nobody can change them here"):
        ruled.propose()


def test_every_fault_of_a_text_is_said(ruled: Ruled):
    """With its line, in one answer."""
    bad = LONGER.replace("may: [read]", "may: [reed]").replace("default: 1h", "default: soon")

    with pytest.raises(BadInput) as refused:
        ruled.propose(bad)

    assert refused.value.field == "text"
    assert {line.split(" ")[0] for line in refused.value.sentence.splitlines()[1:]} == {"proposed:6:", "proposed:8:"}


EXAMPLE = """tests:
  - name: ann reads reports
    ask: {person: U0ANN, s3: read acme-reports/2026/, for: 10h, reason: INC-1}
    expect: denied
"""


def test_a_text_must_do_what_its_own_examples_say(ruled: Ruled):
    """The example that does not hold is named with its line, and what to do; one that holds stands in no way."""
    with pytest.raises(BadInput) as refused:
        ruled.propose(LONGER + EXAMPLE)

    assert refused.value.sentence.splitlines() == [
        "The example “ann reads reports” (line 11) would fail. It expects that it is denied, but somebody is asked.",
        "Change both in one proposal: daypass rules pull FILE, edit it, daypass rules apply FILE.",
    ]
    assert ruled.propose(SHORTER + EXAMPLE).state is ChangeState.PENDING


def test_pausing_a_rule_with_examples_gives_no_wall(ruled: Ruled):
    """Three of the examples that would fail are told, each in one line, and how many more there are."""
    five = "tests:\n" + "".join(
        f"  - {{name: day {day}, ask: {{person: U0ANN, s3: read acme-reports/{day}/}}, expect: allowed}}\n"
        for day in range(5)
    )

    with pytest.raises(BadInput) as refused:
        ruled.propose(RULES + "    paused: true\n" + five)

    first, *_, more, _ = said = refused.value.sentence.splitlines()
    assert first == "The example “day 0” (line 12) would fail. It expects that somebody is asked, but it is denied."
    assert more == "So would 2 more."
    assert len(said) == 5


@pytest.mark.parametrize(
    "owners",
    [
        "",
        "owners: {people: [U0ANN]}\n",
        "owners: {people: [U0ANN, U0NOBODY]}\n",
        "owners: {people: [U0ANN, U0GONE]}\n",
        "owners: {people: [U0ANN, U0TWIN]}\n",
        "owners: {people: [U0ANN], slack_groups: [S0TYPO]}\n",
        "owners: {slack_groups: [S0ALONE]}\n",
    ],
)
def test_a_text_that_leaves_fewer_than_two_owners_is_refused(ruled: Ruled, owners: str):
    """Nobody could change the rules again: the second is unknown, gone, the first once more, or in no group."""
    ruled.change(ANN, slack_groups=frozenset({SlackGroupId("S0ALONE")}))
    gone, twin = PrincipalId("U0GONE"), PrincipalId("U0TWIN")
    ruled.directory.people |= {gone: principal(gone, None), twin: principal(twin, None)}
    ruled.change(gone, active=False)
    ruled.change(twin, same_as=frozenset({ANN}))

    with pytest.raises(BadInput, match="could change them again"):
        ruled.propose(LONGER.replace(HEAD, f"version: 1\n{owners}"))


@pytest.mark.parametrize("owners", ["{people: [U0ANN, U0BOB]}", "{slack_groups: [S0LEADS]}"])
def test_a_text_that_leaves_two_owners_is_taken(ruled: Ruled, owners: str):
    """Who is in a group now are people too."""
    for one in (BOB, CARL):
        ruled.change(one, slack_groups=frozenset({SlackGroupId("S0LEADS")}))
    assert ruled.propose(LONGER.replace(HEAD, f"version: 1\nowners: {owners}\n")).state is ChangeState.PENDING


def test_the_same_text_again_is_no_change(ruled: Ruled):
    """Word for word."""
    with pytest.raises(BadInput, match="version 1 word for word"):
        ruled.propose(RULES)


@pytest.mark.parametrize("base", [-1, 0, 2, 99])
def test_a_version_that_never_was_is_no_base(ruled: Ruled, base: int):
    """Neither before the first nor after the newest."""
    with pytest.raises(BadInput, match=f"There is no version {base} of the rules; version 1 is in force."):
        ruled.propose(base=base)


def test_a_proposal_from_an_older_version_is_told_whose_came_meanwhile(ruled: Ruled):
    """So that the author knows whom to speak with."""
    ruled.approve(ruled.propose(LONGER), by=CARL)

    with pytest.raises(Conflict, match=r"^Version 2 came meanwhile, by U0ANN; pull it and make your change anew"):
        ruled.propose(SHORTER, by=BOB, base=1)


@pytest.mark.parametrize("shadow", [timedelta(0), -timedelta(days=1), LONGEST_SHADOW + timedelta(seconds=1)])
def test_a_shadow_is_neither_nothing_nor_for_ever(ruled: Ruled, shadow: timedelta):
    """Three months at most."""
    with pytest.raises(BadInput, match="in the shadow for"):
        ruled.propose(shadow=shadow)


def test_a_note_is_as_long_as_a_reason(ruled: Ruled):
    """The journal and Slack both hold it whole."""
    with pytest.raises(BadInput, match="1001 characters"):
        ruled.propose(note="n" * 1001)
