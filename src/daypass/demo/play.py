"""
The story of the demo, played by itself.

It goes through the same wire as people do: signed requests and Block Kit on the Slack side, the real `aws` and
`daypass` commands, and each person's own keys on the AWS side. Every claim is asked of AWS or of the journal's file,
never of Daypass's own word for it.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from daypass.demo.company import Company
from daypass.demo.inbox import seen, told
from daypass.demo.observe import TRIES, Action, held, may
from daypass.demo.play_approvals import Deciding
from daypass.demo.story import DoesNotHoldError, Telling, wait_for
from daypass.demo.world import APPROVALS
from daypass.model.lease import AWS_TIME
from localslack import BlockingActor, Message

ALICE, BOB, DAVE = "U0ALICE", "U0BOB", "U0DAVE"
REPORT = Action("read", "acme-reports", "2026/q1.csv")
_ASKED = {"list acme-reports/2026/", "read acme-reports/2026/q1.csv"}
_CHANNEL = "C0GENERAL"


def play_story(company: Company, stop: threading.Event) -> int:
    """Play every chapter; 0 when every claim held, 1 at the first that did not."""
    story = Story(company)
    try:
        deciding = Deciding(company, story.tell, story.ask)
        access = (story.policy, story.session, story.link)
        for chapter in (*access, deciding.stages, deciding.emergency, deciding.rules, story.journal):
            if stop.is_set():
                return 1
            chapter()
    except DoesNotHoldError as broken:
        story.tell.does("the end", f"This did not hold: {broken}")
        return 1
    story.tell.does("the end", f"All {story.tell.held} claims held.")
    return 0


class Story:
    """The people and what they do."""

    def __init__(self, company: Company) -> None:
        """Meet them."""
        self.company = company
        self.tell = Telling()
        self.alice, self.bob, self.dave = (company.person(one) for one in (ALICE, BOB, DAVE))

    def policy(self) -> None:
        """From one line in Slack to S3 access that ends by itself, with Daypass dead at the end."""
        tell = self.tell
        tell.chapter("1. A policy on Alice's own AWS identity, for 20 seconds")
        tell.claim("AWS lets Alice's own keys do none of this before.", not self._may(ALICE))
        question = self.ask('s3 read acme-reports/2026/ --for 20s --as policy --reason "INC-42"')
        self._nobody_else_decides(question)
        tell.does("Bob", "clicks Approve")
        self.bob.click(question, "review.approve")
        tell.claim("The access is live.", wait_for(lambda: self._may(ALICE) == _ASKED))
        tell.claim("It is exactly what was asked: no other prefix, level or bucket.", self._may(ALICE) == _ASKED)
        tell.claim("Nobody else got anything.", not self._may(BOB) and not self._may(DAVE))
        tell.sees("Alice", self.alice.wait_for_message("Live").visible_text)
        self._aws_command()
        self._ends_by_itself()

    def session(self) -> None:
        """A session for the command line, asked for there, ended by a click while it is in use."""
        tell = self.tell
        tell.chapter("2. A session, from the command line, ended early")
        self._log_in(self.alice)
        asked = ["request", "s3", "read", "acme-reports/2026/", "--for", "10m", "--reason", "INC-43", "--wait"]
        tell.does("Alice", f"runs: daypass {' '.join(asked)}")
        waiting = self._start(ALICE, *asked)
        self.bob.click(self.newest_question("INC-43"), "review.approve")
        said = waiting.communicate(timeout=60)
        tell.sees("Alice", said[0])
        tell.claim("The command waited and ended well.", waiting.returncode == 0)
        grant_id = self._newest_grant()
        program = ["aws", "s3", "cp", "s3://acme-reports/2026/q1.csv", "-"]
        tell.does("Alice", f"runs: daypass exec {grant_id} -- {' '.join(program)}")
        tell.claim("The session reads the object.", "2026-Q1" in self._run(ALICE, "exec", grant_id, "--", *program))
        tell.claim("Her own keys still may nothing.", not self._may(ALICE))
        environ = self._session(grant_id)
        tell.does("Alice", "clicks I'm done, while the session would run for minutes more")
        self.alice.click(self.alice.wait_for_message(grant_id), "mine.done")
        denied = wait_for(lambda: not self._aws(environ, *program[1:])[0])
        tell.claim("AWS refuses the session that is already in her hands.", denied)
        refused = self._start(ALICE, "console", grant_id)
        tell.sees("Alice", refused.communicate(timeout=30)[0])
        tell.claim("And nothing new is handed out.", refused.returncode == 1)

    def link(self) -> None:
        """A link that anybody with a browser can use, that knows who used it, and that can be taken back."""
        tell = self.tell
        tell.chapter("3. A link to one object, taken back")
        question = self.ask('s3 read acme-reports/2026/q2.csv --for 10m --as link --reason "INC-44"')
        self.bob.click(question, "review.approve")
        live = self.alice.wait_for_message("Live", after=question.ts, within=20)
        tell.does("Alice", "clicks Make a link")
        known = seen(self.alice)
        self.alice.click(live, "mine.link")
        shown = told(self.alice, known)
        tell.sees("Alice", shown.visible_text)
        found = re.search(r"http://[^\s>|]+/l/[\w-]+", shown.visible_text)
        tell.claim("The link is Daypass's own, not a bearer URL of AWS.", found)
        address = found.group(0) if found else ""
        status, text = _follow(address)
        tell.claim("Anybody who has it reads the object.", status == 200 and "2026-Q2" in text)  # noqa: PLR2004
        tell.does("Alice", "clicks I'm done")
        self.alice.click(live, "mine.done")
        status, text = wait_for(lambda: _gone(address)) or (0, "")
        tell.claim("From then on the link answers 410 and says why.", "done" in text)

    def journal(self) -> None:
        """The whole story in a file that anybody can check, and that shows when one byte of it was changed."""
        tell = self.tell
        tell.chapter("7. The journal")
        self._log_in(self.bob)
        file, key = self.company.directory / "journal.jsonl", self.company.vkey
        time.sleep(2)  # the newest entries are folded into the tree once a second
        self._run(BOB, "journal", "export", "--output", str(file))
        verified = self._run(BOB, "verify", str(file), "--key", key)
        tell.sees("Bob", verified)
        tell.claim("The journal's file verifies with the public key alone.", "verified" in verified)
        changed = self.company.directory / "changed.jsonl"
        changed.write_bytes(file.read_bytes().replace(b'"actor":"U0BOB"', b'"actor":"U0EVE"', 1))
        broken = self._start(BOB, "verify", str(changed), "--key", key)
        tell.sees("Bob", broken.communicate(timeout=30)[0])
        tell.claim("One name changed in it, and the check fails and says where.", broken.returncode == 1)

    # What people do -----------------------------------------------------------------------------

    def ask(self, text: str) -> Message:
        """Let Alice ask in Slack; the question as Bob finds it."""
        self.tell.does("Alice", f"types: /daypass request {text}")
        self.alice.command("/daypass", f"request {text}", channel=_CHANNEL)
        found = re.search(r'"([^"]+)"', text)
        question = self.newest_question(found.group(1) if found else "")
        self.tell.sees("Bob", question.visible_text)
        return question

    def newest_question(self, reason: str) -> Message:
        """The question with this reason, as Bob finds it."""
        return self.bob.wait_for_message(reason, channel=APPROVALS, within=20)

    def _nobody_else_decides(self, question: Message) -> None:
        for person, name in ((self.dave, "Dave"), (self.alice, "Alice")):
            self.tell.does(name, "clicks Approve")
            known = seen(person)
            person.click(question, "review.approve")
            self.tell.sees(name, told(person, known).visible_text)
        self.tell.claim("Neither who may not decide nor who asked has changed anything.", not self._may(ALICE))

    def _aws_command(self) -> None:
        self.tell.does("Alice", "runs: aws s3 cp s3://acme-reports/2026/q1.csv -   (with her own keys)")
        worked, said = self._aws(self.company.shell(ALICE), "s3", "cp", "s3://acme-reports/2026/q1.csv", "-")
        self.tell.sees("Alice", said)
        self.tell.claim("The real aws command reads the object.", worked and "2026-Q1" in said)

    def _ends_by_itself(self) -> None:
        tell, company = self.tell, self.company
        ends = _end_in_aws(held(company.aws))
        company.daypass.kill()
        tell.does("", f"Daypass is killed (SIGKILL). The policy in AWS says the access ends at {ends:%H:%M:%S} UTC.")
        refused = wait_for(
            lambda: not may(company.keys[ALICE], company.aws.endpoint, REPORT) and datetime.now(UTC),
            within_s=60,
            every_s=0.05,
        )
        late = (refused - ends).total_seconds() if isinstance(refused, datetime) else 60.0
        tell.claim(f"AWS itself refuses, {late:+.2f} s after that second, while Daypass is dead.", 0 <= late < 1)
        company.start_daypass()
        tell.does("", "Daypass is started again.")
        tell.claim("It cleans up: nothing of it is left in AWS.", wait_for(lambda: not held(company.aws)))
        tell.sees("Alice", self.alice.wait_for_message("nded", within=20).visible_text)

    def _log_in(self, person: BlockingActor) -> None:
        known = seen(person)
        waiting = self._start(person.id, "login")
        assert waiting.stdout is not None  # noqa: S101 - it was opened with a pipe
        found = re.search(r"/daypass (login [A-Z-]+)", waiting.stdout.readline())
        typed = found.group(1) if found else "?"
        name = person.id.removeprefix("U0").capitalize()
        self.tell.does(name, f"runs: daypass login, and types in Slack: /daypass {typed}")
        person.command("/daypass", typed, channel=_CHANNEL)
        person.click(told(person, known), "login.confirm")
        self.tell.claim("The command line now speaks for its person.", waiting.wait(30) == 0)

    # What programs say --------------------------------------------------------------------------

    def _may(self, person_id: str) -> set[str]:
        keys = self.company.keys[person_id]
        return {str(wish) for wish in TRIES if may(keys, self.company.aws.endpoint, wish)}

    def _start(self, person_id: str, *words: str) -> "subprocess.Popen[str]":
        program = str(Path(sys.executable).with_name("daypass"))
        return subprocess.Popen(
            [program, *words],
            env=self.company.shell(person_id),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.company.directory,
        )

    def _run(self, person_id: str, *words: str) -> str:
        started = self._start(person_id, *words)
        said, _ = started.communicate(timeout=60)
        if started.returncode:
            raise DoesNotHoldError(f"daypass {' '.join(words)} ended with {started.returncode}: {said}")
        return said

    def _newest_grant(self) -> str:
        return self._run(ALICE, "ls", "--json").split('"id": "', 1)[1][:12]

    def _session(self, grant_id: str) -> dict[str, str]:
        """The environment of a program that has the session's credentials in its hands already."""
        said = self._run(ALICE, "exec", grant_id, "--", "env")
        kept = dict(line.split("=", 1) for line in said.splitlines() if line.startswith("AWS_"))
        return self.company.shell(ALICE) | kept

    def _aws(self, environ: dict[str, str], *words: str) -> tuple[bool, str]:
        program = shutil.which("aws", path=environ["PATH"])
        if program is None:
            raise DoesNotHoldError("the aws command is not installed; `make demo` brings it")
        with tempfile.TemporaryDirectory() as home:
            ran = subprocess.run(
                [program, *words],
                env={**environ, "HOME": home},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        return ran.returncode == 0, ran.stdout + ran.stderr


def _end_in_aws(found: list[dict[str, Any]]) -> datetime:
    text = re.search(r"'DateLessThan': {'aws:CurrentTime': '([^']+)'", str(found))
    if text is None:
        raise DoesNotHoldError("the policy in AWS has no end inside")
    return datetime.strptime(text.group(1), AWS_TIME).replace(tzinfo=UTC)


def _gone(address: str) -> tuple[int, str] | None:
    status, text = _follow(address)
    return (status, text) if status == 410 else None  # noqa: PLR2004 - HTTP's Gone


def _follow(address: str) -> tuple[int, str]:
    asked = urllib.request.Request(address, headers={"User-Agent": "somebody's browser"})  # noqa: S310 - an http address
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - as above
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode(errors="replace")
