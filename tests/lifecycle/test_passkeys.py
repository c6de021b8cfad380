"""Passkeys: added, proven, counted and removed, and everything that is no proof."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from webauthn.helpers import base64url_to_bytes

from daypass.lifecycle.approval.stages import Click
from daypass.lifecycle.passkeys import confirm, enrol, one_time_links, registered, remove
from daypass.lifecycle.passkeys.ceremony import made, proven
from daypass.lifecycle.passkeys.proof import Signed, refuse
from daypass.lifecycle.passkeys.relying_party import Site, site
from daypass.model.errors import BadInput, Misconfigured, NotFound, NotYours, TooLate
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Grant, GrantId
from daypass.model.passkey import OneTimeLink, Passkey, Purpose
from daypass.model.principal import NOBODY, PrincipalId
from daypass.model.request import RequestState
from daypass.rules.load.read import parse
from daypass.store.ledger import SqlLedger
from daypass.store.outbox import SqlOutbox
from tests.hands import HandClock, HandDirectory, enders, judge_by
from tests.lifecycle.authenticator import HandKey, handle_in
from tests.makers import ANN, BOB, EVE, HOUR, NOON, RULES, request
from tests.tables import with_tables

URL = "http://localhost:8700"
HERE = Site(id="localhost", origin=URL)
REQUEST = request()
OTHER = request(id=GrantId("zyxwvuts2345"))


class World:
    """A ledger, people, a clock; Bob's hands; and what was approved in it."""

    def __init__(self, folder: Path) -> None:
        """Keep it in a folder."""
        database = with_tables(f"sqlite:///{folder / 'daypass.db'}")
        self.database = database
        self.ledger, self.outbox = SqlLedger(database), SqlOutbox(database)
        self.directory, self.clock = HandDirectory(), HandClock()
        self.approved: list[tuple[GrantId, PrincipalId, timedelta | None]] = []
        self.ledger.record(Fact(event=Event(kind=EntryKind.REQUEST_FILED, at=NOON, actor=ANN), changes=(REQUEST,)))
        self.close = database.close

    def approve(self, request_id: GrantId, by: PrincipalId, length: timedelta | None) -> Grant | None:
        """Stand in for `review.approve`, and remember what it was told."""
        self.approved.append((request_id, by, length))
        return None

    def enrolment(self, who: PrincipalId = BOB) -> str:
        """Open an address for adding a passkey; return its ticket."""
        address = one_time_links.enrolment_address(who, public_url=URL, ledger=self.ledger, now=self.clock())
        return address.removeprefix(f"{URL}/passkeys/new?ticket=")

    def approval(self, who: PrincipalId = BOB, length: timedelta | None = None) -> str:
        """Open an address for approving Ann's request; return its ticket."""
        address = one_time_links.approval_address(
            REQUEST.id, Click(by=who, length=length), public_url=URL, ledger=self.ledger, now=self.clock()
        )
        return address.removeprefix(f"{URL}/approve/")

    def removal(self, word: str, who: PrincipalId = BOB) -> str:
        """Open an address for removing a passkey; return its ticket."""
        address = one_time_links.removal_address(who, word, public_url=URL, ledger=self.ledger, now=self.clock())
        return address.removeprefix(f"{URL}/passkeys/remove?ticket=")

    def offer(self, ticket: str) -> enrol.EnrolOffer:
        """What the page for adding one asks."""
        return enrol.offer(ticket, at=HERE, directory=self.directory, ledger=self.ledger, now=self.clock())

    def enrol(self, ticket: str, made: dict[str, Any], proof: dict[str, Any] | None = None, name: str = "k") -> Passkey:
        """Answer it."""
        answer = enrol.EnrolAnswer(ticket=ticket, made=made, proof=proof, name=name)
        return enrol.enrol(answer, at=HERE, directory=self.directory, ledger=self.ledger, now=self.clock())

    def asked(self, ticket: str) -> dict[str, Any]:
        """What the page for approving asks of the passkey."""
        return confirm.offer(ticket, at=HERE, ledger=self.ledger, now=self.clock()).prove

    def confirm(self, ticket: str, answer: dict[str, Any]) -> confirm.Confirmed:
        """Answer it."""
        return confirm.confirm(
            Signed(ticket=ticket, answer=answer), approve=self.approve, at=HERE, ledger=self.ledger, now=self.clock()
        )

    def given(self, who: PrincipalId = BOB, name: str = "laptop", key_id: bytes = b"bobs-laptop-key") -> HandKey:
        """Give somebody their first passkey."""
        key, ticket = HandKey(origin=URL, id=key_id), self.enrolment(who)
        self.enrol(ticket, key.make(self.offer(ticket).make), name=name)
        return key

    def told(self) -> list[tuple[EntryKind, PrincipalId]]:
        """What people are still to be told, but for the request."""
        lines = self.outbox.claim(now=self.clock(), hold=HOUR, limit=100)
        return [(one.event.kind, one.event.actor) for one in lines if one.event.kind is not EntryKind.REQUEST_FILED]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Open it at noon."""
    made = World(tmp_path)
    yield made
    made.close()


def test_the_first_passkey_needs_no_proof_and_its_person_is_told(world: World):
    """Whoever stole a Slack session cannot add one unnoticed."""
    world.given()

    assert [one.name for one in registered.of(BOB, ledger=world.ledger)] == ["laptop"]
    assert world.told() == [(EntryKind.PASSKEY_ADDED, BOB)]


def test_a_second_passkey_needs_the_proof_of_one_that_is_there(world: World):
    """And the device that holds one already is told which."""
    laptop = world.given()
    phone, ticket = HandKey(origin=URL, id=b"bobs-phone-key"), world.enrolment()
    offer = world.offer(ticket)
    assert offer.prove is not None
    assert [one["id"] for one in offer.make["excludeCredentials"]] == [laptop.make(offer.make)["id"]]

    for proof in (None, {}, phone.prove(offer.prove), laptop.prove(offer.make)):
        with pytest.raises(NotYours):
            world.enrol(ticket, phone.make(offer.make), proof, name="phone")
    world.enrol(ticket, phone.make(offer.make), laptop.prove(offer.prove), name="phone")

    assert {one.name for one in registered.of(BOB, ledger=world.ledger)} == {"laptop", "phone"}
    assert world.told() == [(EntryKind.PASSKEY_ADDED, BOB), (EntryKind.PASSKEY_ADDED, BOB)]


def test_whether_a_proof_is_needed_is_asked_at_the_end(world: World):
    """An address opened before the first passkey is no way around it."""
    early = world.enrolment()
    asked_early = world.offer(early)
    world.given()

    with pytest.raises(NotYours):
        world.enrol(early, HandKey(origin=URL, id=b"thiefs-key").make(asked_early.make))


def test_a_passkey_approves_exactly_what_its_address_says(world: World):
    """The request, by its person, for the length that was chosen; and its count is kept."""
    key, ticket = world.given(), world.approval(length=timedelta(minutes=30))

    confirmed = world.confirm(ticket, key.prove(world.asked(ticket)))

    assert world.approved == [(REQUEST.id, BOB, timedelta(minutes=30))]
    assert confirmed.term.length == timedelta(minutes=30)
    [kept] = registered.of(BOB, ledger=world.ledger)
    assert kept.sign_count == 1
    assert [event.kind for event in world.ledger.story(REQUEST.id)][-2:] == [
        EntryKind.ERRAND_OPENED,
        EntryKind.PASSKEY_USED,
    ]


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "http://localhost:8701"},
        {"origin": "https://daypass.evil.example"},
        {"site": "evil.example"},
        {"verified": False},
        {"present": False},
        {"cross_origin": True},
        {"count": -1},
    ],
    ids=str,
)
def test_what_is_no_proof_approves_nothing(world: World, lie: dict[str, Any]):
    """Another page, another site, no finger, nobody there, a frame, a count that went back: refused and journalled."""
    key, ticket = world.given(), world.approval()
    world.confirm(ticket, key.prove(world.asked(ticket)))
    ticket = world.approval()
    for name, value in lie.items():
        setattr(key, name, value)

    with pytest.raises(NotYours) as refused:
        world.confirm(ticket, key.prove(world.asked(ticket)))

    assert refused.value.field == "second_factor"
    assert len(world.approved) == 1
    last = world.ledger.story(REQUEST.id)[-1]
    assert (last.kind, last.actor) == (EntryKind.PASSKEY_REFUSED, NOBODY)


def test_a_signature_by_another_key_is_no_proof(world: World):
    """Knowing a passkey's id is not having it."""
    key, ticket = world.given(), world.approval()
    forged = HandKey(origin=URL, id=key.id, count=5)

    with pytest.raises(NotYours):
        world.confirm(ticket, forged.prove(world.asked(ticket)))
    assert world.approved == []


