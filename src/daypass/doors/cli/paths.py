"""
Where the command line keeps things on the person's machine (XDG base directories).

    $XDG_CONFIG_HOME/daypass/config.toml   url = "https://daypass.example.com"; written by the person or by nobody
    $XDG_STATE_HOME/daypass/logins.json    the tokens, by the address of the service they are for
    $XDG_STATE_HOME/daypass/credentials/   AWS credentials of live grants, by grant (doors/cli/credential_cache)

What opens something is readable by its owner alone (0600), created as such under a name nobody can have prepared
(O_EXCL), and put in place whole (rename). This page imports little: an AWS SDK waits
for it (doors/cli/credential_cache).
"""

import os
from pathlib import Path

from daypass.doors.cli.failure import Failure


def config_file() -> Path:
    """Where the person may write the service's address."""
    return _base("XDG_CONFIG_HOME", ".config") / "config.toml"


def state_folder() -> Path:
    """Where tokens and credentials are kept."""
    return _base("XDG_STATE_HOME", ".local/state")


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
        raise Failure(f"{path} cannot be read: {why(error)}.") from None


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
        raise Failure(f"{path} cannot be written: {why(error)}.") from None


def _base(variable: str, fallback: str) -> Path:
    given = os.environ.get(variable, "")
    # The specification says that a relative path is to be ignored.
    return (Path(given) if given.startswith("/") else Path.home() / fallback) / "daypass"


def why(error: Exception) -> str:
    """Say what the system said, without its number."""
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
