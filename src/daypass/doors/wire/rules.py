"""The rules, their versions and changes, as programs send and see them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import Field

from daypass.doors.wire.approval import ApprovalOut
from daypass.doors.wire.inputs import Incoming
from daypass.doors.wire.lint import RulesText
from daypass.doors.wire.outputs import WireOut
from daypass.doors.wire.words import LengthText, ReasonText, Whole, drawn
from daypass.model.event import Event
from daypass.model.rule_change import RulesChange, RulesVersion
from daypass.rules.describe.rules import in_words
from daypass.rules.explain.explain import RuleVerdict
from daypass.rules.load.read import RuleBook
from daypass.rules.sampling.effects import ChangeEffect


class ProposeRules(Incoming):
    """A whole new text in place of a version."""

    text: RulesText
    base: Annotated[Whole, drawn(minimum=0)] = Field(
        description="the number of the version that it was made from", examples=[7]
    )
    note: ReasonText = ""
    shadow_for: LengthText | None = Field(
        default=None, description="for how long it decides beside the one in force, watched only", examples=["7d"]
    )


class ApproveRules(Incoming):
    """An approval of a change, with a word on it or none."""

    note: ReasonText = ""


class VersionOut(WireOut):
    """One version of the rules, without its text."""

    number: int
    digest: str
    author: str
    at: datetime
    note: str
    change: str | None
    """The change that it came from; null for one that came from the file."""

    @classmethod
    def of(cls, version: RulesVersion) -> "VersionOut":
        """Show a version."""
        return cls(
            number=version.number,
            digest=version.digest,
            author=version.author,
            at=version.at,
            note=version.note,
            change=version.change,
        )


class VersionsOut(WireOut):
    """The versions there were, newest first."""

    versions: list[VersionOut]
    total: int
    """How many there are; a page has 1,000 of them."""
    names: dict[str, str]


class VersionTextOut(VersionOut):
    """One version of the rules with its text."""

    text: str

    @classmethod
    def of(cls, version: RulesVersion) -> "VersionTextOut":
        """Show a version whole."""
        return cls(**VersionOut.of(version).model_dump(), text=version.text)


class RuleInWordsOut(WireOut):
    """One rule in a sentence or two."""

    id: str
    sentence: str


class RulesOut(VersionTextOut):
    """The rules in force."""

    owners: list[str]
    """Ids of people and groups who may change them."""
    words: list[RuleInWordsOut]
    names: dict[str, str]

    @classmethod
    def showing(cls, version: RulesVersion, book: RuleBook, names: dict[str, str]) -> "RulesOut":
        """Show what is in force, as text and in words."""
        whole = VersionTextOut.of(version).model_dump()
        words = [RuleInWordsOut(id=rule.id, sentence=in_words(rule)) for rule in book.rules]
        return cls(**whole, owners=owners(book), words=words, names=names)


MOST_NAMED = 5
"""People of one group who are named; the others are counted."""


class ShiftOut(WireOut):
    """What becomes different for some people alike: a few examples of each kind."""

    people: list[str]
    """The ids of the first few."""
    count: int
    """How many they are in all."""
    gains: list[str]
    loses: list[str]
    otherwise: list[str]


class EffectOut(WireOut):
    """What a change would do."""

    sentence: str
    gain: int
    lose: int
    otherwise: int
    """For how many something is on other terms, and nothing gained or lost."""
    lacking: list[str]
    """Who and what was not looked at, in sentences: then there may be more."""
    people: list[ShiftOut]
    """Those for whom it is the same together; most of them first."""
    pending: list[str]
    """Requests that wait and would be decided otherwise, in sentences."""
    rules: list[str]
    """What is different, rule by rule, in sentences."""

    @classmethod
    def of(cls, effect: ChangeEffect) -> "EffectOut":
        """Show an effect."""
        people = [
            ShiftOut(
                people=list(some[:MOST_NAMED]),
                count=len(some),
                gains=list(one.gains),
                loses=list(one.loses),
                otherwise=list(one.otherwise),
            )
            for one, some in effect.alike
        ]
        return cls(
            sentence=effect.sentence(),
            gain=len(effect.gain),
            lose=len(effect.lose),
            otherwise=len(effect.otherwise),
            lacking=list(effect.lacking),
            people=people,
            pending=[one.sentence for one in effect.pending],
            rules=[*effect.besides, *(one.sentence for one in effect.rules)],
        )


class ChangeOut(WireOut):
    """A change that somebody proposes, and what became of it."""

    id: str
    state: str
    author: str
    base: int
    note: str
    filed_at: datetime
    shadow_until: datetime | None
    approval: ApprovalOut | None

    @classmethod
    def of(cls, change: RulesChange) -> "ChangeOut":
        """Show a change."""
        return cls(
            id=change.id,
            state=change.state,
            author=change.author,
            base=change.base,
            note=change.note,
            filed_at=change.filed_at,
            shadow_until=change.shadow_until,
            approval=ApprovalOut.of(change.approval) if change.approval else None,
        )


class ChangesOut(WireOut):
    """The changes there are, newest first."""

    changes: list[ChangeOut]
    total: int
    """How many there are; a page has 1,000 of them."""
    in_force: int
    """The version in force: a change that waits and was made from another one can only be made anew."""
    names: dict[str, str]


class WholeChangeOut(ChangeOut):
    """A change with its text, its difference, and what it would do while it waits."""

    text: str
    diff: str
    effect: EffectOut | None
    names: dict[str, str]

    @classmethod
    def showing(
        cls, change: RulesChange, *, diff: str, effect: ChangeEffect | None, names: dict[str, str]
    ) -> "WholeChangeOut":
        """Show a change whole."""
        shown = EffectOut.of(effect) if effect else None
        return cls(**dict(ChangeOut.of(change)), text=change.text, diff=diff, effect=shown, names=names)


class AppliedOut(ChangeOut):
    """A change that was approved, and the version it became."""

    version: int

    @classmethod
    def became(cls, change: RulesChange, version: RulesVersion) -> "AppliedOut":
        """Show what was put in force."""
        return cls(**dict(ChangeOut.of(change)), version=version.number)


class DifferenceOut(WireOut):
    """A request that a change in the shadow would have decided otherwise."""

    at: datetime
    request: str
    old: str
    new: str

    @classmethod
    def of(cls, event: Event) -> "DifferenceOut":
        """Show a difference."""
        told = {name: str(event.details.get(name, "")) for name in ("request", "old", "new")}
        return cls(at=event.at, **told)


class DifferencesOut(WireOut):
    """Where a change would have decided otherwise, oldest first."""

    differences: list[DifferenceOut]


class VerdictOut(WireOut):
    """What one rule makes of a request."""

    rule: str
    effect: str
    applies: bool
    decides: bool
    sentence: str


class ExplanationOut(WireOut):
    """Every rule in force, in the order of the document, and what it makes of a request."""

    request: str
    rules: list[VerdictOut]

    @classmethod
    def of(cls, request_id: str, verdicts: Iterable[RuleVerdict]) -> "ExplanationOut":
        """Show an explanation."""
        shown = [
            VerdictOut(
                rule=one.rule, effect=one.effect, applies=one.applies, decides=one.decides, sentence=one.sentence
            )
            for one in verdicts
        ]
        return cls(request=request_id, rules=shown)


def owners(book: RuleBook) -> list[str]:
    """Ids of the people and groups who may change the rules."""
    every = book.owners
    return sorted([*every.people, *every.slack_groups, *every.directory_groups])