def test_an_answer_and_its_address_are_good_for_once(world: World):
    """The same answer again, a fresh answer to the spent address, the old answer to a fresh address: all refused."""
    key, ticket = world.given(), world.approval()
    asked = world.asked(ticket)
    answer = key.prove(asked)
    world.confirm(ticket, answer)

    for again in (answer, key.prove(asked)):
        with pytest.raises(TooLate, match="used already"):
            world.confirm(ticket, again)
    with pytest.raises(NotYours):
        world.confirm(world.approval(), answer)
    assert len(world.approved) == 1


def test_of_two_that_answer_at_once_one_approves(world: World):
    """However they interleave."""
    key, ticket = world.given(), world.approval()
    answer, together = key.prove(world.asked(ticket)), Barrier(4)

    def answering(_: int) -> str:
        together.wait()
        try:
            world.confirm(ticket, answer)
        except (TooLate, NotYours) as refused:
            return type(refused).__name__
        return "approved"

    with ThreadPoolExecutor(4) as hands:
        outcomes = list(hands.map(answering, range(4)))

    assert (outcomes.count("approved"), len(world.approved)) == (1, 1)


class MeetingLedger(SqlLedger):
    """A ledger in which readers of passkeys wait for one another, so that all have read before anybody writes."""

    meeting: Barrier | None = None

    def all(self, kind: type[Any], **how: Any) -> list[Any]:
        """Read, and wait."""
        found = super().all(kind, **how)
        if kind is Passkey and self.meeting is not None:
            self.meeting.wait(10)
        return found


