"""
What single values of a rule document may be: ids, lengths, places, words.

A value that is wrong raises PydanticCustomError with a finished sentence.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from daypass.model.errors import BadInput
from daypass.model.grant import Delivery
from daypass.model.length import parse_length
from daypass.model.principal import ROBOT
from daypass.resources.registry import level_words, option_words
from daypass.rules.match.patterns import Pattern, parse_pattern

SENTENCE = "sentence"
"""The type of an error whose message is a sentence of ours."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_STAGE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_MOST_NEEDED = 20
_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")
_ROBOT = re.compile(rf"{ROBOT}[a-z][a-z0-9-]{{0,38}}[a-z0-9]")
_DIRECTORY_GROUP = re.compile(r"[a-z][a-z0-9-]{0,31}:\S(.{0,126}\S)?")
_SCHEDULE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TAG = re.compile(r"[\w .:/=+@-]{1,128}")
_SLACK_GROUP = re.compile(r"S[A-Z0-9]{2,20}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
_ACCOUNT = re.compile(r"[0-9]{12}")
_WORD = re.compile(r"[a-z][a-z0-9-]{0,31}")
_LONGEST_TAG_VALUE = 256
"""Characters: docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-managing.html"""

UNMARKED = "unmarked"
"""How sensitive a place is of which nothing is said."""


def wrong(sentence: str) -> PydanticCustomError:
    """An error that is a finished sentence."""
    return PydanticCustomError(SENTENCE, "{sentence}", {"sentence": sentence})


def rule_id(text: str) -> str:
    """Check the id of a rule."""
    if _ID.fullmatch(text):
        return text
    raise wrong(f"“{text}” cannot be a rule's id: lower-case letters, digits, hyphens and dots, such as reports-read.")


def is_person_id(text: str) -> bool:
    """Whether a text has the form of a Slack user id."""
    return bool(_PERSON.fullmatch(text))


def _person(text: str) -> str:
    if is_person_id(text):
        return text
    if text.startswith(ROBOT):
        raise wrong(f"“{text:.60}” is a robot, and a robot never decides; name people.")
    raise _nobody(text)


def _asker(text: str) -> str:
    if is_person_id(text) or _ROBOT.fullmatch(text):
        return text
    if text.startswith(ROBOT):
        raise wrong(f"“{text:.60}” is no robot's name: bot: and 2 to 40 small letters, digits and hyphens.")
    raise _nobody(text)


def _nobody(text: str) -> PydanticCustomError:
    return wrong(
        f"“{text}” is not a Slack user id such as U02ABCDEF; in Slack, open the profile and choose “Copy member ID”."
    )


def _slack_group(text: str) -> str:
    if _SLACK_GROUP.fullmatch(text):
        return text
    raise wrong(f"“{text}” is not a Slack user group id such as S02ABCDEF; see the group's address in Slack.")


def _channel(text: str) -> str:
    if _CHANNEL.fullmatch(text):
        return text
    raise wrong(
        f"“{text:.60}” is not a Slack channel id such as C02ABCDEF; it stands at the end of the channel's details."
    )


def _account(text: str) -> str:
    if _ACCOUNT.fullmatch(text):
        return text
    raise wrong(f'“{text:.60}” is not an AWS account: twelve digits in quotes, such as "111122223333".')


def _sensitivity(text: str) -> str:
    if _WORD.fullmatch(text):
        return text
    raise wrong(f"“{text:.60}” cannot say how sensitive a place is: a lower-case word, such as high or low.")


def _tag_value(text: str) -> str:
    if len(text) <= _LONGEST_TAG_VALUE:
        return text
    raise wrong(f"A tag's value has at most {_LONGEST_TAG_VALUE} characters, not {len(text)}.")


def _directory_group(text: str) -> str:
    if _DIRECTORY_GROUP.fullmatch(text):
        return text
    raise wrong(f"“{text:.60}” is not a group of a directory: its source, a colon and its name, such as file:analysts.")


def _schedule(text: str) -> str:
    if _SCHEDULE.fullmatch(text):
        return text
    raise wrong(f"“{text:.60}” is not the name of an on-call schedule: letters, digits, dots, hyphens, underscores.")


def _tag(text: str) -> str:
    if _TAG.fullmatch(text):
        return text
    raise wrong(f"“{text:.60}” cannot be the name of a tag in AWS: 1 to 128 letters, digits, spaces and _.:/=+-@.")


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
    raise wrong(f"“at_least” is between 1 and {_MOST_NEEDED}, not {number}.")


def stage_name(text: str) -> str:
    """Check the name of a stage."""
    if _STAGE.fullmatch(text):
        return text
    raise wrong(f"“{text:.60}” cannot be a stage's name: a lower-case word, such as team or data-owners.")


def is_text(value: object) -> str:
    """Tell the two forms of a field apart: a word, or a mapping."""
    return "text" if isinstance(value, str) else "mapping"


PersonId = Annotated[str, AfterValidator(_person)]
AskerId = Annotated[str, AfterValidator(_asker)]
"""A person or a robot."""
SlackGroupId = Annotated[str, AfterValidator(_slack_group)]
ChannelId = Annotated[str, AfterValidator(_channel)]
Account = Annotated[str, AfterValidator(_account)]
Sensitivity = Annotated[str, AfterValidator(_sensitivity)]
TagValue = Annotated[str, AfterValidator(_tag_value)]
DirectoryGroup = Annotated[str, AfterValidator(_directory_group)]
Schedule = Annotated[str, AfterValidator(_schedule)]
"""An on-call schedule by the name that the operator gave it."""
TagName = Annotated[str, AfterValidator(_tag)]
"""The name of a tag of a bucket."""
MOST = 10_000


def _one_of(words: Callable[[], list[str]], text: str) -> str:
    """Check a level or an option: one that some kind of resource has."""
    if text in words():
        return text
    raise PydanticCustomError("enum", "one of {expected}", {"expected": ", ".join(f"'{word}'" for word in words())})


def _limit(number: int) -> int:
    if 1 <= number <= MOST:
        return number
    raise wrong(f"{number} is not a number from 1 to {MOST:,}. To lend nothing, pause the rules or freeze everything.")


Limit = Annotated[int, AfterValidator(_limit)]
Length = Annotated[timedelta, BeforeValidator(_length)]
Place = Annotated[Pattern, BeforeValidator(_pattern)]
AccessWord = Annotated[str, AfterValidator(partial(_one_of, level_words))]
OptionWord = Annotated[str, AfterValidator(partial(_one_of, option_words))]
Levels = Annotated[list[AccessWord], Field(min_length=1)]
Extras = Annotated[list[OptionWord], Field(min_length=1)]
Deliveries = Annotated[list[Annotated[Delivery, Field(strict=False)]], Field(min_length=1)]
Places = Annotated[list[Place], Field(min_length=1)]
Count = Annotated[int, AfterValidator(_count)]
