"""One thing that can be written in the rules and is hardly meant, of one of a few kinds."""

from dataclasses import dataclass
from enum import StrEnum

from daypass.model.decision import RuleId


class FindingKind(StrEnum):
    """What is the matter. Those that are a matter of judgement can be said to be meant, in the rule itself."""

    UNREACHABLE = "unreachable"
    """It never counts, whoever asks for whatever."""
    CONTRADICTING = "contradicting"
    """Two rules say opposite things, and only one of them can be so."""
    TOO_WIDE = "too-wide"
    """It lends so much, for so long or to so many that nobody has looked at each."""
    NO_APPROVER = "no-approver"
    """Whom it names cannot decide: nobody knows them, they have left, or there are too few."""
    SELF_APPROVAL = "self-approval"
    """Those who ask are those who decide."""
    GUESTS = "guests"
    """Guests are among those whom it seems to speak of, and it leaves them out."""
    SHALLOW = "shallow"
    """A denial that stops at the next slash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Where it stands, what is the matter and what to write instead. None keeps the rules from being used."""

    file: str
    line: int
    rule: RuleId
    kind: FindingKind
    sentence: str
    suggestion: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}: {self.sentence} {self.suggestion}".rstrip()
