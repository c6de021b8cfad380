"""Small worlds with conditions: rules that hold at times, and asks of which some of what they want is known."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from daypass.model.decision import Approvers, Circumstances, Decision, Question, ScheduleName, Ticket, TicketId
from daypass.model.principal import PrincipalId
from daypass.rules.decide.decision import decide
from daypass.rules.explain.explain import RuleVerdict, explain
from daypass.rules.match.opening_hours import parse_hours
from daypass.rules.match.patterns import parse_pattern
from daypass.rules.match.reason_words import TICKET, parse_wording
from daypass.rules.rule.conditions import Conditions
from daypass.rules.rule.rule import AllowRule, Emergency, Rule
from daypass.rules.rule.rulebook import RuleBook
from tests.rules.worlds import HOUR, IDS, cases, fitting, slack_groups

MONDAY = datetime(2026, 5, 4, tzinfo=UTC)
SCHEDULES = [ScheduleName("pay"), ScheduleName("web")]
MARKED = {"high": (parse_pattern("aaa/x/**"),), "low": (parse_pattern("aab"), parse_pattern("*/x/1"))}
ACCOUNTS = ["111122223333", "444455556666"]
WORDS = [parse_wording("INC-[0-9]+"), parse_wording("OPS")]

people = st.frozensets(st.sampled_from(IDS), max_size=2).map(lambda found: frozenset(map(PrincipalId, found)))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Rules, an ask, and what is known around it."""

    rules: list[Rule]
    question: Question
    around: Circumstances | None

    def book(self, *rules: Rule) -> RuleBook:
        """The rules (or others) as a book that marks some places."""
        return RuleBook(name="rules.yaml", digest="", rules=rules or tuple(self.rules), groups={}, marked=MARKED)

    def decide(self, *rules: Rule) -> Decision:
        """Decide by the rules, or by others."""
        return decide(self.book(*rules), self.question, self.around)

    def explain(self) -> list[RuleVerdict]:
        """Say what each rule makes of it."""
        return explain(self.book(), self.question, self.around)


WORKDAYS = frozenset({1, 2, 3, 4, 5})
DAY, NIGHT = parse_hours("08:00-18:00"), parse_hours("22:00-06:00")
WHENS = [
    None,
    None,
    Conditions(zone="UTC", days=WORKDAYS),
    Conditions(zone="requestor", hours=(DAY,)),
    Conditions(zone="Asia/Kolkata", days=frozenset({1}), hours=(DAY, NIGHT)),
    Conditions(reason=WORDS[0]),
    Conditions(reason=WORDS[1], fewer_grants_than=3),
    Conditions(on_call=frozenset(SCHEDULES[:1])),
    Conditions(on_call=frozenset(SCHEDULES), zone="UTC", hours=(NIGHT,)),
    Conditions(fewer_grants_than=1),
    Conditions(tags=(("team", frozenset({"a"})),)),
    Conditions(tags=(("team", frozenset({"a", "b"})),), accounts=frozenset(ACCOUNTS)),
    Conditions(accounts=frozenset(ACCOUNTS[:1])),
    Conditions(sensitivity=frozenset({"low", "unmarked"})),
    Conditions(sensitivity=frozenset({"high", "low", "unmarked"})),
    Conditions(sensitivity=frozenset({"high"})),
]


@st.composite
def conditioned(draw: st.DrawFn, rule: Rule) -> Rule:
    """Add conditions to a rule, and what else a rule may want."""
    found = replace(rule, when=draw(st.sampled_from(WHENS)), paused=draw(st.sampled_from([False] * 9 + [True])))
    if not isinstance(found, AllowRule):
        return found
    asked = replace(
        found,
        reason_matching=draw(st.sampled_from([None, None, None, *WORDS])),
        ticket=draw(st.sampled_from([None, None, None, TICKET])),
        second_factor=draw(st.booleans()),
    )
    glass = draw(st.booleans())
    if asked.stages or not glass:
        return asked
    reviewers = Approvers(people=draw(people), slack_groups=draw(slack_groups))
    return replace(asked, break_glass=Emergency(reviewers=reviewers, within=HOUR))


@st.composite
def arounds(draw: st.DrawFn) -> Circumstances:
    """Draw what is known, of which some is lacking."""
    tickets = draw(st.sampled_from([{}, {"INC-42": True}, {"INC-42": False}]))
    return Circumstances(
        at=MONDAY + draw(st.integers(min_value=0, max_value=7 * 24)) * HOUR,
        on_call=draw(st.dictionaries(st.sampled_from(SCHEDULES), people)),
        account=draw(st.sampled_from([None, *ACCOUNTS])),
        tags=draw(st.sampled_from([None, {}, {"team": "a"}, {"team": "b"}])),
        tickets={TicketId(one): Ticket(id=TicketId(one), open=is_open) for one, is_open in tickets.items()},
        live_grants=draw(st.sampled_from([None, 0, 1, 5])),
    )


@st.composite
def suited(draw: st.DrawFn, world: World, rule: AllowRule) -> World:
    """Lay out what the rule wants, so that it is often this rule that decides."""
    here = Circumstances(
        at=MONDAY + draw(st.sampled_from([10, 23])) * HOUR,
        on_call=dict.fromkeys(SCHEDULES, frozenset(map(PrincipalId, IDS))),
        account=ACCOUNTS[0],
        tags={"team": "a"},
        tickets={TicketId("INC-42"): Ticket(id=TicketId("INC-42"), open=True)},
        live_grants=0,
    )
    question = replace(
        draw(fitting(rule, world.question)), urgent=rule.break_glass is not None, reason="OPS for INC-42"
    )
    return replace(world, question=question, around=here)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw rules with conditions, an ask, and what is known, which in half of the cases suits a rule that lends."""
    rules, question = draw(cases())
    tz = draw(st.sampled_from(["UTC", "America/New_York", "nowhere"]))
    world = World(
        rules=[draw(conditioned(rule)) for rule in rules],
        question=replace(
            question,
            principal=replace(question.principal, tz=tz),
            urgent=draw(st.sampled_from([False, False, False, True])),
            already=draw(st.sampled_from([0, 0, 0, 1, 4])) * HOUR,
        ),
        around=draw(st.none() | arounds() | arounds() | arounds()),
    )
    lending = [rule for rule in world.rules if isinstance(rule, AllowRule)]
    if not lending or not draw(st.booleans()):
        return world
    return draw(suited(world, draw(st.sampled_from(lending))))
