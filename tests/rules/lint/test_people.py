"""Whoever is named and is not there is pointed out, once the directory was asked; and nothing of what is not known."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

import pytest

from daypass.lifecycle.judge import Judge
from daypass.lifecycle.rule_changes.named_people import doubts
from daypass.model.decision import Circumstances, Needs, ScheduleName
from daypass.model.errors import NotFound, Unavailable
from daypass.model.principal import GroupName, Principal, PrincipalId, SlackGroupId
from daypass.model.resource import Resource
from daypass.rules.lint.people import unlooked
from tests.hands import unreadable
from tests.makers import NOON
from tests.rules.worlds import written

TEAM, LEADS, EMPTY = SlackGroupId("S0TEAM"), SlackGroupId("S0LEADS"), SlackGroupId("S0EMPTY")
BUDGET = GroupName("file:budget")
MEMBERS: dict[str, set[str]] = {
    TEAM: {"U0ANN", "U0BEN", "U0CID"},
    LEADS: {"U0CID"},
    EMPTY: set(),
    BUDGET: {"U0CID", "U0GONE"},
}


class Known:
    """A directory of a few people: Gone has left, Ada is a second account of Ann's, Slack does not tell of S0BUSY."""

    def principal(self, principal_id: PrincipalId) -> Principal:
        """Look somebody up."""
        if principal_id not in {"U0ANN", "U0BEN", "U0CID", "U0DEE", "U0ADA", "U0GONE", "bot:deploy"}:
            raise NotFound(f"Slack knows nobody with the id {principal_id}.")
        same = {"U0ANN": {"U0ADA"}, "U0ADA": {"U0ANN"}}.get(principal_id, set())
        return Principal(
            id=principal_id,
            name=principal_id,
            active=principal_id != "U0GONE",
            same_as=frozenset(map(PrincipalId, same)),
            owner=PrincipalId("U0DEE") if principal_id == "bot:deploy" else None,
            manager=PrincipalId("U0DEE") if principal_id == "U0BEN" else None,
        )

    def last_known(self, principal_id: PrincipalId) -> Principal | None:
        """Nobody is known by heart."""

    def members(self, group: SlackGroupId | GroupName) -> frozenset[PrincipalId]:
        """Look a group up."""
        if group == "S0BUSY":
            raise Unavailable("Slack does not answer now.")
        if group not in MEMBERS:
            raise NotFound(f"Slack has no user group {group} that is in use.")
        return frozenset(map(PrincipalId, MEMBERS[group]))

    def group_name(self, group: SlackGroupId | GroupName) -> str:
        """Name a group by its id."""
        return group

    def everybody(self) -> list[Principal]:
        """Nobody asks for all."""
        raise Unavailable("Slack does not list people now.")

    def circumstances(
        self,
        needed: Needs,
        *,
        at: datetime,
        place: Resource | None = None,  # noqa: ARG002 - the port's
        people: Sequence[Principal] = (),  # noqa: ARG002 - the port's
    ) -> Circumstances:
        """Find out who is on call: there is one schedule, and at this moment nobody is."""
        here = {ScheduleName("payments"): frozenset[PrincipalId]()}
        return Circumstances(at=at, on_call={name: here[name] for name in needed.schedules if name in here})


def judge_of(known: Known) -> Judge:
    """One who is asked about people and circumstances alone."""
    return Judge(rules=unreadable, people=known, facts=known, ledger=None, deliveries={})  # type: ignore[arg-type]  # never read


def found(who: str, approve: str, *, tracker: bool = True, more: str = "", head: str = "") -> list[str]:
    """Say what is found in one rule, apart from what the document alone says."""
    rule = (
        f"  - {{id: r, who: {who}, may: [read], on: [a-b], for: {{default: 1h, max: 1h}}, approve: {approve}{more}}}\n"
    )
    book = written(rule, head=head)
    seen = doubts(book, judge=judge_of(Known()), lapse_after=timedelta(days=1), tracker=tracker, clock=lambda: NOON)
    assert not seen.not_looked_at
    return [f"{one.kind}: {one.sentence}" for one in seen.findings]


BEN, ANN = "{people: [U0BEN]}", "{people: [U0ANN]}"
NOBODY = "and there is nobody: Slack knows nobody with the id U0NOONE."
NO_GROUP = "and there is no such group: Slack has no user group S0OLD that is in use."


