"""
A decision over 1,000 rules: how long it takes, and how that compares with asking every rule in turn.

    python benchmarks/decide.py [--rules 1000] [--asks 5000]

Prints p50 and p99 of three books: one like a company's (200 Slack groups, 100 buckets); one for a single bucket in
which every rule lends a folder of its own to anyone; and the worst, where every rule names anyone and has its
wildcard directly behind the one bucket, so that no index can help. The naive scan of the same run goes through
every rule for every ask. A fourth book is a large company's: 10,000 people, 100,000 buckets, conditions of every kind
in the rules; its time is given for the decision alone, and with the look at what it must know (`needs`) before it.
Beside p99 by the clock stands p99 of the processor's time, which others on the machine do not lengthen. Exits 1 when
one of these but the worst does not have its p99 under 1 ms by the clock. Fails when the index and the scan disagree
about any ask of any book, or when a book allows none.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from daypass.model.decision import Allowed, Circumstances, Decision, Denied, Question, ScheduleName
from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery
from daypass.model.principal import Principal, PrincipalId, SlackGroupId
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from daypass.rules.decide.decision import allowed, allows, decide, forbidden, refused, strikes
from daypass.rules.evaluate.needs import needs
from daypass.rules.load.read import parse
from daypass.rules.rule.evaluation import RuleEvaluation
from daypass.rules.rule.rule import AllowRule, DenyRule
from daypass.rules.rule.rulebook import RuleBook

WANTED_MS = 1.0
BUCKETS = [f"acme-data-{number:03}" for number in range(100)]
GROUPS = [f"S{number:05}" for number in range(200)]
PEOPLE = 10_000
MANY_BUCKETS = [f"acme-{number // 1000:02}-{number:06}" for number in range(100_000)]
CONDITIONS = [
    "{days: [mon, tue, wed, thu, fri], hours: ['08:00-19:00'], zone: Europe/Berlin}",
    "{on_call: [payments, platform]}",
    "{tags: {team: [data, web]}}",
    "{account: ['111122223333']}",
    "{live_grants: {under: 3}}",
    "{reason: 'INC-[0-9]+'}",
    "{sensitivity: [low, unmarked]}",
]
AROUND = Circumstances(
    at=datetime(2026, 5, 4, 10, tzinfo=UTC),
    on_call={ScheduleName("payments"): frozenset({PrincipalId("U00001")}), ScheduleName("platform"): frozenset()},
    account="111122223333",
    tags={"team": "data"},
    live_grants=1,
)
PLACES = ["", "2026/", "2026/03/", "2026/03/q1.csv", "raw/2026/03/04/", "public/"]
PATTERNS = ["{}/**", "{}/2026/**", "{}/**/q1.csv", "{}/*/03/**", "{}/public/"]


def company(rules: int, dice: random.Random) -> str:
    """Write a book like a company's: most rules for one or two groups on one bucket, one in ten a denial."""
    lines = ["version: 1", "rules:"]
    for number in range(rules):
        who = f"{{slack_groups: [{', '.join(dice.sample(GROUPS, 2))}]}}"
        place = dice.choice(PATTERNS).format(dice.choice(BUCKETS))
        lines.append(allow(number, who, place) if number % 10 else deny(number, who, place))
    return "\n".join(lines)


def large(rules: int, dice: random.Random) -> str:
    """Write a book like a large company's: patterns over a thousand buckets each, and a condition in every rule."""
    lines = ["version: 1", "sensitivity: {high: ['acme-*/private/**'], low: ['acme-*/public/**']}", "rules:"]
    for number in range(rules):
        who = f"{{slack_groups: [{', '.join(dice.sample(GROUPS, 2))}]}}"
        rule = (allow if number % 10 else deny)(number, who, f"acme-{dice.randrange(100):02}-*/**")
        lines.append(f"{rule[:-1]}, when: {dice.choice(CONDITIONS)}}}")
    return "\n".join(lines)


def crowded(rules: int) -> str:
    """Write a book in which every rule lends a folder of one bucket to anyone."""
    lines = [allow(number, "anyone", f"{BUCKETS[0]}/{number:04}/**") for number in range(rules)]
    return "\n".join(["version: 1", "rules:", *lines])


def worst(rules: int, dice: random.Random) -> str:
    """Write a book in which every rule names anyone and one bucket, and only the last allows."""
    lines = ["version: 1", "rules:"]
    lines += [allow(number, "anyone", f"{BUCKETS[0]}/*/{dice.random()}/**") for number in range(rules - 1)]
    return "\n".join([*lines, allow(rules, "anyone", f"{BUCKETS[0]}/**")])


def allow(number: int, who: str, place: str) -> str:
    """Write one rule that lends."""
    return (
        f"  - {{id: lends-{number}, who: {who}, may: [list, read], on: ['{place}'], "
        "for: {default: 1h, max: 8h}, approve: {anyone_of: {people: [U0LEAD]}}}"
    )


def deny(number: int, who: str, place: str) -> str:
    """Write one rule that denies."""
    return f"  - {{id: denies-{number}, deny: true, who: {who}, may: [delete], on: ['{place}']}}"


def question(dice: random.Random, buckets: Sequence[str], people: int = 1000) -> Question:
    """Ask as one of so many people, each in eight Slack groups."""
    groups = frozenset(map(SlackGroupId, dice.sample(GROUPS, 8)))
    place = parse_resource(f"{dice.choice(buckets)}/{dice.choice(PLACES)}")
    return Question(
        principal=Principal(id=PrincipalId(f"U{dice.randrange(people):05}"), name="", slack_groups=groups),
        entitlement=Entitlement(resource=place, levels=frozenset({Level.READ})),
        length=timedelta(hours=2),
        delivery=Delivery.SESSION,
        reason="INC-42",
    )


