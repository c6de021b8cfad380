"""A rule is about one kind of resource in one account, and what it does not say is S3 at home."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.model.decision import Allowed, Denied, Question
from daypass.model.entitlement import Entitlement
from daypass.model.errors import DaypassError
from daypass.model.grant import Delivery
from daypass.model.resource import Resource
from daypass.resources.registry import parse_resource
from daypass.rules.decide.decision import decide
from daypass.rules.rule.rulebook import RuleBook
from tests.examples import examples
from tests.rules.worlds import person, written

ELSEWHERE = "111122223333"
PATHS = ["deploy", "acme-reports/", "acme-reports/2026/", "acme-reports/2026/q1.csv", "a/b/c", "team/deploy"]
WILD = ["*", "*/**", "acme-*", "acme-reports", "acme-reports/2026/", "*/**/*", "acme-*/*/**", "*-*/**", "d*", "a*/b/**"]
LEVELS = frozenset({"read", "write", "list", "delete"})

resources = st.builds(
    Resource,
    kind=st.sampled_from(["s3", "role", "queue"]),
    account=st.sampled_from(["", ELSEWHERE]),
    path=st.sampled_from(PATHS),
)


def rules(*patterns: str, account: str = "", may: str = "[list, read, write, delete]") -> RuleBook:
    """One rule over these patterns, for anybody, at once."""
    on = ", ".join(f'"{pattern}"' for pattern in patterns)
    where = f'    account: "{account}"\n' if account else ""
    return written(
        f"  - id: all\n    who: anyone\n    may: {may}\n    on: [{on}]\n{where}"
        "    for: {default: 1h, max: 2h}\n    approve: at-once\n    delivery: [session, policy, link]\n"
    )


def ask(resource: Resource, levels: frozenset[str] = LEVELS) -> Question:
    """Ask for all of it."""
    return Question(
        principal=person(),
        entitlement=Entitlement(resource=resource, levels=levels),
        length=timedelta(hours=1),
        delivery=Delivery.SESSION,
        reason="INC-42",
    )


@examples(300)
@given(st.lists(st.sampled_from(WILD), min_size=1, max_size=4, unique=True), resources)
def test_a_document_without_kinds_and_accounts_allows_s3_at_home_alone(patterns: list[str], resource: Resource):
    """However wide its patterns are: `*` and `**` stand for no other kind and for no other account."""
    decision = decide(rules(*patterns), ask(resource))

    assert isinstance(decision, Denied) or (resource.kind, resource.account) == ("s3", "")


def test_the_widest_pattern_is_about_every_bucket_at_home():
    """So that the property above is about something."""
    assert isinstance(decide(rules("*/**"), ask(parse_resource("acme-reports/2026/"))), Allowed)


def test_a_rule_with_an_account_is_about_that_account_and_not_about_home():
    """The same bucket is another thing in another account."""
    there, home = Resource(account=ELSEWHERE, path="acme-reports/2026/"), parse_resource("acme-reports/2026/")

    assert isinstance(decide(rules("acme-*", account=ELSEWHERE), ask(there)), Allowed)
    assert isinstance(decide(rules("acme-*", account=ELSEWHERE), ask(home)), Denied)
    assert isinstance(decide(rules("acme-*"), ask(there)), Denied)


def test_a_denial_that_names_an_account_holds_at_home_too():
    """The number may be that of the home account, which the rules do not know: nothing slips through by it."""
    there, home = Resource(account=ELSEWHERE, path="acme-reports/2026/"), parse_resource("acme-reports/2026/")
    denied = f'    deny: true\n    who: anyone\n    on: [acme-*]\n    account: "{ELSEWHERE}"\n    because: Closed.\n'
    book = written(
        "  - id: all\n    who: anyone\n    may: [read]\n    on: [acme-*]\n    for: {default: 1h, max: 2h}\n"
        f"    approve: at-once\n  - id: closed\n{denied}"
    )

    answers = [decide(book, ask(one)) for one in (there, home)]
    assert [one.sentence for one in answers if isinstance(one, Denied)] == ["Closed.", "Closed."]


def test_a_kind_is_named_before_a_colon():
    """`s3:` may be written, and means what is meant without it."""
    assert isinstance(decide(rules("s3:acme-*"), ask(parse_resource("acme-reports/2026/"))), Allowed)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('    account: "12"\n', "twelve digits"),
        ("    account: 111122223333\n", "account"),
    ],
)
def test_an_account_is_twelve_digits_in_quotes(text: str, said: str):
    """YAML reads 0123 as another number, so that an account is never one."""
    with pytest.raises(DaypassError) as caught:
        written(
            f"  - id: all\n    who: anyone\n    may: [read]\n    on: [acme-*]\n{text}"
            "    for: {default: 1h, max: 2h}\n    approve: at-once\n"
        )

    assert said in str(caught.value)


def test_levels_that_no_kind_has_are_refused():
    """A word that nothing gives is a mistake of whoever wrote it."""
    with pytest.raises(DaypassError) as caught:
        rules("acme-*", may="[fly]")

    assert "list, read, write, delete" in str(caught.value)
