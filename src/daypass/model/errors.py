"""
Everything that can go wrong, as one family.

    DaypassError                 a sentence fit for the person who asked
    |-- Refusal                  the answer is no; `field` says which word of the ask stands in the way
    |   |-- BadInput             a word of the ask is wrong
    |   |-- NotAllowed           the rules say no, or nothing says yes
    |   |-- NotYours             this person may not do this to that request or grant
    |   |   `-- NotInScope       this login or token may not, whoever it speaks for
    |   |-- TooLate              it was decided, cancelled or has ended already
    |   |-- AskedAlready         the same was asked a moment ago; `request` is its id
    |   |-- TooOften             so much of this was done that one more has to wait; `wait_s` says how long
    |   `-- NotFound             no such request, grant, link or person
    |-- Conflict                 somebody else moved the same row first; look again
    |-- Unavailable              AWS, Slack or the database does not answer now; it will be tried again
    |   `-- Throttled            the same, because we ask too fast
    `-- Misconfigured            the operator must change something: a setting, a rule, an AWS permission
        |-- AwsForbids           AWS refuses Daypass's own call; `action` names the permission that lacks
        `-- RulesUnreadable      the rules cannot be read; every fault with file, line and a suggestion

The message is the sentence a person reads. Doors turn a class into a status code, a Slack sentence
or an exit code in one table (doors/refusals.py); nothing below the doors knows of those.
"""

from dataclasses import dataclass
from typing import Self

from daypass.model.text import Text, rendered


class DaypassError(Exception):
    """
    A failure that has a sentence for the person it concerns.

    `detail` is what the other side said of itself (hosts, users of a database): for the operator's log and the doctor,
    never for a door.
    """

    detail = ""

    @property
    def text(self) -> Text:
        """The message with references to those of whom it speaks. An id that a caller wrote is no reference."""
        said = self.args[0] if self.args else type(self).__name__
        return said if isinstance(said, tuple) else (str(said),)

    @property
    def sentence(self) -> str:
        """The message as it is journalled and logged: people by their ids."""
        return rendered(self.text)

    @property
    def report(self) -> str:
        """The message as the operator reads it, in the log and from the doctor."""
        return f"{self.sentence} It says: {self.detail}" if self.detail else self.sentence

    def __str__(self) -> str:
        """The sentence."""
        return self.sentence

    def because(self, detail: str) -> Self:
        """Add what the operator should read besides."""
        self.detail = detail
        return self


class Refusal(DaypassError):
    """
    The answer is no, and asking again unchanged changes nothing.

    `field` is the word of the ask that stands in the way, for a form to show the sentence beside it: resource, level,
    length, start, reason, delivery, person, or command for the ask as a whole.
    """

    def __init__(self, sentence: str | Text, *, field: str = "command") -> None:
        super().__init__(sentence)
        self.field = field


class BadInput(Refusal):
    """A word of the ask is wrong."""


class NotAllowed(Refusal):
    """The rules say no, or no rule says yes."""


class NotYours(Refusal):
    """This person may not do this to that request or grant."""


class NotInScope(NotYours):
    """This login or token may not do this, whatever it would be done to."""


class TooLate(Refusal):
    """The request was decided, or the grant has ended, before this arrived."""


class AskedAlready(Refusal):
    """The same person asked for the same a moment ago, and it waits or is live."""

    def __init__(self, sentence: str, *, request: str) -> None:
        super().__init__(sentence, field="again")
        self.request = request


class TooOften(Refusal):
    """So much of this was done just now that one more has to wait."""

    def __init__(self, sentence: str, *, wait_s: int) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s


class NotFound(Refusal):
    """There is no such request, grant, link or person."""


class Conflict(DaypassError):
    """Somebody else moved the same row first: look again, then decide again."""


class Unavailable(DaypassError):
    """AWS, Slack or the database does not answer now. Nothing is lost; it will be tried again."""


class Throttled(Unavailable):
    """The other side asks us to be slower."""


class Misconfigured(DaypassError):
    """The operator must change something before this can work."""


class AwsForbids(Misconfigured):
    """AWS refused a call that Daypass itself must be able to make."""

    def __init__(self, sentence: str, *, action: str) -> None:
        super().__init__(sentence)
        self.action = action


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault in a document somebody wrote: where it stands, what is wrong, what to write instead."""

    file: str
    line: int
    sentence: str
    suggestion: str = ""

    def __str__(self) -> str:
        hint = f" {self.suggestion}" if self.suggestion else ""
        return f"{self.file}:{self.line}: {self.sentence}{hint}"


class RulesUnreadable(Misconfigured):
    """The rules cannot be read, so nothing is allowed until they can."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("The rules cannot be read:\n" + "\n".join(str(fault) for fault in faults))
        self.faults = faults
