"""Sealed codes: good once, for their person, within the rules; and nothing else about them can be found out."""

import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.lifecycle.attempts import Stranger
from daypass.lifecycle.break_glass.cached_identity import StandIn
from daypass.lifecycle.break_glass.codes import EmergencyAccess, break_with_code, open_codes, seal
from daypass.lifecycle.login import identify
from daypass.model import break_glass_code
from daypass.model.break_glass import SealedCode
from daypass.model.errors import BadInput, NotAllowed, NotYours, Unavailable
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Delivery
from daypass.model.lease import Term
from daypass.model.login import LoginScope
from daypass.model.principal import Principal, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import Ask, RequestState, Wish
from daypass.model.secret import digest
from daypass.resources.registry import parse_resource
from daypass.rules.load.read import parse
from tests.lifecycle.glasshouse import RULES, GlassHouse, glasshouse
from tests.makers import ANN, BOB, EVE, HOUR, READ_REPORTS, changed

DAY = timedelta(days=1)
ASK = Ask(
    requestor=PrincipalId("nobody"),
    wish=Wish(
        entitlement=READ_REPORTS, term=Term(length=HOUR), delivery=Delivery.SESSION, reason="INC-42, and Slack is down"
    ),
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[GlassHouse]:
    """One on SQLite."""
    made, database = glasshouse(f"sqlite:///{tmp_path / 'daypass.db'}")
    yield made
    database.close()


def sealed(house: GlassHouse, who: PrincipalId = ANN, count: int = 3, days: int = 90) -> list[str]:
    """Seal codes of somebody."""
    return list(seal(who, count=count, days=days, judge=house.judge, now=house.clock()).codes)


def broken(house: GlassHouse, code: str, ask: Ask = ASK) -> EmergencyAccess:
    """Use a code."""
    return break_with_code(
        code,
        ask,
        stranger=Stranger(address="192.0.2.7", attempts=house.services.attempts),
        judge=house.judge,
        now=house.clock(),
    )


def entries(house: GlassHouse, kind: EntryKind) -> list[Event]:
    """Every journal entry of a kind, whatever it is about."""
    return [event for event in house.journal() if event.kind is kind]


def refused(house: GlassHouse, code: str, ask: Ask = ASK) -> str:
    """The sentence in which a code is refused."""
    with pytest.raises(NotYours) as refusal:
        broken(house, code, ask)
    return refusal.value.sentence


def test_a_code_gives_what_the_rules_give_and_a_login_that_uses_it(house: GlassHouse):
    """At once, as that person, with a review owed; the login reads and uses, and does nothing else."""
    code, *_ = sealed(house)

    made = broken(house, code)

    assert (made.request.state, made.request.principal, made.request.urgent) == (RequestState.APPROVED, ANN, True)
    assert house.review(made.request.id).state is Validity.OPEN
    for scope in LoginScope:
        if scope in {LoginScope.READ, LoginScope.USE}:
            assert identify(made.token, logins=house.logins, now=house.clock(), scope=scope) == ANN
        else:
            with pytest.raises(NotYours):
                identify(made.token, logins=house.logins, now=house.clock(), scope=scope)


@pytest.mark.parametrize(("length", "lives"), [(HOUR / 4, HOUR / 4), (3 * HOUR, HOUR)])
def test_the_login_is_over_with_the_access_or_after_an_hour(house: GlassHouse, length: timedelta, lives: timedelta):
    """Whichever is sooner."""
    made = broken(house, sealed(house)[0], changed(ASK, term=Term(length=length)))

    assert made.expires_at == house.clock() + lives
    with pytest.raises(NotYours):
        identify(made.token, logins=house.logins, now=house.clock() + lives)


def test_a_code_that_does_not_count_is_refused_in_one_sentence(house: GlassHouse):
    """Guessed, mistyped, used, expired, of before, or of somebody who has left: nobody learns which."""
    old, used = sealed(house, BOB)[0], sealed(house)[0]
    late = sealed(house, EVE, days=1)[0]
    new, left = sealed(house, BOB)[:2]
    broken(house, used)
    house.clock.forward(DAY)
    house.directory.change(BOB, active=False)

    unknown = (break_glass_code.draw(), "nonsense", "", "é" * 25)
    said = {refused(house, code) for code in (old, used, late, new, left, *unknown)}

    assert len(said) == 1
    assert {entry.details["because"] for entry in entries(house, EntryKind.CODE_REFUSED)} == {
        "it was used",
        "it is over",
        "newer ones were sealed",
        "its person has left",
        "there is no such code",
    }


def test_no_code_is_kept(house: GlassHouse, tmp_path: Path):
    """Neither in the ledger nor in the journal, as printed or as hashed; nor the login's token."""
    codes = sealed(house)
    made = broken(house, codes[0])
    refused(house, codes[0])
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("daypass.db*"))

    for secret in (*codes, *(code.replace("-", "") for code in codes), made.token):
        assert secret.encode() not in kept
    assert b"code.used" in kept


