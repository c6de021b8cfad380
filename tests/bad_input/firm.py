"""
The demo's company with hands for breaking it: every sentence is taken from where a person would read it.

Nothing here knows what Daypass should say; the tests hold it against docs/bad-input.md.
"""

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from daypass.demo.company import Company
from daypass.demo.story import wait_for
from localslack import Message, View

ALICE, BOB, CAROL, DAVE = "U0ALICE", "U0BOB", "U0CAROL", "U0DAVE"
REPORTS = 'request s3 read acme-reports/2026/ --for 2h --as policy --reason "INC-42"'
_GENERAL, _APPROVALS = "C0GENERAL", "C0APPROVALS"
_PATIENCE_S = 180
_OPEN_FORM = "\nOpen the form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that a person at the terminal read."""
        return (self.out + self.err).strip()


class Firm(Company):
    """A company whose people type, click and run commands, and whose operator reads the log and asks the doctor."""

    _logged_before = 0

    # In Slack -------------------------------------------------------------------------------------

    def types(self, who: str, text: str) -> str:
        """Type `/daypass` and this; returns what Slack then shows this person alone, in a message or a modal."""
        shown = self.shown(who, lambda: self.person(who).command("/daypass", text, channel=_GENERAL))
        if isinstance(shown, View):
            self.person(who).close(shown)
            return _first_text(shown)
        return shown.visible_text.removesuffix(_OPEN_FORM)

    def clicks(self, who: str, message: Message, button: str) -> str:
        """Press a button; returns what this person alone is then shown."""
        shown = self.shown(who, lambda: self.person(who).click(message, button))
        assert isinstance(shown, Message)
        return shown.visible_text

    def shown(self, who: str, act: Callable[[], object]) -> Message | View:
        """Let a person do something, and wait for what Slack then shows them alone."""
        person = self.person(who)
        known = {message.ts for message in person.ephemerals()}
        act()

        def fresh() -> list[Message | View]:
            modal = person.modal()
            whispered = [message for message in person.ephemerals() if message.ts not in known]
            return [*([modal] if modal else []), *whispered]

        found = wait_for(fresh)
        assert found, f"Slack shows {who} nothing; the log: {self.log_lines()[-5:]}"
        return found[-1]

    def question(self, reason: str, *, after: str = "") -> Message:
        """Wait for the approvers' message about a request."""
        return self.person(BOB).wait_for_message(reason, channel=_APPROVALS, after=after, within=20)

    def told(self, who: str, containing: str, *, within_s: float = 20) -> str:
        """Wait for a direct message that contains this."""

        def seen() -> list[str]:
            texts = [message.visible_text for message in self.person(who).messages()]
            return [text for text in texts if containing in text]

        found = wait_for(seen, within_s=within_s)
        assert found, f"{who} is not told “{containing}”; the log: {self.log_lines()[-5:]}"
        return found[-1]

    # At a terminal --------------------------------------------------------------------------------

    def runs(self, who: str, *words: str, **environ: str) -> Ran:
        """Run a person's `daypass` command to its end."""
        return run(*words, environ=self.shell(who) | environ)

    @contextmanager
    def waiting_login(self, who: str) -> "Iterator[subprocess.Popen[str]]":
        """Run `daypass login` as far as the code that it shows, which is `self.code` then."""
        with start("login", environ=self.shell(who)) as waiting:
            assert waiting.stdout is not None
            found = re.search(r"/daypass (login [A-Z-]+)", waiting.stdout.readline())
            assert found is not None
            self.code = found.group(1)
            yield waiting

    def logs_in(self, who: str) -> None:
        """Go through `daypass login` and its confirmation in Slack."""
        with self.waiting_login(who) as waiting:
            question = self.shown(who, lambda: self.person(who).command("/daypass", self.code, channel=_GENERAL))
            self.person(who).click(question, "login.confirm")
            assert waiting.wait(30) == 0

    def gets(self, path: str) -> tuple[int, str]:
        """Open an address of the service, as a browser does; of a page, what stands in its paragraphs."""
        status, text = _answer(urllib.request.Request(f"{self.url}{path}", headers={"User-Agent": "a browser"}))  # noqa: S310 - http
        paragraphs = re.findall(r"<p[^>]*>(.*?)</p>", text, re.DOTALL)
        return status, unescape(" ".join(paragraphs)) if paragraphs else text

    def posts(self, path: str, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Ask the API as a program does."""
        asked = urllib.request.Request(  # noqa: S310 - an http address
            f"{self.url}{path}", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
        status, text = _answer(asked)
        return status, json.loads(text)

    # The operator ---------------------------------------------------------------------------------

    def doctor(self, **environ: str) -> list[str]:
        """Run `daypass doctor` as the service's own user; returns what it wants fixed."""
        ran = run("doctor", "--json", environ=self.environ() | environ)
        assert not ran.err, ran.err
        return [one["sentence"] for one in json.loads(ran.out) if not one["ok"]]

    def finding(self, **environ: str) -> str:
        """Ask the doctor; returns the one thing that it wants fixed."""
        (only,) = self.doctor(**environ)
        return only

    def log_lines(self) -> list[dict[str, Any]]:
        """What the service has logged since it was last restarted. What is no JSON is shown as it is."""
        return [_entry(line) for line in self._log().splitlines()[self._logged_before :]]

    def logs(self, event: str, *, within_s: float = 20, **facts: object) -> dict[str, Any]:
        """Wait for a line of the log that says this."""
        found = wait_for(
            lambda: [
                line
                for line in self.log_lines()
                if line.get("event") == event and all(line.get(name) == fact for name, fact in facts.items())
            ],
            within_s=within_s,
        )
        assert found, f"nothing logs “{event}”; the log: {self.log_lines()[-8:]}"
        return found[-1]

    @property
    def names(self) -> dict[str, str]:
        """What the page calls this firm's folders and addresses."""
        ports = {self.aws.endpoint: "http://127.0.0.1:4566", self.url: "https://daypass.example.com"}
        return ports | {str(self.directory): "/var/lib/daypass"}

    @contextmanager
    def forbidding(self, *actions: str) -> Iterator[None]:
        """Take permissions from Daypass's own IAM user inside the block."""
        iam = self.aws.root("iam")
        statement = {"Effect": "Deny", "Action": actions, "Resource": "*"}
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName="daypass", PolicyName="taken-away", PolicyDocument=text)
        self.restart()
        try:
            yield
        finally:
            iam.delete_user_policy(UserName="daypass", PolicyName="taken-away")

    def logged(self, event: str, *, within_s: float = 20, **facts: object) -> str:
        """Wait for a line of the log; returns it as the page shows it: what happened, and why."""
        line = self.logs(event, within_s=within_s, **facts)
        return f"{event}: {line.get('error') or line.get('reason')}"

    def restart(self) -> None:
        """Stop Daypass and start it again, so that it has seen nothing yet; its log begins anew."""
        self.daypass.end()
        self._logged_before = len(self._log().splitlines())
        self.start_daypass()

    def wait_for_checkpoint(self, reason: str) -> None:
        """Wait until the request with this reason is under a signed checkpoint of the journal."""
        assert wait_for(lambda: reason.encode() in b"".join(self.export()))

    def _log(self) -> str:
        return (self.directory / "daypass.log").read_text(encoding="utf-8", errors="replace")


def run(*words: str, environ: dict[str, str]) -> Ran:
    """Run the `daypass` command to its end, with exactly this environment."""
    with start(*words, environ=environ, apart=True) as process:
        try:
            out, err = process.communicate(timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return Ran(code=process.returncode, out=out, err=err)


def start(*words: str, environ: dict[str, str], apart: bool = False) -> "subprocess.Popen[str]":
    """Start the `daypass` command; its two outputs are one unless they are wanted apart."""
    return subprocess.Popen(
        [sys.executable, "-m", "daypass", *words],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if apart else subprocess.STDOUT,
        text=True,
        cwd=Path(environ["HOME"]),
    )


def _answer(asked: urllib.request.Request) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310 - an http address
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode(errors="replace")


def _entry(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {"event": line}
    return found if isinstance(found, dict) else {"event": line}


def _first_text(view: View) -> str:
    return str(view.blocks[0]["text"]["text"]).strip("*")
