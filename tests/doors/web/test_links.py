"""The Daypass link: opened by people, looked at by programs, and over when its grant is."""

from datetime import timedelta

import pytest

from daypass.lifecycle.end.end import drop
from daypass.lifecycle.freezes.freeze import Halt, set_freeze
from daypass.lifecycle.handout import links
from daypass.lifecycle.submit import submit
from daypass.model.entitlement import Entitlement
from daypass.model.errors import Unavailable
from daypass.model.event import EntryKind
from daypass.model.freeze import Extent
from daypass.model.grant import Delivery, GrantId
from daypass.model.lease import Term
from daypass.model.request import Ask, Wish
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from tests.doors.house import House
from tests.makers import ANN, BOB, HOUR

PREVIEWS = [
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slack-ImgProxy (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "WhatsApp/2.23.20.0",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0)",
    "Mozilla/5.0 (compatible; Googlebot/2.1)",
]


@pytest.fixture
def grant(house: House) -> GrantId:
    """Ann's grant to one object, approved at once and active."""
    ask = Ask(
        requestor=ANN,
        wish=Wish(
            entitlement=Entitlement(resource=parse_resource("acme-drafts/plan.txt"), levels=frozenset({Level.READ})),
            term=Term(length=HOUR),
            delivery=Delivery.LINK,
        ),
    )
    services = house.services
    filed = submit(ask, judge=services.judge, now=house.clock())
    house.work()
    return filed.id


@pytest.fixture
def link(house: House, grant: GrantId) -> str:
    """The path of a link to it."""
    return f"/l/{links.make(grant, '', by=ANN, ledger=house.services.ledger, now=house.clock())}"


def uses(house: House, grant: GrantId) -> list[dict[str, object]]:
    """What the journal knows of those who came."""
    return [dict(event.details) for event in house.services.ledger.story(grant) if event.kind is EntryKind.LINK_USED]


def test_a_link_sends_a_person_on_for_sixty_seconds(house: House, visitor, link, grant):
    """By a redirect that no cache keeps and no page hears of; the journal knows who came."""
    answer = visitor.get(link)

    assert (answer.status_code, answer.headers["location"]) == (303, "https://s3.invalid/plan.txt?get")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert [(use["address"], use["agent"]) for use in uses(house, grant)] == [
        ("127.0.0.1", "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0")
    ]


def test_after_the_end_a_link_is_gone_and_says_why(house: House, visitor, link):
    """410, in a page for a browser."""
    house.clock.forward(timedelta(hours=1))
    answer = visitor.get(link)

    assert (answer.status_code, answer.headers["content-type"]) == (410, "text/html; charset=utf-8")
    assert "Its time is over." in answer.text
    assert "location" not in answer.headers


def test_a_link_ends_with_the_grant_that_its_owner_gave_up(house: House, visitor, link, grant):
    """At once, though its time is not over."""
    drop(grant, by=ANN, ledger=house.services.ledger, now=house.clock())

    assert visitor.get(link).status_code == 410


def test_whoever_holds_a_link_is_not_told_what_is_frozen(house: House, visitor, link):
    """Neither who, nor where, nor by which command an owner lifts it."""
    set_freeze(Halt(extent=Extent(person=ANN), by=BOB), ledger=house.services.ledger, now=house.clock())
    answer = visitor.get(link)

    assert answer.status_code == 403
    assert "It cannot be opened now." in answer.text
    assert not any(word in answer.text for word in (ANN, "frozen", "daypass lift"))


def test_a_program_is_told_in_plain_text(house: House, link):
    """Curl gets a line, not a page."""
    house.clock.forward(timedelta(hours=1))
    with house.client() as curl:
        answer = curl.get(link, headers={"User-Agent": "curl/8.0"})

    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.startswith("This grant has ended.")


@pytest.mark.parametrize("agent", PREVIEWS)
def test_a_link_preview_is_no_use_and_gets_no_url(house: House, visitor, link, grant, agent):
    """Chat programs that look at a link before its reader does."""
    answer = visitor.get(link, headers={"User-Agent": agent})

    assert (answer.status_code, uses(house, grant)) == (200, [])
    assert "s3.invalid" not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    "headers", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}]
)
def test_a_browser_that_reads_ahead_does_not_use_the_link(house: House, visitor, link, grant, headers):
    """Nobody has clicked yet."""
    assert visitor.get(link, headers=headers).status_code == 200
    assert uses(house, grant) == []


