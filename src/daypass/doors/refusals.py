"""
What went wrong, as each door says it: one table from the class of an error to a status, a code and an exit code.

    class            HTTP   code            exit
    BadInput         422    bad_input       1
    NotAllowed       403    not_allowed     2     the rules say no
    NotYours         403    not_yours       1
    TooLate          410    too_late        1     decided, or ended
    AskedAlready     409    asked_already   1     the same, a moment ago
    TooOften         429    slow_down       1     with Retry-After
    NotFound         404    not_found       1
    Conflict         409    conflict        1
    Throttled        503    throttled       1     with Retry-After
    Unavailable      503    unavailable     1     with Retry-After
    AwsForbids       503    misconfigured   1
    RulesUnreadable  503    misconfigured   1
    Misconfigured    503    misconfigured   1
    anything else    500    internal        1     leaks nothing; the door logs it
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from daypass.model.errors import (
    AskedAlready,
    BadInput,
    Conflict,
    DaypassError,
    Misconfigured,
    NotAllowed,
    NotFound,
    NotYours,
    Throttled,
    TooLate,
    TooOften,
    Unavailable,
)
from daypass.model.principal import PrincipalId
from daypass.model.text import Text, people_in, rendered

OK, ERROR, DENIED, TIMED_OUT = 0, 1, 2, 4
"""The exit codes of the command line."""

INTERNAL = (
    "Something went wrong inside Daypass. What was done is in the journal; "
    "what went wrong, the operator finds in the log."
)


A_COLLEAGUE = "a colleague"
"""How a sentence speaks of somebody whose name is not told."""
_MOST_NAMED = 10


class Code(StrEnum):
    """What went wrong, as one word for programs."""

    BAD_INPUT = "bad_input"
    NOT_ALLOWED = "not_allowed"
    NOT_YOURS = "not_yours"
    TOO_LATE = "too_late"
    ASKED_ALREADY = "asked_already"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    MISCONFIGURED = "misconfigured"
    INTERNAL = "internal"
    # What only HTTP knows of.
    NOT_LOGGED_IN = "not_logged_in"
    BAD_METHOD = "bad_method"
    BAD_TYPE = "bad_type"
    BAD_REQUEST = "bad_request"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    SLOW_DOWN = "slow_down"
    # While a login waits (RFC 8628, section 3.5).
    PENDING = "authorization_pending"
    EXPIRED = "expired_token"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorWords:
    """How one class of error is said at the doors."""

    status: HTTPStatus
    code: Code
    exit_code: int = ERROR


_TABLE: tuple[tuple[type[DaypassError], ErrorWords], ...] = (
    (BadInput, ErrorWords(status=HTTPStatus.UNPROCESSABLE_ENTITY, code=Code.BAD_INPUT)),
    (NotAllowed, ErrorWords(status=HTTPStatus.FORBIDDEN, code=Code.NOT_ALLOWED, exit_code=DENIED)),
    (NotYours, ErrorWords(status=HTTPStatus.FORBIDDEN, code=Code.NOT_YOURS)),
    (TooLate, ErrorWords(status=HTTPStatus.GONE, code=Code.TOO_LATE)),
    (AskedAlready, ErrorWords(status=HTTPStatus.CONFLICT, code=Code.ASKED_ALREADY)),
    (TooOften, ErrorWords(status=HTTPStatus.TOO_MANY_REQUESTS, code=Code.SLOW_DOWN)),
    (NotFound, ErrorWords(status=HTTPStatus.NOT_FOUND, code=Code.NOT_FOUND)),
    (Conflict, ErrorWords(status=HTTPStatus.CONFLICT, code=Code.CONFLICT)),
    (Throttled, ErrorWords(status=HTTPStatus.SERVICE_UNAVAILABLE, code=Code.THROTTLED)),
    (Unavailable, ErrorWords(status=HTTPStatus.SERVICE_UNAVAILABLE, code=Code.UNAVAILABLE)),
    (Misconfigured, ErrorWords(status=HTTPStatus.SERVICE_UNAVAILABLE, code=Code.MISCONFIGURED)),
)
_INTERNAL = ErrorWords(status=HTTPStatus.INTERNAL_SERVER_ERROR, code=Code.INTERNAL)


def said(error: Exception) -> ErrorWords:
    """Look an error up; a class that is not in the table is `internal`."""
    return next((said for kind, said in _TABLE if isinstance(error, kind)), _INTERNAL)


def status(error: Exception) -> int:
    """The HTTP status of an error."""
    return int(said(error).status)


def code(error: Exception) -> Code:
    """The word for programs: `bad_input`, `not_allowed`, ..., `internal`."""
    return said(error).code


def exit_code(error: Exception) -> int:
    """The command line's exit code: 0 ok, 1 error or ended, 2 denied, 4 time-out."""
    return said(error).exit_code


def sentence(error: Exception) -> str:
    """The sentence with people by their ids; one of our own for what is not in the table, so that nothing leaks."""
    return rendered(text(error))


def text(error: Exception) -> Text:
    """The sentence with references to people; one of our own for what is not in the table."""
    return error.text if isinstance(error, DaypassError) and said(error) is not _INTERNAL else (INTERNAL,)


def sentence_naming(error: Exception, name: Callable[[PrincipalId], str]) -> str:
    """
    The sentence with the names of those to whom it refers, of at most ten.

    What a caller wrote, and a sentence repeats, is no reference: else they could have anybody looked up, and learn
    their name.
    """
    told = text(error)
    some = people_in(told)[:_MOST_NAMED]
    return rendered(told, lambda one: name(PrincipalId(one)) if one in some and one.startswith(("U", "W")) else one)


def to_a_stranger(error: Exception) -> str:
    """The sentence for whoever came without a login, who is told no name and no id."""
    return rendered(text(error), lambda _: A_COLLEAGUE)


def field(error: Exception) -> str | None:
    """The word of the ask that stands in the way, when one does; `second_factor` for want of a passkey."""
    return error.field if isinstance(error, BadInput | NotAllowed | NotYours | AskedAlready) else None
