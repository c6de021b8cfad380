"""
The checkout under attack: how its programs are started, and by which names it goes on the wire.

Nothing of it is imported. What was renamed between two checkouts stands here, as tries: the first name that the
checkout knows is the one that is used.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parents[2]
RUNS_ON = -1
"""The code of a command that had to be stopped."""


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    said: str


@dataclass(frozen=True)
class Checkout:
    """A folder with some version of Daypass in it."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """What makes its own code run, and not that of the tests."""
        own = {} if self._installed.exists() else {"PYTHONPATH": str(self.root / "src")}
        return own | {"PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}", "PYTHONUNBUFFERED": "1"}

    def command(self, *words: str) -> list[str]:
        """The `daypass` command of this checkout."""
        if self._installed.exists():
            return [str(self._installed), *words]
        return [sys.executable, "-m", "daypass", *words]

    def run(self, *words: str, environ: Mapping[str, str], within_s: float = 60, given: str = "") -> Ran:
        """Run a command, in its own home, to its end, or until it has run for so long."""
        with subprocess.Popen(
            self.command(*words),
            env=self.environment | dict(environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=environ["HOME"],
        ) as process:
            try:
                said, _ = process.communicate(given, timeout=within_s)
            except subprocess.TimeoutExpired:
                process.kill()
                said, _ = process.communicate()
                return Ran(RUNS_ON, said)
        return Ran(process.returncode, said)

    @cached_property
    def settings(self) -> str:
        """The page that lists its settings."""
        return (self.root / "docs" / "settings.md").read_text(encoding="utf-8")

    @cached_property
    def rules(self) -> str:
        """The page that describes its rules."""
        return (self.root / "docs" / "rules.md").read_text(encoding="utf-8")

    @cached_property
    def behind_a_pooler(self) -> str:
        """What the address of a database wants behind a pooler; once there was no such thing."""
        told = (self.root / "docs" / "operations.md").read_text(encoding="utf-8")
        return "?pooler=transaction" if "?pooler=transaction" in told else ""

    @cached_property
    def as_requested(self) -> dict[str, str]:
        """What an approver sends to approve a request as it was made; once it was nothing at all."""
        api = (self.root / "docs" / "api.md").read_text(encoding="utf-8")
        return {"for": "requested"} if "`requested`" in api or '"requested"' in api else {}

    @cached_property
    def manifest(self) -> object:
        """What its Slack app is made from."""
        return yaml.safe_load((self.root / "slack-manifest.yaml").read_text(encoding="utf-8"))

    def known(self, settings: Mapping[str, str]) -> dict[str, str]:
        """Those settings that this checkout has."""
        return {name: value for name, value in settings.items() if name in self.settings}

    @property
    def _installed(self) -> Path:
        return self.root / ".venv" / "bin" / "daypass"