def test_of_first_passkeys_added_at_once_one_counts(world: World):
    """A first one needs no proof, so that a second first one would be a way around the proof."""
    ledger = MeetingLedger(world.database)
    world.ledger = ledger
    tickets = [world.enrolment() for _ in range(4)]
    keys = [HandKey(origin=URL, id=f"key-{number}".encode() * 4) for number in range(4)]
    answers = [key.make(world.offer(ticket).make) for key, ticket in zip(keys, tickets, strict=True)]
    ledger.meeting = Barrier(4)

    def adding(number: int) -> str:
        try:
            world.enrol(tickets[number], answers[number], name=f"key {number}")
        except TooLate as refused:
            return type(refused).__name__
        return "added"

    with ThreadPoolExecutor(4) as hands:
        outcomes = list(hands.map(adding, range(4)))

    ledger.meeting = None
    assert (sorted(outcomes), len(registered.of(BOB, ledger=ledger))) == (["TooLate"] * 3 + ["added"], 1)


def test_an_address_is_spent_even_when_the_approval_is_refused(world: World):
    """What the rules say then is theirs to say; the passkey's answer is not kept for another try."""
    key, ticket = world.given(), world.approval()
    asked = world.asked(ticket)

    def refusing(*_of: object) -> Grant | None:
        raise NotYours("You are not among those who may decide on this request.")

    with pytest.raises(NotYours):
        confirm.confirm(
            Signed(ticket=ticket, answer=key.prove(asked)), approve=refusing, at=HERE, ledger=world.ledger, now=NOON
        )
    with pytest.raises(TooLate):
        world.confirm(ticket, key.prove(asked))


def test_an_address_of_one_person_is_none_for_anothers_passkey(world: World):
    """Ann's passkey proves nothing on Bob's address."""
    world.given(BOB)
    anns, ticket = world.given(ANN, key_id=b"anns-key"), world.approval(BOB)

    with pytest.raises(NotYours):
        world.confirm(ticket, anns.prove(world.asked(ticket)))
    assert world.approved == []


