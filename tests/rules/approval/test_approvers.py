"""Who is asked: people who are here, whoever is something to the ask, and never anybody on the asking side."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest

from daypass.model.decision import Allowed, Circumstances, Denied, ScheduleName, Stage
from daypass.model.errors import RulesUnreadable
from daypass.model.principal import Away, AwsIdentity, GroupName, Principal, PrincipalId
from daypass.rules.approval.approvers import missing, needed_by, stages_for
from daypass.rules.approval.quorum import shortage
from daypass.rules.approval.stage import RuleStage
from daypass.rules.decide.decision import decide
from daypass.rules.lint.lint import lint
from daypass.rules.rule.rule import AllowRule
from daypass.rules.rule.rulebook import RuleBook
from tests.rules.worlds import ask, written

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANN = Principal(id=PrincipalId("U0ANN"), name="Ann", manager=PrincipalId("U0BOB"))
BUDGET = GroupName("file:budget")


def steps(approve: str) -> tuple[RuleStage, ...]:
    """Read an approval."""
    rule = "  - {id: lends, who: anyone, may: [read], on: [acme-reports], for: {default: 1h, max: 1h}"
    (read,) = written(f"{rule},\n     approve: {approve}}}\n").rules
    assert isinstance(read, AllowRule)
    return read.stages


def stages(
    approve: str, around: Circumstances | None = None, *, who: Principal = ANN, by: str = ""
) -> tuple[Stage, ...]:
    """Say who is asked when Ann asks, or another for her."""
    asker = Principal(id=PrincipalId(by), name=by) if by else None
    return stages_for(steps(approve), replace(ask(who=who), asker=asker), around)


def stage(approve: str, around: Circumstances | None = None, *, who: Principal = ANN, by: str = "") -> Stage:
    """Say who is asked at the only stage."""
    (found,) = stages(approve, around, who=who, by=by)
    return found


def here(*people: Principal, **facts: object) -> Circumstances:
    """What is so at noon around an ask."""
    return replace(Circumstances(at=NOON, people={one.id: one for one in people}), **facts)  # type: ignore[arg-type]


def person(name: str, **facts: object) -> Principal:
    """Somebody whom the directory knows."""
    return replace(Principal(id=PrincipalId(name), name=name), **facts)  # type: ignore[arg-type]


def away(name: str, delegate: str = "", until: datetime | None = None) -> Principal:
    """Somebody who is not there."""
    return person(name, away=Away(until=until, delegate=PrincipalId(delegate) if delegate else None))


def asked(found: Stage) -> set[str]:
    """The people of a stage."""
    return set(found.approvers.people)


def passed_over(found: Stage) -> dict[str, str]:
    """Who is not asked, and why."""
    return {one.principal: one.why for one in found.skipped}


ON_CALL = {ScheduleName("payments"): frozenset({PrincipalId("U0DEE"), PrincipalId("U0EVE")})}


@pytest.mark.parametrize(
    ("approve", "people", "why"),
    [
        ("{anyone_of: {manager: true}}", {"U0BOB"}, ("U0BOB is the manager of U0ANN",)),
        ("{anyone_of: {owner: [team-owner]}}", {"U0CID"}, ("U0CID owns the bucket (tag team-owner)",)),
        (
            "{anyone_of: {on_call: [payments]}}",
            {"U0DEE", "U0EVE"},
            ("U0DEE is on call for payments", "U0EVE is on call for payments"),
        ),
        (
            "{anyone_of: {people: [U0FAY], manager: true, owner: [team-owner]}}",
            {"U0FAY", "U0BOB", "U0CID"},
            ("U0BOB is the manager of U0ANN", "U0CID owns the bucket (tag team-owner)"),
        ),
    ],
)
def test_people_are_found_by_what_they_are(approve: str, people: set[str], why: tuple[str, ...]) -> None:
    """The manager, the owner and who is on call are asked, and it is said that this is why."""
    found = stage(approve, here(on_call=ON_CALL, owners={"team-owner": PrincipalId("U0CID")}))

    assert (asked(found), found.needed, found.why, found.skipped) == (people, 1, why, ())


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("manager: true", "the manager of U0EVE is not known"),
        ("owner: [team-owner]", "who owns the bucket (tag team-owner) could not be found out"),
        ("on_call: [payments]", "who is on call for payments could not be found out"),
        ("on_call: [quiet]", "nobody is on call for quiet"),
    ],
)
@pytest.mark.parametrize("all_unknown", [True, False])
def test_what_could_not_be_found_out_brings_nobody_and_is_said(source: str, why: str, *, all_unknown: bool) -> None:
    """Others decide; but where everybody must agree, it is short of whoever that would have been."""
    around = None if all_unknown and "quiet" not in source else here(on_call={ScheduleName("quiet"): frozenset()})
    one, every = (stage(f"{{{way}: {{people: [U0BOB], {source}}}}}", around, who=person("U0EVE")) for way in WAYS)

    assert (asked(one), one.needed, one.why) == ({"U0BOB"}, 1, (why,))
    assert shortage([one]) is None
    assert (asked(every), every.needed) == ({"U0BOB"}, 2)
    assert shortage([every]) is not None


WAYS = ("anyone_of", "all_of")


def test_a_tag_that_names_nobody_widens_nothing() -> None:
    """Those whom the rule names besides decide as before; where everybody must agree, nobody can stand in."""
    around = here(no_owners={"team-owner": 'names "U0GONE", who is nobody in Slack'})
    one, every = (stage(f"{{{way}: {{people: [U0BOB], owner: [team-owner]}}}}", around) for way in WAYS)

    assert (asked(one), one.needed) == ({"U0BOB"}, 1)
    assert (asked(every), every.needed) == ({"U0BOB"}, 2)
    assert shortage([every]) is not None


@pytest.mark.parametrize(
    ("gone", "why"),
    [
        (away("U0BOB"), "is away"),
        (away("U0BOB", until=NOON + timedelta(days=3)), "is away until 27 November"),
        (away("U0BOB", until=NOON + timedelta(days=40)), "is away until 3 January 2027"),
        (away("U0BOB", until=NOON + timedelta(hours=2)), "is away until 14:00 (UTC)"),
        (person("U0BOB", active=False), "has left"),
        (
            person("U0BOB", active=False, away=Away(delegate=PrincipalId("U0CID"))),
            "has left",
        ),
    ],
)
def test_who_is_not_there_is_passed_over_with_the_reason(gone: Principal, why: str) -> None:
    """The others are asked; all that must agree are all that are there."""
    found = stage("{all_of: {people: [U0BOB, U0DEE]}}", here(gone))

    assert (asked(found), found.needed, passed_over(found)) == ({"U0DEE"}, 1, {"U0BOB": why})
    assert missing([found]) == f"U0BOB {why}"


def test_one_of_whom_the_directory_knows_nothing_is_passed_over() -> None:
    """Only when the directory says so: one who was not looked up, or could not be, is asked."""
    approve = "{anyone_of: {people: [U0BOB, U0DEE]}}"

    found = stage(approve, here(strangers=frozenset({PrincipalId("U0BOB")})))

    assert (asked(found), passed_over(found)) == ({"U0DEE"}, {"U0BOB": "is nobody whom the directory knows"})
    assert asked(stage(approve, here(person("U0DEE")))) == {"U0BOB", "U0DEE"}


def test_who_was_away_is_asked_again_from_the_moment_they_are_back() -> None:
    """The end of an absence does not belong to it."""
    found = stage("{anyone_of: {people: [U0BOB]}}", here(away("U0BOB", until=NOON)))

    assert (asked(found), found.skipped) == ({"U0BOB"}, ())


def test_a_delegate_decides_in_the_stead_of_who_is_away() -> None:
    """Whether the directory has looked up the delegate or not."""
    bob = away("U0BOB", "U0CID", NOON + timedelta(days=3))
    for around in (here(bob), here(bob, person("U0CID"))):
        found = stage("{all_of: {people: [U0BOB, U0DEE]}}", around)

        assert (asked(found), found.needed) == ({"U0CID", "U0DEE"}, 2)
        assert passed_over(found) == {"U0BOB": "is away until 27 November; U0CID decides in their stead"}


@pytest.mark.parametrize(
    ("delegate", "why"),
    [
        (person("U0CID", active=False), "has left"),
        (away("U0CID", "U0EVE"), "is away too"),
        (person("bot:deploy"), "is a robot, and robots never decide"),
        (
            person("U0CID", same_as=frozenset({ANN.id})),
            "is on the asking side, and nobody decides on their own request",
        ),
        (ANN, "is on the asking side, and nobody decides on their own request"),
    ],
)
def test_a_delegate_who_cannot_decide_stands_in_for_nobody(delegate: Principal, why: str) -> None:
    """Nor does the delegate's delegate: nobody who is named chose them."""
    found = stage("{anyone_of: {people: [U0BOB, U0DEE]}}", here(away("U0BOB", delegate.id), delegate))

    assert asked(found) == {"U0DEE"}
    assert passed_over(found) == {"U0BOB": f"is away; {delegate.id}, their delegate, {why}"}


