"""A question as the rules look at it: with what is so around it, and what follows from both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from daypass.model.decision import Circumstances, Question
from daypass.model.principal import PrincipalId
from daypass.resources.registry import implied
from daypass.rules.approval.eligibility import Colleagues
from daypass.rules.document.values import UNMARKED
from daypass.rules.match.patterns import Pattern

Marked = Mapping[str, tuple[Pattern, ...]]
"""How sensitive places are: by the word for it."""


@dataclass(frozen=True, kw_only=True)
class RuleEvaluation:
    """One question at one moment. It keeps what it has worked out, so a thousand rules cost that once."""

    question: Question
    around: Circumstances | None = None
    """None knows nothing besides the question."""
    marked: Marked = field(default_factory=dict)

    @cached_property
    def name(self) -> str:
        """The `bucket/key` that is asked for, or how all of them begin."""
        place = self.question.entitlement.resource
        return place.address

    @cached_property
    def levels(self) -> frozenset[str]:
        """The levels that are asked for, with those that they bring along."""
        asked = self.question.entitlement
        return implied(asked.levels, asked.resource.kind)

    @cached_property
    def sensitivity(self) -> frozenset[str]:
        """
        Every word for what is asked, where patterns overlap it.

        `unmarked` is among them unless one pattern has all of it: some of it may be what nobody has spoken of.
        """
        place = self.question.entitlement.resource
        words = {word for word, patterns in self.marked.items() if any(one.overlaps(place) for one in patterns)}
        whole = any(one.contains(place) for word in words for one in self.marked[word])
        return frozenset(words if whole else words | {UNMARKED})

    @cached_property
    def accounts(self) -> frozenset[PrincipalId]:
        """All accounts of who would have it, as far as they are known."""
        return self.question.principal.same_as | {self.question.principal.id}

    @cached_property
    def colleagues(self) -> Colleagues:
        """Who is here, and who is on the asking side."""
        return Colleagues.of(self.question, self.around)
