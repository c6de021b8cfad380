"""Settings: every value from one place, every mistake with its name."""

from datetime import timedelta
from pathlib import Path

import pytest

from daypass.model.errors import Misconfigured
from daypass.settings import Settings, load


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