ARN = AwsIdentity(arn="arn:aws:iam::111122223333:user/ann")
EVERYWHERE = (
    "{anyone_of: {people: [U0SELF, U0DEE], manager: true, owner: [o], on_call: [p]}, "
    "hand_over: [{after: 1h, to: {people: [U0SELF, U0EVE], manager: true, owner: [o], on_call: [p]}}]}"
)


@pytest.mark.parametrize(
    ("principal", "own"),
    [
        (person("U0SELF"), person("U0SELF")),
        (person("U0ANN", same_as=frozenset({PrincipalId("U0SELF")})), person("U0SELF")),
        (person("U0ANN"), person("U0SELF", same_as=frozenset({ANN.id}))),
        (person("U0ANN", aws=ARN), person("U0SELF", aws=ARN)),
        (person("bot:deploy", owner=PrincipalId("U0SELF")), person("U0SELF")),
        (person("bot:deploy", owner=ANN.id), person("U0SELF", same_as=frozenset({ANN.id}))),
    ],
)
def test_nobody_on_the_asking_side_is_asked_by_any_way(principal: Principal, own: Principal) -> None:
    """By id, as one's own manager, as the owner of the bucket, on call, or as a delegate; in whichever account."""
    me = PrincipalId("U0SELF")
    around = here(own, away("U0DEE", me), owners={"o": me}, on_call={ScheduleName("p"): frozenset({me})})

    found = stage(EVERYWHERE, around, who=replace(principal, manager=me))

    assert (asked(found), set(found.everybody().people)) == (set(), {"U0EVE"})
    assert passed_over(found)["U0SELF"] == "is on the asking side, and nobody decides on their own request"