def test_a_passkey_that_calls_its_person_otherwise_is_no_proof(world: World):
    """The handle it returns is that of its own person, or it is not theirs."""
    key = world.given()
    mine = handle_in(world.offer(world.enrolment()).make)
    ticket = world.approval()

    with pytest.raises(NotYours):
        world.confirm(ticket, key.prove(world.asked(ticket), handle=b"somebody else"))
    world.confirm(ticket, key.prove(world.asked(ticket), handle=mine))


@pytest.mark.parametrize("change", [{"length": 8 * HOUR}, {"subject": OTHER.id}, {"principal": ANN}], ids=str)
def test_what_the_address_says_cannot_be_changed_behind_the_passkey(world: World, change: dict[str, Any]):
    """Somebody who writes another length, request or person into the database has an answer to nothing."""
    key = world.given(ANN if "principal" in change else BOB)
    world.given(BOB if "principal" in change else ANN, key_id=b"the other's key")
    ticket = world.approval(BOB, length=timedelta(minutes=5))
    answer = key.prove(world.asked(ticket))
    errand = next(one for one in world.ledger.all(OneTimeLink) if one.purpose is Purpose.APPROVE)
    other = replace(errand, **change)
    changed = Event(kind=EntryKind.ERRAND_OPENED, at=NOON, actor=BOB)
    filed = Event(kind=EntryKind.REQUEST_FILED, at=NOON, actor=ANN)
    world.ledger.record(Fact(event=filed, changes=(OTHER,)), Fact(event=changed, changes=(other,), told=False))

    with pytest.raises(NotYours):
        world.confirm(ticket, answer)
    assert world.approved == []


def test_an_address_adds_one_passkey(world: World):
    """Neither the first nor another one twice."""
    first = world.enrolment()
    laptop = HandKey(origin=URL, id=b"bobs-laptop-key")
    world.enrol(first, laptop.make(world.offer(first).make), name="laptop")
    second = world.enrolment()
    offer = world.offer(second)
    phone = HandKey(origin=URL, id=b"bobs-phone-key")
    world.enrol(second, phone.make(offer.make), laptop.prove(offer.prove or {}), name="phone")

    for spent in (first, second):
        with pytest.raises(TooLate, match="used already"):
            world.enrol(spent, HandKey(origin=URL).make(offer.make), laptop.prove(offer.prove or {}), name="more")


def test_an_address_lapses_after_ten_minutes(world: World):
    """Also while its page stands open."""
    key, ticket = world.given(), world.approval()
    answer = key.prove(world.asked(ticket))
    world.clock.forward(timedelta(minutes=10))

    with pytest.raises(TooLate, match="lapsed"):
        world.confirm(ticket, answer)


def test_five_answers_that_do_not_hold_close_an_address(world: World):
    """After that a right one is too late too."""
    key, ticket = world.given(), world.approval()
    asked = world.asked(ticket)
    for _ in range(5):
        with pytest.raises(NotYours):
            world.confirm(ticket, HandKey(origin=URL).prove(asked))

    with pytest.raises(TooLate, match="did not hold"):
        world.confirm(ticket, key.prove(asked))


def test_an_answer_that_does_not_hold_and_comes_late_is_journalled_too(world: World):
    """When another was faster, between the look at the address and the count of the refusal."""
    world.given()
    errand = one_time_links.find(world.approval(), Purpose.APPROVE, ledger=world.ledger, now=NOON)
    no = NotYours("No.").because("it is by no passkey of this person")
    for _ in range(2):
        refuse(errand, no, ledger=world.ledger, now=NOON)

    assert [event.kind for event in world.ledger.story(REQUEST.id)][-2:] == [EntryKind.PASSKEY_REFUSED] * 2
    assert world.ledger.find(OneTimeLink, errand.key).refused == 1


def test_a_request_that_was_decided_meanwhile_says_so(world: World):
    """On opening the page, and on answering it."""
    key, ticket = world.given(), world.approval()
    answer = key.prove(world.asked(ticket))
    cancelled = replace(world.ledger.request(REQUEST.id), state=RequestState.CANCELLED)
    world.ledger.record(Fact(event=Event(kind=EntryKind.REQUEST_CANCELLED, at=NOON, actor=ANN), changes=(cancelled,)))

    for attempt in (lambda: world.asked(ticket), lambda: world.confirm(ticket, answer)):
        with pytest.raises(TooLate, match="cancelled"):
            attempt()


