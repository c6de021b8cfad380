"""`daypass demo`: the whole of Daypass on this machine in one command, until Ctrl-C; with --play, by itself."""

import signal
import sys
import tempfile
import threading
from pathlib import Path

from daypass.demo.company import Company
from daypass.demo.play import play_story

WELCOME = """
  Daypass is up, with an AWS and a Slack of its own, on this machine alone.

      {slack}

  Open it. You are Alice. Type

      /daypass request s3 read acme-reports/2026/ --for 2m --as policy --reason "INC-42"

  then pick Bob at the top left, open #access-requests, and click Approve. The page beside it asks AWS every second
  what Alice's own keys may do: it says allowed within seconds, and denied on the second two minutes later.

  Then try two approvers in turn, an emergency, and (as Bob) the rules, which Carol has to agree to:

      /daypass request s3 delete acme-uploads/inbox/readme.txt --for 10m --reason "INC-43"
      /daypass request s3 read acme-reports/2026/ --for 5m --as policy --reason "INC-44" --urgent
      /daypass rules

  As Alice in a terminal:   . {directory}/alice.sh
                            aws s3 cp s3://acme-reports/2026/q1.csv -

  The rules:                {directory}/rules.yaml (edit them; they are read again at every ask and click)
  Ctrl-C ends everything and removes it.
"""


def run(*, play: bool = False) -> int:
    """Run the demo; returns the exit code. With `play` it ends by itself, 0 only when every step of the story held."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with (
        tempfile.TemporaryDirectory(prefix="daypass-demo-") as directory,
        Company(Path(directory), says=_says) as company,
    ):
        if play:
            return play_story(company, stop)
        sys.stdout.write(WELCOME.format(slack=company.slack.url, directory=directory))
        sys.stdout.flush()
        stop.wait()
        sys.stdout.write("\nEnding everything.\n")
        sys.stdout.flush()
    return 0


def _says(step: str) -> None:
    """Say what is done now: on a slow machine a step takes ten seconds, and silence looks like a fault."""
    sys.stdout.write(f"demo: {step}\n")
    sys.stdout.flush()