def test_an_account_of_an_account_is_on_the_asking_side() -> None:
    """Ann is known as Amy, and Amy as Ada: the directory need not say so in one place."""
    amy = person("U0AMY", same_as=frozenset({PrincipalId("U0ADA")}))
    ann = replace(ANN, same_as=frozenset({amy.id}))

    assert asked(stage("{anyone_of: {people: [U0ADA, U0AMY, U0BOB]}}", here(amy), who=ann)) == {"U0BOB"}


def test_an_account_of_an_account_is_known_by_its_aws_identity_too() -> None:
    """Amy is Ann, and Ada is the same IAM user as Amy."""
    amy, ada = person("U0AMY", aws=ARN), person("U0ADA", aws=ARN)
    ann = replace(ANN, same_as=frozenset({amy.id}))

    assert asked(stage("{anyone_of: {people: [U0ADA, U0BOB]}}", here(ada, amy), who=ann)) == {"U0BOB"}


def test_a_hand_over_passes_over_who_is_not_there_and_leaves_groups_to_the_click() -> None:
    """Dee has left; of the group nobody is named one by one."""
    around = here(person("U0DEE", active=False), groups={BUDGET: frozenset({PrincipalId("U0EVE")})})
    found = stage(
        "{all_of: {people: [U0BOB]}, hand_over: [{after: 1h, to: {people: [U0DEE, U0CID], "
        "directory_groups: ['file:budget']}}]}",
        around,
    )
    (later,) = found.later

    assert (set(later.approvers.people), later.approvers.groups) == ({"U0CID"}, frozenset({BUDGET}))
    assert passed_over(found) == {"U0DEE": "has left"}


