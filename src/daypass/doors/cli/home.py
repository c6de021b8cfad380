"""
Where the command line keeps things on the person's machine (XDG base directories).

    $XDG_CONFIG_HOME/daypass/config.toml   url = "https://daypass.example.com"; written by the person or by nobody
    $XDG_STATE_HOME/daypass/logins.json    the tokens, by the address of the service they are for
    $XDG_STATE_HOME/daypass/credentials/   AWS credentials of live grants, by grant (doors/cli/quick)

What opens something is readable by its owner alone (0600), created as such under a name nobody can have prepared
(O_EXCL), and put in place whole (rename).
"""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from daypass.doors.cli.failure import Failure

DEFAULT_URL = "http://127.0.0.1:8700"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
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


def config_file() -> Path:
    """Where the person may write the service's address."""
    return _base("XDG_CONFIG_HOME", ".config") / "config.toml"


def state_folder() -> Path:
    """Where tokens and credentials are kept."""
    return _base("XDG_STATE_HOME", ".local/state")


def service_url() -> str:
    """Find the service's address: DAYPASS_URL, the config file, where the person logged in last, this machine."""
    chosen = os.environ.get("DAYPASS_URL") or _configured_url() or _logins().get("last") or DEFAULT_URL
    return str(chosen).rstrip("/")


def read_login(url: str) -> Login | None:
    """Read the login at a service, or None. Raises Failure for a file that others could read."""
    found = _logins().get("logins", {}).get(url)
    try:
        return Login(**found) if found else None
    except TypeError:
        return None  # written by another version: log in again


def keep_login(url: str, login: Login) -> None:
    """Keep a login, in place of an older one at the same service."""
    kept = _logins()
    logins = {**kept.get("logins", {}), url: asdict(login)}
    write_private(_logins_file(), json.dumps({"last": url, "logins": logins}, indent=1))


def forget_login(url: str) -> None:
    """Forget the login at a service."""
    kept = _logins()
    logins = {address: login for address, login in kept.get("logins", {}).items() if address != url}
    write_private(_logins_file(), json.dumps({"last": kept.get("last", url), "logins": logins}, indent=1))


def read_private(path: Path) -> str | None:
    """Read a file that only its owner may; None when there is none. Raises Failure when others could read it."""
    try:
        with path.open(encoding="utf-8") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise Failure(f"{path} can be read by others on this machine; run: chmod 600 {path}")
            return file.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path} cannot be read: {_why(error)}.") from None


def write_private(path: Path, text: str) -> None:
    """Put a file in place whole, readable by its owner alone."""
    made = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        made.replace(path)
    except OSError as error:
        made.unlink(missing_ok=True)
        raise Failure(f"{path} cannot be written: {_why(error)}.") from None


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
        raise Failure(f"{config_file()} cannot be read: {_why(error)}.") from None
    if found is not None and not isinstance(found, str):
        raise Failure(f'{config_file()}: url must be text, such as url = "https://daypass.example.com".')
    return found


def _base(variable: str, fallback: str) -> Path:
    given = os.environ.get(variable, "")
    # The specification says that a relative path is to be ignored.
    return (Path(given) if given.startswith("/") else Path.home() / fallback) / "daypass"


def _why(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
