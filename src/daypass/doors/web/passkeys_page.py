"""
The page on which a browser is asked for a passkey, and how its answer is read.

What the browser is asked stands in an attribute of the page, and a script of ours puts it to the browser: nothing in
line, nothing from elsewhere. The page is bound to nothing but the ticket in its address; there is no cookie to ride on.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, select_autoescape
from pydantic import ValidationError

from daypass.doors import refusals
from daypass.doors.services import Services
from daypass.doors.web.links import is_preview
from daypass.doors.web.pages import page
from daypass.doors.wire.passkeys import PasskeyAnswer
from daypass.model.errors import BadInput, DaypassError, NotFound, TooLate
from daypass.model.principal import PrincipalId

_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)  # fmt: skip
_TEMPLATES = Environment(loader=PackageLoader("daypass.doors.web"), autoescape=select_autoescape(), trim_blocks=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """One page: what it says, what the browser is asked, and where the answer goes."""

    title: str
    sentence: str
    button: str
    answer_to: str
    ticket: str
    prove: dict[str, Any] | None = None
    make: dict[str, Any] | None = None
    rows: Sequence[tuple[str, str]] = ()
    advice: str = ""
    prove_button: str = ""
    """What the button says at first, when there are two steps."""
    danger: bool = False

    @property
    def asked(self) -> str:
        """What the script reads."""
        asked = {"ticket": self.ticket, "to": self.answer_to, "prove": self.prove, "make": self.make}
        return json.dumps(asked | {"button": self.button})


def ceremony_page(request: Request, ceremony: Ceremony) -> Response:
    """Show it; to a program that looks ahead of its person, only that there is something."""
    if is_preview(request):
        return page(request, title="For one person", sentence="Open this in the browser that holds your passkey.")
    text = _TEMPLATES.get_template("passkey.html").render(ceremony=ceremony)
    return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY})


def refused_page(request: Request, error: DaypassError, services: Services | None = None) -> Response:
    """
    Say why there is nothing to do here.

    With services by the names that are known, on a page whose address only a login was handed; nobody is looked
    up for it.
    """
    match error:
        case NotFound():
            title = "Nothing here"
        case TooLate():
            title = "This is over"
        case _:
            title = "Not so"
    sentence = refusals.to_a_stranger(error)
    if services is not None:
        sentence = refusals.sentence_naming(error, lambda one: _by_heart(one, services))
    return page(request, title=title, sentence=sentence, status=HTTPStatus(refusals.status(error)))


def _by_heart(person: PrincipalId, services: Services) -> str:
    known = services.directory.last_known(person)
    return known.name if known else refusals.A_COLLEAGUE


def name_of(person: PrincipalId, services: Services) -> str:
    """What somebody is called, on a page whose address only a login was handed; their id when it cannot be told."""
    try:
        return services.directory.principal(person).name
    except DaypassError:
        return person


async def _answer(request: Request) -> PasskeyAnswer:
    try:
        return PasskeyAnswer.model_validate_json(await request.body())
    except ValidationError:
        raise BadInput("What the browser sent cannot be read; open the page again.") from None


Answered = Annotated[PasskeyAnswer, Depends(_answer)]
"""The browser's answer."""
