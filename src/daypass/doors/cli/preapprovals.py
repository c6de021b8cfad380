"""`grant`, `allow`, `withdraw`, `again`, `offers`, `away`, `back`: what lies beside a request of one's own."""

from typing import Any

import click

from daypass.doors.cli import output
from daypass.doors.cli.context import Here, adopt, json_option
from daypass.doors.cli.requests import file_request, rehearsed, say_filed
from daypass.doors.language.request_words import level_and_resource


@click.pass_obj
def _grant(here: Here, /, **said: Any) -> None:
    _must_say(grant, said, "to")
    file_request(here, said)


@click.pass_obj
def _allow(here: Here, /, **said: Any) -> None:
    as_json = said.pop("as_json")
    level, resource = level_and_resource(said.pop("what"))
    _must_say(allow, said, "to", "for_", "window")
    said |= {"for": said.pop("for_"), "level": level, "resource": resource}
    answer = here.client().post("/permits", {name: value for name, value in said.items() if value is not None})
    click.echo(output.as_json(answer) if as_json else _allowed(answer, here))


@click.pass_obj
def _withdraw(here: Here, *, id: str, as_json: bool) -> None:  # noqa: A002 - as it is typed
    answer = here.client().post(f"/permits/{output.part(id)}/withdraw")
    click.echo(output.as_json(answer) if as_json else f"{answer['id']}: taken back.")


@click.pass_obj
def _again(here: Here, /, **said: Any) -> None:
    dry_run, as_json = said.pop("dry_run"), said.pop("as_json")
    said["for"] = said.pop("for_")
    body = {name: value for name, value in said.items() if value is not None}
    answer = here.client().post(f"/requests/again?dry_run={'true' if dry_run else 'false'}", body)
    if dry_run:
        click.echo(output.as_json(answer) if as_json else rehearsed(answer, here))
        return
    say_filed(answer, here, as_json=as_json, wait=False)


@click.pass_obj
def _offers(here: Here, *, as_json: bool) -> None:
    answer = here.client().get("/offers")
    if as_json:
        click.echo(output.as_json(answer))
        return
    click.echo(offered(answer))


def offered(answer: dict[str, Any]) -> str:
    """Say what there is to ask for; where there is nothing, who can change that."""
    names, owners = answer["names"], answer["owners"]
    lines = [f"  {one['rule']:<24} {output.named(one['sentence'], names)}" for one in answer["offers"]]
    if not lines:
        named = [*owners["people"], *owners["slack_groups"], *owners["directory_groups"]]
        whom = ", ".join(names.get(one, one) for one in named)
        ask = f"the owners of the rules: {whom}" if named else "whoever runs Daypass"
        lines = [f"No rule lends you anything. To change that, ask {ask}."]
    return "\n".join([*lines, *(f"  never                    {output.named(one, names)}" for one in answer["denials"])])


@click.pass_obj
def _away(here: Here, /, **said: Any) -> None:
    as_json = said.pop("as_json")
    answer = here.client().post("/absence", {name: value for name, value in said.items() if value is not None})
    delegate = answer["names"].get(answer["delegate"], answer["delegate"])
    instead = f" {delegate} decides meanwhile." if delegate else ""
    until = here.zone().moment(answer["until"])
    click.echo(output.as_json(answer) if as_json else f"You are away until {until}.{instead}")


@click.pass_obj
def _back(here: Here, *, as_json: bool) -> None:
    answer = here.client().post("/absence/end")
    click.echo(output.as_json(answer) if as_json else "Welcome back. You are asked to decide again.")


def _must_say(command: click.Command, said: dict[str, Any], *names: str) -> None:
    """Raise MissingParameter for the first of these options that was left out."""
    for name in names:
        if not said[name]:
            raise click.MissingParameter(param=next(one for one in command.params if one.name == name))


def _allowed(permit: dict[str, Any], here: Here) -> str:
    zone, hint = here.zone(), permit["doubt"] or "The rules are asked again each time."
    most = f"{output.what(permit)} as a {permit['delivery']} for {output.length(permit['longest_s'])}"
    return (
        f"{permit['id']}: {permit['names'].get(permit['to'], permit['to'])} may {most} at a time, "
        f"asking until {zone.moment(permit['ends'])}, as if you had clicked.\n"
        f"{hint} Take it back with: daypass withdraw {permit['id']}"
    )


_TIMEOUT = click.Option(["--timeout"], default="1h", metavar="LENGTH", help="How long --wait stays; 1h if not said.")

grant = adopt("grant", _grant, _TIMEOUT, json_option())
allow = adopt("allow", _allow, json_option())
withdraw = adopt("withdraw", _withdraw, json_option())
again = adopt("again", _again, json_option())
offers = adopt("offers", _offers, json_option())
away = adopt("away", _away, json_option())
back = adopt("back", _back, json_option())
