"""The decision, by example: who gets a yes, from which rule, and what a no says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from daypass.model.decision import Allowed, Approvers, Circumstances, Denied, Question, ScheduleName
from daypass.model.grant import Delivery
from daypass.model.principal import Principal, PrincipalId
from daypass.resources.s3_statements import Option
from daypass.rules.decide.decision import decide
from daypass.rules.explain.explain import explain
from daypass.rules.explain.suggestable import may_see, offers
from daypass.rules.rule.rulebook import RuleBook
from tests.makers import NOON
from tests.rules.worlds import HOUR, ask, person, written

BOOK = written(
    """
  - id: reports-read
    who: {groups: [analysts]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    delivery: [session, policy]
    approve: {anyone_of: {groups: [leads]}}
  - id: reports-long
    who: {people: [U0ANN]}
    may: [read, write]
    on: ["acme-reports/2026/**"]
    extras: [versions]
    for: {default: 2h, max: 7d}
    reason: optional
    approve: {anyone_of: {people: [U0ANN, U0DEE], slack_groups: [S0OWNERS]}}
  - id: public-read
    who: anyone
    may: [read]
    on: ["*/public/**"]
    for: {default: 15m, max: 1h}
    reason: optional
    approve: at-once
  - id: no-secrets
    deny: true
    who: anyone
    on: ["acme-reports/2026/secret/**"]
    because: Ask the security team in their channel.
  - id: no-links
    deny: true
    who: {slack_groups: [S0INTERNS]}
    on: ["*"]
    delivery: [link]
  - id: own-bucket
    who: {people: [U0ANN]}
    may: [read]
    on: [ann-scratch]
    for: {default: 1h, max: 1h}
    approve: {anyone_of: {people: [U0ANN]}}
""",
    "{analysts: {people: [U0ANN, U0BEN], slack_groups: [S0ANALYSTS]}, leads: {people: [U0CID], groups: [analysts]}}",
)


def test_the_rule_that_allows_sets_limits_and_approvers() -> None:
    """Ann may read; Ben and Cid and the Slack group decide, Ann herself does not."""
    decision = decide(BOOK, ask())

    assert isinstance(decision, Allowed)
    assert (decision.rule, decision.default, decision.longest) == ("reports-read", HOUR, 8 * HOUR)
    assert decision.approvers == Approvers(
        people=frozenset({PrincipalId("U0BEN"), PrincipalId("U0CID")}),
        slack_groups=person("U0ANN", "S0ANALYSTS").slack_groups,
    )


def test_a_longer_ask_falls_to_the_rule_that_lends_for_longer() -> None:
    """Two days are beyond the first rule, so the second one decides, with its own approvers."""
    decision = decide(BOOK, ask(length=timedelta(days=2)))

    assert isinstance(decision, Allowed)
    assert (decision.rule, decision.default, decision.longest) == ("reports-long", 2 * HOUR, timedelta(days=7))


def test_membership_in_a_slack_group_counts() -> None:
    """A stranger in the analysts' Slack group may ask; outside it they may not."""
    assert isinstance(decide(BOOK, ask(who=person("U0EVE", "S0ANALYSTS"))), Allowed)
    assert isinstance(decide(BOOK, ask(who=person("U0EVE"))), Denied)


def test_a_rule_may_approve_at_once() -> None:
    """Nobody is asked, and nobody is named."""
    decision = decide(BOOK, ask("acme-web/public/", who=person("U0EVE"), reason=""))

    assert isinstance(decision, Allowed)
    assert (decision.at_once, decision.approvers) == (True, Approvers())


def test_a_denial_beats_every_rule_that_allows() -> None:
    """Both of Ann's rules lend it, and the denial's own sentence is what she reads."""
    decision = decide(BOOK, ask("acme-reports/2026/secret/plan.pdf"))

    assert decision == Denied(
        sentence="Ask the security team in their channel.", because=(BOOK.rules[3].id,), field="resource"
    )


def test_a_denial_strikes_an_ask_that_is_wider_than_it() -> None:
    """Who asks for the whole year asks for its secrets too; beside them, the year is lent."""
    decision = decide(BOOK, ask("acme-reports"))

    assert isinstance(decision, Denied)
    assert decision.sentence == (
        "Ask the security team in their channel. "
        "This is about acme-reports/2026/secret/**, which is part of what you asked for; ask for something beside it."
    )
    assert isinstance(decide(BOOK, ask("acme-reports/2026/open/")), Allowed)


def test_a_denial_of_one_delivery_leaves_the_others() -> None:
    """Interns get no links, but sessions."""
    intern = person("U0EVE", "S0INTERNS")

    link = decide(BOOK, ask("acme-web/public/", who=intern, delivery=Delivery.LINK))
    session = decide(BOOK, ask("acme-web/public/", who=intern))

    assert may_see(BOOK, intern, "acme-web", "public/")
    assert isinstance(link, Denied)
    assert link.sentence == "Rule no-links forbids this."
    assert isinstance(session, Allowed)


def test_a_denial_of_extras_strikes_only_asks_for_them() -> None:
    """Versions are denied, what is current is lent, and both are within reach of a form."""
    book = written(
        """
  - {id: lends, who: anyone, may: [read], extras: [versions], on: [acme-reports], for: {default: 1h, max: 1h},
     approve: at-once}
  - {id: no-versions, deny: true, who: anyone, extras: [versions], on: [acme-reports]}
"""
    )

    assert isinstance(decide(book, ask()), Allowed)
    assert isinstance(decide(book, ask(extras=frozenset({Option.VERSIONS}))), Denied)
    assert may_see(book, person(), "acme-reports")


def test_who_may_read_may_list() -> None:
    """Reading lists what is read, so list alone is less than what the rule lends."""
    assert isinstance(decide(BOOK, ask("acme-web/public/", "list")), Allowed)


def test_who_may_not_list_may_not_read() -> None:
    """A denial of list denies read, which lists."""
    book = written(
        """
  - {id: lends, who: anyone, may: [read], on: [acme-reports], for: {default: 1h, max: 1h}, approve: at-once}
  - {id: no-list, deny: true, who: anyone, may: [list], on: [acme-reports]}
"""
    )

    assert isinstance(decide(book, ask()), Denied)


def test_the_shortest_length_is_a_second() -> None:
    """A second is lent; nothing shorter is."""
    assert isinstance(decide(BOOK, ask(length=timedelta(seconds=1))), Allowed)
    assert isinstance(decide(BOOK, ask(length=timedelta(microseconds=999_999))), Denied)


def test_the_default_is_meant_when_no_length_is_asked() -> None:
    """No length fits every rule, as each has a default within its own limit."""
    assert isinstance(decide(BOOK, ask(length=None)), Allowed)


@pytest.mark.parametrize(
    ("question", "sentence", "field"),
    [
        (
            ask(who=person("U0BEN"), length=timedelta(days=2)),
            "Denied: at most 8h for read on acme-reports/2026/open/ (rule reports-read). Try --for 8h.",
            "length",
        ),
        (
            ask(who=person("U0BEN"), length=timedelta(0)),
            "Denied: at most 8h for read on acme-reports/2026/open/ (rule reports-read). Try --for 8h.",
            "length",
        ),
        (
            ask(who=person("U0BEN"), may="delete"),
            (
                "Denied: only list and read on acme-reports/2026/open/, not delete (rule reports-read). Try s3 "
                "read acme-reports/2026/open/."
            ),
            "level",
        ),
        (
            ask(who=person("U0BEN"), extras=frozenset({Option.VERSIONS})),
            (
                "Denied: read on acme-reports/2026/open/ only without versions (rule reports-read). Try without "
                "--versions."
            ),
            "level",
        ),
        (
            ask(who=person("U0BEN"), delivery=Delivery.LINK),
            (
                "Denied: read on acme-reports/2026/open/ only as session or policy, not as link (rule "
                "reports-read). Try --as session."
            ),
            "delivery",
        ),
        (
            ask(who=person("U0BEN"), reason=" "),
            (
                'Denied: read on acme-reports/2026/open/ needs a reason (rule reports-read). Try --reason "what '
                'you need it for".'
            ),
            "reason",
        ),
        (
            ask("ann-scratch"),
            (
                "Denied: you are the only approver for read on ann-scratch, and nobody decides on their own request "
                "(rule own-bucket). The owners of the rules can name another approver."
            ),
            "person",
        ),
        (
            ask("acme-web", who=person("U0EVE")),
            (
                "Denied: read only on */public/**, which is not all of acme-web (rule public-read). Try s3 read "
                "acme-web/public/."
            ),
            "resource",
        ),
        (
            ask(who=person("U0BEN"), may="write", length=9 * HOUR),
            (
                "Denied: only list and read on acme-reports/2026/open/, not write; at most 8h for this (rule "
                "reports-read). "
                "Try s3 read acme-reports/2026/open/ --for 8h."
            ),
            "level",
        ),
        (
            ask("acme-other/private/", who=person("U0EVE")),
            "Denied: no rule covers read on acme-other/private/ for you. `offers` lists what you can request.",
            "resource",
        ),
        (
            replace(ask("acme-other/private/", who=person("U0EVE")), asker=person("U0BEN")),
            f"Denied: no rule covers read on acme-other/private/ for {person('U0EVE').name}.",
            "resource",
        ),
        (ask(who=person(active=False)), "The Slack account of Ann is deactivated.", "person"),
    ],
)
def test_a_no_says_what_stands_in_the_way(question: Question, sentence: str, field: str) -> None:
    """The sentence is about the rule that comes nearest, and stands beside the word it is about."""
    book = written(
        """
  - {id: reports-read, who: {people: [U0BEN]}, may: [list, read], on: ["acme-reports/**"],
     for: {default: 1h, max: 8h}, delivery: [session, policy], approve: {anyone_of: {people: [U0CID]}}}
  - {id: public-read, who: anyone, may: [read], on: ["*/public/**"], for: {default: 1h, max: 1h}, approve: at-once}
  - {id: own-bucket, who: {people: [U0ANN]}, may: [read], on: [ann-scratch], for: {default: 1h, max: 1h},
     approve: {anyone_of: {people: [U0ANN]}}}
"""
    )
    silent = sentence.endswith("for you. `offers` lists what you can request.")
    assert decide(book, question) == Denied(sentence=sentence, field=field, silent=silent)


def test_a_named_group_never_makes_somebody_their_own_approver() -> None:
    """Cid is among the leads who decide; when Cid asks, Cid is not."""
    book = written(
        """
  - {id: lends, who: anyone, may: [read], on: [acme-reports], for: {default: 1h, max: 1h},
     approve: {anyone_of: {groups: [leads]}}}
""",
        "{leads: {groups: [inner]}, inner: {people: [U0CID]}}",
    )

    assert isinstance(decide(book, ask(who=person("U0BEN"))), Allowed)
    assert isinstance(decide(book, ask(who=person("U0CID"))), Denied)


def test_explain_names_every_rule_in_order() -> None:
    """Each rule says what it makes of the ask; the deciding one is marked."""
    verdicts = explain(BOOK, ask())

    assert [(verdict.rule, verdict.applies, verdict.decides) for verdict in verdicts] == [
        ("reports-read", True, True),
        ("reports-long", True, False),
        ("public-read", False, False),
        ("no-secrets", False, False),
        ("no-links", False, False),
        ("own-bucket", False, False),
    ]


def test_explain_shows_a_denial_over_a_rule_that_would_allow() -> None:
    """Both apply, and the denial decides."""
    verdicts = {verdict.rule: verdict for verdict in explain(BOOK, ask("acme-reports/2026/secret/plan.pdf"))}

    lends, denies = verdicts[BOOK.rules[0].id], verdicts[BOOK.rules[3].id]
    assert (lends.applies, lends.decides) == (True, False)
    assert (denies.applies, denies.decides) == (True, True)
    assert denies.sentence == "Rule no-secrets denies this: Ask the security team in their channel."


@pytest.mark.parametrize(("denied", "seen"), [("read", True), ("list", False), ("write", True), ("list, read", False)])
def test_what_a_denial_leaves_of_reading_is_within_reach(denied: str, seen: bool) -> None:
    """Who may read may still list when reading is denied, but not read when listing is."""
    book = written(
        f"""
  - {{id: lends, who: anyone, may: [read], on: [acme-reports], for: {{default: 1h, max: 1h}}, approve: at-once}}
  - {{id: denies, deny: true, who: anyone, may: [{denied}], on: [acme-reports]}}
"""
    )

    assert may_see(book, person(), "acme-reports") is seen


def test_no_rule_lends_to_a_deactivated_account() -> None:
    """Rule by rule it is said that none applies, and nothing is within reach."""
    left = person(active=False)

    assert not any(verdict.applies for verdict in explain(BOOK, ask(who=left)))
    assert not may_see(BOOK, left, "acme-reports")


@pytest.mark.parametrize(
    ("bucket", "prefix", "seen"),
    [
        ("acme-reports", "", True),
        ("acme-reports", "20", True),
        ("acme-reports", "2026/se", True),
        ("acme-reports", "2026/secret/", False),
        ("acme-reports", "2026/secret/deep/er", False),
        ("acme-payroll", "", True),
        ("acme-payroll", "public/", True),
        ("acme-payroll", "private/", False),
        ("not a bucket!", "pub", True),
    ],
)
def test_a_form_suggests_only_what_could_be_lent(bucket: str, prefix: str, seen: bool) -> None:
    """Within reach is what some rule lends and no denial closes altogether."""
    assert may_see(BOOK, person(), bucket, prefix) is seen


def test_no_robot_breaks_glass_whatever_names_it():
    """The rule names both: Ann is lent it at once, the robot is refused, and it is not offered the rule either."""
    book = written(
        """
  - id: glass
    who: {people: [U0ANN, "bot:deploy"]}
    may: [read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 2h}
    approve: at-once
    break_glass: {review: {people: [U0BOB]}, within: 1d}
"""
    )
    ann, robot = person("U0ANN"), Principal(id=PrincipalId("bot:deploy"), name="deploy", owner=PrincipalId("U0BOB"))
    urgent = replace(ask("acme-reports/2026/"), principal=ann, urgent=True)

    assert isinstance(decide(book, urgent), Allowed)
    assert isinstance(decide(book, replace(urgent, principal=robot)), Denied)
    assert [len(offers(book, one).offers) for one in (ann, robot)] == [1, 0]


@pytest.mark.parametrize(
    ("first", "second", "nearest"),
    [
        ("may: [write]", "when: {on_call: [x], tags: {a: b}}", "second"),
        ("when: {on_call: [x], tags: {a: b}}", "may: [write]", "first"),
        ("may: [write]", "delivery: [link]", "second"),
        ("may: [write]", "for: {default: 1m, max: 1m}", "second"),
        ("when: {on_call: [x]}", "for: {default: 1m, max: 1m}, delivery: [link]", "second"),
        ("delivery: [link]", "for: {default: 1m, max: 1m}", "second"),
        ("for: {default: 1m, max: 1m}", "for: {default: 1m, max: 2m}", "first"),
        ("for: {default: 1m, max: 1m}, reason: {matching: X}", "for: {default: 1m, max: 2m}", "second"),
    ],
)
def test_the_nearest_rule_fits_in_level_and_resource_first(first: str, second: str, nearest: str) -> None:
    """Then in what no words of the person's would change, then in delivery and length; then the fewest things count."""
    usual = {"may": "may: [read]", "for": "for: {default: 1h, max: 9h}"}
    rest = "who: anyone, on: [acme-reports], approve: at-once"
    lines = [
        f"  - {{id: {name}, {', '.join([*(usual[key] for key in usual if f'{key}:' not in more), more, rest])}}}\n"
        for name, more in (("first", first), ("second", second))
    ]

    decision = decide(
        written("".join(lines)),
        ask(length=HOUR),
        Circumstances(at=NOON, on_call={ScheduleName("x"): frozenset()}, tags={}),
    )

    assert isinstance(decision, Denied)
    assert f"(rule {nearest})" in decision.sentence


@pytest.mark.parametrize(
    ("named", "handed"),
    [
        ("", {Delivery.SESSION, Delivery.POLICY}),
        ("delivery: [session], ", {Delivery.SESSION}),
        ("delivery: [link], ", {Delivery.LINK}),
    ],
)
def test_a_rule_that_names_no_delivery_hands_out_no_link(named: str, handed: set[Delivery]) -> None:
    """A link works for whoever has it; what was not said is never that. A denial that names none denies all of them."""
    rule = f"{{id: a, who: anyone, may: [read], on: [acme/**], {named}for: {{default: 1h, max: 1h}}, approve: at-once}}"
    denial = "{id: b, deny: true, who: anyone, on: [acme/**]}"
    lends, denies = (written("".join(f"  - {each}\n" for each in rules)) for rules in ([rule], [rule, denial]))

    def handed_by(book: RuleBook) -> set[Delivery]:
        return {each for each in Delivery if isinstance(decide(book, ask("acme/", delivery=each)), Allowed)}

    assert handed_by(lends) == handed
    assert handed_by(denies) == set()
