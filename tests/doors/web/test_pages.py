"""The pages for people and the addresses for machines."""

import httpx2
import pytest

from daypass.model.errors import Misconfigured, Unavailable
from daypass.model.event import EntryKind
from daypass.model.finding import Alteration
from tests.doors.house import PROXY, House
from tests.store.facts import fact


@pytest.mark.parametrize(("path", "words"), [("/", "a colleague decides"), ("/login", "/daypass login")])
def test_a_page_says_one_thing_and_loads_nothing_from_elsewhere(visitor, path, words):
    """Its policy allows its own style and picture alone, and both are there."""
    answer = visitor.get(path)

    assert (answer.status_code, words in answer.text) == (200, True)
    assert "style-src 'self'" in answer.headers["content-security-policy"]
    assert [visitor.get(name).status_code for name in ("/daypass.css", "/daypass.svg")] == [200, 200]


def test_it_is_healthy_while_the_database_answers(house: House, visitor):
    """And not when it does not."""
    assert visitor.get("/healthz").json() == {"database": "ok", "rules": "ok", "ledger": "ok", "journal": "ok"}

    def away(**_when):
        raise Unavailable("The database does not answer.")

    house.services.queue.depth = away  # type: ignore[method-assign]  # the database goes away
    answer = visitor.get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, "failing; see the log")


def test_unreadable_rules_are_told_but_do_not_stop_the_service(house: House, visitor):
    """Grants still have to be ended."""

    def unreadable():
        raise Misconfigured("rules.yaml:3: a secret place")

    house.under(unreadable)
    answer = visitor.get("/healthz")

    assert (answer.status_code, answer.json()["rules"]) == (200, "failing; see the log")


def test_a_ledger_that_was_changed_is_told_but_does_not_stop_the_service(house: House, visitor):
    """Rows changed outside Daypass degrade it and are counted; it goes on with all others."""
    altered = Alteration(row="grants/abcdefgh2345", because="Its seal does not fit.", at=house.clock())
    house.services.ledger.record(fact(altered, kind=EntryKind.LEDGER_ALTERED))

    answer = visitor.get("/healthz")

    assert (answer.status_code, answer.json()["ledger"]) == (200, "failing; see the log")
    assert "daypass_altered_rows 1.0" in visitor.get("/metrics").text


def test_a_head_that_cannot_be_reached_is_told_and_stops_nothing(house: House, visitor):
    """S3 is away where the journal's head is remembered: entries wait, unsigned, and it is over when S3 is back."""
    house.head.away = True
    house.ledger.record(fact(kind=EntryKind.LEDGER_RESTORED))
    with pytest.raises(Unavailable):
        house.book.fold()

    answer = visitor.get("/healthz")
    told = "not signed now: the remembered head cannot be reached; see the log"
    assert (answer.status_code, answer.json()["journal"]) == (200, told)
    assert "daypass_journal_head_away 1.0" in visitor.get("/metrics").text

    house.head.away = False
    house.book.fold()
    assert visitor.get("/healthz").json()["journal"] == "ok"
    assert "daypass_journal_head_away 0.0" in visitor.get("/metrics").text


def test_the_metrics_count_and_never_name(house: House, visitor):
    """A link's token is in no label; the route's pattern is."""
    visitor.get("/l/secrettoken")
    text = visitor.get("/metrics").text

    assert "daypass_stuck_grants 0.0" in text
    assert 'daypass_http_seconds_count{method="GET",route="/l/{token}",status="404"} 1.0' in text
    assert "secrettoken" not in text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"X-Forwarded-For": "10.0.0.7"}, 404),
        ({"X-Real-IP": "8.8.8.8"}, 404),
        ({"X-Real-IP": "10.0.0.7"}, 404),
        ({"Forwarded": "for=10.0.0.7"}, 404),
        ({"Via": "1.1 proxy"}, 404),
        ({"True-Client-IP": "8.8.8.8"}, 404),
        ({"X-Forwarded-Proto": "https"}, 404),
    ],
)
def test_the_metrics_are_not_for_what_some_proxy_passes_on(visitor, headers: dict[str, str], status: int):
    """Whichever header tells of a proxy that the operator did not name."""
    assert visitor.get("/metrics", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Forwarded-For": "10.0.0.7"}, 200),
        ({"X-Forwarded-For": "8.8.8.8"}, 404),
        ({"X-Real-IP": "10.0.0.7"}, 404),
        ({"X-Forwarded-For": "10.0.0.7:4711"}, 200),
        ({"X-Forwarded-For": "8.8.8.8:4711"}, 404),
        ({"X-Forwarded-For": "[2606:4700::1]:443"}, 404),
        ({"X-Forwarded-For": "unknown"}, 404),
        ({"X-Forwarded-For": "8.8.8.8,"}, 404),
        ({"Forwarded": "for=10.0.0.7"}, 404),
        ({}, 404),
    ],
)
def test_a_proxy_that_the_operator_named_says_for_whom_it_asks(house: House, headers: dict[str, str], status: int):
    """In the one header that is read; without it nobody knows."""
    transport = httpx2.HTTPTransport(local_address=str(PROXY.network_address))
    with httpx2.Client(base_url=house.url, transport=transport) as proxy:
        assert proxy.get("/metrics", headers=headers).status_code == status


@pytest.mark.parametrize("path", ["/l/x/", "/metrics/", "/healthz/", "/v1/requests/", "/slack/events/", "/end/"])
def test_no_address_redirects_to_what_the_host_header_says(visitor, path: str):
    """A slash too many is an address that is not there."""
    for answer in (
        visitor.get(path, headers={"Host": "evil.localhost"}),
        visitor.post(path, headers={"Host": "evil.localhost"}),
        visitor.get(path, headers={"Host": "evil.example"}),
    ):
        assert answer.status_code in {404, 405, 421}
        assert "evil" not in str(answer.headers) + answer.text


def test_the_metrics_are_for_private_addresses(house: House, visitor, monkeypatch):
    """From elsewhere there is nothing at this address."""
    monkeypatch.setattr("daypass.doors.web.app.address_of", lambda *_: "8.8.8.8")

    assert visitor.get("/metrics").status_code == 404