def test_two_accounts_of_one_person_are_not_two_who_must_agree() -> None:
    """Else both would be waited for, and the second click of the same person never counts."""
    bob = person("U0BOB", same_as=frozenset({PrincipalId("U0BOB2")}))
    found = stage("{all_of: {people: [U0BOB, U0BOB2, U0CID]}}", here(bob, person("U0BOB2")))

    assert (asked(found), found.needed) == ({"U0BOB", "U0BOB2", "U0CID"}, 2)


def test_who_asks_for_another_is_not_asked_even_as_their_manager() -> None:
    """Bob asks for Ann, whose manager he is."""
    found = stage("{anyone_of: {people: [U0DEE], manager: true}}", here(), by="U0BOB")

    assert asked(found) == {"U0DEE"}


def test_all_of_a_directorys_group_is_asked_one_by_one() -> None:
    """Each member must agree, but for Ann who asks; nobody may join at the click without being counted."""
    members = frozenset(map(PrincipalId, ["U0ANN", "U0BOB", "U0CID"]))
    found = stage("{all_of: {directory_groups: ['file:budget']}}", here(away("U0CID"), groups={BUDGET: members}))

    assert (asked(found), found.needed, found.approvers.groups) == ({"U0BOB"}, 1, frozenset())
    assert shortage([found]) is None


@pytest.mark.parametrize(("groups", "why"), [({}, "who is in file:budget"), ({BUDGET: frozenset()}, "nobody is in")])
def test_all_of_a_group_that_nobody_can_count_is_never_filled(groups: dict[str, frozenset[str]], why: str) -> None:
    """Else a directory out of reach would make it easier."""
    found = stage("{all_of: {people: [U0BOB], directory_groups: ['file:budget']}}", here(groups=groups))

    assert shortage([found]) is not None
    assert found.why[0].startswith(why)


def test_one_of_a_directorys_group_is_seen_at_the_click() -> None:
    """The group stays a group."""
    found = stage("{anyone_of: {directory_groups: ['file:budget']}}", here())

    assert (found.approvers.groups, shortage([found])) == (frozenset({BUDGET}), None)


def test_when_all_are_away_a_hand_over_may_fill_the_stage_or_nobody_can() -> None:
    """A stage is never passed because nobody is there."""
    approve = "{all_of: {people: [U0BOB, U0CID]}"
    around = here(away("U0BOB"), away("U0CID"))

    nobody = stage(f"{approve}}}", around)
    later = stage(f"{approve}, hand_over: [{{after: 1h, to: {{people: [U0DEE]}}}}]}}", around)

    assert (nobody.needed, later.needed) == (1, 1)
    assert (shortage([nobody]) is None, shortage([later]) is None) == (False, True)
    assert missing([nobody]) == "U0BOB is away; U0CID is away"


@pytest.mark.parametrize(
    "gone",
    [
        [away("U0BOB", "U0CID")],
        [away("U0BOB", "U0DEE"), away("U0CID", "U0DEE")],
    ],
    ids=["the other one", "a third one for both"],
)
def test_a_delegate_counts_once_where_everybody_must_agree(gone: list[Principal]) -> None:
    """Two are named and one is left who speaks for both: the rule cannot be filled, and it is said who is away."""
    found = stage("{all_of: {people: [U0BOB, U0CID]}}", here(*gone))
    short = shortage([found])

    assert short is not None
    assert (short.needed, short.named) == (2, 1)
    assert "U0BOB is away; " in missing([found])


