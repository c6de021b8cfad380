"""
What single values of a rule document may be: ids, lengths, places, words.

A value that is wrong raises PydanticCustomError with a finished sentence.
"""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from daypass.model.entitlement import Extra, Level
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery
from daypass.model.length import parse_length
from daypass.rules.match import Pattern, parse_pattern

SENTENCE = "sentence"
"""The type of an error whose message is a sentence of ours."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_STAGE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_MOST_NEEDED = 20
_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")
_SLACK_GROUP = re.compile(r"S[A-Z0-9]{2,20}")


def wrong(sentence: str) -> PydanticCustomError:
    """An error that is a finished sentence."""
    return PydanticCustomError(SENTENCE, "{sentence}", {"sentence": sentence})


def rule_id(text: str) -> str:
    """Check the id of a rule."""
    if _ID.fullmatch(text):
        return text
    raise wrong(f"«{text}» cannot be a rule's id: lower-case letters, digits, hyphens and dots, such as reports-read.")


def is_person_id(text: str) -> bool:
    """Whether a text has the form of a Slack user id."""
    return bool(_PERSON.fullmatch(text))


def _person(text: str) -> str:
    if is_person_id(text):
        return text
    raise wrong(
        f"«{text}» is not a Slack user id such as U02ABCDEF; in Slack, open the profile and choose «Copy member ID»."
    )


def _slack_group(text: str) -> str:
    if _SLACK_GROUP.fullmatch(text):
        return text
    raise wrong(f"«{text}» is not a Slack user group id such as S02ABCDEF; see the group's address in Slack.")


def _length(value: object) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise wrong("A length of time is written as 90m, 2h, 1h30m, 1d or 1w.")
    try:
        return parse_length(str(value))
    except BadInput as bad:
        raise wrong(bad.sentence) from None


def _pattern(value: object) -> Pattern:
    if not isinstance(value, str):
        raise wrong('A place is text in quotes, such as "acme-reports/2026/**".')
    try:
        return parse_pattern(value)
    except BadInput as bad:
        raise wrong(bad.sentence) from None


def _count(number: int) -> int:
    if 1 <= number <= _MOST_NEEDED:
        return number
    raise wrong(f"«at_least» is between 1 and {_MOST_NEEDED}, not {number}.")


def stage_name(text: str) -> str:
    """Check the name of a stage."""
    if _STAGE.fullmatch(text):
        return text
    raise wrong(f"«{text:.60}» cannot be a stage's name: a lower-case word, such as team or data-owners.")


def is_text(value: object) -> str:
    """Tell the two forms of a field apart: a word, or a mapping."""
    return "text" if isinstance(value, str) else "mapping"


PersonId = Annotated[str, AfterValidator(_person)]
SlackGroupId = Annotated[str, AfterValidator(_slack_group)]
Length = Annotated[timedelta, BeforeValidator(_length)]
Place = Annotated[Pattern, BeforeValidator(_pattern)]
Levels = Annotated[list[Annotated[Level, Field(strict=False)]], Field(min_length=1)]
Extras = Annotated[list[Annotated[Extra, Field(strict=False)]], Field(min_length=1)]
Deliveries = Annotated[list[Annotated[Delivery, Field(strict=False)]], Field(min_length=1)]
Places = Annotated[list[Place], Field(min_length=1)]
Count = Annotated[int, AfterValidator(_count)]
