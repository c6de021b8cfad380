"""The example of who is asked in examples/rules, and what the person reads when nobody is there."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from daypass.model.decision import Allowed, Circumstances, Denied, ScheduleName
from daypass.model.principal import GroupName, Principal, PrincipalId
from daypass.rules.approval.preview import preview
from daypass.rules.decide.decision import decide
from daypass.rules.explain.explain import explain
from daypass.rules.load.read import parse
from tests.rules.approval.test_approvers import NOON, away, here, person
from tests.rules.worlds import ask

(PAGE,) = (Path(__file__).parents[2] / "examples" / "rules").glob("*-who-is-asked.yaml")
BOOK = parse(PAGE.read_bytes(), name=PAGE.name)
ENGINEERS = frozenset({GroupName("file:engineers")})
ANN = Principal(id=PrincipalId("U0ANN"), name="Ann", groups=ENGINEERS, manager=PrincipalId("U0BOB"))
FACTS = {
    "owners": {"team-owner": PrincipalId("U0CID")},
    "on_call": {ScheduleName("payments"): frozenset({PrincipalId("U0DEE")})},
    "groups": {GroupName("file:budget"): frozenset(map(PrincipalId, ["U0ANN", "U0EVE", "U0FAY"]))},
}
ORDERS, CORRECTIONS, BUDGET = (
    ("acme-orders/2026/", "read"),
    ("acme-corrections", "write"),
    ("acme-budget", "read"),
)

ANOTHER = "The owners of the rules can name another approver."


def told(wanted: tuple[str, str], around: Circumstances | None, who: Principal = ANN) -> list[str]:
    """Say who is asked, or why nobody can be."""
    match decide(BOOK, ask(*wanted, who=who), around):
        case Allowed(stages=stages):
            return preview(stages)
        case Denied(sentence=sentence):
            return [sentence]


@pytest.mark.parametrize(
    ("wanted", "first", "skipped"),
    [
        (ORDERS, "Any one of U0BOB or U0CID decides.", None),
        (CORRECTIONS, "First, at stage manager, U0BOB decides.", None),
        (BUDGET, "U0EVE and U0FAY decide.", "U0ANN is on the asking side, and nobody decides on their own request."),
    ],
)
def test_the_example_asks_whom_its_comments_say(wanted: tuple[str, str], first: str, skipped: str | None) -> None:
    """Each rule is played with everybody there."""
    sentences = told(wanted, here(**FACTS))

    assert sentences[0] == first
    assert skipped is None or skipped in sentences


def test_a_delegate_is_asked_in_the_managers_stead() -> None:
    """Bob is away, and chose Gus."""
    sentences = told(CORRECTIONS, here(away("U0BOB", "U0GUS", NOON + timedelta(days=3)), **FACTS))

    assert sentences[0] == "First, at stage manager, U0GUS decides."
    assert "U0BOB is away until 27 November; U0GUS decides in their stead." in sentences


@pytest.mark.parametrize(
    ("around", "sentence"),
    [
        (
            here(away("U0BOB", until=NOON + timedelta(days=3)), **FACTS),
            (
                "needs 1 person to decide at stage manager, but finds nobody else: U0BOB is the manager of U0ANN; "
                "U0DEE is on call for payments; U0BOB is away until 27 November."
            ),
        ),
        (
            here(**{**FACTS, "on_call": {}}),
            (
                "needs 1 person to decide at stage on-call, but finds nobody else: U0BOB is the manager of U0ANN; "
                "who is on call for payments could not be found out."
            ),
        ),
        (
            here(**{**FACTS, "on_call": {ScheduleName("payments"): frozenset({PrincipalId("U0BOB")})}}),
            (
                "needs 2 different people to decide at stages manager and on-call, but finds only 1 other: "
                "U0BOB is the manager of U0ANN; U0BOB is on call for payments."
            ),
        ),
    ],
)
def test_when_nobody_can_decide_the_person_reads_who_is_away_and_what_is_not_known(
    around: Circumstances, sentence: str
) -> None:
    """The rule does not allow then, and both `decide` and `explain` say it."""
    told_as = f"Denied: write on acme-corrections {sentence[:-1]} (rule orders-correct). {ANOTHER}"
    assert told(CORRECTIONS, around) == [told_as]
    assert f"Rule orders-correct {sentence}" in [
        verdict.sentence for verdict in explain(BOOK, ask(*CORRECTIONS, who=ANN), around)
    ]


def test_a_group_that_cannot_be_read_lets_nobody_in() -> None:
    """All of a group that nobody can count is nobody's agreement."""
    (sentence,) = told(BUDGET, here(**{**FACTS, "groups": {}}))

    said = "but finds nobody else: who is in file:budget could not be found out (rule budget-read)."
    assert sentence.endswith(f"{said} {ANOTHER}")


def test_one_who_is_their_own_manager_and_owner_and_on_call_is_asked_about_nothing() -> None:
    """Dee has the access, owns the bucket, is on call, and by a slip of the directory her own manager."""
    dee = replace(person("U0DEE"), groups=ENGINEERS, manager=PrincipalId("U0DEE"))
    around = here(dee, **{**FACTS, "owners": {"team-owner": dee.id}})

    assert isinstance(decide(BOOK, ask(*ORDERS, who=dee), around), Denied)
    assert isinstance(decide(BOOK, ask(*CORRECTIONS, who=dee), around), Denied)