def test_a_number_stays_what_the_rule_says_when_people_are_away() -> None:
    """Two of three; with two away it cannot be had."""
    approve = "{at_least: 2, of: {people: [U0BOB, U0CID, U0DEE]}}"

    assert stage(approve, here(away("U0BOB"))).needed == 2
    assert shortage([stage(approve, here(away("U0BOB")))]) is None
    assert shortage([stage(approve, here(away("U0BOB"), away("U0CID")))]) is not None


def test_what_a_step_needs_to_know() -> None:
    """Those named now and later, and every source; groups only where they are counted."""
    (one,) = steps(
        "{anyone_of: {people: [U0BOB], directory_groups: ['file:x'], owner: [a]}, "
        "hand_over: [{after: 1h, to: {people: [U0CID], manager: true, on_call: [p], owner: [b]}}]}"
    )
    (every,) = steps("{all_of: {directory_groups: ['file:x']}}")
    needs = needed_by(one, ANN)

    assert (sorted(needs.people), sorted(needs.groups)) == (["U0BOB", "U0CID"], [])
    assert (sorted(needs.owner_tags), sorted(needs.schedules)) == (["a", "b"], ["p"])
    assert sorted([*needed_by(every, ANN).people, *needed_by(every, ANN).groups]) == ["file:x"]


def test_whether_the_manager_is_there_must_be_known_where_they_decide() -> None:
    """Bob is Ann's manager; Eve has none."""
    (step,) = steps("{anyone_of: {people: [U0CID]}, hand_over: [{after: 1h, to: {manager: true}}]}")

    assert sorted(needed_by(step, ANN).people) == ["U0BOB", "U0CID"]
    assert sorted(needed_by(step, person("U0EVE")).people) == ["U0CID"]


@pytest.mark.parametrize(
    ("approvers", "sentence"),
    [
        (
            "{manager: false}",
            "This names nobody; give people, groups, slack_groups, directory_groups, manager, owner or",
        ),
        ("{manager: yes}", "“manager” is true or false"),
        ("{on_call: [pay ments]}", "“pay ments” is not the name of an on-call schedule"),
        ("{owner: ['a*']}", "“a*” cannot be the name of a tag in AWS"),
        ("{directory_groups: [analysts]}", "“analysts” is not a group of a directory"),
        ("{directory_groups: ['file:']}", "“file:” is not a group of a directory"),
    ],
)
def test_a_fault_among_approvers_is_a_sentence(approvers: str, sentence: str) -> None:
    """On the line of the approval."""
    with pytest.raises(RulesUnreadable) as unreadable:
        steps(f"{{anyone_of: {approvers}}}")

    (fault,) = unreadable.value.faults
    assert fault.line == 5
    assert fault.sentence.startswith(sentence)


def test_only_approvers_are_named_by_what_they_are() -> None:
    """Who may ask is not: a group of the document neither."""
    with pytest.raises(RulesUnreadable) as unreadable:
        written(
            "  - {id: x, who: {manager: true}, may: [read], on: [a-b], for: {default: 1h, max: 1h}, approve: at-once}\n"
        )

    assert "“manager” is not a field here." in str(unreadable.value)


def book(*approvals: str) -> RuleBook:
    """Write rules that differ in who decides, for Bob and Cid."""
    rest = "who: {people: [U0BOB, U0CID]}, may: [read], on: [a-b], for: {default: 1h, max: 1h}"
    lines = (
        f"  - {{id: r{number}, {rest}, meant: [self-approval], approve: {approve}}}\n"
        for number, approve in enumerate(approvals)
    )
    return written("".join(lines))


