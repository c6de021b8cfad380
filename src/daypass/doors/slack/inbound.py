"""
How what Slack sends comes in: signed over HTTP, or by the socket; then the same for both.

    head         incoming    a signature and a fresh date, else 401 before the body is read
    signature    incoming    by either of two clocks, else 401
    shape        payload     else 400, and nothing was done; an event is dropped, as Slack would send it again
    listener     app         else 404
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus

import structlog
from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import Clock, SignatureVerifier
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from daypass.doors.refusals import Code
from daypass.doors.slack.acknowledge import Arrivals
from daypass.doors.slack.payload import Payload, checked, is_event, parse
from daypass.doors.slack.texts import refusals as sorry
from daypass.doors.wire.problem import refusal
from daypass.model.errors import BadInput, Unavailable

PATH = "/slack/events"
"""Where Slack sends commands, interactions and events."""

_FRESH_S = 5 * 60

log = structlog.get_logger()


def routes(app: AsyncApp, signing_secret: str, clock: Callable[[], datetime], arrivals: Arrivals) -> list[Route]:
    """
    The address Slack posts to, for a Starlette or FastAPI application. Every request's signature is verified.

    https://docs.slack.dev/authentication/verifying-requests-from-slack: dated, and good for five minutes, by this
    machine's clock or by the time that all replicas share. Whichever of the two is off, people can end things.
    """
    verifiers = (SignatureVerifier(signing_secret), SignatureVerifier(signing_secret, clock=_SharedTime(clock)))

    async def events(request: Request) -> Response:
        body = await request.body()
        if not any(_is_signed(verifier, body, request.headers) for verifier in verifiers):
            log.warning("slack.not_believed", error=sorry.NOT_BELIEVED)
            return Response(status_code=HTTPStatus.UNAUTHORIZED)
        try:
            with arrivals.one():
                payload = parse(body, request.headers.get("content-type", ""))
                return to_starlette_response(await answer(app, payload))
        except BadInput as error:
            log.warning("slack.malformed", error=error.sentence)
            return refusal(HTTPStatus.BAD_REQUEST, error.sentence, code=Code.BAD_INPUT)

    return [Route(PATH, events, methods=["POST"])]


async def answer(app: AsyncApp, payload: Payload) -> BoltResponse:
    """
    Do what a payload asks, whichever way it came. Raises BadInput when Slack sends no such payload.

    Of a request the framework gets the body alone, as we read it: its headers are not signed.
    """
    try:
        body = checked(payload)
    except BadInput as error:
        if not is_event(payload):
            raise
        log.warning("slack.malformed", error=error.sentence)
        return BoltResponse(status=200, body="")  # it would be sent again, and be no better
    return await app.async_dispatch(_request(body))


def _request(body: Payload) -> AsyncBoltRequest:
    """The framework's own reading of a payload, before anything of ours runs: what stops it is the payload's fault."""
    try:
        return AsyncBoltRequest(body=body, mode="socket_mode")
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise BadInput(sorry.MALFORMED) from error


def may_be_slacks(headers: Mapping[str, str], clock: Callable[[], datetime]) -> bool:
    """
    Whether a head is one that Slack could have sent: signed by somebody, and dated within five minutes of either clock.

    What it says is believed only once the body is verified; but without it no byte of a body need be read.
    """
    dated = headers.get("x-slack-request-timestamp", "")
    signed = headers.get("x-slack-signature", "")
    is_date = dated.isascii() and dated.isdecimal() and len(dated) <= len("1234567890")
    believed = bool(signed) and is_date and _is_fresh(int(dated), clock)
    if not believed:
        log.warning("slack.not_believed", error=sorry.NOT_BELIEVED)
    return believed


def _is_fresh(dated: int, clock: Callable[[], datetime]) -> bool:
    try:
        return any(abs(each.now() - dated) <= _FRESH_S for each in (Clock(), _SharedTime(clock)))
    except Unavailable:  # what the replicas share cannot be told: the signature, by this machine's clock, decides
        return True


class _SharedTime(Clock):
    """What the verifier reads in the place of this machine's clock."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def now(self) -> float:
        """Read it, in Unix seconds."""
        return self._clock().timestamp()


def _is_signed(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        return verifier.is_valid_request(body, dict(headers))
    except (ValueError, TypeError, ArithmeticError):  # a date that is no number or no date, what is no text
        return False
