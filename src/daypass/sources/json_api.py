"""What services with an API of their own answer: JSON, or a refusal that is one of our errors and repeats nothing."""

import json
import re
from datetime import datetime
from typing import Any

import httpx2

from daypass.model.errors import Misconfigured, NotFound, Throttled, Unavailable
from daypass.sources.fetch import FetchedDocument

_THROTTLED = 429
_FAULTS = 500
_TOKEN = re.compile(r"[\x21-\x7e]+")


def told(answer: FetchedDocument, *, by: str, about: str, may_lack: bool = False) -> Any:
    """
    Read what a service told about something.

    Raises Misconfigured for a token or an id that will not do, Throttled, Unavailable; where the thing may be lacking,
    NotFound. Raises ValueError for what is no JSON.
    """
    if answer.status in {401, 403}:
        raise Misconfigured(f"{by} refuses the token; it must be valid and may read {about}.")
    if answer.status == _THROTTLED:
        raise Throttled(f"{by} asks us to be slower; it will be tried again.")
    if answer.status >= _FAULTS:
        raise Unavailable(f"{by} answers {answer.status}; it will be tried again.")
    if may_lack and answer.status == httpx2.codes.NOT_FOUND:
        raise NotFound(f"{by} shows us nothing under {about}.")
    if answer.status != httpx2.codes.OK:
        raise Misconfigured(f"{by} answers {answer.status} when asked for {about}; check its id and the address.")
    return json.loads(answer.body)


def check_token(token: str, *, of: str) -> None:
    """Refuse a token that would break out of its header. Raises Misconfigured."""
    if not _TOKEN.fullmatch(token):
        raise Misconfigured(f"The {of} token is empty, or has a character no token has.")


def moment(text: str) -> datetime:
    """Read a moment with its zone. Raises ValueError."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


def strange(by: str, error: Exception) -> Unavailable:
    """What to raise for an answer that has another shape than its service documents."""
    return Unavailable(f"{by}'s answer cannot be understood; it will be tried again.").because(type(error).__name__)
