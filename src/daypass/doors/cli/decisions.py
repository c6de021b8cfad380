"""`approve`, `deny`, `revoke`, `done`: decide on others' requests, end grants."""

from typing import Any

import click

from daypass.doors.cli import credential_cache, output
from daypass.doors.cli.context import Here, adopt, json_option
from daypass.doors.cli.failure import Failure
from daypass.doors.cli.passkeys import show_address
from daypass.doors.refusals import ERROR


@click.pass_context
def _approve(ctx: click.Context, *, id: str, for_: str | None, as_json: bool) -> None:  # noqa: A002 - as it is typed
    here = ctx.find_object(Here)
    assert here is not None  # noqa: S101 - run() put it there
    told = {"for": "requested" if for_ is None else for_}
    try:
        answer = here.client().post(f"/requests/{output.part(id)}/approve", told)
    except Failure as failure:
        if failure.field != "second_factor":
            raise
        _lead_to_passkey(here, id, told, failure, as_json=as_json)
        ctx.exit(ERROR)  # nothing is approved yet
    click.echo(output.as_json(answer) if as_json else f"{answer['id']}: {output.given(answer, here.zone())}")


def _lead_to_passkey(here: Here, request: str, told: dict[str, Any], refused: Failure, *, as_json: bool) -> None:
    handed = here.client().post(f"/requests/{output.part(request)}/passkey", told)
    click.echo(refused.sentence, err=True)
    show_address(handed, as_json=as_json)


@click.pass_obj
def _deny(here: Here, *, id: str, reason: str | None, as_json: bool) -> None:  # noqa: A002 - as it is typed
    answer = here.client().post(f"/requests/{output.part(id)}/deny", {"reason": reason or ""})
    click.echo(output.as_json(answer) if as_json else f"{answer['id']}: denied.")


@click.pass_obj
def _revoke(here: Here, *, id: str, reason: str, as_json: bool) -> None:  # noqa: A002 - as it is typed
    answer = here.client().post(f"/grants/{output.part(id)}/revoke", {"reason": reason})
    click.echo(output.as_json(answer) if as_json else f"{answer['id']}: ending now.")


@click.pass_obj
def _done(here: Here, *, id: str, as_json: bool) -> None:  # noqa: A002 - as it is typed
    answer = here.client().post(f"/grants/{output.part(id)}/done")
    credential_cache.forget(answer["id"])
    click.echo(output.as_json(answer) if as_json else f"{answer['id']}: ending now. Thank you.")


approve = adopt("approve", _approve, json_option())
deny = adopt("deny", _deny, json_option())
revoke = adopt("revoke", _revoke, json_option())
done = adopt("done", _done, json_option())
