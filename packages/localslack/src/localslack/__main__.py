"""The command `localslack`: one workspace on this machine, with your app installed, until Ctrl-C."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import click
import yaml

from localslack import workspace_file
from localslack.manifest import Manifest, generous_manifest
from localslack.server import LocalSlack
from localslack.wire import Json
from localslack.workspace import Person
from localslack.workspace_file import Roster, UnreadableError

_A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_READY = """
  A local Slack is up, on this machine alone. Open it in a browser:

      {slack.url}

  {how} Start your app with:

      SLACK_API_URL={slack.api_url}
      SLACK_BOT_TOKEN={slack.bot_token}
      {secret}

  Ctrl-C stops it; nothing is kept.
"""


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--port", default=8065, show_default=True, help="TCP port to listen on; 0 takes a free one.")
@click.option("--app-url", default="", metavar="URL", help="Where your app takes requests. Without it: Socket Mode.")
@click.option("--manifest", "manifest_file", type=_A_FILE, help="Your app's manifest, YAML or JSON.")
@click.option("--workspace", "workspace", type=_A_FILE, help="Who is in the workspace, YAML; see the README.")
@click.option("--user", "users", multiple=True, metavar="NAME=REAL NAME", help="One more member; may be repeated.")
@click.option(
    "--command",
    "commands",
    multiple=True,
    metavar="/NAME",
    help="A slash command, if there is no manifest; may be repeated.",
)
@click.option("--app-name", default="App", show_default=True, help="The app's name, if there is no manifest.")
@click.option("--app-id", default="", help="The app's id; by default made from its name.")
@click.option("--bot-id", default="", help="The bot's id; by default made from the app's name.")
@click.option("--bot-user-id", default="", help="The bot user's id; by default made from the app's name.")
@click.option("--bot-token", default="", help="The bot token; random by default.")
@click.option("--app-token", default="", help="The token for Socket Mode; random by default.")
@click.option("--signing-secret", default="", help="What requests are signed with; random by default.")
@click.option("--panel-url", default="", metavar="URL", help="A page of your own to show beside the chat.")
@click.option(
    "--host-name",
    type=click.Choice(["localhost", "127.0.0.1"]),
    default="localhost",
    show_default=True,
    help="The host name in addresses; only 127.0.0.1 is listened on.",
)
def main(  # noqa: PLR0913 (one parameter for each option; all by keyword)
    *,
    manifest_file: Path | None,
    workspace: Path | None,
    users: tuple[str, ...],
    commands: tuple[str, ...],
    app_name: str,
    app_url: str,
    **settings: Any,
) -> None:
    """Run a Slack on this machine, for one app: Web API, signed requests or Socket Mode, and a page for people."""
    manifest = _manifest(manifest_file, app_name, commands)
    found = _roster(workspace, users)
    if found is not None:
        settings |= {"workspace_name": found.name, "people": found.people}
        settings |= {"channels": found.channels, "groups": found.groups}
    slack = LocalSlack(manifest=manifest, request_url=app_url, socket_mode=not app_url, **settings)
    asyncio.run(_serve(slack, app_url))


async def _serve(slack: LocalSlack, app_url: str) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    try:
        await slack.start()
    except OSError as error:
        raise click.ClickException(f"The port cannot be listened on: {error.strerror}.") from None
    click.echo(_ready(slack, app_url))
    await stop.wait()
    await slack.stop()


def _ready(slack: LocalSlack, app_url: str) -> str:
    if app_url:
        how, secret = f"It sends requests to {app_url}.", f"SLACK_SIGNING_SECRET={slack.signing_secret}"
    else:
        how, secret = "It waits for your app to connect by Socket Mode.", f"SLACK_APP_TOKEN={slack.app_token}"
    return _READY.format(slack=slack, how=how, secret=secret)


def _manifest(path: Path | None, app_name: str, commands: tuple[str, ...]) -> Json:
    """Read the manifest, or make one that allows everything."""
    if path is None:
        return generous_manifest(name=app_name, commands=commands or ("/app",))
    try:
        manifest: Json = yaml.safe_load(path.read_text(encoding="utf-8"))
        Manifest.parse(manifest)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise click.ClickException(f"{path} is no manifest of a Slack app: {error!r}") from None
    return manifest


def _roster(path: Path | None, users: tuple[str, ...]) -> Roster | None:
    """Read who there is; None when nobody was named, for which there is a small company."""
    if path is None and not users:
        return None
    try:
        return workspace_file.read(path.read_text(encoding="utf-8") if path else "", also=map(_member, users))
    except UnreadableError as error:
        raise click.ClickException(f"{path}: {error}" if path else str(error)) from None


def _member(written: str) -> Person:
    name, _, real_name = written.partition("=")
    return workspace_file.person(name, real_name or name.capitalize())


if __name__ == "__main__":
    main()
