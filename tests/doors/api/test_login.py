"""The device flow, as a command line goes through it (RFC 8628)."""

from datetime import timedelta

from daypass.lifecycle import login
from tests.doors.house import House
from tests.makers import ANN


def begin(nobody) -> dict[str, str]:
    """Begin a login."""
    answer = nobody.post("/v1/login/device", json={"client": "laptop"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def collect(nobody, begun):
    """Ask for the token."""
    return nobody.post("/v1/login/token", json={"device_code": begun["device_code"]})


def confirm(house: House, begun) -> None:
    """Ann clicks Confirm in Slack."""
    services = house.services
    login.confirm(begun["user_code"], by=ANN, logins=services.logins, ledger=services.ledger, now=house.clock())


def test_a_code_is_worth_nothing_until_the_person_has_confirmed_it(nobody):
    """Until then the answer is authorization_pending."""
    answer = collect(nobody, begin(nobody))

    assert (answer.status_code, answer.json()["code"]) == (400, "authorization_pending")


def test_a_confirmed_code_gives_a_token_once(house: House, nobody):
    """The token speaks for the one who clicked; the second asking gets nothing."""
    begun = begin(nobody)
    confirm(house, begun)
    token = collect(nobody, begun).json()
    house.clock.forward(timedelta(seconds=3))

    me = nobody.get("/v1/me", headers={"Authorization": f"Bearer {token['access_token']}"}).json()
    assert (me["id"], me["tz"], token["token_type"]) == ("U0ANN", "Europe/Berlin", "Bearer")
    assert collect(nobody, begun).json()["code"] == "expired_token"


def test_asking_too_often_is_answered_with_slow_down(nobody):
    """RFC 8628, section 3.5."""
    begun = begin(nobody)
    collect(nobody, begun)

    assert collect(nobody, begun).json()["code"] == "slow_down"


def test_a_code_lapses(house: House, nobody):
    """After ten minutes nobody can use it any more."""
    begun = begin(nobody)
    house.clock.forward(timedelta(minutes=11))

    assert collect(nobody, begun).json()["code"] == "expired_token"


def test_what_asks_is_shown_with_the_address_it_came_from(house: House, nobody):
    """A forwarded address is not believed from somebody who is no trusted proxy."""
    begun = nobody.post("/v1/login/device", json={"client": "laptop"}, headers={"X-Forwarded-For": "8.8.8.8"}).json()
    waiting = login.waiting(begun["user_code"], logins=house.services.logins, now=house.clock())

    assert (waiting.client, waiting.address) == ("laptop", "127.0.0.1")


def test_a_token_is_over_after_its_time_and_after_the_logout(house: House, ann):
    """Both answer 401 and say what to do."""
    assert ann.post("/v1/logout").status_code == 204
    answer = ann.get("/v1/me")

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["detail"].endswith("run `daypass login`.")


def test_every_login_of_a_person_can_be_ended_at_once(house: House, ann):
    """The other machine's token is ended too."""
    with house.client(ANN) as other:
        ann.post("/v1/logout", params={"all": True})

        assert other.get("/v1/me").status_code == 401


def test_a_deactivated_person_can_do_nothing(house: House, ann):
    """Slack says they are gone; their token is of no use from that moment."""
    house.directory.change(ANN, active=False)

    assert ann.get("/v1/mine").status_code == 403


def test_every_address_of_the_api_asks_for_a_login(house: House, nobody):
    """But for the three that begin one, and those for a code or a passkey; read off the API's own description."""
    paths = nobody.get("/v1/openapi.json").json()["paths"]
    open_to_all = {
        (method, path)
        for path, methods in paths.items()
        for method in methods
        if nobody.request(method, path.replace("{request_id}", "2" * 12).replace("{index}", "1"), json={}).status_code
        != 401
    }

    begin = {("post", "/v1/login/device"), ("post", "/v1/login/token"), ("post", "/v1/token")}
    by_proof = {("post", "/v1/glass"), ("post", "/v1/end-session"), ("post", "/v1/end-session/passkey")}
    assert open_to_all == begin | by_proof


def test_when_too_many_wait_to_log_in_the_answer_says_when_to_come_again(house, nobody):
    """A flood from where they are: in 429's own words, and with Retry-After."""
    for _ in range(50):
        login.begin("a flood", address="127.0.0.1", logins=house.services.logins, now=house.clock())

    refused = nobody.post("/v1/login/device", json={"client": "a laptop"})

    assert (refused.status_code, refused.headers["Retry-After"], refused.json()["code"]) == (429, "121", "slow_down")
    assert "Try again in 121 seconds" in refused.json()["detail"]