@pytest.mark.parametrize(
    "approvals",
    [
        ["{stages: [{name: a, anyone_of: {people: [U0BOB]}}, {name: b, anyone_of: {people: [U0BOB], manager: true}}]}"],
        ["{all_of: {people: [U0BOB], on_call: [payments]}}"],
        ["{anyone_of: {owner: [team-owner]}}"],
        ["{anyone_of: {people: [U0BOB]}, hand_over: [{after: 1h, to: {manager: true}}]}"],
        ["{anyone_of: {people: [U0BOB, U0CID]}}", "{anyone_of: {people: [U0BOB], manager: true}}"],
        ["{anyone_of: {people: [U0BOB, U0CID]}}", "{anyone_of: {people: [U0BOB], directory_groups: ['file:x']}}"],
    ],
)
def test_of_people_who_are_found_out_later_nothing_is_pointed_out(approvals: list[str]) -> None:
    """Whether there are enough of them is not sure from the document."""
    assert lint(book(*approvals)) == []


def test_what_is_sure_is_pointed_out_beside_people_who_are_found_out_later() -> None:
    """Two of the stages name one and the same person; the third does not help them."""
    stages_of = ", ".join(f"{{name: {name}, anyone_of: {{people: [U0DEE]}}}}" for name in "ab")
    (finding,) = lint(book(f"{{stages: [{stages_of}, {{name: c, anyone_of: {{manager: true}}}}]}}"))

    assert finding.sentence == (
        "Rule r0 never allows anything: a and b must have 2 different people and only 1 is named."
    )


def test_a_rule_for_a_directorys_group_is_for_more_than_those_it_names() -> None:
    """Bob alone decides for Bob and the group: the group still gets something."""
    rule = "  - {id: r, who: {people: [U0BOB], directory_groups: ['file:x']}, may: [read], on: [a-b], "

    assert lint(written(rule + "for: {default: 1h, max: 1h}, approve: {anyone_of: {people: [U0BOB]}}}\n")) == []


def test_a_rule_for_a_directorys_group_is_not_behind_one_for_some_of_it() -> None:
    """The second rule is for Bob and the group, the first for Bob alone."""
    rest = "may: [read], on: [a-b], for: {default: 1h, max: 1h}, approve: {anyone_of: {people: [U0CID]}}"
    first = f"  - {{id: r, who: {{people: [U0BOB]}}, {rest}}}\n"
    then = f"  - {{id: s, who: {{people: [U0BOB], directory_groups: ['file:x']}}, {rest}}}\n"

    assert lint(written(first + then)) == []


def test_no_account_of_who_broke_glass_looks_at_it_afterwards() -> None:
    """Ada is Ann's account by what the directory says of Ada."""
    rule = "  - {id: r, who: anyone, may: [read], on: [acme-reports], for: {default: 1h, max: 1h}, approve: at-once,\n"
    glass = written(f"{rule}     break_glass: {{review: {{people: [U0ADA, U0BOB]}}, within: 1d}}}}\n")
    around = here(person("U0ADA", same_as=frozenset({ANN.id})))

    decision = decide(glass, replace(ask(who=ANN), urgent=True), around)

    assert isinstance(decision, Allowed)
    assert decision.aftermath is not None
    assert set(decision.aftermath.reviewers.people) == {"U0BOB"}


@pytest.mark.heavy
def test_a_thousand_rules_with_a_thousand_approvers_are_weighed_at_once() -> None:
    """Who is on the asking side is worked out once, not for each rule; it took seconds."""
    approvals = (f"{{at_least: 2, of: {{people: [U0ANN, U0P{number}]}}}}" for number in range(1000))
    question = ask("a-b", who=person("U0BOB"))
    around = here(*(person(f"U0P{number}") for number in range(1000)), away("U0ANN"))

    began = process_time()
    decision = decide(book(*approvals), question, around)

    assert isinstance(decision, Denied)
    assert process_time() - began < 3
