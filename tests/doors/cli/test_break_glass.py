"""`daypass glass`, and what is used of a broken glass when nothing but the command line is left."""

import json
import stat
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.doors.cli.conftest import Terminal
from tests.doors.glass_rules import GLASS
from tests.doors.house import House
from tests.makers import BOB

WHAT = ("s3", "read", "acme-reports/2026/", "--for", "1h", "--reason", "INC-42")
BREAK = ("glass", "break", *WHAT)


@pytest.fixture(autouse=True)
def _rules(house: House) -> None:
    house.rules.write_text(GLASS)


def sealed(terminal: Terminal) -> list[str]:
    """Seal codes, and read them from the paper."""
    return terminal("glass", "seal", "--count", "3").out.split()


def test_the_codes_alone_go_to_the_standard_output(ann: Terminal):
    """So that they can be sent to a printer; what they are is said beside them."""
    ran = ann("glass", "seal", "--count", "2", "--days", "30")

    assert ran.code == 0
    assert len(ran.out.split()) == 2
    assert all(len(code) == 29 for code in ran.out.split())
    assert "good once" in ran.err
    assert "not shown again" in ran.err


def test_a_sealed_code_is_enough_to_run_a_program(house: House, ann: Terminal, nobody: Terminal):
    """On a machine where nobody is logged in, with the directory away, until the program has its credentials."""
    code, *_ = sealed(ann)
    house.directory.away = True
    house.directory.forget()
    ran = nobody(*BREAK, "--code-file", "-", given=f"{code.lower()}\n")
    assert ran.code == 0, ran.err
    house.work()
    grant = ran.out[:12]

    used = nobody("exec", grant, "--", sys.executable, "-c", "import os; print(os.environ['AWS_ACCESS_KEY_ID'])")

    assert used.out.strip() == f"ASIA{grant}"
    assert "It will be reviewed" in ran.out


def test_the_login_of_a_code_is_kept_for_its_owner_alone(ann: Terminal, nobody: Terminal):
    """And is not printed, nor is the code."""
    code, *_ = sealed(ann)
    ran = nobody(*BREAK, "--json", "--code-file", "-", given=code)
    file = nobody.state / "logins.json"
    token = json.loads(file.read_text())["logins"][nobody.url]["token"]

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ran.json["request"]["urgent"] is True
    assert "access_token" not in ran.json
    assert token not in ran.out + ran.err
    assert code not in ran.out + ran.err


def test_a_code_is_read_from_a_file(house: House, ann: Terminal, nobody: Terminal, tmp_path: Path):
    """Its first line, once."""
    sheet = tmp_path / "sheet"
    sheet.write_text("\n".join(sealed(ann)))

    assert nobody(*BREAK, "--code-file", str(sheet)).code == 0
    house.clock.forward(timedelta(seconds=3))
    assert "not good" in nobody(*BREAK, "--code-file", str(sheet)).err


def test_a_typing_error_is_found_before_anything_is_sent(ann: Terminal, nobody: Terminal):
    """And costs no try."""
    code, *_ = sealed(ann)
    slip = ("2" if code[0] != "2" else "3") + code[1:]

    ran = nobody(*BREAK, "--code-file", "-", given=slip)

    assert (ran.code, "typing error" in ran.err) == (1, True)
    assert nobody(*BREAK, "--code-file", "-", given=code).code == 0


@pytest.mark.parametrize("where", [(), ("--code-prompt", "--code-file", "x"), ("--code-file", "/nowhere")])
def test_it_must_be_said_where_the_code_is(nobody: Terminal, where: tuple[str, ...]):
    """It is never a word of the command, which others could read."""
    ran = nobody(*BREAK, *where)

    assert ran.code == 1
    assert "Traceback" not in ran.err


def test_a_logged_in_person_breaks_glass_with_the_directory_away(house: House, ann: Terminal):
    """`request --urgent` says what was filed though nobody's name is to be had, and `exec` works."""
    assert ann("whoami").code == 0
    house.directory.away = True
    ran = ann("request", *WHAT, "--urgent")
    house.work()

    assert (ran.code, "Emergency access is on" in ran.out) == (0, True), ran.err
    assert ann("exec", ran.out[:12], "--", "true").code == 0
    assert ann("request", *WHAT).code == 1


def test_a_reviewer_lists_shows_and_closes(house: House, ann: Terminal, bob: Terminal):
    """What Ann did, in words and in Bob's time zone; and then it is done."""
    broke = ann("request", *WHAT, "--urgent").out[:12]
    house.work()
    ann("credentials", broke)

    assert f"{broke}  U0Ann" in bob("glass", "reviews").out
    shown = bob("glass", "show", broke).out
    for words in (
        "U0Ann used emergency access for read acme-reports/2026/",
        "INC-42",
        "was handed AWS credentials",
        "CloudTrail",
    ):
        assert words in shown
    ann("done", broke)
    house.work()
    assert bob("glass", "close", broke, "--note", "Needed.").out.strip() == f"{broke}: the review is closed."
    assert "No review waits" in bob("glass", "reviews").out
    assert "closed: Needed." in ann("glass", "show", broke).out
    assert "Needed." in ann("glass", "reviews").out
    assert bob("glass", "show", broke, "--json").json["review"]["closed_by"] == BOB


def test_who_broke_it_does_not_close_it(ann: Terminal, eve: Terminal):
    """Nor does a bystander, to whom there is no such thing."""
    broke = ann("request", *WHAT, "--urgent").out[:12]

    assert "yourself" in ann("glass", "close", broke, "--note", "Fine.").err
    assert "no request" in eve("glass", "close", broke, "--note", "Fine.").err
    assert "no request" in eve("glass", "show", broke).err
