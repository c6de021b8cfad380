"""
The Daypass link, `GET /l/TOKEN`: it opens one object for as long as its grant lives.

Chat programs, mail scanners and browsers look at links before people do. They get a page that says nothing about the
link, no URL is made for them, and the journal does not count them as somebody who came. Answering them says
nothing about whether the link exists, either.
"""

import re
from http import HTTPStatus

import structlog
from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from daypass.doors import refusals
from daypass.doors.address import Networks, address_of
from daypass.doors.services import Services
from daypass.doors.web.pages import page
from daypass.lifecycle.handout.links import Visitor, follow
from daypass.model.errors import DaypassError, NotFound, TooLate

log = structlog.get_logger()

# Slackbot-LinkExpanding, Slack-ImgProxy, facebookexternalhit, Discordbot, TelegramBot, WhatsApp, SkypeUriPreview,
# Twitterbot, LinkedInBot, Google's and Microsoft's scanners: they name themselves.
_PREVIEW = re.compile(
    r"bot\b|bot/|-?linkexpanding|slack-imgproxy|externalhit|facebookcatalog|whatsapp|telegram|skypeuripreview|preview"
    r"|unfurl|embedly|iframely|crawler|spider|google-safety|bingpreview|safelinks|urlscan",
    re.IGNORECASE,
)
_NOT_NOW = "It cannot be opened now. Try again in a few minutes, or ask whoever sent it to you."
_AHEAD_OF_TIME = ("purpose", "sec-purpose", "x-purpose", "x-moz")


def open_link(token: str, request: Request, services: Services, trusted_proxies: Networks) -> Response:
    """Send a person on to the object for 60 seconds, or say why not: 404 for no link, 410 after the end."""
    if is_preview(request):
        return page(request, title="A Daypass link", sentence="Open this link in a browser to get the file it is for.")
    visitor = Visitor(address=address_of(request, trusted_proxies), agent=request.headers.get("user-agent", ""))
    try:
        url = follow(token, visitor=visitor, attempts=services.attempts, handout=services.handout)
    except DaypassError as error:
        return _refused(request, error)
    return RedirectResponse(url, HTTPStatus.SEE_OTHER)


def is_preview(request: Request) -> bool:
    """Whether a program looks ahead of a person: by HEAD, by what it calls itself, or by saying that it prefetches."""
    if request.method == "HEAD" or _PREVIEW.search(request.headers.get("user-agent", "")):
        return True
    return any("prefetch" in request.headers.get(name, "") or "preview" in request.headers.get(name, "")
               for name in _AHEAD_OF_TIME)  # fmt: skip


def _refused(request: Request, error: DaypassError) -> Response:
    status = HTTPStatus(refusals.status(error))
    sentence = refusals.sentence(error)
    match error:
        case NotFound():
            return page(request, title="No such link", sentence=sentence, status=status)
        case TooLate():
            advice = "Whoever sent it to you can ask for access again and make a new one."
            return page(request, title="This link has ended", sentence=sentence, advice=advice, status=status)
        case _:  # frozen, AWS away, a row that was changed: nothing that whoever holds a link is to know
            log.warning("link.not_opened", because=error.report)
            return page(request, title="Not just now", sentence=_NOT_NOW, status=status)
