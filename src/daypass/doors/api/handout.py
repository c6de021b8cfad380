"""
What a live grant hands out: credentials, a console address, links. None of it is kept or logged.

A manifest can be a hundred thousand links; it is written while it is made, one JSON object a line.
"""

import json
from datetime import timedelta

from fastapi.responses import StreamingResponse

from daypass.doors.api.authentication import Now, User, WithServices
from daypass.doors.api.requests import Id
from daypass.doors.api.router import api_router
from daypass.doors.api.stream import LINES, stream
from daypass.doors.language import parse_length
from daypass.doors.wire.handout import CredentialsOut, PostFormOut, UrlOut
from daypass.doors.wire.inputs import OneObject, UploadForm
from daypass.lifecycle.handout import links
from daypass.ports import SignedUrl

router = api_router("using a grant", "/grants")


@router.post("/{request_id}/credentials")
def credentials(caller: User, request_id: Id, services: WithServices) -> CredentialsOut:
    """Open a session of the grant, in the form that `credential_process` reads."""
    vended = services.handout.credentials(request_id, by=caller.id)
    return CredentialsOut(
        AccessKeyId=vended.access_key_id,
        SecretAccessKey=vended.secret_access_key,
        SessionToken=vended.session_token,
        Expiration=vended.expires_at,
        Renewable=vended.renewable,
        Region=vended.region,
    )


@router.post("/{request_id}/console")
def console(caller: User, request_id: Id, services: WithServices, now: Now) -> UrlOut:
    """Make a sign-in address of the AWS console, good for 15 minutes."""
    url = services.handout.console(request_id, by=caller.id)
    return UrlOut(url=url, expires_at=now + timedelta(minutes=15))


@router.post("/{request_id}/link", status_code=201)
def link(caller: User, request_id: Id, body: OneObject, services: WithServices, now: Now) -> UrlOut:
    """Make a Daypass link: it opens one object for as long as the grant lives, and the journal knows who used it."""
    token = links.make(request_id, body.key, by=caller.id, ledger=services.ledger, now=now)
    return UrlOut(url=f"{services.public_url}/l/{token}", key=body.key or None)


@router.post("/{request_id}/get-url")
def get_url(caller: User, request_id: Id, body: OneObject, services: WithServices) -> UrlOut:
    """Presign a GET of one object."""
    signed = services.handout.get_url(request_id, body.key, by=caller.id, lives=_lives(body))
    return _url(signed)


@router.post("/{request_id}/put-url")
def put_url(caller: User, request_id: Id, body: OneObject, services: WithServices) -> UrlOut:
    """Presign a PUT of one object."""
    signed = services.handout.put_url(request_id, body.key, by=caller.id, lives=_lives(body))
    return _url(signed)


@router.post("/{request_id}/post-form")
def post_form(caller: User, request_id: Id, body: UploadForm, services: WithServices) -> PostFormOut:
    """Presign a POST form under the grant's prefix."""
    form = services.handout.post_form(
        request_id,
        by=caller.id,
        least=body.least,
        most=body.most,
    )
    return PostFormOut(url=form.url, fields=dict(form.fields), expires_at=form.expires_at)


@router.post("/{request_id}/manifest", response_class=StreamingResponse, responses=LINES)
def manifest(caller: User, request_id: Id, services: WithServices) -> StreamingResponse:
    """Presign a GET of every object under the grant's prefix: JSON lines of key, url and expires_at."""
    signed = services.handout.manifest(request_id, by=caller.id)
    return stream((_line(one) for one in signed), media_type="application/x-ndjson")


def _line(signed: SignedUrl) -> bytes:
    return (
        json.dumps({"key": signed.key, "url": signed.url, "expires_at": signed.expires_at.isoformat()}).encode() + b"\n"
    )


def _url(signed: SignedUrl) -> UrlOut:
    return UrlOut(url=signed.url, key=signed.key, expires_at=signed.expires_at)


def _lives(body: OneObject) -> timedelta | None:
    return parse_length(body.lives) if body.lives is not None else None
