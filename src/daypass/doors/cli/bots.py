"""`robot`: programs that ask in their own name. `mcp`: the tools of an agent, on standard input and output."""

from collections.abc import Sequence
from typing import Any

import click

from daypass.doors.cli import output
from daypass.doors.cli.context import Here, json_option
from daypass.doors.cli.failure import Failure

Json = dict[str, Any]


@click.group("robot", help="Programs that ask in their own name, and never decide.")
def robot() -> None:
    """Tend robots."""


@robot.command(
    "add",
    help="Add a robot: with a token of ours for some --days, or with the tokens of an --issuer.",
    epilog="The token is printed once, alone, on the standard output: daypass robot add nightly --days 90 > token",
    params=[json_option()],
)
@click.argument("name")
@click.option("--about", default="", metavar="TEXT", help="What it is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="read|ask|use",
    help="What it may; again for more. All three if not said.",
)
@click.option("--days", type=int, metavar="N", help="How long its token is good, 366 at most.")
@click.option("--issuer", default="", metavar="ADDRESS", help="Who signs the tokens that it has already.")
@click.option("--audience", default="", metavar="WORD", help="For whom those tokens must be made.")
@click.option("--claim", "claims", multiple=True, metavar="NAME=PATTERN", help="What they must say; again for more.")
@click.pass_obj
def add(here: Here, /, **said: Any) -> None:
    """Add a robot and hand over its token."""
    as_json = said.pop("as_json")
    said["scopes"] = list(said["scopes"]) or ["read", "ask", "use"]
    said["claims"] = _claims(said["claims"])
    answer = here.client().post("/robots", {name: word for name, word in said.items() if word is not None})
    _hand_over(answer, f"{answer['id']} is added; you answer for it.", here, as_json=as_json)


@robot.command("ls", help="List the robots: all for owners of the rules, else your own.", params=[json_option()])
@click.pass_obj
def ls(here: Here, *, as_json: bool) -> None:
    """List robots."""
    answer = here.client().get("/robots")
    if as_json:
        click.echo(output.as_json(answer))
        return
    rows = [_row(one, answer["names"], here.zone()) for one in answer["robots"]]
    click.echo(output.table("Robots", ("id", "who answers", "may", "comes with", "for"), rows) or "There is no robot.")


@robot.command("rotate", help="Give a robot a new token; the old one is refused at once.", params=[json_option()])
@click.argument("name")
@click.option("--days", type=int, required=True, metavar="N", help="How long the new token is good, 366 at most.")
@click.pass_obj
def rotate(here: Here, *, name: str, days: int, as_json: bool) -> None:
    """Draw a new token and hand it over."""
    answer = here.client().post(f"/robots/{output.part(name)}/rotate", {"days": days})
    _hand_over(answer, f"{answer['id']} has a new token; the old one is refused.", here, as_json=as_json)


@robot.command("adopt", help="Answer for a robot from now on; a token of ours is changed.", params=[json_option()])
@click.argument("name")
@click.option("--days", type=int, metavar="N", help="How long its new token is good, 366 at most.")
@click.pass_obj
def adopt(here: Here, *, name: str, days: int | None, as_json: bool) -> None:
    """Answer for a robot in somebody else's stead."""
    answer = here.client().post(f"/robots/{output.part(name)}/adopt", {} if days is None else {"days": days})
    _hand_over(answer, f"You answer for {answer['id']} now.", here, as_json=as_json)


@robot.command("remove", help="Remove a robot, its requests and its access.", params=[json_option()])
@click.argument("name")
@click.pass_obj
def remove(here: Here, *, name: str, as_json: bool) -> None:
    """Remove a robot."""
    answer = here.client().post(f"/robots/{output.part(name)}/remove")
    click.echo(output.as_json(answer) if as_json else f"{answer['id']} is removed; what it had is being taken away.")


@click.command(
    "mcp",
    help="Serve an agent (Model Context Protocol) on standard input and output: it may ask, and never decide.",
    epilog="It speaks by DAYPASS_TOKEN, the token of a robot, or for you, with less than you may.",
)
@click.option("--credentials", is_flag=True, help="Let it be handed AWS credentials, which then stand in its context.")
@click.pass_obj
def mcp(here: Here, *, credentials: bool) -> None:
    """Serve an agent until it hangs up."""
    here.client()  # says what is wrong with the address or the login before anything else
    here.house.mcp(here.url, here.login().token, credentials)


def _claims(written: Sequence[str]) -> dict[str, str]:
    claims: dict[str, str] = {}
    for claim in written:
        name, told, pattern = claim.partition("=")
        if not told or name in claims:
            raise Failure(f"“{claim[:60]}” is not a claim, each once, such as --claim repository=acme/deploy.")
        claims[name] = pattern
    return claims


def _hand_over(answer: Json, sentence: str, here: Here, *, as_json: bool) -> None:
    if as_json:
        click.echo(output.as_json(answer))
        return
    click.echo(sentence, err=True)
    if answer["token"] is None:
        click.echo("It comes with the tokens of its issuer: exchange one at /v1/token.", err=True)
        return
    ends = here.zone().moment(answer["token_ends"])
    click.echo(f"Its token, good until {ends}, is shown this once; give it to the program as DAYPASS_TOKEN:", err=True)
    click.echo(answer["token"])


def _row(one: Json, names: Json, zone: output.Zone) -> tuple[str, ...]:
    comes = f"the tokens of {one['issuer']}" if one["issuer"] else f"a token until {zone.moment(one['token_ends'])}"
    return str(one["id"]), str(names.get(one["owner"], one["owner"])), " ".join(one["scopes"]), comes, str(one["about"])
