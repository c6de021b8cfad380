"""
What AWS says, in our words: every error of the SDK becomes one of model/errors, with a sentence.

    no connection, 5xx, an answer that cannot be read      Unavailable     tried again for ever
    Throttling and its kin                                 Throttled
    AccessDenied                                           AwsForbids      names the missing permission
    a clock that is off, keys that are wrong or old        Misconfigured
    NoSuchEntity, NoSuchBucket, 404                        NotFound
    LimitExceeded, PackedPolicyTooLarge                    OverQuota       a BadInput: it will never fit as it is
    EntityAlreadyExists                                    AlreadyThere
    MethodNotAllowed, NotImplemented                       NotOffered      this AWS is not all of AWS

`with asking("iam:PutUserPolicy"):` stands around every call.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError

from daypass.model.errors import (
    AwsForbids,
    BadInput,
    Conflict,
    DaypassError,
    Misconfigured,
    NotFound,
    Throttled,
    Unavailable,
)


class OverQuota(BadInput):
    """AWS has no room for it."""


class AlreadyThere(Conflict):
    """Something of that name exists already."""


class CallNotOffered(Misconfigured):
    """The server behind the endpoint does not know this call. AWS itself knows all that we make."""


CLOCK = (
    "AWS says that the clock of this machine is wrong: it refuses what is signed more than 15 minutes off. "
    "Set the clock (NTP) and try again."
)
_KEYS = (
    "AWS does not accept Daypass's own credentials ({code}). Give it valid ones: AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or the role of the machine it runs on."
)
_NO_KEYS = (
    "Daypass has no AWS credentials. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or run it on a "
    "machine with a role."
)
_NO_REGION = "Daypass does not know its AWS region. Set AWS_REGION."

_SKEWED = re.compile(r"[Ss]ignature (expired|not yet current)|[Rr]equest.{0,20}expired")
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What AWS said, about which call."""

    code: str
    message: str
    action: str
    of: str

    @property
    def about(self) -> str:
        """The call, for a sentence."""
        return f"{self.action} of {self.of}" if self.of else self.action

    @property
    def words(self) -> str:
        """AWS's own words; the code alone when there are none."""
        return self.message or self.code


def _throttled(said: _Said) -> DaypassError:
    return Throttled(f"AWS asks Daypass to be slower ({said.action}).")


def _busy(said: _Said) -> DaypassError:
    return Unavailable(f"AWS is busy with the same thing ({said.action}): {said.words}")


def _skewed(_: _Said) -> DaypassError:
    return Misconfigured(CLOCK)


def _bad_keys(said: _Said) -> DaypassError:
    if said.code == "SignatureDoesNotMatch" and _SKEWED.search(said.message):
        return Misconfigured(CLOCK)
    return Misconfigured(_KEYS.format(code=said.code))


def _forbidden(said: _Said) -> DaypassError:
    target = f" on {said.of}" if said.of else ""
    words = f" AWS says: {said.message}" if said.message else ""
    sentence = f"Daypass's own AWS permissions lack {said.action}{target}; add it to its policy.{words}"
    return AwsForbids(sentence, action=said.action)


def _missing(said: _Said) -> DaypassError:
    return NotFound(f"AWS knows no such thing ({said.about}).")


def _full(said: _Said) -> DaypassError:
    return OverQuota(f"AWS has no room for it ({said.about}): {said.words}", field="delivery")


def _already_there(said: _Said) -> DaypassError:
    return AlreadyThere(f"It exists already ({said.about}).")


def _malformed(said: _Said) -> DaypassError:
    return BadInput(f"AWS does not take the policy: {said.words}", field="resource")


def _unmodifiable(said: _Said) -> DaypassError:
    return BadInput(f"AWS lets nobody put a policy there ({said.about}): {said.words}", field="person")


def _not_offered(said: _Said) -> DaypassError:
    return CallNotOffered(f"The AWS endpoint that is configured does not offer {said.action}.")


