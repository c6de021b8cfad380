"""The few pages a browser sees, and the plain text for those that are no browser."""

from http import HTTPStatus
from importlib.resources import files

from fastapi import Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from jinja2 import Environment, PackageLoader, select_autoescape

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)  # fmt: skip
_TEMPLATES = Environment(loader=PackageLoader("daypass.doors.web"), autoescape=select_autoescape(), trim_blocks=True)


def page(
    request: Request, *, title: str, sentence: str, advice: str = "", status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Say one thing: as a page to a browser, as a line of text to everything else."""
    if "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse(f"{sentence} {advice}".strip() + "\n", status)
    text = _TEMPLATES.get_template("sentence.html").render(title=title, sentence=sentence, advice=advice)
    return HTMLResponse(text, status, headers={"Content-Security-Policy": _POLICY})


def drawing(name: str, media_type: str) -> Response:
    """Serve one of the two files that every page needs; they may be kept for an hour, as they hold nothing."""
    text = files("daypass.doors.web").joinpath("templates", name).read_text()
    return Response(text, media_type=media_type, headers={"Cache-Control": "public, max-age=3600"})
