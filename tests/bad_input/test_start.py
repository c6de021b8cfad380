"""What stands in the way of a start, said on the standard error; the exit code is 1."""

import os
from pathlib import Path

import pytest

from tests.bad_input.firm import ALICE, REPORTS, Firm, run
from tests.bad_input.page import says
from tests.servers.process import free_port

SETTINGS = [
    ("a setting that does not exist", "DAYPASS_SLACK_BOTTOKEN", "xoxb-1"),
    ("a port that is no number", "DAYPASS_SERVICE_PORT", "http"),
    ("a number out of its range", "DAYPASS_WORKER_IN_FLIGHT", "0"),
    ("a length of time that is none", "DAYPASS_WORKER_SWEEP_EVERY", "often"),
    ("a switch that is none", "DAYPASS_SERVICE_WORK", "perhaps"),
    ("a role that is no ARN", "DAYPASS_AWS_BROKER_ROLE", "daypass-broker"),
    ("Slack's address without /api/", "DAYPASS_SLACK_API_URL", "https://slack.com/"),
    ("no signing secret and no app token", "DAYPASS_SLACK_SIGNING_SECRET", ""),
    ("a proxy that is no address", "DAYPASS_SERVICE_TRUSTED_PROXIES", "proxy.example.com"),
    ("a log form that does not exist", "DAYPASS_SERVICE_LOG", "pretty"),
    ("a config file that is missing", "DAYPASS_CONFIG", "/nowhere/daypass.toml"),
    ("a map of people that is missing", "DAYPASS_RULES_PEOPLE", "/nowhere/people.yaml"),
]
CONFIGS = [
    ("a config file that is no TOML", "[slack\nbot_token = 'xoxb-1'\n"),
    ("names in the config file that do not exist", "[slak]\nbot_token = 'xoxb-1'\n\n[service]\nporrt = 8700\n"),
]


def starting(firm: Firm, **settings: str) -> str:
    """Start Daypass beside the one that runs; returns what it says before it ends."""
    ran = run("serve", environ=firm.environ() | {"DAYPASS_SERVICE_PORT": str(free_port())} | settings)
    assert (ran.code, ran.out) == (1, "")
    return "\n".join(line for line in ran.err.splitlines() if not line.startswith("{"))  # without the log's lines


@pytest.mark.parametrize(("wrong", "name", "value"), SETTINGS, ids=[wrong for wrong, _, _ in SETTINGS])
def test_a_setting_that_cannot_be_stops_the_start(firm: Firm, wrong: str, name: str, value: str) -> None:
    """Nothing is started with a guess."""
    says(wrong, "start", starting(firm, **{name: value}), firm.names)


@pytest.mark.parametrize(("wrong", "text"), CONFIGS, ids=[wrong for wrong, _ in CONFIGS])
def test_a_config_file_with_a_mistake_stops_the_start(firm: Firm, wrong: str, text: str) -> None:
    """Every fault in it is named."""
    file = firm.directory / "daypass.toml"
    file.write_text(text, encoding="utf-8")

    says(wrong, "start", starting(firm, DAYPASS_CONFIG=str(file)), firm.names)


def test_without_any_setting_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not stay up for nobody, and leaves no key and no database behind."""
    monkeypatch.chdir(tmp_path)
    ran = run("serve", environ={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})

    assert (ran.code, ran.out, list(tmp_path.iterdir())) == (1, "", [])
    says("no setting at all", "start", ran.err)


def test_a_port_that_is_taken_stops_the_start(firm: Firm) -> None:
    """Two services on one port would share what is asked without noticing."""
    port = str(firm.port)

    says("a port that is in use", "start", starting(firm, DAYPASS_SERVICE_PORT=port), {port: "8700"})


def test_a_key_that_cannot_be_made_stops_the_start(firm: Firm, tmp_path: Path) -> None:
    """Only a new database gets a new key, and only where there is a folder for it."""
    new = f"sqlite:///{tmp_path / 'new.db'}"
    said = starting(firm, DAYPASS_STORE_URL=new, DAYPASS_JOURNAL_KEY_FILE="/nowhere/journal.key")

    says("a folder for the journal's key that is missing", "start", said, firm.names)


def test_a_text_that_is_no_key_stops_the_start(firm: Firm) -> None:
    """The file is named, its content is not shown."""
    file = firm.directory / "other.key"
    file.write_text("secret", encoding="utf-8")

    says("a journal key that is none", "start", starting(firm, DAYPASS_JOURNAL_KEY_FILE=str(file)), firm.names)


def test_a_journal_keeps_its_key(firm: Firm) -> None:
    """With the key gone a fresh one is not taken for it: the journal would begin to disagree with itself."""
    firm.types(ALICE, REPORTS)
    firm.question("INC-42")
    key = firm.directory / "journal.key"
    firm.wait_for_checkpoint("INC-42")
    kept = key.rename(firm.directory / "kept.key")
    try:
        says("the journal's key is missing", "doctor", firm.finding(), firm.names)
        says("the journal's key is missing", "start", starting(firm), firm.names)
    finally:
        kept.replace(key)


def test_a_key_that_others_can_read_is_found_by_doctor(firm: Firm) -> None:
    """Whoever has the key can rewrite history."""
    key = firm.directory / "journal.key"
    key.chmod(0o644)
    try:
        says("a journal key that others may read", "doctor", firm.finding(), firm.names)
    finally:
        key.chmod(0o600)


def test_a_service_without_slack_is_found_by_doctor(firm: Firm) -> None:
    """It runs, for the API alone; doctor doubts that this is meant."""
    says("no Slack token", "doctor", firm.doctor(DAYPASS_SLACK_BOT_TOKEN="")[0])


def test_an_aws_that_does_not_answer_is_found_by_doctor(firm: Firm) -> None:
    """An endpoint with nobody behind it."""
    nobody = f"http://127.0.0.1:{free_port()}"

    says("AWS does not answer", "doctor", firm.doctor(AWS_ENDPOINT_URL=nobody)[0], {nobody: "http://127.0.0.1:4566"})
