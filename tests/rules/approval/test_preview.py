"""Who will be asked, in which order and why, in sentences."""

from datetime import timedelta

from daypass.model.decision import Circumstances, ScheduleName
from daypass.model.principal import PrincipalId
from daypass.rules.approval.preview import preview
from tests.rules.approval.test_approvers import NOON, away, here, stages, steps


def said(approve: str, around: Circumstances | None = None) -> list[str]:
    """Say who is asked when Ann asks."""
    return preview(stages(approve, around))


def test_one_stage_says_who_decides_and_how_many() -> None:
    """One alone, one of several, several of several, all, and the members of groups."""
    assert [
        said(f"{{{approve}}}")
        for approve in (
            "anyone_of: {people: [U0BOB]}",
            "anyone_of: {people: [U0BOB, U0CID], slack_groups: [S0X]}",
            "at_least: 2, of: {people: [U0BOB, U0CID, U0DEE]}",
            "all_of: {people: [U0BOB, U0CID]}",
            "anyone_of: {directory_groups: ['file:budget']}",
        )
    ] == [
        ["U0BOB decides."],
        ["Any one of U0BOB, U0CID or the members of S0X decides."],
        ["2 different people out of U0BOB, U0CID and U0DEE decide."],
        ["U0BOB and U0CID decide."],
        ["Any one of the members of file:budget decides."],
    ]


def test_stages_are_said_in_their_order_with_what_comes_later_why_and_who_is_not_asked() -> None:
    """The whole story of a request that Ann has not made yet."""
    around = here(
        away("U0BOB", "U0CID", NOON + timedelta(days=3)),
        on_call={ScheduleName("payments"): frozenset({PrincipalId("U0EVE")})},
    )
    told = said(
        "{stages: [{name: team, anyone_of: {manager: true}, hand_over: [{after: 30m, to: {on_call: [payments]}}]}, "
        "{name: security, at_least: 2, of: {slack_groups: [S0SEC]}}]}",
        around,
    )

    assert told == [
        "First, at stage team, U0CID decides.",
        "After 30 minutes at stage team, U0EVE may decide too.",
        "U0BOB is the manager of U0ANN.",
        "U0EVE is on call for payments.",
        "U0BOB is away until 27 November; U0CID decides in their stead.",
        "Then, at stage security, 2 different people out of the members of S0SEC decide.",
    ]


def test_a_stage_without_anybody_yet_says_for_whom_it_waits() -> None:
    """Bob is away, and Dee comes in after an hour."""
    told = said("{anyone_of: {people: [U0BOB]}, hand_over: [{after: 1h, to: {people: [U0DEE]}}]}", here(away("U0BOB")))

    assert told == [
        "Nobody can be asked at first; it needs 1 person.",
        "After 1 hour, U0DEE may decide too.",
        "U0BOB is away.",
    ]


def test_many_people_are_not_all_named() -> None:
    """Twelve, and how many more."""
    people = ", ".join(f"U0P{number:02}" for number in range(20))

    (sentence,) = said(f"{{anyone_of: {{people: [{people}]}}}}")

    assert sentence.endswith("U0P10, U0P11 or 8 more decides.")


def test_nothing_is_said_where_nobody_is_asked() -> None:
    """At once, there are no stages."""
    assert preview(()) == []
    assert steps("at-once") == ()