def test_a_used_code_says_what_it_was_used_for(house: GlassHouse):
    """On its row, and in the story of the request."""
    code, *_ = sealed(house)
    made = broken(house, code)

    kept = house.ledger.find(SealedCode, digest(code.replace("-", "")))
    (entry,) = house.told(made.request.id, EntryKind.CODE_USED)
    assert (kept.state, kept.used_for) == (Validity.CLOSED, made.request.id)
    assert (entry.actor, entry.details["client"]) == (ANN, "at 192.0.2.7")


def test_new_codes_void_the_older_ones_of_that_person_alone(house: GlassHouse):
    """Bob's stay good."""
    sealed(house)
    of_bob = sealed(house, BOB, count=2)
    sealed(house, count=1)

    assert len(open_codes(ANN, ledger=house.ledger, now=house.clock())) == 1
    assert broken(house, of_bob[1]).request.principal == BOB
    assert len(open_codes(BOB, ledger=house.ledger, now=house.clock())) == 1
    assert [entry.details["closed"] for entry in entries(house, EntryKind.CODES_SEALED)] == [0, 0, 3]


@pytest.mark.parametrize(("count", "days"), [(0, 1), (21, 1), (-1, 1), (1, 0), (1, 181), (1, -5)])
def test_not_more_codes_nor_for_longer_than_allowed(house: GlassHouse, count: int, days: int):
    """Twenty, for a hundred and eighty days."""
    with pytest.raises(BadInput):
        sealed(house, count=count, days=days)


def test_a_robot_seals_nothing(house: GlassHouse):
    """It has tokens of its own."""
    with pytest.raises(NotYours, match="robot"):
        sealed(house, PrincipalId("bot:deploy"))


def test_a_robot_breaks_nothing_whatever_a_rule_says(house: GlassHouse):
    """A rule that names it among those who may is refused for it, and the refusal is journalled."""
    robot = PrincipalId("bot:deploy")
    house.directory.people[robot] = Principal(id=robot, name="deploy", owner=BOB)
    house.rules = parse(RULES.replace("[U0ANN, U0BOB]", '[U0ANN, U0BOB, "bot:deploy"]', 2), name="rules.yaml")

    assert house.broken(requestor=robot, urgent=False).state is RequestState.PENDING
    with pytest.raises(NotYours, match="a person has to"):
        house.broken(requestor=robot)
    assert entries(house, EntryKind.REQUEST_REFUSED)[0].actor == robot
    assert house.ledger.grants() == []


def test_whom_no_rule_names_has_nothing_of_a_code(house: GlassHouse):
    """Eve's code proves that she is Eve, which lets her do nothing; it is journalled, and the code not spent."""
    code, *_ = sealed(house, EVE)

    with pytest.raises(NotAllowed):
        broken(house, code)
    assert house.ledger.grants(principal=EVE) == []
    assert len(open_codes(EVE, ledger=house.ledger, now=house.clock())) == 3
    assert entries(house, EntryKind.CODE_REFUSED)[0].actor == EVE


def test_a_slip_in_the_ask_does_not_cost_the_code(house: GlassHouse):
    """What the rules refuse can be asked for again, better."""
    code, *_ = sealed(house)
    payroll = replace(READ_REPORTS, resource=parse_resource("acme-payroll/"))
    with pytest.raises(NotAllowed):
        broken(house, code, changed(ASK, entitlement=payroll))

    assert broken(house, code).request.state is RequestState.APPROVED


def test_what_is_tried_again_after_a_crash_is_the_same_request(house: GlassHouse):
    """The process died after the request was filed: the code still counts, for that request alone."""
    code, *_ = sealed(house)
    record, dying = house.ledger.record, [True]

    def crash(*facts: object) -> None:
        if dying and facts[0].event.kind is EntryKind.CODE_USED:  # type: ignore[attr-defined]
            dying.clear()
            raise Unavailable("The database is away.")
        record(*facts)  # type: ignore[arg-type]

    house.ledger.record = crash  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        broken(house, code)
    drafts = replace(READ_REPORTS, resource=parse_resource("acme-reports/2025/"))
    refused(house, code, changed(ASK, entitlement=drafts))
    broken(house, code)

    assert len(house.ledger.requests()) == len(house.ledger.grants()) == 1


