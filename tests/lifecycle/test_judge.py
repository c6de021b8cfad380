"""The one judge: what it answers by, and that a verb asks it under one reading of the rules."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from daypass.lifecycle.recheck import Clearing
from daypass.lifecycle.submit import preview, submit
from daypass.model.entitlement import Entitlement
from daypass.model.errors import BadInput, NotAllowed, RulesUnreadable, Unavailable
from daypass.model.grant import Delivery
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId
from daypass.model.request import Ask, Wish
from daypass.resources.registry import must_fit
from daypass.resources.role import Role
from daypass.rules.load.read import RuleBook, parse
from tests.builder import Daypass, sqlite
from tests.hands import unreadable
from tests.makers import ANN, BOB, EVE, HOUR, READ_REPORTS, RULES, changed

BOOK = parse(RULES, name="rules.yaml")
NONE = parse(RULES.replace("acme-reports/**", "acme-other/**"), name="none.yaml")
ASK = Ask(
    requestor=ANN,
    wish=Wish(entitlement=READ_REPORTS, term=Term(length=HOUR), delivery=Delivery.POLICY, reason="INC-42"),
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Daypass]:
    """One Daypass under the rules that Bob or Ann may approve the reports."""
    made = Daypass(sqlite(tmp_path), rules=lambda: BOOK)
    yield made
    made.end()


def test_what_is_judged_has_the_decision_the_grant_and_what_aws_would_be_given(house: Daypass):
    """Nothing of it is written anywhere."""
    judged = house.judge.judge(ASK, house.clock())

    assert (judged.decision.at_once, judged.draft.principal, judged.draft.term) == (False, ANN, ASK.wish.term)
    assert judged.dry_run.papers
    assert judged.tallies == ()
    assert house.ledger.requests() == []
    assert house.journal() == []


def test_under_other_rules_it_answers_by_those_and_the_first_one_as_before(house: Daypass):
    """So proposed rules are tried beside those in force."""
    other = house.judge.under(NONE)

    with pytest.raises(NotAllowed):
        other.judge(ASK, house.clock())
    assert house.judge.judge(ASK, house.clock()).decision.rule


@pytest.mark.parametrize("verb", [submit, preview], ids=["submit", "preview"])
def test_a_verb_reads_the_rules_once(house: Daypass, verb):
    """Rules that change half-way through would decide one part of it so and the other otherwise."""
    read: list[RuleBook] = []

    def rules() -> RuleBook:
        read.append(BOOK)
        return BOOK

    verb(ASK, judge=replace(house.judge, rules=rules), now=house.clock())

    assert len(read) == 1


def test_what_is_not_delivered_here_is_refused_with_what_is(house: Daypass):
    """The one sentence of every door."""
    judge = replace(house.judge, deliveries={Delivery.SESSION: house.aws})

    with pytest.raises(BadInput, match="not delivered as a policy here; there are session"):
        submit(ASK, judge=judge, now=house.clock())
    assert house.journal() == []


def test_without_readable_rules_nothing_is_allowed_and_nobody_is_said_to_decide(house: Daypass):
    """What could not be read is never read as nothing."""
    request = submit(ASK, judge=house.judge, now=house.clock())
    judge = replace(house.judge, rules=unreadable)

    with pytest.raises(RulesUnreadable):
        submit(ASK, judge=judge, now=house.clock())
    with pytest.raises(RulesUnreadable):
        judge.deciders(request, house.clock())
    assert (judge.deciders_if_known(request, house.clock()), judge.owners_if_known()) == (None, None)


@pytest.mark.parametrize("away", [False, True], ids=["as it is", "with nobody to ask"])
@pytest.mark.parametrize(("viewer", "sees"), [(ANN, True), (BOB, True), (EVE, False)])
def test_a_request_is_seen_by_its_sides_and_its_deciders(house: Daypass, viewer: PrincipalId, sees: bool, away: bool):
    """Also while nobody says who decides now: then by those who were asked."""
    request = submit(ASK, judge=house.judge, now=house.clock())
    person = house.directory.people[viewer]
    house.directory.away = away

    assert house.judge.may_see(request, person, house.clock()) is sees


def test_a_person_who_is_not_known_soon_is_nobody_to_a_look_up_and_an_outage_to_a_question(house: Daypass):
    """The first adds nobody to who may end something; the second is never a refusal."""
    house.directory.away = True

    assert house.judge.person(BOB) is None
    with pytest.raises(Unavailable):
        house.judge.find(BOB)


def test_what_is_guarded_is_granted_only_by_a_rule_that_names_it_exactly(house: Daypass):
    """A wildcard does not reach it, however wide; and the sentence says what to write and why."""
    place = READ_REPORTS.resource
    exact = parse(RULES.replace("acme-reports/**", f"{place}q1.csv"), name="exact.yaml")
    one = replace(READ_REPORTS, resource=replace(place, path=f"{place.path}q1.csv"))
    house.aws.guarded = "it can change who may do what"

    with pytest.raises(NotAllowed, match=r"names it exactly .on: .*q1.csv.., because it can change who may do what"):
        house.judge.judge(changed(ASK, entitlement=one), house.clock())
    assert house.judge.under(exact).judge(changed(ASK, entitlement=one), house.clock()).draft.entitlement == one


def test_a_role_that_became_guarded_since_it_was_approved_does_not_begin(house: Daypass):
    """What it can do is looked at again before it is put into AWS."""
    text = RULES.replace("acme-drafts/**", "role:deploy-*").replace("may: [read]", "may: [assume]")
    judge = house.judge.under(parse(text, name="roles.yaml"))
    role = Entitlement(resource=Role().at("deploy-prod"), levels=frozenset({"assume"}))
    wish = Wish(entitlement=role, term=Term(length=HOUR / 10), delivery=Delivery.SESSION)
    request = submit(replace(ASK, wish=wish), judge=judge, now=house.clock())
    grant = house.ledger.grant(request.id)
    clearing = Clearing(judge=judge)
    clearing.may_begin(grant, house.clock())
    house.aws.guarded = "it can change who may do what (iam:*)"

    with pytest.raises(NotAllowed, match="names it exactly"):
        clearing.may_begin(grant, house.clock())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(READ_REPORTS, levels=frozenset({"assume"})), "level"),
        (replace(READ_REPORTS, options=frozenset({"console"})), "level"),
    ],
    ids=["another kind's level", "another kind's option"],
)
def test_what_a_kind_does_not_have_does_not_fit_it(wrong: Entitlement, field: str):
    """A policy would leave it out and say nothing."""
    with pytest.raises(BadInput) as refused:
        must_fit(wrong, Delivery.SESSION)
    assert refused.value.field == field
