"""
The words that programs send, as the description of the API draws them: as they are enforced.

pydantic judges how long a text is. What a text must look like is drawn here and judged where it is read, by the
grammar, whose sentences say what to write instead.

What no pattern can say has a `format` of ours: daypass-length (`2h`, `PT90M`), daypass-moment (`tomorrow 09:00`),
daypass-term (a length, or `until` and a moment), daypass-every (`weekdays 09:00-10:00`), daypass-place
(`bucket/prefix/`), daypass-line (what prints, in one line), daypass-ask (`s3 read bucket/prefix/ --for 2h`).
"""

from string import digits
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from daypass.lifecycle.bots.tokens import NAME as ROBOT_NAME
from daypass.model.grant import ALPHABET, ID_LENGTH, Delivery
from daypass.model.login import LoginScope
from daypass.model.request import LONGEST_NOTE, LONGEST_REASON
from daypass.resources.registry import LEVELS

GRANT_ID = f"^[{ALPHABET}{ALPHABET.lstrip(digits).upper()}]{{{ID_LENGTH}}}$"
_LEVEL = f"(?:{'|'.join(LEVELS)})"
_ROBOTS_SCOPES = (LoginScope.READ, LoginScope.ASK, LoginScope.USE)


def drawn(**how: Any) -> Any:
    """What the description says of a field besides what pydantic judges."""
    return Field(json_schema_extra=how)


def _whole(said: Any) -> Any:
    """A whole number as JSON has it: 2.0 is one (JSON Schema 2020-12, section 6.1.1)."""
    return int(said) if isinstance(said, float) and said.is_integer() else said


Whole = Annotated[int, BeforeValidator(_whole)]
ShortText = Annotated[str, Field(max_length=200)]
LongText = Annotated[str, Field(max_length=4_000)]

IdText = Annotated[str, drawn(pattern=GRANT_ID)]
PersonText = Annotated[ShortText, drawn(pattern=r"^(?:[UW][A-Z0-9]{2,20}|bot:[a-z0-9][a-z0-9._-]{0,63})$")]
RobotName = Annotated[ShortText, drawn(pattern=f"^{ROBOT_NAME}$")]
RobotWord = Annotated[ShortText, drawn(pattern=f"^(?:bot:)?{ROBOT_NAME}$")]
"""A robot that there is, by its name or its id."""
ScopeText = Annotated[ShortText, drawn(enum=[scope.value for scope in _ROBOTS_SCOPES])]
LevelText = Annotated[ShortText, drawn(pattern=f"^{_LEVEL}(?:, ?{_LEVEL})*$")]
DeliveryText = Annotated[ShortText, drawn(enum=[one.value for one in Delivery])]
PlaceText = Annotated[LongText, drawn(format="daypass-place", minLength=3)]
LengthText = Annotated[ShortText, drawn(format="daypass-length", minLength=2, maxLength=64)]
MomentText = Annotated[ShortText, drawn(format="daypass-moment", minLength=3, maxLength=64)]
TermText = Annotated[ShortText, drawn(format="daypass-term", minLength=2, maxLength=71)]
LineText = Annotated[ShortText, drawn(format="daypass-line")]
EveryText = Annotated[ShortText, drawn(format="daypass-every", minLength=3, maxLength=120)]
_PLAIN = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*$"
ReasonText = Annotated[LongText, drawn(maxLength=LONGEST_REASON, pattern=_PLAIN)]
NoteText = Annotated[LongText, drawn(maxLength=LONGEST_NOTE, pattern=_PLAIN)]
