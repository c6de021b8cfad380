"""`approve`, `deny`, `revoke`, `done`: decide on others' requests, end grants."""

import click

from daypass.doors.cli import quick, say
from daypass.doors.cli.here import Here, adopt, json_option


@click.pass_obj
def _approve(here: Here, *, id: str, for_: str | None, as_json: bool) -> None:  # noqa: A002 - as it is typed
    answer = here.client().post(f"/requests/{say.part(id)}/approve", {"for": for_} if for_ is not None else {})
    waits = answer["state"] == "pending"
    said = "your approval is noted; others must approve it too." if waits else "approved; active in a few seconds."
    click.echo(say.as_json(answer) if as_json else f"{answer['id']}: {said}")


@click.pass_obj
def _deny(here: Here, *, id: str, reason: str | None, as_json: bool) -> None:  # noqa: A002 - as it is typed
    answer = here.client().post(f"/requests/{say.part(id)}/deny", {"reason": reason or ""})
    click.echo(say.as_json(answer) if as_json else f"{answer['id']}: denied.")


@click.pass_obj
def _revoke(here: Here, *, id: str, reason: str, as_json: bool) -> None:  # noqa: A002 - as it is typed
    answer = here.client().post(f"/grants/{say.part(id)}/revoke", {"reason": reason})
    click.echo(say.as_json(answer) if as_json else f"{answer['id']}: ending now.")


@click.pass_obj
def _done(here: Here, *, id: str, as_json: bool) -> None:  # noqa: A002 - as it is typed
    answer = here.client().post(f"/grants/{say.part(id)}/done")
    quick.forget(answer["id"])
    click.echo(say.as_json(answer) if as_json else f"{answer['id']}: ending now. Thank you.")


approve = adopt("approve", _approve, json_option())
deny = adopt("deny", _deny, json_option())
revoke = adopt("revoke", _revoke, json_option())
done = adopt("done", _done, json_option())
