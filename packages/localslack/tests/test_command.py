"""The command: a local Slack for an app that is somewhere else, with the people whom one names."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from slack_sdk import WebClient

from localslack.__main__ import main

TEAM = """
name: Initech
people:
  - {name: ann, real_name: Ann Archer, title: Engineer, colour: plum}
  - {name: ben, id: U7BEN}
channels:
  - {name: general}
  - {name: back-room, kind: private_channel, members: [ben, app]}
groups:
  - {handle: leads, users: [ben]}
"""
COMMAND = [sys.executable, "-m", "localslack", "--port", "0"]


@contextmanager
def running(*words: str) -> Iterator[dict[str, str]]:
    """Run it; give what it says to start an app with."""
    with subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said: dict[str, str] = {}
        for line in process.stdout:
            said |= dict(re.findall(r"^ +(SLACK_\w+)=(.*)$", line))
            said |= {"page": line.strip()} if line.strip().startswith("http:") else {}
            if "Ctrl-C" in line:
                break
        try:
            yield said
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0


def refused(*words: str) -> str:
    """Run it with what it does not take; give what it says to that."""
    ran = CliRunner().invoke(main, words)
    assert (ran.exit_code, ran.output.startswith("Error: ")) == (1, True)
    return ran.output


def test_an_app_starts_with_what_the_command_prints():
    """The address of the Web API and the token are good for an app that knows nothing else."""
    with running("--app-url", "http://127.0.0.1:9/slack/events", "--app-name", "Library") as said:
        who = WebClient(token=said["SLACK_BOT_TOKEN"], base_url=said["SLACK_API_URL"]).auth_test()

    assert re.fullmatch(r"http://localhost:\d+", said["page"])
    assert (who["user_id"], said.keys() >= {"SLACK_SIGNING_SECRET"}) == ("U0LIBRARY", True)


def test_ids_tokens_and_people_are_those_one_names(tmp_path: Path):
    """From a file and from the line; ids are made of the names that have none."""
    (tmp_path / "team.yaml").write_text(TEAM)
    words = ["--workspace", str(tmp_path / "team.yaml"), "--user", "cat=Cat Carver", "--bot-token", "xoxb-mine"]
    with running(*words, "--bot-user-id", "U0BOT", "--app-token", "xapp-mine") as said:
        client = WebClient(token="xoxb-mine", base_url=said["SLACK_API_URL"])
        members = {each["id"]: each["real_name"] for each in client.users_list()["members"] if not each["is_bot"]}
        listed = client.conversations_list(types="public_channel,private_channel")["channels"]
        channels = {each["id"]: set(client.conversations_members(channel=each["id"])["members"]) for each in listed}
        leads = client.usergroups_users_list(usergroup="S0LEADS")["users"]

    assert (said["SLACK_BOT_TOKEN"], said["SLACK_APP_TOKEN"]) == ("xoxb-mine", "xapp-mine")
    assert {"U0ANN": "Ann Archer", "U7BEN": "Ben", "U0CAT": "Cat Carver"}.items() <= members.items()
    assert channels == {"C0GENERAL": {"U0ANN", "U7BEN", "U0CAT", "U0BOT"}, "C0BACKROOM": {"U7BEN", "U0BOT"}}
    assert leads == ["U7BEN"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("people: [{name: ann, colur: plum}]", 'A person has no "colur". It has: id, name, real_name'),
        ("people: [{real_name: Ann}]", 'A person needs a "name".'),
        ("people: [{name: ann, colour: pink}]", '"pink" is none of: plum, teal'),
        ("people: [ann]", "A person is written as a map"),
        ("people: {ann: Ann}", '"people" is a list.'),
        ("channels: [{name: x, members: [zoe]}]", 'Nobody is called "zoe". There are: app.'),
        ("teams: []", 'The file has no "teams". It has: name, people, channels, groups.'),
        ("a: [", "This is not YAML"),
        ("name: Initech", "Nobody is in this workspace."),
        ("people: [{name: ann, tz: Mars}]", '"Mars" is no time zone.'),
        ("people: [{name: ann}]\nchannels: [{name: x, members: 5}]", '"members" is a list.'),
        ("people: [{name: ann}]\ngroups: [{handle: x, users: [{}]}]", 'Nobody is called "{}".'),
    ],
)
def test_a_mistake_in_the_file_is_a_sentence(tmp_path: Path, text: str, sentence: str):
    """With the file, what is wrong in it, and what would be right."""
    (tmp_path / "team.yaml").write_text(text)
    said = refused("--workspace", str(tmp_path / "team.yaml"))

    assert "team.yaml" in said
    assert sentence in said


def test_a_file_that_is_no_manifest_is_refused_by_its_name(tmp_path: Path):
    """Before anything is served."""
    (tmp_path / "app.yaml").write_text("features: {}")

    assert "app.yaml is no manifest of a Slack app" in refused("--manifest", str(tmp_path / "app.yaml"))


def test_the_readme_names_every_option():
    """And none besides."""
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    known = {name for option in main.params for name in option.opts if name.startswith("--")}

    assert set(re.findall(r"(?<=`)--[a-z-]+", readme)) | {"--app-url"} == known
