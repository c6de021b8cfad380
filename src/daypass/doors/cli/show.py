"""`ls` and `show`: what is mine, what waits for me, and the whole story of one request."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from daypass.doors.cli import output
from daypass.doors.cli.context import Here, adopt, json_option
from daypass.lifecycle.story import words
from daypass.model.event import EntryKind, Event

_HEAD = ("ID", "STATE", "WHAT", "HOW", "UNTIL")


@click.pass_obj
def _ls(here: Here, *, ended: bool, as_json: bool) -> None:
    mine = here.client().get(f"/mine?all={'true' if ended else 'false'}")
    click.echo(
        output.as_json(mine)
        if as_json
        else "\n\n".join(_tables(mine, here.zone())) or "Nothing is yours now, and nothing waits for you."
    )


@click.pass_obj
def _show(here: Here, *, id: str, as_json: bool) -> None:  # noqa: A002 - as it is typed
    found = here.client().get(f"/requests/{output.part(id)}")
    story = found["story"]
    while len(story) < found.get("total", 0):  # the older ones, a page at a time
        older = here.client().get(f"/requests/{output.part(id)}?skip={len(story)}")["story"]
        if not older:
            break
        story[:0] = older
    click.echo(output.as_json(found) if as_json else "\n".join(_story(found, here.zone())))


def _tables(mine: dict[str, Any], zone: output.Zone) -> Iterator[str]:
    names = mine["names"]
    asked = [
        (one["id"], one["state"], f"{output.what(one)}{_whom(one, names)}", one["delivery"], output.wished(one, zone))
        for one in mine["requests"]
    ]
    ahead = [
        (
            one["id"],
            names.get(one["by"], one["by"]),
            names.get(one["to"], one["to"]),
            output.what(one),
            output.length(one["longest_s"]),
            zone.moment(one["ends"]),
        )
        for one in mine["permits"]
    ]
    again = [(one["id"], output.what(one), output.wished(one, zone)) for one in mine["series"]]
    waiting = [
        (one["id"], output.who(one, names), output.what(one), output.wished(one, zone), output.folded(one["reason"]))
        for one in mine["waiting"]
    ]
    stuck = [
        (one["id"], names.get(one["principal"], one["principal"]), output.what(one), one["stuck"] or "")
        for one in mine["stuck"]
    ]
    laid = (
        output.table("Your grants", _HEAD, (_grant(one, zone) for one in mine["grants"])),
        output.table("More of it to come", ("ID", "WHAT", "WHEN"), again),
        output.table("Approved in advance", ("ID", "BY", "FOR", "WHAT", "EACH", "UNTIL"), ahead),
        output.table("Your requests", ("ID", "STATE", "WHAT", "HOW", "HOW LONG"), asked),
        output.table("Waiting for your decision", ("ID", "WHO", "WHAT", "HOW LONG", "WHY"), waiting),
        output.table("Stuck, for more than ten minutes", ("ID", "WHOSE", "WHAT", "LAST ERROR"), stuck),
    )
    return (one for one in laid if one)


def _whom(request: dict[str, Any], names: dict[str, str]) -> str:
    other = request["beneficiary"]
    return f" for {names.get(other, other)}" if other else ""


def _grant(grant: dict[str, Any], zone: output.Zone) -> tuple[str, ...]:
    state = f"{grant['state']}, stuck: {grant['stuck']}" if grant["stuck"] else grant["state"]
    return grant["id"], state, output.what(grant), grant["delivery"], zone.moment(output.until(grant))


_NO_PERSON = {"nobody": "somebody", "bearer": "somebody with the link", "daypass": "Daypass"}


def _story(found: dict[str, Any], zone: output.Zone) -> Iterator[str]:
    request, grant, names = found["request"], found["grant"], found["names"]
    yield f"{request['id']}  {output.what(request)}"
    yield f"  who       {output.who(request, names)}{', by emergency access' if request['urgent'] else ''}"
    yield f"  how long  {output.wished(request, zone)} ({output.length(request['longest_s'])} at most)"
    yield f"  why       {output.folded(request['reason']) or '-'}"
    if request["note"]:
        yield f"  note      {output.folded(request['note'])}"
    yield f"  rule      {request['rule']}, decided by {output.deciders(request['approvers'], names)}"
    yield f"  request   {request['state']}"
    if grant:
        yield from _life(grant, found["promise"], zone)
    yield ""
    for entry in found["story"]:
        who = names.get(entry["actor"]) or _NO_PERSON.get(entry["actor"], entry["actor"])
        yield f"  {zone.moment(entry['at'])}  {who} {output.named(output.folded(_told(entry, zone)), names)}"


def _told(entry: dict[str, Any], zone: output.Zone) -> str:
    """What happened, with its moments in the zone of the line's own; as the service says it, where it is newer."""
    try:
        kind = EntryKind(entry["kind"])
    except ValueError:
        return str(entry["words"])
    details = {name: tuple(one) if isinstance(one, list) else one for name, one in entry["details"].items()}
    event = Event(kind=kind, at=datetime.fromisoformat(entry["at"]), actor=entry["actor"], details=details)
    return words(event, when=lambda at: zone.moment(at.isoformat()))


def _life(grant: dict[str, Any], promise: str | None, zone: output.Zone) -> Iterator[str]:
    yield f"  grant     {grant['state']}, {zone.moment(grant['starts'])} to {zone.moment(output.until(grant))}"
    if grant["stuck"]:
        yield f"  stuck     {grant['stuck']}"
    if grant["ending"]:
        yield f"  ended     {output.ending(grant)}"
    if promise:
        yield f"  early end {promise}"


ls = adopt("ls", _ls, click.Option(["--all", "ended"], is_flag=True, help="Ended and decided ones too."), json_option())
show = adopt("show", _show, json_option())