def scan(book: RuleBook, asked: Question, around: Circumstances | None = None) -> Decision:
    """Decide the naive way: every rule is asked."""
    scene = RuleEvaluation(question=asked, around=around, marked=book.marked)
    denials = [rule for rule in book.rules if isinstance(rule, DenyRule) and strikes(rule, scene)]
    if denials:
        return forbidden(denials, scene)
    lending = [rule for rule in book.rules if isinstance(rule, AllowRule) and rule.is_for(asked.principal)]
    first = next((rule for rule in lending if allows(rule, scene)), None)
    return allowed(first, scene) if first else refused(lending, scene)


def bare(decision: Decision) -> Decision:
    """Leave out what the scan does not look for: what could not be found out."""
    return replace(decision, lacking="") if isinstance(decision, Denied) else decision


def timed(
    judge: Callable[[RuleBook, Question], Decision], book: RuleBook, asks: list[Question]
) -> tuple[float, float, float]:
    """Measure p50 and p99 of one judge by the clock, and p99 of the processor's time alone, in milliseconds."""
    for asked in asks[:100]:
        judge(book, asked)
    spent, worked = [], []
    for asked in asks:
        start, began = time.perf_counter_ns(), time.thread_time_ns()
        judge(book, asked)
        worked.append((time.thread_time_ns() - began) / 1e6)
        spent.append((time.perf_counter_ns() - start) / 1e6)
    spent.sort()
    worked.sort()
    return spent[len(spent) // 2], spent[int(len(spent) * 0.99)], worked[int(len(worked) * 0.99)]


def compare(name: str, text: str, asks: list[Question]) -> float:
    """Measure one book both ways, print it, and give back p99."""
    start = time.perf_counter()
    book = parse(text, name=name)
    loaded = (time.perf_counter() - start) * 1e3
    outcomes = [bare(decide(book, asked)) for asked in asks]
    if outcomes != [scan(book, asked) for asked in asks]:
        sys.exit(f"{name}: the index and the scan disagree")
    yes, because = sum(isinstance(o, Allowed) for o in outcomes), sum(isinstance(o, Denied) for o in outcomes)
    must_allow(name, yes, len(asks))
    p50, p99, alone = timed(decide, book, asks)
    slow50, slow99, _ = timed(scan, book, asks)
    print(f"{name}: {len(book.rules)} rules read in {loaded:.0f} ms; {len(asks)} asks, {yes} yes, {because} no")
    print(f"  decide  p50 {p50 * 1e3:8.1f} us   p99 {p99 * 1e3:8.1f} us, processor {alone * 1e3:.1f} us")
    print(f"  scan    p50 {slow50 * 1e3:8.1f} us   p99 {slow99 * 1e3:8.1f} us")
    print(f"  ratio   p50 {slow50 / p50:8.1f} x    p99 {slow99 / p99:8.1f} x    scan to decide")
    return p99


def must_allow(name: str, yes: int, asks: int) -> None:
    """End the run when nothing was allowed: then less was measured than decisions are."""
    if not yes:
        sys.exit(f"{name}: none of {asks} asks is allowed")


def with_conditions(rules: int, asks: int, dice: random.Random) -> float:
    """Measure the large company's book, with and without finding out what it must know, and give back p99 of both."""
    book = parse(large(rules, dice), name="large")
    asked = [question(dice, MANY_BUCKETS, PEOPLE) for _ in range(asks)]
    outcomes = [bare(decide(book, one, AROUND)) for one in asked]
    if outcomes != [scan(book, one, AROUND) for one in asked]:
        sys.exit("large: the index and the scan disagree")
    yes = sum(isinstance(one, Allowed) for one in outcomes)
    must_allow("large", yes, asks)
    print(f"large: {rules} rules with conditions, {PEOPLE} people, {len(MANY_BUCKETS)} buckets; {yes} of {asks} yes")
    alone50, alone99, busy99 = timed(lambda book, one: decide(book, one, AROUND), book, asked)
    both50, both99, all99 = timed(lambda book, one: (needs(book, one), decide(book, one, AROUND))[1], book, asked)
    print(
        f"  decide          p50 {alone50 * 1e3:8.1f} us   p99 {alone99 * 1e3:8.1f} us, processor {busy99 * 1e3:.1f} us"
    )
    print(f"  needs + decide  p50 {both50 * 1e3:8.1f} us   p99 {both99 * 1e3:8.1f} us, processor {all99 * 1e3:.1f} us")
    return both99


def main() -> int:
    """Measure all books."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--asks", type=int, default=5000)
    chosen = parser.parse_args()
    dice = random.Random(42)
    p99 = compare("company", company(chosen.rules, dice), [question(dice, BUCKETS) for _ in range(chosen.asks)])
    folders = [f"{BUCKETS[0]}/{number:04}" for number in range(chosen.rules)]
    p99 = max(p99, compare("crowded", crowded(chosen.rules), [question(dice, folders) for _ in range(chosen.asks)]))
    p99 = max(p99, with_conditions(chosen.rules, chosen.asks, dice))
    few = max(chosen.asks // 20, 50)
    compare("worst", worst(chosen.rules, dice), [question(dice, BUCKETS[:1]) for _ in range(few)])
    return 0 if p99 < WANTED_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