def test_an_address_is_for_one_purpose(world: World):
    """The ticket of an approval adds no passkey and removes none; a made-up one is nothing, whatever is in it."""
    world.given()
    ticket = world.approval()

    with pytest.raises(NotFound):
        world.offer(ticket)
    with pytest.raises(NotFound):
        remove.offer(ticket, at=HERE, ledger=world.ledger, now=NOON)
    for made_up in ("", "x" * 43, "\ud800" * 43, f"{ticket}\n"):
        with pytest.raises(NotFound):
            world.asked(made_up)


def test_a_ticket_is_nowhere_but_in_its_address(world: World):
    """Neither the rows nor the journal hold it."""
    world.given()
    ticket = world.approval()

    assert ticket not in repr(world.ledger.all(OneTimeLink)) + repr(world.ledger.story(REQUEST.id))


def test_a_passkey_is_removed_with_a_proof(world: World):
    """Of any, itself included; it approves nothing from then on, and its person is told."""
    key, ticket = world.given(), world.removal("Laptop")
    offer = remove.offer(ticket, at=HERE, ledger=world.ledger, now=NOON)
    for nothing in ({}, HandKey(origin=URL).prove(offer.prove)):
        with pytest.raises(NotYours):
            remove.remove(Signed(ticket=ticket, answer=nothing), at=HERE, ledger=world.ledger, now=NOON)
    waiting = world.approval()

    remove.remove(Signed(ticket=ticket, answer=key.prove(offer.prove)), at=HERE, ledger=world.ledger, now=NOON)

    assert registered.of(BOB, ledger=world.ledger) == []
    with pytest.raises(NotYours):
        world.confirm(waiting, key.prove(world.asked(waiting)))
    with pytest.raises(NotYours, match="none yet"):
        world.approval()
    assert world.told() == [(EntryKind.PASSKEY_ADDED, BOB), (EntryKind.PASSKEY_REMOVED, BOB)]


def test_one_passkey_removes_another(world: World):
    """The one that proved it stays, and its count is kept."""
    laptop = world.given()
    phone, ticket = HandKey(origin=URL, id=b"bobs-phone-key"), world.enrolment()
    offer = world.offer(ticket)
    world.enrol(ticket, phone.make(offer.make), laptop.prove(offer.prove or {}), name="phone")
    ticket = world.removal("phone")

    asked = remove.offer(ticket, at=HERE, ledger=world.ledger, now=NOON).prove
    remove.remove(Signed(ticket=ticket, answer=laptop.prove(asked)), at=HERE, ledger=world.ledger, now=NOON)

    assert [(one.name, one.sign_count) for one in registered.of(BOB, ledger=world.ledger)] == [("laptop", 2)]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "lap\x00top", "lap\u202etop", "LAPTOP"])
def test_a_passkey_has_a_name_by_which_its_person_knows_it(world: World, name: str):
    """None, a long one, an unreadable one and one that is taken are refused before anything is counted."""
    laptop, ticket = world.given(), world.enrolment()
    offer = world.offer(ticket)

    with pytest.raises(BadInput) as refused:
        world.enrol(ticket, HandKey(origin=URL).make(offer.make), laptop.prove(offer.prove or {}), name=name)
    assert refused.value.field == "name"


def test_a_passkey_made_without_a_finger_is_not_kept(world: World):
    """Nor one that was made on another page; the journal is told."""
    ticket = world.enrolment()
    asked = world.offer(ticket).make

    for liar in (HandKey(origin=URL, verified=False), HandKey(origin="http://localhost:1")):
        with pytest.raises(NotYours):
            world.enrol(ticket, liar.make(asked))
    assert registered.of(BOB, ledger=world.ledger) == []


def test_robots_have_no_passkeys(world: World):
    """They approve nothing."""
    with pytest.raises(NotYours):
        world.enrolment(PrincipalId("bot:deploy"))


def test_whoever_left_adds_no_passkey(world: World):
    """A deactivated account is refused on the page."""
    ticket = world.enrolment()
    world.directory.change(BOB, active=False)

    with pytest.raises(NotYours, match="deactivated"):
        world.offer(ticket)