@pytest.mark.parametrize(
    ("approve", "expected"),
    [
        ("{anyone_of: {people: [U0CID]}}", []),
        ("{anyone_of: {people: [U0CID, U0NOONE]}}", [f"no-approver: Rule r lets decide U0NOONE, {NOBODY}"]),
        (
            "{anyone_of: {people: [U0CID, U0GONE]}}",
            ["no-approver: Rule r lets decide U0GONE, whose account is deactivated."],
        ),
        (
            "{anyone_of: {people: [U0CID]}, hand_over: [{after: 1h, to: {slack_groups: [S0OLD]}}]}",
            [f"no-approver: Rule r lets decide the members of S0OLD, {NO_GROUP}"],
        ),
        (
            "{anyone_of: {slack_groups: [S0LEADS, S0EMPTY]}}",
            ["no-approver: Rule r lets decide the members of S0EMPTY, and nobody is in it."],
        ),
        (
            "{anyone_of: {on_call: [payments, pyments]}}",
            ["no-approver: Rule r asks who is on call for pyments, and no schedule of that name answers."],
        ),
        (
            "{at_least: 2, of: {slack_groups: [S0LEADS], people: [U0GONE]}}",
            [
                "no-approver: Rule r lets decide U0GONE, whose account is deactivated.",
                "no-approver: Rule r needs 2 different people to decide, and 1 is there.",
            ],
        ),
        (
            "{stages: [{name: a, anyone_of: {people: [U0CID]}}, {name: b, anyone_of: {slack_groups: [S0LEADS]}}]}",
            ["no-approver: Rule r needs 2 different people to decide, and 1 is there."],
        ),
        (
            "{anyone_of: {people: [U0CID]}, hand_over: [{after: 1d, to: {people: [U0DEE]}}]}",
            ["no-approver: Rule r is handed over after 1 day, and a request lapses after 1 day."],
        ),
        ("{anyone_of: {people: [U0CID]}, hand_over: [{after: 23h, to: {people: [U0DEE]}}]}", []),
    ],
)
def test_an_approver_who_cannot_exist_is_found(approve: str, expected: list[str]) -> None:
    """Somebody unknown or who has left, a group that is none or empty, a schedule, too few, too late."""
    assert found(BEN, approve) == expected


def test_a_reviewer_and_an_owner_who_are_not_there_are_found() -> None:
    """They decide too: on what was done, and on the rules."""
    glass = ", break_glass: {review: {people: [U0CID, U0GONE]}, within: 1d}"

    assert found(BEN, "at-once", more=glass, head="owners: {people: [U0CID, U0NOONE], slack_groups: [S0TEAM]}\n") == [
        f"no-approver: These rules are owned by U0NOONE, {NOBODY}",
        "no-approver: Rule r is reviewed by U0GONE, whose account is deactivated.",
    ]


@pytest.mark.parametrize(
    ("who", "approve", "expected"),
    [
        (ANN, "{anyone_of: {people: [U0ADA]}}", "never allows anything: too few people decide who are not who asks."),
        (
            "{slack_groups: [S0LEADS]}",
            "{anyone_of: {people: [U0CID]}}",
            "never allows anything: too few people decide who are not who asks.",
        ),
        (
            "{people: ['bot:deploy']}",
            "{anyone_of: {people: [U0DEE]}}",
            "never allows anything: too few people decide who are not who asks.",
        ),
        (
            "{slack_groups: [S0TEAM]}",
            "{at_least: 2, of: {people: [U0ADA, U0CID]}}",
            "never lends to U0ANN: who would decide is the same person, or answers for it.",
        ),
        (
            "{people: [U0BEN, 'bot:deploy']}",
            "{anyone_of: {people: [U0DEE]}}",
            "never lends to bot:deploy: who would decide is the same person, or answers for it.",
        ),
    ],
)
def test_who_would_have_to_approve_their_own_is_found(who: str, approve: str, expected: str) -> None:
    """By a second account, by a group with one member, as the owner of a robot: for everybody, or for some."""
    assert found(who, approve) == [f"self-approval: Rule r {expected}"]


def test_that_the_one_who_decides_gets_nothing_themselves_is_meant() -> None:
    """Cid leads the team, and is one of it; the others get what they ask for."""
    assert found("{slack_groups: [S0TEAM]}", "{anyone_of: {slack_groups: [S0LEADS]}}") == []


