"""How the command starts, completes, fails and stops."""

import io
import json
import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from daypass.doors.cli.context import OperatorCommands as Operations
from daypass.doors.cli.main import run
from tests.doors.house import House

HEAVY = ("pydantic", "fastapi", "boto3", "sqlalchemy", "cryptography", "structlog", "jinja2", "slack_sdk", "msgspec")


def operations(**changes: object) -> Operations:
    """What an operator runs, each saying nothing."""
    nothing = {name: lambda: None for name in ("serve", "work", "migrate")}
    quiet = {**nothing, "doctor": list, "demo": lambda _: 0, "mcp": lambda *_: None, "back_to_file": lambda: 1}
    quiet |= {"operator": None, "accept_journal": lambda _: ""}
    return Operations(**(quiet | changes))  # type: ignore[arg-type]  # any of them


def test_help_lists_every_command_by_what_people_come_for(alone):
    """Without a service, a login or a configuration."""
    ran = alone("--help")

    assert ran.code == 0
    for words in ("Ask for access:", "  request ", "Run the service:", "  doctor "):
        assert words in ran.out


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["-h"], "Ask for access:"),
        (["help"], "Ask for access:"),
        (["request", "-h"], "--reason"),
        (["help", "request"], "--reason"),
        (["help", "rules", "apply"], "--shadow"),
        (["version"], version("daypass")),
    ],
)
def test_help_and_version_are_found_as_other_programs_have_them(words, shown, capsys):
    """With a dash, two, or none."""
    assert run(words, operations()) == 0
    assert shown in capsys.readouterr().out


@pytest.mark.parametrize("words", [("--help",), ("request", "--help"), ("credentials", "--help"), ("ls", "--help")])
def test_help_imports_nothing_heavy(words):
    """A database toolkit or a web server would take longer than the rest together."""
    program = f"""
import sys
from daypass.__main__ import main
sys.argv = ["daypass", *{words!r}]
try:
    main()
except SystemExit:
    print([name for name in {HEAVY!r} if name in sys.modules])
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "command", ["request", "ls", "exec", "journal", "verify", "serve", "demo", "completion", "login"]
)
def test_every_command_has_help(capsys, command):
    """It begins with how to type it."""
    assert run([command, "--help"], operations()) == 0
    assert capsys.readouterr().out.startswith(f"Usage: daypass {command}")


def test_the_doctor_exits_with_1_when_something_is_to_be_fixed(capsys):
    """Each finding is a line."""
    assert run(["doctor"], operations(doctor=lambda: [(True, "AWS answers."), (False, "Rules: fix line 3.")])) == 1
    assert capsys.readouterr().out == "ok   AWS answers.\nFIX  Rules: fix line 3.\n"


@pytest.mark.parametrize(("given", "code"), [("y\n", 0), ("n\n", 1), ("", 1)])
def test_going_back_to_the_rules_file_is_asked_about_first(capsys, monkeypatch, given, code):
    """Nobody who can be asked and says no, or cannot be asked, changes the rules."""
    done: list[int] = []

    def back_to_file() -> int:
        done.append(8)
        return 8

    monkeypatch.setattr(sys, "stdin", io.StringIO(given))

    assert run(["rules", "back-to-file"], operations(back_to_file=back_to_file)) == code
    said = capsys.readouterr()
    assert (bool(done), "version 8" in said.out, "Nothing has changed" in said.err) == (code == 0, code == 0, code == 1)


def test_going_back_to_the_rules_file_can_be_said_without_being_asked(capsys):
    """For a script of whoever runs Daypass."""
    assert run(["rules", "back-to-file", "--yes"], operations(back_to_file=lambda: 8)) == 0
    assert capsys.readouterr().out == "The rules file is in force, as version 8.\n"


@pytest.mark.parametrize(("found", "code"), [(None, 0), (0, 0), (3, 3)])
def test_the_exit_code_of_the_demo_is_passed_on(found, code):
    """So that `demo --play` can be a test."""
    assert run(["demo", "--play"], operations(demo=lambda play: found if play else 9)) == code


def test_the_demo_takes_what_may_be_lacking(alone, tmp_path):
    """Daypass is installed without a local Slack, and says what is missing."""
    (tmp_path / "localslack.py").write_text('raise ModuleNotFoundError("gone", name="localslack")')
    ran = alone("demo", "--play", PYTHONPATH=str(tmp_path))

    assert (ran.code, "localslack is missing" in ran.err, "Traceback" in ran.err) == (1, True, False)
    assert "pip install ./packages/localslack '.[demo]'" in ran.err


def test_what_nobody_foresaw_is_one_sentence(capsys):
    """And where it happened is for those who ask."""

    def stumble() -> None:
        raise ZeroDivisionError("by nought")

    assert run(["serve"], operations(serve=stumble)) == 1
    assert capsys.readouterr().err.startswith(
        "Something went wrong that nobody foresaw (ZeroDivisionError: by nought)."
    )


def test_ctrl_c_is_quiet(ann):
    """Exit code 130, and no traceback."""
    process = ann.start("request", "s3", "read", "acme-reports/", "--reason", "x", "--wait")
    assert process.stderr is not None
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "Traceback" not in err


def test_the_shell_completes_commands_levels_and_ids(house: House, ann):
    """Ids come from the service, with what they are for."""
    request = ann("request", "s3", "read", "acme-reports/", "--reason", "x", "--json").json["id"]

    def complete(*words: str) -> str:
        line = " ".join(("daypass", *words))
        ran = ann(_DAYPASS_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words)))
        return str(ran.out)

    assert "plain,request" in complete("req")
    assert complete("request", "s3", "re") == "plain,read\n"
    assert complete("request", "--as", "p") == "plain,policy\n"
    assert complete("show", request[:4]) == f"plain,{request}\n"


def test_completion_is_silent_when_the_service_is_away(alone):
    """A shell that is asked to complete shows no errors."""
    ran = alone(_DAYPASS_COMPLETE="bash_complete", COMP_WORDS="daypass show a", COMP_CWORD="2")

    assert (ran.out.strip(), ran.err) == ("", "")


def test_the_script_for_the_shell_is_printed(alone):
    """To be evaluated."""
    assert "_DAYPASS_COMPLETE=bash_complete" in alone("completion", "bash").out


def test_a_pipe_that_closes_is_no_error_to_see(alone):
    """`daypass --help | head -1` shows a line and nothing else."""
    command = f"{sys.executable} -m daypass --help | head -n 1"
    ran = subprocess.run(["sh", "-c", command], env=alone.environment(), capture_output=True, text=True, check=False)

    assert (ran.stdout.startswith("Usage"), ran.stderr) == (True, "")


def test_credentials_that_nobody_reads_any_more_leave_no_traceback(alone):
    """An SDK that gave up waiting has closed the pipe before they are written."""
    environ = alone.environment()
    kept = Path(environ["XDG_STATE_HOME"]) / "daypass" / "credentials" / "abcdefgh2345.json"
    kept.parent.mkdir(parents=True, mode=0o700)
    kept.write_text(json.dumps({"Version": 1, "Expiration": "2999-01-01T00:00:00Z"}), encoding="utf-8")
    kept.chmod(0o600)
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "daypass", "credentials", "abcdefgh2345"]
    with os.fdopen(write, "wb") as pipe:
        ran = subprocess.run(command, env=environ, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False)

    assert ran.stderr == ""
