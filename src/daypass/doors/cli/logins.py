"""Which service the command line speaks to, and the token it has for it: told, or kept as doors/cli/paths says."""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from daypass.doors.cli.failure import Failure
from daypass.doors.cli.paths import config_file, read_private, state_folder, why, write_private

DEFAULT_URL = "http://127.0.0.1:8700"
_LATER = "9999-12-31T00:00:00+00:00"
"""When a token ends that only the service knows the end of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedLogin:
    """A token and whom it speaks for."""

    token: str = field(repr=False)
    principal: str
    name: str
    tz: str
    expires_at: str
    """ISO 8601, aware."""

    def is_over(self, now: datetime) -> bool:
        """Whether the service would refuse the token by its age alone."""
        return now >= datetime.fromisoformat(self.expires_at)


def service_url() -> str:
    """Find the service's address: DAYPASS_URL, the config file, where the person logged in last, this machine."""
    chosen = os.environ.get("DAYPASS_URL") or _configured_url() or _logins().get("last") or DEFAULT_URL
    return str(chosen).rstrip("/")


def read_login(url: str) -> SavedLogin | None:
    """
    Read the login at a service, or None: DAYPASS_TOKEN, for programs, else what is kept here.

    Raises Failure for a file that others could read.
    """
    if token := os.environ.get("DAYPASS_TOKEN"):
        return _told(token)
    found = _logins().get("logins", {}).get(url)
    try:
        return SavedLogin(**found) if found else None
    except TypeError:
        return None  # written by another version: log in again


def keep_login(url: str, login: SavedLogin) -> None:
    """Keep a login, in place of an older one at the same service."""
    kept = _logins()
    logins = {**kept.get("logins", {}), url: asdict(login)}
    write_private(_logins_file(), json.dumps({"last": url, "logins": logins}, indent=1))


def forget_login(url: str) -> None:
    """Forget the login at a service."""
    kept = _logins()
    logins = {address: login for address, login in kept.get("logins", {}).items() if address != url}
    write_private(_logins_file(), json.dumps({"last": kept.get("last", url), "logins": logins}, indent=1))


def _told(token: str) -> SavedLogin:
    """The login of a program. A token goes to no service that nobody named for it."""
    if not (os.environ.get("DAYPASS_URL") or _configured_url()):
        raise Failure("DAYPASS_TOKEN is set; say in DAYPASS_URL which service it is for.")
    return SavedLogin(token=token.strip(), principal="", name="", tz="UTC", expires_at=_LATER)


def _logins_file() -> Path:
    return state_folder() / "logins.json"


def _logins() -> dict[str, dict[str, dict[str, str]]]:
    text = read_private(_logins_file())
    try:
        found = json.loads(text) if text else {}
    except json.JSONDecodeError:
        return {}  # half a file is no login: the person is asked to log in again
    return found if isinstance(found, dict) else {}


def _configured_url() -> str | None:
    import tomllib  # noqa: PLC0415 - only where there is a config file

    try:
        found = tomllib.loads(config_file().read_text(encoding="utf-8")).get("url")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Failure(f"{config_file()} cannot be read: {why(error)}.") from None
    if found is not None and not isinstance(found, str):
        raise Failure(f'{config_file()}: url must be text, such as url = "https://daypass.example.com".')
    return found
