"""Tickets in Jira, from a real server that answers as Jira documents."""

import base64
import json
import time

import pytest

from daypass.facts.trackers import Jira
from daypass.model.decision import Ticket, TicketId
from daypass.model.errors import Misconfigured, NotFound, Throttled, Unavailable
from tests.facts.on_call.host import hosting

TOKEN = "token-of-this-test"
INC = TicketId("INC-42")


def issue(category="indeterminate", status="In Progress", key=INC):
    """Write an issue as Jira does."""
    fields = {
        "summary": "Reports are late",
        "resolution": None,
        "status": {"name": status, "id": "3", "statusCategory": {"id": 4, "key": category, "name": status}},
    }
    return 200, {"Content-Type": "application/json"}, json.dumps({"id": "10002", "key": key, "fields": fields}).encode()


def asked(reply, ticket=INC):
    """Ask a Jira that answers so."""
    with hosting(lambda _path: reply) as host:
        return Jira(host.url, TOKEN, patience_s=20.0).ticket(ticket)


def test_the_question_is_the_one_jira_documents():
    """The issue's key stands in the path, the fields that are looked at in the query."""
    with hosting(lambda _path: issue()) as host:
        found = Jira(host.url + "/jira/", TOKEN).ticket(INC)

    assert found == Ticket(id=INC, open=True, status="In Progress", url=f"{host.url}/jira/browse/INC-42")
    assert host.paths == ["/jira/rest/api/2/issue/INC-42?fields=status%2Csummary%2Cresolution"]
    assert host.headers[0]["authorization"] == f"Bearer {TOKEN}"


def test_a_ticket_is_the_one_that_jira_answers():
    """An issue that was moved is found under its old key too, and has another name, page and project."""
    with hosting(lambda _path: issue(key="JUNK-7")) as host:
        found = Jira(host.url, TOKEN).ticket(INC)

    assert (found.id, found.open, found.url) == ("JUNK-7", True, f"{host.url}/browse/JUNK-7")


def test_cloud_is_asked_with_an_address_and_a_token():
    """Atlassian Cloud takes both as basic credentials."""
    with hosting(lambda _path: issue()) as host:
        Jira(host.url, TOKEN, user="ann@acme.example").ticket(INC)

    scheme, _, given = host.headers[0]["authorization"].partition(" ")
    assert (scheme, base64.b64decode(given).decode()) == ("Basic", f"ann@acme.example:{TOKEN}")


@pytest.mark.parametrize(
    ("category", "is_open"), [("new", True), ("indeterminate", True), ("undefined", True), ("done", False)]
)
def test_a_ticket_is_closed_when_its_status_is_of_the_category_done(category, is_open):
    """Whatever a workflow calls its statuses, Jira sorts each into a category."""
    assert asked(issue(category, "Won't do")).open is is_open


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Misconfigured),
        (401, Misconfigured),
        (403, Misconfigured),
        (404, NotFound),
        (429, Throttled),
        (500, Unavailable),
        (503, Unavailable),
        (302, Misconfigured),
    ],
)
def test_a_refusal_is_told_without_the_token(status, kind):
    """Each status is one of our errors; a log-in page that Jira sends us to is not followed."""
    with pytest.raises(kind) as raised:
        asked((status, {"Location": "/login.jsp"}, TOKEN.encode()))

    assert type(raised.value) is kind
    assert TOKEN not in raised.value.report + repr(raised.value)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"<html>log in</html>", b"[]", b"{}", b'{"fields": {"status": {"name": "Open"}}}', b"3", b"\xff"),
        *(issue(key=key)[2] for key in (None, 7, "", "INC-42/../x", "inc-42")),
    ],
)
def test_an_answer_that_is_none_is_unavailable(body):
    """What cannot be understood is neither an open ticket nor a closed one."""
    with pytest.raises(Unavailable, match="cannot be understood"):
        asked((200, {}, body))


@pytest.mark.parametrize(
    "ticket", ["10002", "inc-42", "INC-42/comment", "INC-42?x=", "../x-1", "INC-0", "", "INC-42\n"]
)
def test_what_is_no_key_is_never_asked_for(ticket):
    """An id out of somebody's reason stands in no address unless it is a key."""
    with hosting(lambda _path: issue()) as host, pytest.raises(NotFound, match="not the key"):
        Jira(host.url, TOKEN).ticket(TicketId(ticket))

    assert host.paths == []


def test_a_silent_jira_is_unavailable():
    """Nobody waits longer than told for a tracker."""

    def late(_path):
        time.sleep(0.4)
        return issue()

    with hosting(late) as host, pytest.raises(Unavailable, match="in time"):
        Jira(host.url, TOKEN, patience_s=0.1).ticket(INC)


@pytest.mark.parametrize(
    ("address", "user", "token"),
    [
        ("http://jira.example.com", "", TOKEN),
        ("jira.example.com", "", TOKEN),
        ("https://ann:secret@jira.example.com", "", TOKEN),
        ("https://jira.example.com/?a=b", "", TOKEN),
        ("https://jira.example.com", "", ""),
        ("https://jira.example.com", "", "a\nb"),
        ("https://jira.example.com", "ann:x@acme.example", TOKEN),
        ("https://jira.example.com", "ann\r\nx", TOKEN),
    ],
)
def test_an_address_or_token_that_cannot_be_one_is_refused_at_once(address, user, token):
    """A token goes nowhere without HTTPS, and into no other header."""
    with pytest.raises(Misconfigured):
        Jira(address, token, user=user)


def test_the_token_is_not_shown():
    """A tracker printed in a log tells its host only."""
    assert repr(Jira("https://jira.example.com", TOKEN, user="ann@acme.example")) == "Jira('jira.example.com')"
