"""Logging in from the command line, and where the token is kept."""

import json
import stat
from datetime import timedelta

from daypass.lifecycle import login
from tests.doors.house import House
from tests.makers import ANN


def test_a_login_is_confirmed_by_the_person_and_kept_for_them_alone(house: House, nobody):
    """The code is shown, confirmed elsewhere, and the token lies in a file that only its owner can read."""
    process = nobody.start("login")
    assert process.stderr is not None
    code = process.stderr.readline().split()[-1]
    services = house.services
    login.confirm(code, by=ANN, logins=services.logins, ledger=services.ledger, now=house.clock())
    out, err = process.communicate(timeout=60)
    file = nobody.state / "logins.json"

    assert process.returncode == 0, err
    assert out.startswith("You are U0Ann, until ")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert nobody("whoami").out.startswith("U0Ann (U0ANN)")


def test_whoever_is_not_logged_in_is_told_how(nobody):
    """In one sentence."""
    ran = nobody("ls")

    assert (ran.code, ran.err) == (1, f"You are not logged in at {nobody.url}; run: daypass login\n")


def test_a_token_goes_to_the_service_it_came_from_alone(house: House, ann):
    """Another address is another service, and nobody is logged in there."""
    ran = ann("ls", DAYPASS_URL="http://localhost:9")

    assert ran.err == "You are not logged in at http://localhost:9; run: daypass login\n"


def test_a_token_is_not_sent_in_the_clear(house: House, ann):
    """Plain HTTP is for this machine."""
    kept = json.loads((ann.state / "logins.json").read_text())
    kept["logins"]["http://daypass.example.com"] = kept["logins"][house.url]
    (ann.state / "logins.json").write_text(json.dumps(kept))

    assert "in the clear" in ann("ls", DAYPASS_URL="http://daypass.example.com").err


def test_a_token_that_others_could_read_is_not_used(ann):
    """The sentence says what to run."""
    (ann.state / "logins.json").chmod(0o644)
    ran = ann("ls")

    assert (ran.code, "run: chmod 600" in ran.err) == (1, True)


def test_a_logout_ends_the_login_at_the_service_too(house: House, ann):
    """The token is of no use to whoever has copied it."""
    token = json.loads((ann.state / "logins.json").read_text())["logins"][house.url]["token"]
    assert ann("logout").code == 0

    with house.client() as client:
        assert client.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert token not in (ann.state / "logins.json").read_text()
    assert ann("ls").code == 1


def test_a_login_that_is_over_is_not_tried(house: House, ann):
    """The person is asked to log in again."""
    kept = json.loads((ann.state / "logins.json").read_text())
    kept["logins"][house.url]["expires_at"] = (house.clock() - timedelta(seconds=1)).isoformat()
    (ann.state / "logins.json").write_text(json.dumps(kept))

    assert "run: daypass login" in ann("ls").err


def test_the_service_is_found_in_the_config_file(house: House, ann):
    """When the environment does not say; a file with a fault is named."""
    config = ann.home / "config/daypass/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'url = "{house.url}/"\n')
    assert ann("whoami", DAYPASS_URL="").code == 0

    config.write_text("url = ")
    assert f"{config} cannot be read" in ann("whoami", DAYPASS_URL="").err


def test_a_service_that_cannot_be_reached_is_named(alone):
    """With what the system said."""
    ran = alone("login")

    assert (ran.code, ran.err) == (1, "http://127.0.0.1:9 cannot be reached: connection refused.\n")
