"""
Small worlds to ask the rules about: few people, few places, every combination within reach of a property test.

Drawn apart, an ask hardly ever meets a rule that allows it; so half of the asks are made to fit one of the rules.
"""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from daypass.model.decision import Approvers, Question, RuleId
from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery
from daypass.model.principal import Principal, PrincipalId, SlackGroupId
from daypass.model.resource import Resource
from daypass.resources.registry import parse_levels, parse_resource
from daypass.resources.s3_statements import Level, Option
from daypass.rules.approval.stage import LateApprovers, RuleStage
from daypass.rules.load.read import parse
from daypass.rules.match.patterns import parse_pattern
from daypass.rules.rule.people import NamedPeople
from daypass.rules.rule.rule import AllowRule, DenyRule, Rule
from daypass.rules.rule.rulebook import RuleBook

HOUR = timedelta(hours=1)

IDS = ("U0ANN", "U0BEN", "U0CID")
GROUPS = ("S0RED", "S0BLUE")
PATTERNS = ("aaa", "*", "a*", "aaa/x/", "aaa/x/1", "aaa/*/1", "aaa/**/1", "aab/**", "a*/x/**", "*/x/*")
PLACES = ("aaa", "aaa/x/", "aaa/x/y/", "aaa/x/1", "aaa/x/y/1", "aaa/2", "aab", "aab/x/", "aab/x/1")

ids = st.frozensets(st.sampled_from(IDS), max_size=2).map(lambda found: frozenset(map(PrincipalId, found)))
slack_groups = st.frozensets(st.sampled_from(GROUPS), max_size=1).map(lambda found: frozenset(map(SlackGroupId, found)))
NONE: frozenset[Option] = frozenset()
levels = st.frozensets(st.sampled_from(list(Level)), min_size=1)
wide_levels = st.just(frozenset(Level)) | levels
narrow_levels = st.sampled_from(list(Level)).map(lambda level: frozenset({level})) | levels
extras = st.just(NONE) | st.frozensets(st.sampled_from(list(Option)), max_size=1)
deliveries = st.just(frozenset(Delivery)) | st.frozensets(st.sampled_from(list(Delivery)), min_size=1)
patterns = st.lists(st.sampled_from(PATTERNS).map(parse_pattern), min_size=1, max_size=2).map(tuple)
whos = st.just(NamedPeople(anyone=True)) | st.builds(NamedPeople, people=ids, slack_groups=slack_groups)
rule_ids = st.uuids().map(lambda found: RuleId(found.hex))


needed = st.sampled_from([1, 1, 1, 2, None])
few_groups = st.just(frozenset[SlackGroupId]()) | slack_groups
approvers = st.builds(Approvers, people=ids, slack_groups=few_groups)
hand_overs = st.just(()) | approvers.map(lambda found: (LateApprovers(after=HOUR, approvers=found),))


@st.composite
def steps(draw: st.DrawFn) -> tuple[RuleStage, ...]:
    """Draw who decides: nobody, one stage or several."""
    count = draw(st.sampled_from([0, 0, 1, 1, 1, 2, 3]))
    return tuple(
        draw(st.builds(RuleStage, name=st.just(f"s{n}"), approvers=approvers, needed=needed, later=hand_overs))
        for n in range(count)
    )


@st.composite
def allow_rules(draw: st.DrawFn) -> AllowRule:
    """Draw a rule that lends."""
    default = draw(st.integers(min_value=1, max_value=4))
    return AllowRule(
        ahead=timedelta(days=7),
        id=draw(rule_ids),
        line=1,
        about="",
        who=draw(whos),
        levels=draw(wide_levels),
        extras=draw(extras),
        places=draw(patterns),
        default=default * HOUR,
        longest=(default + draw(st.integers(min_value=0, max_value=4))) * HOUR,
        reason_required=draw(st.booleans()),
        deliveries=draw(deliveries),
        stages=draw(steps()),
    )