def test_a_word_that_means_no_passkey_or_several_is_refused(world: World):
    """By name, or by the beginning of an id that is long enough to be one."""
    key = world.given()
    name = key.make(world.offer(world.enrolment()).make)["id"]

    assert registered.named(BOB, name[:8], ledger=world.ledger).name == "laptop"
    for word in (name[:3], "phone", ""):
        with pytest.raises(NotFound):
            registered.named(BOB, word, ledger=world.ledger)


@pytest.mark.parametrize(
    ("address", "name", "origin"),
    [
        ("http://localhost:8700", "localhost", "http://localhost:8700"),
        ("https://Daypass.Example.com/", "daypass.example.com", "https://daypass.example.com"),
        ("https://daypass.example.com:443", "daypass.example.com", "https://daypass.example.com"),
        ("https://daypass.example.com:8443/here", "daypass.example.com", "https://daypass.example.com:8443"),
        ("https://münchen.example", "xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"),
    ],
)
def test_browsers_keep_passkeys_under_the_host_of_the_public_address(address: str, name: str, origin: str):
    """And answer from its origin, without a port that goes without saying."""
    assert site(address) == Site(id=name, origin=origin)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8700",
        "https://[::1]:8700",
        "http://daypass.example.com",
        "ftp://x.example",
        "",
        "http://[",
        "x",
    ],
)
def test_an_address_at_which_browsers_know_no_passkeys_is_said_plainly(world: World, address: str):
    """Numbers, plain http elsewhere than here, and nonsense: the operator reads which setting, and what to write."""
    with pytest.raises(Misconfigured, match="DAYPASS_SERVICE_PUBLIC_URL"):
        one_time_links.enrolment_address(BOB, public_url=address, ledger=world.ledger, now=NOON)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def torn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, bytes, dict[str, Any]]]:
    """A world in which Bob is asked, and a whole answer of his."""
    world = World(tmp_path_factory.mktemp("torn"))
    key, ticket = world.given(), world.enrolment()
    asked = world.offer(ticket).prove or {}
    yield world, base64url_to_bytes(asked["challenge"]), key.prove(asked)
    world.close()


@given(data=st.data())
def test_whatever_comes_instead_of_an_answer_is_refused_in_a_sentence(
    torn: tuple[World, bytes, dict[str, Any]], data: st.DataObject
):
    """Any JSON, anywhere in the answer: a refusal for the person, never a traceback."""
    world, challenge, whole = torn
    answer = {**whole, "response": dict(whole["response"])}
    inner = data.draw(st.booleans())
    part = data.draw(st.sampled_from(sorted(answer["response"] if inner else answer)))
    (answer["response"] if inner else answer)[part] = data.draw(_JSON)

    passkeys = registered.of(BOB, ledger=world.ledger)
    with pytest.raises(NotYours):
        proven(answer, by=BOB, passkeys=passkeys, challenge=challenge, at=HERE)
    with pytest.raises(NotYours):
        made(answer, by=BOB, challenge=challenge, at=HERE)


HIDDEN = {
    "deleted": "DELETE FROM records WHERE kind = 'passkey'",
    "of another owner": "UPDATE records SET owner = 'U0EVE' WHERE kind = 'passkey'",
    "closed": "UPDATE records SET state = 'closed' WHERE kind = 'passkey'",
}


@pytest.mark.parametrize("statement", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_passkey_that_somebody_hides_in_the_database_is_not_taken_for_none(world: World, statement: str) -> None:
    """Whoever has Bob's Slack account too adds none without a proof; once an owner has forgotten his, he does."""
    world.given()
    with world.database.writing() as connection:
        connection.execute(text(statement))

    with pytest.raises(Misconfigured, match=r"^1 of your passkeys cannot be read"):
        world.given(name="thief", key_id=b"a-thiefs-own-key")

    rules = parse(RULES.replace("rules:", "owners: {people: [U0EVE]}\nrules:"), name="rules.yaml")
    may = enders(judge_by(lambda: rules, world.directory, world.ledger))
    remove.forget(BOB, by=EVE, enders=may, now=world.clock())
    world.given(name="new", key_id=b"bobs-new-laptop-key")