@pytest.mark.parametrize("places", [("2026/", "2026/"), ("2026/", "2025/")], ids=["the same ask", "two asks"])
def test_two_who_use_a_code_at_once_get_one_grant(database_url: str, places: tuple[str, str]):
    """On either database: one has it and a login, the other is refused in the usual sentence."""
    house, database = glasshouse(database_url)
    for number, code in enumerate(sealed(house, count=5), start=1):
        outcomes = used_at_once(house, code, places)

        assert len(house.ledger.grants()) == number
        assert sorted(type(one).__name__ for one in outcomes) == ["EmergencyAccess", "NotYours"]
    database.close()


def used_at_once(house: GlassHouse, code: str, places: Iterable[str]) -> list[object]:
    """What becomes of one code that is used in several threads at once."""
    outcomes: list[object] = []
    gate = threading.Barrier(2)

    def use(place: str) -> None:
        gate.wait()
        try:
            asked = replace(READ_REPORTS, resource=parse_resource(f"acme-reports/{place}"))
            outcomes.append(broken(house, code, changed(ASK, entitlement=asked)))
        except NotYours as refusal:
            outcomes.append(refusal)

    threads = [threading.Thread(target=use, args=(place,)) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_while_the_directory_is_away_the_code_says_who_it_is(house: GlassHouse):
    """As it was when it was sealed; a process that has just begun knows nobody by heart."""
    code, *_ = sealed(house)
    house.directory.away = True
    house.directory.forget()

    assert broken(house, code).request.principal == ANN


def test_who_is_known_by_heart_stands_in_for_nobody_else(house: GlassHouse):
    """While the directory is away Ann's code makes nobody of Bob, who might answer for a robot or decide."""
    stand_in = StandIn(house.directory, house.directory.principal(ANN))
    house.directory.away = True

    assert stand_in.principal(ANN).id == ANN
    with pytest.raises(Unavailable):
        stand_in.principal(BOB)


def test_what_the_directory_knew_last_counts_more_than_the_code(house: GlassHouse):
    """It was away for a moment, after it said that Ann had left."""
    code, *_ = sealed(house)
    house.directory.change(ANN, active=False)
    house.directory.principal(ANN)
    house.directory.away = True

    assert "not good" in refused(house, code)


def test_a_directory_that_answers_counts(house: GlassHouse):
    """Who is deactivated, or nobody any more, has nothing of a code."""
    first, second, *_ = sealed(house)
    house.directory.change(ANN, active=False)
    said = refused(house, first)
    del house.directory.people[ANN]

    assert refused(house, second) == said
    assert house.ledger.grants() == []


def test_a_code_without_a_snapshot_needs_the_directory(house: GlassHouse):
    """Who knows nobody lends nothing."""
    code, *_ = sealed(house)
    row = house.ledger.find(SealedCode, digest(code.replace("-", "")))
    house.ledger.record(Fact(event=entries(house, EntryKind.CODES_SEALED)[0], changes=(replace(row, person=None),)))
    house.directory.away = True
    house.directory.forget()

    with pytest.raises(Unavailable):
        broken(house, code)


def test_codes_are_written_for_people():
    """Five groups of five, in an alphabet without O, I, L and U, all different, and small letters will do."""
    codes = {break_glass_code.draw() for _ in range(200)}

    assert len(codes) == 200
    for code in codes:
        assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}", code)
        assert break_glass_code.canonical(f" {code.lower().replace('-', ' ')} ") == code.replace("-", "")
        assert break_glass_code.canonical(code.replace("0", "o").replace("1", "l")) == code.replace("-", "")


@given(st.integers(0, 24), st.integers(1, 31))
def test_one_wrong_sign_is_noticed(at: int, off: int):
    """Wherever it is, whatever it is."""
    signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    code = break_glass_code.draw().replace("-", "")
    wrong = signs[(signs.index(code[at]) + off) % 32]

    assert break_glass_code.canonical(code[:at] + wrong + code[at + 1 :]) is None


@given(st.integers(0, 21))
def test_two_signs_that_changed_places_are_noticed(at: int):
    """The slip of who types fast."""
    code = break_glass_code.draw().replace("-", "")
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]

    assert (break_glass_code.canonical(swapped) is None) == (swapped != code)


def test_d07_nobody_breaks_glass_without_end(house: GlassHouse):
    """Five times within an hour, by default; then it is said when again. Another person, and a code, are not braked."""
    code, *_ = sealed(house)
    for number in range(5):
        house.broken(reason=f"INC-{number}")
        house.clock.now += timedelta(minutes=1)

    with pytest.raises(NotAllowed, match=r"emergency access 5 times within an hour, and 5 is the most.*in 55 minutes"):
        house.broken(reason="INC-5")
    house.broken(requestor=BOB)
    broken(house, code)

    house.clock.now += timedelta(minutes=55)
    with pytest.raises(NotAllowed):  # the code's counts, too
        house.broken(reason="INC-5")
    house.clock.now += timedelta(minutes=1)
    house.broken(reason="INC-5")
