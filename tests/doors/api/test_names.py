"""Who is told a name, and who has somebody looked up: whoever has a login, and of those alone whom we mention."""

import httpx2
import pytest

from daypass.doors.refusals import sentence_naming, to_a_stranger
from daypass.lifecycle.approval.decide import deny
from daypass.model.errors import TooLate
from daypass.model.principal import PrincipalId
from daypass.model.text import Person, text_of
from tests.doors.house import House
from tests.makers import ANN, BOB, EVE

TWO = f"<@{ANN}><@{BOB}>"
MENTIONS = "".join(f"<@{one}>" for one in (ANN, BOB, *(f"U0Y{number:03}" for number in range(300))))


@pytest.fixture(autouse=True)
def named(house: House) -> None:
    """People have names besides their ids, and nobody has been looked up."""
    house.directory.change(ANN, name="Ann Archer")
    house.directory.change(BOB, name="Bob Baker")
    house.directory.looked_up.clear()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/glass", {"code": "x", "level": "read", "resource": MENTIONS}),
        ("/v1/glass", {"code": "x", "level": "read", "resource": "acme-reports/", "for": TWO}),
        ("/v1/glass", {"code": "x", "level": "read", "resource": "acme-reports/", "delivery": TWO}),
        ("/v1/end-session/passkey", {"person": f"x{MENTIONS}"[:200], "user_code": "x"}),
    ],
)
def test_a_stranger_has_nobody_looked_up_and_is_told_no_name(
    house: House, nobody: httpx2.Client, path: str, body: dict[str, str]
):
    """Whatever they write into a field that the answer repeats."""
    answer = nobody.post(path, json=body)

    assert answer.status_code == 422
    assert house.directory.looked_up == []
    assert "Ann Archer" not in answer.text


def test_a_member_who_writes_mentions_has_nobody_looked_up_for_them(house: House, eve: httpx2.Client):
    """A sentence that repeats what they wrote is not searched for people."""
    answer = eve.post("/v1/requests", json={"level": "read", "resource": MENTIONS, "reason": "x"})

    assert answer.status_code == 422
    assert {one for one, _ in house.directory.looked_up} == {EVE}
    assert "Ann Archer" not in answer.text


def test_whom_a_refusal_mentions_is_named_to_who_has_a_login(house: House, ann: httpx2.Client, bob: httpx2.Client):
    """Bob said no; whoever comes too late reads his name."""
    filed = ann.post("/v1/requests", json={"level": "read", "resource": "acme-reports/2026/", "reason": "INC-1"}).json()
    deny(filed["id"], by=BOB, reason="no", enders=house.services.enders, now=house.clock())

    again = bob.post(f"/v1/requests/{filed['id']}/approve", json={"for": "1h"})

    assert again.status_code == 410, again.text
    assert "It was denied by Bob Baker already" in again.json()["detail"]


def test_a_refusal_names_ten_at_most_and_nobody_whom_it_does_not_mention():
    """What a caller wrote stays as it was; so does whoever comes after ten."""
    people = [f"U0P{number:02}" for number in range(12)]
    text = text_of(*(piece for one in people for piece in (Person(one), " ")), f"<@{EVE}> {EVE}")
    asked: list[PrincipalId] = []

    def name(one: PrincipalId) -> str:
        asked.append(one)
        return "Somebody"

    said = sentence_naming(TooLate(text), name)

    assert asked == people[:10]
    assert said == f"{' '.join(['Somebody'] * 10)} U0P10 U0P11 <@{EVE}> {EVE}"


def test_who_came_without_a_login_reads_of_a_colleague():
    """Also where it is we who mention somebody: on the pages of links and passkeys."""
    decided = TooLate(text_of("It was denied by ", Person(BOB), " already."))

    assert to_a_stranger(decided) == "It was denied by a colleague already."


def test_what_is_looked_up_is_counted_to_whoever_asks(house: House, ann: httpx2.Client):
    """In every thread that works for Ann, so that she uses up no more than her share of what Slack allows."""
    ann.post("/v1/requests", json={"level": "read", "resource": "acme-reports/2026/", "reason": "INC-1"})

    assert {by for _, by in house.directory.looked_up} == {ANN}