_KINDS: tuple[tuple[Callable[[_Said], DaypassError], str], ...] = (
    (
        _throttled,
        (
            "Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException SlowDown "
            "RequestLimitExceeded TooManyRequestsException BandwidthLimitExceeded PriorRequestNotComplete"
        ),
    ),
    (
        _busy,
        (
            "ConcurrentModification ConcurrentModificationException DeleteConflict EntityTemporarilyUnmodifiable "
            "OperationAborted RequestTimeout"
        ),
    ),
    (_skewed, "RequestTimeTooSkewed RequestExpired RequestInTheFuture"),
    (
        _bad_keys,
        (
            "InvalidClientTokenId UnrecognizedClientException InvalidAccessKeyId InvalidToken ExpiredToken "
            "ExpiredTokenException SignatureDoesNotMatch AuthFailure"
        ),
    ),
    (_forbidden, "AccessDenied AccessDeniedException UnauthorizedOperation Forbidden 403"),
    (_missing, "NoSuchEntity NoSuchBucket NoSuchKey NotFound 404"),
    (_full, "LimitExceeded LimitExceededException PackedPolicyTooLarge PackedPolicyTooLargeException"),
    (_already_there, "EntityAlreadyExists"),
    (_malformed, "MalformedPolicyDocument"),
    (_unmodifiable, "UnmodifiableEntity"),
    (_not_offered, "MethodNotAllowed NotImplemented UnknownOperation InvalidAction"),
)
_BY_CODE = {code: make for make, codes in _KINDS for code in codes.split()}


@contextmanager
def asking(action: str, *, of: str = "") -> Iterator[None]:
    """
    Turn what AWS answers inside the block into our errors.

    `action` is the permission that the call needs (`iam:PutUserPolicy`), `of` whom or what it is about, for the
    sentence. Raises only DaypassError.
    """
    try:
        yield
    except ClientError as error:
        raise _said(error.response, action, of) from error
    except ResponseParserError as error:
        raise _unreadable(error, action, of) from error
    except (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError, TokenRetrievalError) as error:
        raise Misconfigured(_NO_KEYS) from error
    except (NoRegionError, ProfileNotFound) as error:
        raise Misconfigured(_NO_REGION if isinstance(error, NoRegionError) else str(error)) from error
    except ParamValidationError as error:
        raise BadInput(f"AWS does not take this ({action}): {error}") from error
    except BotoCoreError as error:
        raise Unavailable(f"AWS does not answer ({action}): {error}") from error


def code_of(response: Mapping[str, Any]) -> str:
    """The error's code. Ceph puts the IAM and STS codes beside the place where the SDK looks for them."""
    return str((response.get("Error") or {}).get("Code") or response.get("Code") or "")


def _said(response: Mapping[str, Any], action: str, of: str) -> DaypassError:
    inside = response.get("Error") or {}
    message = str(inside.get("Message") or response.get("Message") or "")
    said = _Said(code=code_of(response), message=message, action=action, of=of)
    make = _BY_CODE.get(said.code)
    return make(said) if make else _otherwise(said, int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)))


def _otherwise(said: _Said, status: int) -> DaypassError:
    words = ": ".join(part for part in (said.code, said.message) if part) or f"HTTP {status}"
    if status >= _SERVER_ERROR or not status:
        return Unavailable(f"AWS fails to answer {said.action}: {words}")
    return Misconfigured(f"AWS refuses {said.action}: {words}")


def _unreadable(error: ResponseParserError, action: str, of: str) -> DaypassError:
    """Ceph 16 answers a missing policy with two XML documents in a row; the second has the code."""
    match = re.search(r"<Code>(\w+)</Code>", str(error))
    said = _Said(code=match.group(1) if match else "", message="", action=action, of=of)
    make = _BY_CODE.get(said.code)
    return make(said) if make else Unavailable(f"AWS's answer to {action} cannot be read.")
