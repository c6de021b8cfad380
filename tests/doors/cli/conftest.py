"""The `daypass` command as a process of its own, against a house that is open."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from daypass.model.principal import PrincipalId
from tests.doors.house import House, open_house
from tests.makers import ANN, BOB, EVE


@dataclass
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Read what it printed for programs."""
        return json.loads(self.out)


@dataclass
class Terminal:
    """Somebody's machine."""

    home: Path
    url: str

    @property
    def state(self) -> Path:
        """Where the command keeps what opens something."""
        return self.home / "state/daypass"

    def environment(self, **more: str) -> dict[str, str]:
        """Exactly what a command sees."""
        places = {"HOME": str(self.home), "XDG_STATE_HOME": str(self.home / "state"), "DAYPASS_URL": self.url}
        return (
            {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "XDG_CONFIG_HOME": str(self.home / "config")}
            | places
            | more
        )

    def start(self, *words: str, stdin: int = subprocess.DEVNULL, **environment: str) -> subprocess.Popen[str]:
        """Start a command."""
        return subprocess.Popen(
            # Whoever runs the tests in the background ignores Ctrl-C, and so would all that they start.
            ["env", "--default-signal=INT", sys.executable, "-m", "daypass", *words],
            env=self.environment(**environment),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *words: str, given: str = "", **environment: str) -> Ran:
        """Run a command to its end, with something on its standard input."""
        with self.start(*words, stdin=subprocess.PIPE, **environment) as process:
            out, err = process.communicate(given, timeout=60)
        return Ran(code=process.returncode, out=out, err=err)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Open the house now: the command has a clock of its own."""
    with open_house(tmp_path, now=datetime.now(UTC)) as house:
        yield house


def logged_in(house: House, who: PrincipalId, folder: Path) -> Terminal:
    """Make a machine on which somebody has logged in."""
    terminal = Terminal(home=folder, url=house.url)
    person = house.directory.principal(who)
    login = {
        "token": house.token(who),
        "principal": who,
        "name": person.name,
        "tz": person.tz,
        "expires_at": (house.clock() + timedelta(hours=12)).isoformat(),
    }
    terminal.state.mkdir(parents=True)
    file = terminal.state / "logins.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps({"last": house.url, "logins": {house.url: login}}))
    return terminal


@pytest.fixture
def ann(house: House, tmp_path: Path) -> Terminal:
    """Ann's machine."""
    return logged_in(house, ANN, tmp_path / "ann")


@pytest.fixture
def bob(house: House, tmp_path: Path) -> Terminal:
    """Bob's machine."""
    return logged_in(house, BOB, tmp_path / "bob")


@pytest.fixture
def eve(house: House, tmp_path: Path) -> Terminal:
    """Eve's machine."""
    return logged_in(house, EVE, tmp_path / "eve")


@pytest.fixture
def nobody(house: House, tmp_path: Path) -> Terminal:
    """A machine on which nobody has logged in."""
    return Terminal(home=tmp_path / "nobody", url=house.url)


@pytest.fixture
def alone(tmp_path: Path) -> Terminal:
    """A machine from which no service can be reached."""
    return Terminal(home=tmp_path / "alone", url="http://127.0.0.1:9")