def test_managers_are_missed_only_where_nobodys_is_known() -> None:
    """Ben's is; Ann's is not."""
    manager = "{anyone_of: {manager: true}}"

    assert found(ANN, manager) == ["no-approver: Rule r asks managers, and nobody's is known."]
    assert found("{people: [U0ANN, U0BEN]}", manager) == []


@pytest.mark.parametrize(
    ("who", "more", "expected"),
    [
        ("{people: [U0BEN, U0GONE]}", "", "speaks of U0GONE, whose account is deactivated."),
        ("{people: [U0BEN], slack_groups: [S0EMPTY]}", "", "speaks of the members of S0EMPTY, and nobody is in it."),
        (BEN, ", when: {on_call: [pyments]}", "looks at the schedule pyments, and no schedule of that name answers."),
        (BEN, ", ticket: required", "wants an open ticket, and there is no tracker."),
    ],
)
def test_a_rule_that_can_never_hold_for_want_of_what_it_looks_at_is_found(who: str, more: str, expected: str) -> None:
    """A person, a group, a schedule, a tracker."""
    told = found(who, "{anyone_of: {people: [U0DEE]}}", more=more, tracker="ticket" not in more)

    assert told == [f"unreachable: Rule r {expected}"]


def test_what_could_not_be_found_out_is_said_and_held_against_nobody() -> None:
    """The group may have members; Slack does not say."""
    rule = "{id: r, who: anyone, may: [read], on: [a-b], for: {default: 1h, max: 1h}"
    book = written(f"  - {rule}, approve: {{at_least: 3, of: {{slack_groups: [S0BUSY]}}}}}}\n")

    seen = doubts(book, judge=judge_of(Known()), lapse_after=timedelta(days=1), tracker=True, clock=lambda: NOON)

    assert (seen.findings, seen.not_looked_at) == ((), ("who is in S0BUSY: Slack does not answer now.",))


def test_a_directory_that_does_not_answer_is_asked_for_one_person_alone() -> None:
    """Each of hundreds would be waited for."""
    asked: list[str] = []

    class Silent(Known):
        def principal(self, principal_id: PrincipalId) -> Principal:
            asked.append(principal_id)
            raise Unavailable("Slack does not answer now.")

    rule = "{id: r, who: {people: [U0ANN, U0BEN]}, may: [read], on: [a-b], for: {default: 1h, max: 1h}"
    book = written(f"  - {rule}, approve: {{anyone_of: {{people: [U0CID, U0DEE]}}}}}}\n")
    seen = doubts(book, judge=judge_of(Silent()), lapse_after=timedelta(days=1), tracker=True, clock=lambda: NOON)

    assert (seen.findings, asked) == ((), ["U0CID"])
    assert seen.not_looked_at == ("who U0CID and others are: Slack does not answer now.",)


def test_b05_rules_that_take_too_long_are_looked_through_in_part_and_that_is_said() -> None:
    """Two seconds for each, by this clock: three of ten, in five seconds; the last rule leaves nothing over."""
    ticks = count()

    def clock() -> datetime:
        return NOON + next(ticks) * timedelta(seconds=2)

    rule = "who: anyone, may: [read], on: [acme-{n}], for: {{default: 1h, max: 1h}}, approve: at-once"
    book = written("".join(f"  - {{id: r{n}, {rule.format(n=n)}}}\n" for n in range(10)))
    seen = doubts(book, judge=judge_of(Known()), lapse_after=timedelta(days=1), tracker=True, clock=clock)

    assert seen.not_looked_at == ("the rules after r2: looking through all 10 takes too long",)


def test_without_a_directory_it_is_said_what_was_not_looked_at() -> None:
    """Everybody and everything that is named once, and nothing where nobody is."""
    rest = "may: [read], on: [a-b], for: {default: 1h, max: 1h}, approve:"
    who, asked = "{people: [U0ANN], slack_groups: [S0A]}", "{anyone_of: {people: [U0BEN], on_call: [x]}}"
    two = f"  - {{id: r, who: {who}, {rest} {asked}}}\n"

    assert unlooked(written(two)) == [
        "whether the 2 people, 1 group, 1 schedule named here exist; --live asks the service."
    ]
    assert unlooked(written(f"  - {{id: r, who: anyone, {rest} at-once}}\n")) == []
