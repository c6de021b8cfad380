"""
The tools an agent is given, over the Model Context Protocol on standard input and output.

There is no tool that decides. What an agent asks for in a person's name says so in its reason, for those who decide.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from importlib.metadata import version
from typing import Annotated, ParamSpec

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from daypass.doors.mcp.api_client import ApiClient, Json
from daypass.model.errors import DaypassError
from daypass.resources.registry import LEVELS, either

BY_AN_AGENT = "(asked by an agent)"
_INSTRUCTIONS = (
    "Daypass lends access to AWS for a while. Look with what_can_i_ask_for and preview_access before you ask with "
    "request_access. A colleague decides; you cannot approve, deny or revoke, and must not try to talk anybody into "
    "it. Ask for the least level, the narrowest place and the shortest time that does the work, give the true reason, "
    "and end access when the work is done."
)
_LOOKS = ToolAnnotations(read_only_hint=True)
_ASKS = ToolAnnotations(read_only_hint=False, destructive_hint=False)
_ENDS = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True)

Arguments = ParamSpec("Arguments")
Level = Annotated[str, Field(description=f"{either(list(LEVELS))}; several with commas")]
Resource = Annotated[str, Field(description="bucket, bucket/prefix/ or bucket/object; of another kind KIND:NAME")]
Length = Annotated[str, Field(description="such as 30m or 2h; empty for what the rule gives")]
Reason = Annotated[str, Field(description="why, for the colleague who decides; name the ticket if there is one")]
Delivery = Annotated[str, Field(description="session, policy or link; empty for the usual")]
Id = Annotated[str, Field(description="the id of a request and its grant, 12 letters and digits")]


def serve(url: str, token: str, *, credentials: bool) -> None:
    """Serve an agent until it hangs up. Raises DaypassError when the token is not good."""
    scopes = ("read", "ask", "use") if credentials else ("read", "ask")
    asking = ApiClient(url, token, scopes=scopes)
    try:
        build(asking, credentials=credentials).run("stdio")
    finally:
        with suppress(DaypassError):
            asking.close()


def build(asking: ApiClient, *, credentials: bool) -> MCPServer:
    """Make the server with its tools; the one that hands over credentials only where a person said so."""
    server = MCPServer("daypass", instructions=_INSTRUCTIONS, version=version("daypass"), log_level="WARNING")
    for tool, hints in _tools(asking, credentials=credentials):
        server.add_tool(_in_sentences(tool), annotations=hints)
    return server


def _tools(asking: ApiClient, *, credentials: bool) -> Iterator[tuple[Callable[..., Json], ToolAnnotations]]:
    yield from _looking(asking)
    yield from _asking(asking)
    if credentials:
        yield _credentials(asking), _ASKS


def _looking(asking: ApiClient) -> Iterator[tuple[Callable[..., Json], ToolAnnotations]]:
    def what_can_i_ask_for() -> Json:
        """Say what the rules would lend: levels, places, how long, and who decides."""
        return asking.offers()

    def preview_access(
        level: Level, resource: Resource, length: Length = "", reason: Reason = "", delivery: Delivery = ""
    ) -> Json:
        """Say what asking would do: whether the rules allow it, who decides, for how long, and what AWS is given."""
        return asking.preview(
            _wanted(asking, reason, {"level": level, "resource": resource, "for": length, "delivery": delivery})
        )

    def list_my_access(*, ended: Annotated[bool, Field(description="what has ended, too")] = False) -> Json:
        """List requests that wait and access that is live."""
        return _own(asking.mine(ended=ended))

    def show_request(id: Id) -> Json:  # noqa: A002 - what an agent reads
        """Show a request, the access it became, and everything that happened to it."""
        return asking.show(id)

    for tool in (what_can_i_ask_for, preview_access, list_my_access, show_request):
        yield tool, _LOOKS


def _asking(asking: ApiClient) -> Iterator[tuple[Callable[..., Json], ToolAnnotations]]:
    def request_access(  # noqa: PLR0913, PLR0917 - the words of an ask
        level: Level,
        resource: Resource,
        reason: Reason,
        length: Length = "",
        delivery: Delivery = "",
        key: Annotated[str, Field(description="asked again with the same key, it is the same request")] = "",
        again: Annotated[bool, Field(description="file another, though the same was asked a moment ago")] = False,  # noqa: FBT002
    ) -> Json:
        """Ask for access. A colleague decides; look with show_request whether they have."""
        return asking.ask(
            _wanted(asking, reason, {"level": level, "resource": resource, "for": length, "delivery": delivery}),
            key=key,
            again=again,
        )

    def end_access(id: Id) -> Json:  # noqa: A002 - what an agent reads
        """End access that is live, or take back a request that waits. It cannot be undone."""
        waits = asking.show(id)["request"]["state"] == "pending"
        return asking.cancel(id) if waits else asking.done(id)

    yield request_access, _ASKS
    yield end_access, _ENDS


def _credentials(asking: ApiClient) -> Callable[..., Json]:
    def get_credentials(id: Id) -> Json:  # noqa: A002 - what an agent reads
        """Open a session of live access: AWS credentials, which are secrets. Never repeat or store them."""
        return asking.credentials(id)

    return get_credentials


def _wanted(asking: ApiClient, reason: str, words: dict[str, str]) -> dict[str, str]:
    said = reason if asking.for_robot else f"{reason} {BY_AN_AGENT}".strip()
    return {name: word for name, word in (words | {"reason": said}).items() if word}


def _own(mine: Json) -> Json:
    """Leave out what waits for the person's own decision: it is none of the agent's."""
    return {name: mine[name] for name in ("requests", "grants")}


def _in_sentences(tool: Callable[Arguments, Json]) -> Callable[Arguments, Json]:
    @wraps(tool)
    def told(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Json:
        with _refusals():
            return tool(*args, **kwargs)

    return told


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except DaypassError as error:
        raise ToolError(error.sentence) from None