deny_rules: st.SearchStrategy[DenyRule] = st.builds(
    DenyRule,
    id=rule_ids,
    line=st.just(1),
    about=st.just(""),
    who=whos,
    levels=levels,
    extras=extras,
    places=patterns,
    deliveries=deliveries,
    because=st.just("No."),
)

any_rules: st.SearchStrategy[Rule] = st.one_of(allow_rules(), allow_rules(), deny_rules)

principals = st.builds(
    Principal,
    id=st.sampled_from(IDS).map(PrincipalId),
    name=st.just("Ann"),
    slack_groups=slack_groups,
    active=st.sampled_from([True] * 9 + [False]),
    same_as=st.just(frozenset[PrincipalId]()) | ids,
)

questions = st.builds(
    Question,
    principal=principals,
    entitlement=st.builds(
        Entitlement, resource=st.sampled_from(PLACES).map(parse_resource), levels=narrow_levels, options=extras
    ),
    length=st.none() | st.integers(min_value=-1, max_value=8).map(lambda hours: hours * HOUR),
    delivery=st.sampled_from(list(Delivery)),
    reason=st.sampled_from(["INC-42", "", "  "]),
    asker=st.none() | principals,
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Rule], Question]:
    """Draw rules and an ask, which in half of the cases fits one of those that lend."""
    rules = draw(st.lists(any_rules, max_size=6, unique_by=lambda rule: rule.id))
    question = draw(questions)
    lending = [rule for rule in rules if isinstance(rule, AllowRule)]
    if not lending or not draw(st.booleans()):
        return rules, question
    return rules, draw(fitting(draw(st.sampled_from(lending)), question))


@st.composite
def fitting(draw: st.DrawFn, rule: AllowRule, question: Question) -> Question:
    """Make an ask fit a rule as far as its people and places allow."""
    who = sorted(rule.approvers.people if rule.who.anyone else rule.who.people) or [question.principal.id]
    places = [place for place in map(parse_resource, PLACES) if rule.contains(place)] or [question.entitlement.resource]
    wanted = draw(st.frozensets(st.sampled_from(sorted(rule.levels)), min_size=1))
    return Question(
        principal=replace(question.principal, id=draw(st.sampled_from(who)), active=True),
        entitlement=Entitlement(resource=draw(st.sampled_from(places)), levels=wanted),
        length=draw(st.sampled_from([None, rule.default, rule.longest, rule.longest + HOUR])),
        delivery=draw(st.sampled_from(sorted(rule.deliveries))),
        reason="INC-42",
        asker=question.asker,
    )


def book(*rules: Rule) -> RuleBook:
    """Bind rules into a book."""
    return RuleBook(name="rules.yaml", digest="", rules=rules, groups={})


def written(rules: str, groups: str = "{}", *, head: str = "") -> RuleBook:
    """Read a book from the text of its rules, with what stands before them."""
    return parse(f"version: 1\n{head}groups: {groups}\nrules:\n{rules}", name="rules.yaml")


def person(who: str = "U0ANN", *groups: str, active: bool = True) -> Principal:
    """Make a person with their Slack groups."""
    return Principal(id=PrincipalId(who), name="Ann", slack_groups=frozenset(map(SlackGroupId, groups)), active=active)


def ask(
    place: str | Resource = "acme-reports/2026/open/",
    may: str = "read",
    *,
    who: Principal | None = None,
    length: timedelta | None = None,
    extras: frozenset[Option] = frozenset(),
    delivery: Delivery = Delivery.SESSION,
    reason: str = "INC-42",
) -> Question:
    """Ask as a person would: read on a prefix for a reason, unless said otherwise."""
    where = parse_resource(place) if isinstance(place, str) else place
    entitlement = Entitlement(resource=where, levels=parse_levels(may), options=extras)
    return Question(principal=who or person(), entitlement=entitlement, length=length, delivery=delivery, reason=reason)
