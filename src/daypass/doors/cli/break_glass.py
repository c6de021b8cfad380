"""`glass`: sealed codes for the day when nobody can log in, and the reviews of what was done in an emergency."""

from pathlib import Path
from typing import Any

import click

from daypass.doors.cli import output
from daypass.doors.cli.code_text import code_of
from daypass.doors.cli.context import Here, json_option
from daypass.doors.cli.logins import SavedLogin, keep_login
from daypass.doors.language.request_words import level_and_resource

Json = dict[str, Any]


@click.group("glass", help="Emergencies: sealed codes for when nobody can log in, and the review afterwards.")
def glass() -> None:
    """Break glass."""


@glass.command(
    "seal",
    help="Print codes for the day when you cannot log in. They are shown once; older ones of yours are void.",
    epilog="The codes alone go to the standard output: daypass glass seal | lpr",
    params=[json_option()],
)
@click.option("--count", type=int, default=10, metavar="N", help="How many, 20 at most; 10 if not said.")
@click.option("--days", type=int, default=90, metavar="N", help="How long they are good, 180 at most; 90 if not said.")
@click.pass_obj
def seal(here: Here, *, count: int, days: int, as_json: bool) -> None:
    """Seal codes."""
    sealed = here.client().post("/glass/codes", {"count": count, "days": days})
    if as_json:
        click.echo(output.as_json(sealed))
        return
    ends = here.zone().moment(sealed["ends"])
    click.echo(f"Each of these is good once, until {ends}, for what a rule lets you break glass for.", err=True)
    click.echo("Keep them on paper, apart from your machines. They are not shown again.", err=True)
    click.echo("\n".join(sealed["codes"]))


@glass.command(
    "break",
    help="""Break glass with a sealed code, without a login.

    LEVEL and WHERE as for `request`. Who is still logged in needs no code: daypass request ... --urgent
    """,
    epilog='Example: daypass glass break s3 read acme-reports/ --for 1h --reason "INC-42" --code-prompt',
    params=[json_option()],
)
@click.argument("what", nargs=-1, metavar="s3 LEVEL WHERE")
@click.option("--for", "for_", metavar="LENGTH", help="How long: 90m, 2h.")
@click.option("--reason", default="", metavar="TEXT", help="Why. Those who review it read it.")
@click.option("--as", "delivery", metavar="session|policy|link", help="How the access reaches you.")
@click.option(
    "--code-file", type=click.Path(path_type=Path), metavar="FILE", help="The file with the code; - is stdin."
)
@click.option("--code-prompt", is_flag=True, help="Ask for the code.")
@click.pass_obj
def break_(here: Here, /, **said: Any) -> None:
    """Break glass, and keep the short login that comes with it."""
    as_json, code = said.pop("as_json"), code_of(said.pop("code_file"), prompt=said.pop("code_prompt"))
    level, resource = level_and_resource(said.pop("what"))
    body = {"code": code, "level": level, "resource": resource, "for": said.pop("for_"), **said}
    client = here.stranger()
    broken = client.post("/glass", {name: word for name, word in body.items() if word is not None})
    token = broken.pop("access_token")
    keep_login(
        client.url,
        SavedLogin(
            token=token,
            principal=broken["principal"],
            name=broken["name"],
            tz=broken["tz"],
            expires_at=broken["expires_at"],
        ),
    )
    if as_json:
        click.echo(output.as_json(broken))
        return
    request, zone = broken["request"], output.Zone(broken["tz"])
    click.echo(
        f"{request['id']}: {output.what(request)} {output.term(request['term'], zone)}; it is live in a few seconds."
    )
    click.echo(output.how(request))
    click.echo(f"You are {broken['name']} here until {zone.moment(broken['expires_at'])}. It will be reviewed.")


@glass.command("reviews", help="List the reviews that wait for you, and those of what you did.", params=[json_option()])
@click.pass_obj
def reviews(here: Here, *, as_json: bool) -> None:
    """List reviews."""
    found = here.client().get("/glass/reviews")
    if as_json:
        click.echo(output.as_json(found))
        return
    zone, named = here.zone(), found["names"]
    waiting = [(one["id"], named.get(one["principal"], one["principal"]), _due(one, zone)) for one in found["waiting"]]
    mine = [(one["id"], one["state"], _due(one, zone), output.folded(one["note"])) for one in found["mine"]]
    tables = [
        output.table("For you to review", ("ID", "WHO", "DUE"), waiting),
        output.table("What you did", ("ID", "REVIEW", "DUE", "NOTE"), mine),
    ]
    click.echo("\n\n".join(filter(None, tables)) or "No review waits for you, and you broke no glass.")


@glass.command("show", help="Show everything that is known of what was done.", params=[json_option()])
@click.argument("id")
@click.pass_obj
def show(here: Here, *, id: str, as_json: bool) -> None:  # noqa: A002 - as it is typed
    """Show a dossier."""
    read = here.client().get(f"/glass/{output.part(id)}")
    click.echo(output.as_json(read) if as_json else _dossier(read, here.zone()))


@glass.command("close", help="Close a review, with what you found.", params=[json_option()])
@click.argument("id")
@click.option("--note", required=True, metavar="TEXT", help="What you found.")
@click.pass_obj
def close(here: Here, *, id: str, note: str, as_json: bool) -> None:  # noqa: A002 - as it is typed
    """Close a review."""
    closed = here.client().post(f"/glass/{output.part(id)}/close", {"note": note})
    click.echo(output.as_json(closed) if as_json else f"{closed['id']}: the review is closed.")


def _due(review: Json, zone: output.Zone) -> str:
    if review["closed_at"]:
        return "-"
    return f"{zone.moment(review['due'])}{' (overdue)' if review['overdue'] else ''}"


def _dossier(read: Json, zone: output.Zone) -> str:
    review, request, names = read["review"], read["request"], read["names"]
    who = names.get(review["principal"], review["principal"])
    state = f"closed: {output.folded(review['note'])}" if review["closed_at"] else f"open, due {_due(review, zone)}"
    head = [
        f"{review['id']}: {who} used emergency access for {output.what(request)} {output.term(request['term'], zone)}.",
        f"Reason: {output.folded(request['reason'])}",
        f"Review: {state}",
        f"Handed out {read['handed_out']} times; links followed {read['clicks']} times.",
        "",
    ]
    lines = [
        f"{zone.moment(one['at'])}  {names.get(one['by'], one['by'])} {output.folded(one['words'])}"
        for one in read["lines"]
    ]
    return "\n".join([*head, *lines, "", read["note"]])
