"""Robots on the command line: tended by an owner of the rules, and speaking by DAYPASS_TOKEN."""

from dataclasses import replace
from pathlib import Path

import pytest

from daypass.model.principal import Principal, PrincipalId
from daypass.rules.rule.people import NamedPeople
from tests.doors.cli.conftest import Terminal
from tests.doors.house import House
from tests.makers import BOB

DEPLOY = PrincipalId("bot:deploy")


@pytest.fixture(autouse=True)
def owned(house: House) -> None:
    """Let Bob own the rules, and the first rule lend to the robot."""
    written = house.services.rules()
    first, *rest = written.rules
    lends = replace(first, who=NamedPeople(people=first.who.people | {DEPLOY}))
    book = replace(written, rules=(lends, *rest), owners=NamedPeople(people=frozenset({BOB})))
    house.under(lambda: book)
    house.directory.people[DEPLOY] = Principal(id=DEPLOY, name="deploy")


def test_a_robot_is_added_and_speaks(bob: Terminal, nobody: Terminal):
    """Its token alone stands on the standard output, and is a login wherever it is told."""
    added = bob("robot", "add", "deploy", "--days", "30", "--about", "nightly")
    token = added.out.strip()

    assert (added.code, token.startswith("dpb_deploy_")) == (0, True)
    assert "you answer for it" in added.err
    assert token not in added.err
    assert nobody("whoami", DAYPASS_TOKEN=token).out.startswith("deploy (bot:deploy)")
    asked = nobody("request", "s3", "read", "acme-reports/2026/", "--for", "1h", "--reason", "x", DAYPASS_TOKEN=token)
    assert (asked.code, "waits for" in asked.out) == (0, True)
    assert not list(nobody.home.rglob("logins.json"))


def test_robots_are_listed_rotated_and_removed(bob: Terminal, nobody: Terminal):
    """What was rotated or removed is refused at once."""
    old = bob("robot", "add", "deploy", "--days", "30", "--scope", "read").out.strip()
    listed = bob("robot", "ls").out
    assert "bot:deploy" in listed
    assert "read" in listed
    new = bob("robot", "rotate", "deploy", "--days", "5").out.strip()

    assert [nobody("whoami", DAYPASS_TOKEN=token).code for token in (old, new)] == [1, 0]
    adopted = bob("robot", "adopt", "deploy", "--days", "5")
    assert "You answer for bot:deploy now." in adopted.err
    new = adopted.out.strip()
    assert "is removed" in bob("robot", "remove", "bot:deploy").out
    assert nobody("whoami", DAYPASS_TOKEN=new).code == 1
    assert bob("robot", "ls").out == "There is no robot.\n"


def test_a_robot_cannot_log_out_of_its_own_token(bob: Terminal, nobody: Terminal):
    """It is told that the token stays good, and who ends it."""
    token = bob("robot", "add", "deploy", "--days", "30").out.strip()
    ran = nobody("logout", DAYPASS_TOKEN=token)

    assert (ran.code, ran.out) == (1, "")
    assert "stays good" in ran.err
    assert "daypass robot rotate" in ran.err
    assert nobody("whoami", DAYPASS_TOKEN=token).code == 0


def test_a_robot_that_comes_with_tokens_of_its_own_gets_none(bob: Terminal):
    """And an issuer that is not trusted is refused."""
    ran = bob(
        *("robot", "add", "deploy", "--issuer", "https://evil.example", "--audience", "daypass"),
        *("--claim", "repository=acme/deploy"),
    )

    assert (ran.code, "does not trust" in ran.err, ran.out) == (1, True, "")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "deploy"), "days"),
        (("add", "deploy", "--days", "400"), "366"),
        (("add", "De", "--days", "4"), "small letters"),
        (("add", "deploy", "--days", "4", "--scope", "decide"), "decide"),
        (("add", "deploy", "--claim", "repository"), "is not a claim"),
        (("add", "deploy", "--claim", "a=b", "--claim", "a=c"), "each once"),
        (("rotate", "deploy", "--days", "4"), "no such robot"),
        (("remove", "../../mine"), "nothing at this address"),
        (("remove", ""), "no such robot"),
    ],
)
def test_what_cannot_be_is_one_sentence(bob: Terminal, words: tuple[str, ...], sentence: str):
    """On the standard error, with exit code 1."""
    ran = bob("robot", *words)

    assert (ran.code, sentence in ran.err, ran.out) == (1, True, "")
    assert "Traceback" not in ran.err


def test_somebody_else_adds_no_robot(ann: Terminal):
    """Ann does not own the rules."""
    assert "owners of the rules" in ann("robot", "add", "deploy", "--days", "3").err


def test_a_token_goes_to_no_service_that_nobody_named(nobody: Terminal, tmp_path: Path):
    """A program says where its token is for."""
    ran = nobody("whoami", DAYPASS_TOKEN="dpb_deploy_x", DAYPASS_URL="")

    assert (ran.code, "DAYPASS_URL" in ran.err) == (1, True)
    config = nobody.home / "config/daypass/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'url = "{nobody.url}"\n')
    assert "not the token of a robot" in nobody("whoami", DAYPASS_TOKEN="dpb_deploy_x", DAYPASS_URL="").err


def test_an_agent_without_a_login_is_told_so(nobody: Terminal, alone: Terminal):
    """In a sentence, before anything is served."""
    assert "not logged in" in nobody("mcp").err
    assert "not logged in" in nobody("mcp", DAYPASS_TOKEN="x" * 43).err
    ran = alone("mcp", DAYPASS_TOKEN="x" * 43)
    assert (ran.code, "cannot be reached" in ran.err, "Traceback" in ran.err) == (1, True, False)


def test_an_agent_takes_an_extra_that_may_be_lacking(nobody: Terminal, tmp_path: Path):
    """Daypass is installed without it, and says what is missing."""
    (tmp_path / "mcp.py").write_text('raise ModuleNotFoundError("gone", name="mcp")')
    ran = nobody("mcp", DAYPASS_TOKEN="x", PYTHONPATH=str(tmp_path))

    assert (ran.code, "extra `mcp`" in ran.err, "Traceback" in ran.err) == (1, True, False)
