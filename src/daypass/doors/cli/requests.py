"""`request`, `extend`, `cancel`: ask, ask again, take it back."""

from typing import Any

import click

from daypass.doors.cli import output
from daypass.doors.cli.context import Here, adopt, json_option
from daypass.doors.cli.failure import Failure
from daypass.doors.cli.wait import wait_until_active
from daypass.doors.language.request_words import level_and_resource
from daypass.model.length import parse_length

_NO_MORE_WINDOWS = "no more of its windows will open. One that is open stays until its end; `done` ends it."


@click.pass_obj
def _request(here: Here, /, **said: Any) -> None:
    file_request(here, said)


def file_request(here: Here, said: dict[str, Any]) -> None:
    """File what was said, or rehearse it, and stay until it is active when that is wanted."""
    dry_run, wait, as_json = (said.pop(name) for name in ("dry_run", "wait", "as_json"))
    patience = parse_length(said.pop("timeout"))
    level, resource = level_and_resource(said.pop("what"))
    said |= {"for": said.pop("for_"), "level": level, "resource": resource}
    body = {name: value for name, value in said.items() if value is not None}
    answer = here.client().post(f"/requests?dry_run={'true' if dry_run else 'false'}", body)
    if dry_run:
        click.echo(output.as_json(answer) if as_json else rehearsed(answer, here))
        return
    say_filed(answer, here, as_json=as_json, wait=wait)
    if wait:
        wait_until_active(here, answer["id"], patience=patience, as_json=as_json)


@click.pass_obj
def _extend(here: Here, /, **said: Any) -> None:
    grant, as_json = said.pop("id"), said.pop("as_json")
    said["for"] = said.pop("for_")
    body = {name: value for name, value in said.items() if value is not None}
    say_filed(here.client().post(f"/grants/{output.part(grant)}/extend", body), here, as_json=as_json, wait=False)


@click.pass_obj
def _cancel(here: Here, *, id: str, as_json: bool) -> None:  # noqa: A002 - as it is typed
    answer = here.client().post(f"/requests/{output.part(id)}/cancel")
    said = "cancelled." if answer["state"] == "cancelled" else _NO_MORE_WINDOWS
    click.echo(output.as_json(answer) if as_json else f"{answer['id']}: {said}")


def say_filed(answer: dict[str, Any], here: Here, *, as_json: bool, wait: bool) -> None:
    """Tell what became of an ask."""
    if not as_json:
        names = _names(answer["id"], here)
        click.echo(output.filed(answer, here.zone(), names), err=wait)
    elif not wait:
        click.echo(output.as_json(answer))


def _names(request_id: str, here: Here) -> dict[str, str]:
    """Who is who; nothing while no directory answers, as when glass is broken then."""
    try:
        names: dict[str, str] = here.client().get(f"/requests/{request_id}")["names"]
    except Failure as failure:
        if failure.code not in {"unavailable", "throttled"}:
            raise
        return {}
    return names


def rehearsed(preview: dict[str, Any], here: Here) -> str:
    """Say what would become of an ask."""
    request = preview["request"]
    decided = "at once, by the rule" if preview["at_once"] else output.deciders(request["approvers"], preview["names"])
    lines = [
        f"Asked:    {output.what(request)} {output.wished(request, here.zone())}",
        f"Decision: allowed by the rule “{preview['rule']}”, for {output.length(preview['longest_s'])} at most",
        f"Approval: {decided}",
        *(f"          {output.named(one, preview['names'])}" for one in preview["asked"]),
        f"Delivery: {request['delivery']}. {preview['promise']}",
    ]
    for paper in preview["papers"]:
        lines += ["", f"Would be written: {paper['place']}", output.indented(paper["text"])]
    return "\n".join([*lines, "", *preview["notes"], "Nothing was written, and nobody was asked."])


request = adopt(
    "request",
    _request,
    click.Option(["--timeout"], default="1h", metavar="LENGTH", help="How long --wait stays; 1h if not said."),
    json_option(),
)
extend = adopt("extend", _extend, json_option())
cancel = adopt("cancel", _cancel, json_option())
