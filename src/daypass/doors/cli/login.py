"""`login`, `logout`, `whoami`: let this command line speak for somebody, and stop it."""

import platform
import time
from pathlib import Path
from typing import Any

import click

from daypass.doors.cli import credential_cache, output
from daypass.doors.cli.client import Client
from daypass.doors.cli.code_text import code_of
from daypass.doors.cli.context import Here, json_option
from daypass.doors.cli.failure import Failure
from daypass.doors.cli.logins import SavedLogin, forget_login, keep_login, read_login
from daypass.doors.refusals import TIMED_OUT

_SLOWER_S = 5
"""RFC 8628, section 3.5: after slow_down the interval grows by five seconds."""

_OF_ROBOTS = "dpb_"
_STAYS_GOOD = (
    "DAYPASS_TOKEN holds a robot's own token, which stays good until its time is over or an owner of the rules ends "
    "it: daypass robot rotate NAME --days 90, or daypass robot remove NAME. Credentials kept here are forgotten."
)


@click.command("login", help="Let this command line speak for you. It shows a code, which you confirm in Slack.")
@click.option("--url", metavar="ADDRESS", help="The service, if it is not the one of DAYPASS_URL or the config file.")
@click.option(
    "--only-end",
    is_flag=True,
    help="While Slack is dead: 15 minutes in which this command line can end things, by a passkey or a code.",
)
@click.option("--person", metavar="WHO", help="With --only-end: your member id, for your passkey.")
@click.option("--code-prompt", is_flag=True, help="With --only-end: ask for one of your break-glass codes.")
@click.option("--code-file", type=click.Path(path_type=Path), metavar="FILE", help="The file with it; - is stdin.")
@click.pass_obj
def login(here: Here, /, *, url: str | None, only_end: bool, **proof: Any) -> None:
    """Show a code and wait until the person has confirmed it in Slack."""
    client = Client(url) if url else here.stranger()
    if only_end:
        _only_end(client, proof["person"], proof["code_file"], prompt=proof["code_prompt"])
        return
    if any(proof.values()):
        raise Failure("--person, --code-prompt and --code-file go with --only-end.")
    begun = client.post("/login/device", {"client": platform.node()[:200]})
    click.echo(f"In Slack type:  /daypass login {begun['user_code']}", err=True)
    click.echo(f"and confirm there. The code is good for {output.length(begun['expires_in'])}. Waiting ...", err=True)
    token = _collect(client, begun)
    who = Client(client.url, token["access_token"]).get("/me")
    kept = SavedLogin(
        token=token["access_token"], principal=who["id"], name=who["name"], tz=who["tz"], expires_at=token["expires_at"]
    )
    keep_login(client.url, kept)
    click.echo(f"You are {who['name']}, until {output.Zone(who['tz']).moment(token['expires_at'])}.")


@click.command("logout", help="End this login, here and at the service.")
@click.option("--all", "everywhere", is_flag=True, help="End every login of yours, on every machine.")
@click.pass_obj
def logout(here: Here, *, everywhere: bool) -> None:
    """End the login at the service, and forget it and all kept credentials whatever the service says."""
    kept = read_login(here.url)
    if kept is not None and kept.token.startswith(_OF_ROBOTS):
        credential_cache.forget_all()
        raise Failure(_STAYS_GOOD)
    forget_login(here.url)
    credential_cache.forget_all()
    if kept is not None:
        _end(Client(here.url, kept.token), everywhere=everywhere)
    click.echo("You are logged out.")


@click.command("whoami", help="Say whom this command line speaks for.", params=[json_option()])
@click.pass_obj
def whoami(here: Here, *, as_json: bool) -> None:
    """Ask the service whom the token speaks for."""
    who = here.client().get("/me")
    aws = who["aws"] or "no AWS identity"
    click.echo(output.as_json(who) if as_json else f"{who['name']} ({who['id']}), {aws}, {who['tz']}, at {here.url}")


def _only_end(client: Client, person: str | None, file: Path | None, *, prompt: bool) -> None:
    """Open a session that can only end things, and keep it as the login."""
    if bool(person) == (prompt or file is not None):
        raise Failure("Say who proves it is you: --person WHO for your passkey, or --code-prompt for a code.")
    token = (
        _by_passkey(client, person) if person else client.post("/end-session", {"code": code_of(file, prompt=prompt)})
    )
    kept = SavedLogin(
        token=token["access_token"],
        principal=token["principal"],
        name=token["principal"],
        tz="UTC",
        expires_at=token["expires_at"],
    )
    keep_login(client.url, kept)
    until = output.Zone("UTC").moment(token["expires_at"])
    click.echo(f"You can end things as {token['principal']} until {until}: done, cancel, deny, revoke, panic, freeze.")


def _by_passkey(client: Client, person: str) -> dict[str, Any]:
    begun = client.post("/login/device", {"client": platform.node()[:200], "only_end": True})
    handed = client.post("/end-session/passkey", {"person": person, "user_code": begun["user_code"]})
    click.echo(f"Open this and confirm the code {begun['user_code']} with your passkey:", err=True)
    click.echo(handed["url"])
    return _collect(client, begun)


def _collect(client: Client, begun: dict[str, Any]) -> dict[str, Any]:
    interval, until = int(begun["interval"]), time.monotonic() + int(begun["expires_in"])
    while time.monotonic() < until:
        time.sleep(interval)
        try:
            return client.post("/login/token", {"device_code": begun["device_code"]})
        except Failure as failure:
            if failure.code == "slow_down":
                interval += _SLOWER_S
            elif failure.code not in {"authorization_pending", "unreachable", "unavailable", "throttled"}:
                raise
    raise Failure("Nobody confirmed the code in time; run `daypass login` again.", exit_code=TIMED_OUT)


def _end(client: Client, *, everywhere: bool) -> None:
    try:
        client.post(f"/logout?all={'true' if everywhere else 'false'}")
    except Failure as failure:
        if failure.code != "not_logged_in":
            raise
