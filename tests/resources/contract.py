"""
What holds of every kind of resource. A kind passes this or does not land.

A kind that is not registered is held to it as well: a class of its own that inherits `KindContract` and has a fixture
`kind`. What a policy for it must know besides comes from a fixture `facts`.
"""

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations, product
from typing import cast

import pytest

from daypass.doors.language import parse_request, split
from daypass.model.entitlement import Entitlement
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery
from daypass.model.resource import BARE, Resource
from daypass.resources.kind import Kind, ResourceFacts, Statement
from daypass.resources.registry import KINDS, describe, implied, must_fit, parse_resource
from daypass.rules.match.patterns import parse_pattern

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z]+")
NOBODYS = ["", " ", "/", "a*", "a?", "${aws:username}", "a\nb", "a\u200bb", "../x", "x" * 2000]
"""What no kind may take for the name of one resource."""


class KindContract:
    """The contract, for the kind of the fixture `kind`."""

    @pytest.fixture(autouse=True)
    def registered(self, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
        """One row in the registry, which a kind that is only tried has while it is tried."""
        implied.cache_clear()
        monkeypatch.setitem(cast("dict[str, Kind]", KINDS), kind.name, kind)

    @pytest.fixture
    def facts(self) -> ResourceFacts:
        """What must be known of any resource."""
        return ResourceFacts(partition="aws", region="eu-central-1", account="123456789012", dns_suffix="amazonaws.com")

    def test_a_name_reads_back_as_itself(self, kind: Kind):
        """What people and the journal see can be typed again, and is the same resource."""
        assert kind.examples
        for resource in resources(kind):
            assert resource.kind == kind.name
            assert parse_resource(str(resource)) == resource
            assert parse_resource(f"{kind.name}:{resource.path}") == resource
            assert kind.at(resource.path) == resource

    def test_an_arn_reads_back_as_the_resource(self, kind: Kind, facts: ResourceFacts):
        """Whoever pastes an ARN asks for what has it, and for nothing wider."""
        for resource in resources(kind):
            read = parse_resource(kind.arn(resource, facts))

            assert kind.claims(kind.arn(resource, facts))
            assert (read.kind, read.path) == (resource.kind, resource.path)
            assert read.account in {"", facts.account}

    @pytest.mark.parametrize("text", NOBODYS)
    def test_nobody_can_name_many_resources_at_once(self, kind: Kind, text: str):
        """No wildcard, no variable of IAM, nothing hidden and nothing empty is a name."""
        with pytest.raises(BadInput):
            kind.at(text)
        with pytest.raises(BadInput):
            kind.parse(text)

    def test_more_access_covers_less_and_nothing_covers_what_it_does_not(self, kind: Kind):
        """`covers` is a partial order: what two cover each other is the same, and what covers, covers all below."""
        all_of = list(entitlements(kind))
        above = {one: {other for other in all_of if one.covers(other)} for one in all_of}

        for one, below in above.items():
            assert one in below
            for other in below:
                assert above[other] <= below
                assert other == one or one not in above[other]

    def test_no_statement_has_an_action_beyond_the_ceiling(self, kind: Kind, facts: ResourceFacts):
        """The ceiling is all that Daypass may ever hand out of this kind, written without a wildcard."""
        assert all(ACTION.fullmatch(action) for action in kind.ceiling)
        for one in possible(kind):
            assert actions(kind.statements(one, facts)) <= kind.ceiling
            assert actions(kind.session_statements(one, facts)) <= kind.ceiling or kind.assumed

    @pytest.mark.parametrize("path", ["../x", "a b/c d", "x" * 2000])
    def test_nothing_is_written_for_a_name_that_nobody_could_type(self, kind: Kind, facts: ResourceFacts, path: str):
        """What comes from the store or from code is checked once more before it stands in a policy."""
        levels = frozenset({kind.levels[0].word})
        with pytest.raises(BadInput):
            kind.statements(Entitlement(resource=Resource(kind=kind.name, path=path), levels=levels), facts)

    def test_statements_name_the_resource_and_nothing_wider(self, kind: Kind, facts: ResourceFacts):
        """No statement is about everything there is."""
        for one in possible(kind):
            for statement in kind.statements(one, facts):
                assert statement.resources
                assert all(one.resource.root in resource for resource in statement.resources)

    def test_every_level_lets_its_holder_do_something(self, kind: Kind, facts: ResourceFacts):
        """Each has a statement somewhere, a label, and a word that can be typed."""
        words = [level.word for level in kind.levels]

        assert len(set(words)) == len(words) > 0
        for level in kind.levels:
            assert re.fullmatch(r"[a-z][a-z-]*", level.word)
            assert level.label
            assert level.implies <= set(words)
            assert any(kind.statements(one, facts) for one in possible(kind) if one.levels == {level.word})

    def test_more_levels_never_allow_less(self, kind: Kind, facts: ResourceFacts):
        """Whoever has more of a resource can do all that whoever has less can."""
        there = list(possible(kind))
        for one, other in product(there, there):
            if one.resource == other.resource and one.covers(other):
                assert actions(kind.statements(other, facts)) <= actions(kind.statements(one, facts))

    def test_every_delivery_is_known(self, kind: Kind):
        """It can be had somehow, and what it cannot be had by is refused with a sentence."""
        one = next(possible(kind))

        assert kind.deliveries
        for delivery in Delivery:
            if delivery in kind.deliveries:
                must_fit(one, delivery)
            else:
                with pytest.raises(BadInput):
                    must_fit(one, delivery)

    def test_levels_and_options_of_another_kind_are_refused(self, kind: Kind):
        """A word that this kind does not have gives nothing."""
        one = next(possible(kind))
        for wrong in (
            Entitlement(resource=one.resource, levels=one.levels | {"fly"}),
            Entitlement(resource=one.resource, levels=one.levels, options=frozenset({"wings"})),
        ):
            with pytest.raises(BadInput):
                must_fit(wrong, next(iter(kind.deliveries)))

    def test_what_people_read_names_the_resource_and_the_levels(self, kind: Kind):
        """The one rendering leaves nothing out."""
        for one in possible(kind):
            said = describe(one)

            assert str(one.resource) in said
            assert all(word in said for word in one.levels | one.options)
            assert kind.noun(one.resource)

    def test_there_is_a_line_to_paste_for_everything(self, kind: Kind):
        """Each is one line that a shell reads."""
        for one in possible(kind):
            lines = kind.usage(one)

            assert lines
            assert all(shlex.split(line) and "\n" not in line for line in lines)
            assert all("\n" not in caveat for caveat in kind.caveats(one))

    def test_it_is_asked_for_in_the_words_of_every_other_kind(self, kind: Kind):
        """`KIND LEVEL NAME`: the one grammar knows it, with nothing said of it in any door."""
        for one in possible(kind):
            levels = ",".join(sorted(one.levels))
            for name in {str(one.resource), one.resource.path}:
                draft = parse_request(split(f'{kind.name} {levels} "{name}"'), now=NOON, tz="UTC")

                assert (draft.place, draft.levels) == (one.resource, one.levels)

    def test_a_pattern_speaks_of_its_own_kind_and_account_alone(self, kind: Kind):
        """A name is a pattern for itself; the same name of another kind, or in another account, is another thing."""
        for resource in resources(kind):
            pattern = parse_pattern(f"{kind.name}:{resource.path}")
            elsewhere = kind.at(resource.path, account="999988887777")

            assert pattern.contains(resource)
            assert not pattern.overlaps(elsewhere)
            assert not pattern.in_account("999988887777").overlaps(resource)
            assert pattern.in_account("999988887777").contains(elsewhere)
            assert all(parse_pattern(wide).overlaps(resource) is (kind.name == BARE) for wide in ("*/**", "*"))


def resources(kind: Kind) -> list[Resource]:
    """The kind's own examples."""
    return [kind.parse(text) for text in kind.examples]


def entitlements(kind: Kind) -> Iterator[Entitlement]:
    """Levels alone and together, with options and without, on each example."""
    words = [level.word for level in kind.levels]
    some = [frozenset(one) for count in (1, 2, len(words)) for one in combinations(words, min(count, len(words)))]
    besides = [frozenset[str](), *(frozenset({one}) for one in kind.options), frozenset(kind.options)]
    for resource, levels, options in product(resources(kind), dict.fromkeys(some), dict.fromkeys(besides)):
        yield Entitlement(resource=resource, levels=levels, options=options)


def possible(kind: Kind) -> Iterator[Entitlement]:
    """Those that can be had."""
    for one in entitlements(kind):
        try:
            kind.check(one)
        except BadInput:
            continue
        yield one


def actions(statements: tuple[Statement, ...]) -> set[str]:
    """Every action there."""
    return {action for statement in statements for action in statement.actions}
