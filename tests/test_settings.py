"""Settings: every value from one place, every mistake with its name."""

from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from daypass.model.errors import Misconfigured
from daypass.settings import Settings, load, secret


def test_without_anything_the_defaults_hold():
    """An empty environment is a complete set of settings, on 127.0.0.1."""
    assert load({}) == Settings()
    assert load({}).service.host == "127.0.0.1"


def test_the_environment_outweighs_the_file(tmp_path: Path):
    """What an operator sets for one start counts more than what is written down."""
    config = tmp_path / "daypass.toml"
    config.write_text('[service]\nport = 1\nlog = "console"\n')
    settings = load({"DAYPASS_CONFIG": str(config), "DAYPASS_SERVICE_PORT": "2"})

    assert (settings.service.port, settings.service.log) == (2, "console")


def test_lengths_switches_and_lists_are_read():
    """Each value is read as what it is."""
    settings = load(
        {
            "DAYPASS_RULES_LAPSE_AFTER": "2h",
            "DAYPASS_SERVICE_WORK": "no",
            "DAYPASS_SERVICE_TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2",
        }
    )

    assert settings.rules.lapse_after == timedelta(hours=2)
    assert settings.service.work is False
    assert settings.service.trusted_proxies == ("10.0.0.1", "10.0.0.2")


def test_every_number_can_be_read():
    """A setting without a range would stop the service with a traceback."""
    groups = [(group.name, getattr(Settings(), group.name)) for group in fields(Settings)]
    numbers = {(name, one.name): getattr(group, one.name) for name, group in groups for one in fields(group)}
    numbers = {name: value for name, value in numbers.items() if type(value) is int}
    environ = {f"DAYPASS_{group}_{name}".upper(): str(value) for (group, name), value in numbers.items()}

    assert {"metrics_port", "keep_words_days"} <= {name for _, name in numbers}
    assert load(environ) == Settings()


def test_a_name_nobody_knows_is_refused_with_a_suggestion():
    """A typing error never leaves a default silently in force."""
    with pytest.raises(Misconfigured, match="DAYPASS_SLACK_BOT_TOKEN"):
        load({"DAYPASS_SLACK_BOTTOKEN": "xoxb-1"})


def test_every_fault_is_named_at_once():
    """One start shows all that is wrong."""
    with pytest.raises(Misconfigured) as caught:
        load({"DAYPASS_SERVICE_PORT": "many", "DAYPASS_SERVICE_WORK": "perhaps", "DAYPASS_RULES_LAPSE_AFTER": "soon"})

    assert len(caught.value.sentence.splitlines()) == 3


def test_a_bad_secret_is_not_repeated(tmp_path: Path):
    """A secret is not printed by what shows the settings."""
    settings = load({"DAYPASS_SLACK_BOT_TOKEN": "xoxb-very-secret"})

    assert "very-secret" not in repr(settings)


@pytest.mark.parametrize("text", ["[service", "[srevice]\nport = 1\n", "[service]\nprot = 1\n", "service = 3\n"])
def test_a_bad_file_is_refused_in_a_sentence(tmp_path: Path, text: str):
    """Not TOML, an unknown group, an unknown name, a group that is none."""
    config = tmp_path / "daypass.toml"
    config.write_text(text)

    with pytest.raises(Misconfigured):
        load({"DAYPASS_CONFIG": str(config)})


def test_a_missing_file_is_refused():
    """A config file that was named and is not there is no reason to go on without it."""
    with pytest.raises(Misconfigured, match="cannot be read"):
        load({"DAYPASS_CONFIG": "/nonexistent/daypass.toml"})


def test_files_of_people_and_the_tracker_are_optional():
    """Without them rules know nothing of groups, schedules and tickets; with them each has its place."""
    settings = load(
        {
            "DAYPASS_PEOPLE_FILE": "people.yaml",
            "DAYPASS_PEOPLE_SCHEDULES": "schedules.yaml",
            "DAYPASS_TICKETS_JIRA_URL": "https://acme.atlassian.net",
            "DAYPASS_TICKETS_JIRA_TOKEN": "very-secret",
        }
    )

    assert (settings.people.file, settings.people.schedules) == (Path("people.yaml"), Path("schedules.yaml"))
    assert "very-secret" not in repr(settings)
    assert (load({}).people.file, load({}).people.schedules, load({}).tickets.jira_url) == (None, None, "")


def test_a_token_is_read_from_the_variable_that_a_file_names(monkeypatch: pytest.MonkeyPatch):
    """An empty one is none, and the sentence names the variable."""
    monkeypatch.setenv("PAGERDUTY_TOKEN", "u+token")
    monkeypatch.setenv("OPSGENIE_KEY", "")

    assert secret("PAGERDUTY_TOKEN") == "u+token"
    with pytest.raises(Misconfigured, match="OPSGENIE_KEY"):
        secret("OPSGENIE_KEY")
