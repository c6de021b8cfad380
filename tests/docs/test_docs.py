"""What the pages say is there is there: links, commands and their options, settings, tests, and the first steps."""

import ast
import dataclasses
import re
import subprocess
import sys

import click
import pytest
import yaml

from daypass import settings
from daypass.demo.command import WELCOME
from daypass.doors.cli.main import daypass
from daypass.doors.commands import COMMANDS, SLACK_VERBS
from daypass.rules.load.read import parse
from tests.docs.pages import Command, code, commands, missing, named_tests, pages
from tests.house.sources import ROOT, functions

README = (ROOT / "README.md").read_text()
FAILURE_MODES = (ROOT / "docs/failure-modes.md").read_text()


def known(command: Command) -> click.Command | None:
    """The command of click that a page means; None when there is none."""
    verb = command.words[0]
    if command.slack:
        return COMMANDS[verb] if verb in SLACK_VERBS else None
    found = daypass.get_command(click.Context(daypass), verb)
    if isinstance(found, click.Group) and len(command.words) > 1:
        return found.get_command(click.Context(found), command.words[1])
    return found


def unknown_options(command: Command) -> list[str]:
    """The options that a page gives a command and that it does not take."""
    said = command.words[: command.words.index("--")] if "--" in command.words else command.words
    found = known(command)
    assert found is not None
    taken = {"--help", *(option for one in found.params for option in one.opts)}
    return [word for word in said if re.fullmatch(r"--?[a-z][a-z-]*,?", word) and word.rstrip(",") not in taken]


@pytest.mark.parametrize("page", pages())
def test_every_link_leads_somewhere(page: str):
    """A link into the repository names a file or folder that exists."""
    assert missing(page) == []


def test_every_command_that_a_page_shows_exists():
    """On the command line, or in Slack when it begins with a slash."""
    assert len(commands()) > 50
    assert [str(one) for one in commands() if known(one) is None] == []


def test_every_option_that_a_page_shows_is_taken_by_its_command():
    """No page promises what the command would refuse."""
    assert {str(one): options for one in commands() if (options := unknown_options(one))} == {}


def test_every_setting_that_is_named_exists():
    """In pages, examples and the container file alike; but for those that the page of mistakes shows being refused."""
    page = (ROOT / "docs/settings.md").read_text()
    right = [text for name, text in pages().items() if not name.endswith("bad-input.md")]
    others = [path.read_text() for path in (ROOT / "examples").rglob("*") if path.is_file()]
    named = re.findall(r"DAYPASS_[A-Z_]+[A-Z]", "\n".join([*right, *others, (ROOT / "Containerfile").read_text()]))

    assert sorted(set(named) - set(re.findall(r"DAYPASS_[A-Z_]+", page))) == []


def test_the_page_of_settings_is_what_the_settings_say():
    """It is generated, and it names every setting there is."""
    checked = subprocess.run([sys.executable, "scripts/settings_table.py", "--check"], cwd=ROOT, check=False)
    page = (ROOT / "docs/settings.md").read_text()
    groups = {one.name: getattr(settings.Settings(), one.name) for one in dataclasses.fields(settings.Settings)}
    names = [
        f"DAYPASS_{name}_{one.name}".upper() for name, group in groups.items() for one in dataclasses.fields(group)
    ]

    assert checked.returncode == 0
    assert [name for name in names if f"`{name}`" not in page] == []


@pytest.mark.heavy
def test_every_test_that_the_failure_modes_name_exists():
    """A row of that table is only as true as the test behind it."""
    named = named_tests(FAILURE_MODES)
    there = {
        (file, node.name)
        for file in {file for file, _ in named if (ROOT / file).exists()}
        for node in functions((ROOT / file).read_text())
    }

    assert len(named) > 50
    assert sorted(set(named) - there) == []


def test_every_numbered_test_is_in_the_table_of_failure_modes():
    """A test that was written for a row is listed there."""
    file = "tests/flow/test_failure_modes.py"
    numbered = {
        node.name
        for node in ast.parse((ROOT / file).read_text()).body
        if isinstance(node, ast.FunctionDef) and re.match(r"test_\d\d_", node.name)
    }

    assert numbered - {name for _, name in named_tests(FAILURE_MODES)} == set()


def test_the_readmes_first_commands_are_targets_of_make():
    """`make demo` and `make test` do all the set-up there is."""
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"\bmake (\w+)", " ".join(code(README)))) == {"demo", "test"} <= targets


def test_the_readmes_first_grant_is_the_one_of_the_demo():
    """Whoever follows the README types what the demo's own words say."""
    typed = [line.strip() for line in WELCOME.splitlines() if line.strip().startswith("/daypass")]
    typed += re.findall(r"aws s3 cp \S+ -", WELCOME)

    assert len(typed) == 5
    assert [line for line in typed if line not in README] == []


def test_what_the_demo_says_gives_at_once_can_be_seen_in_its_panel():
    """The panel asks by Alice's own keys, which an AWS session would leave as they are."""
    at_once = [line for line in WELCOME.splitlines() if "--urgent" in line or "--for 2m" in line]

    assert len(at_once) == 2
    assert all("--as policy" in line for line in at_once)


def test_the_readmes_rules_are_rules():
    """The smallest document can be used as it stands."""
    [document] = [block for block in code(README) if block.startswith("version:")]

    assert len(parse(document, name="README.md").rules) == 1


def test_the_compose_file_runs_commands_that_exist():
    """Two replicas on one database, by commands of this Daypass."""
    services = yaml.safe_load((ROOT / "examples/compose.yaml").read_text())["services"]
    ours = [one["command"] for one in services.values() if one["image"] == "daypass"]

    assert services["daypass"]["deploy"]["replicas"] == 2
    assert [words for words in ours if known(Command("examples/compose.yaml", False, tuple(words))) is None] == []


def test_every_picture_of_the_gallery_is_shown_with_words_and_taken_by_a_test():
    """No picture is older than the last run of `scripts/gallery.sh`, and none says nothing to who cannot see it."""
    shown = re.findall(r"!\[([^\]]*)\]\(gallery/([\w-]+)\.png\)", (ROOT / "docs/gallery.md").read_text())
    taken = "".join(path.read_text() for path in (ROOT / "tests/browser").glob("test_*.py"))

    assert {name for _, name in shown} == {path.stem for path in (ROOT / "docs/gallery").glob("*.png")}
    assert [words for words, _ in shown if len(words) < 20] == []
    assert [name for _, name in shown if f'"{name}"' not in taken] == []