def test_a_head_request_does_not_use_the_link(house: House, visitor, link, grant):
    """Mail scanners ask so."""
    assert visitor.head(link).status_code == 200
    assert uses(house, grant) == []


def test_a_preview_cannot_tell_a_link_from_none(visitor, link):
    """So that nobody can try tokens without leaving a trace."""
    bot = {"User-Agent": PREVIEWS[0]}

    assert visitor.get(link, headers=bot).text == visitor.get("/l/none", headers=bot).text


@pytest.mark.parametrize("token", ["none", "x" * 500, "%00", "%F0%9F%A6%84", "a.b"])
def test_a_token_nobody_made_is_not_found(visitor, token):
    """404, in a page."""
    answer = visitor.get(f"/l/{token}")

    assert (answer.status_code, "There is no such link." in answer.text) == (404, True)


def test_a_forwarded_address_is_believed_from_a_trusted_proxy_alone(house: House, visitor, link, grant):
    """127.0.0.1 is not one of them here."""
    visitor.get(link, headers={"X-Forwarded-For": "8.8.8.8"})

    assert uses(house, grant)[0]["address"] == "127.0.0.1"


def opened(house: House, link: str, address: str) -> None:
    """Somebody follows the link from an address, and is sent on."""
    services, token = house.services, link.removeprefix("/l/")
    visitor = links.Visitor(address=address, agent="curl")
    assert links.follow(token, visitor=visitor, attempts=services.attempts, handout=services.handout)


def refusals(house: House, grant: GrantId) -> int:
    """How many entries there are of a link that was refused."""
    return [event.kind for event in house.services.ledger.story(grant)].count(EntryKind.LINK_REFUSED)


def test_whoever_opens_a_link_over_and_over_is_one_entry_a_minute(house: House, link, grant):
    """Each network by itself, with how often; every one of them is sent on."""
    for number in range(7):
        opened(house, link, f"192.0.2.{number % 2}")
    house.clock.forward(timedelta(minutes=1))
    opened(house, link, "192.0.2.0")

    seen = [(one["address"], one.get("count", 1)) for one in uses(house, grant)]
    assert seen == [("192.0.2.0", 1), ("192.0.2.1", 1), ("192.0.2.0", 4)]


def test_a_link_that_everybody_opens_at_once_is_some_entries_a_minute(house: House, link, grant):
    """Of twenty networks each has its own; those of a hundred share the others."""
    for number in range(100):
        opened(house, link, f"192.0.2.{number}")
    house.services.attempts.settle(ledger=house.services.ledger, now=house.clock(), at_once=True)

    assert len(uses(house, grant)) == 22
    assert sum(one.get("count", 1) for one in uses(house, grant)) == 100  # type: ignore[misc]


def test_what_is_only_counted_needs_a_journal_that_is_whole_as_well(house: House, link, grant):
    """The second opening within a minute writes no entry, and gives no less than the first."""
    opened(house, link, "192.0.2.1")
    house.stores.database.damage.report("An entry is missing.")

    with pytest.raises(Unavailable):
        opened(house, link, "192.0.2.1")


def test_of_a_link_that_is_over_the_first_refusal_alone_is_journalled(house: House, visitor, link, grant):
    """Whoever has it can follow it for ever; they are told each time."""
    drop(grant, by=ANN, ledger=house.services.ledger, now=house.clock())
    for _ in range(3):
        house.clock.forward(timedelta(minutes=2))
        assert visitor.get(link).status_code == 410

    assert refusals(house, grant) == 1


def test_refusals_of_a_link_that_lives_are_one_entry_a_minute(house: House, visitor, link, grant):
    """While everything is frozen."""
    set_freeze(Halt(extent=Extent(person=ANN), by=BOB), ledger=house.services.ledger, now=house.clock())
    for _ in range(5):
        assert visitor.get(link).status_code == 403

    assert refusals(house, grant) == 1
