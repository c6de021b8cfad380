"""A house with something of everything in it, and a requestor, an approver, an owner and a bot who may ask."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from daypass.model.principal import Principal, PrincipalId
from tests.doors.house import RULES, House, open_house
from tests.makers import ANN, BOB, EVE

DEPLOY = PrincipalId("bot:deploy")
_RULES = RULES.replace("version: 1", "version: 1\nowners: {people: [U0BOB, U0EVE]}", 1).replace(
    "people: [U0ANN, U0BOB]}", 'people: [U0ANN, U0BOB, "bot:deploy"]}', 1
)
_ASK = "s3 read acme-reports/2026/ --for 1h --reason INC-42"


@dataclass(frozen=True, kw_only=True)
class World:
    """What an API says of itself, things that there are, by the parameter that asks for one, and who has a token."""

    described: Mapping[str, Any]
    url: str
    port: int
    there: Mapping[str, list[str]]
    tokens: Mapping[str, str]


@contextmanager
def a_world(folder: Path) -> Iterator[World]:
    """Open the house, which Bob and Eve own; return what is in it, and a token of each of the four."""
    folder.mkdir(exist_ok=True)
    with open_house(folder) as house:
        house.rules.write_text(_RULES)
        house.directory.people[DEPLOY] = Principal(id=DEPLOY, name=DEPLOY, owner=BOB)
        # By a name, as browsers keep passkeys for no other.
        object.__setattr__(house.services, "public_url", f"http://localhost:{house.port}")
        with house.client(ANN) as ann, house.client(BOB) as bob, house.client(EVE) as eve:
            bot = str(_made(bob, "/v1/robots", name="deploy", days=30)["token"])
            there = _there(house, ann, eve)
            described = ann.get("/v1/openapi.json").json()
        tokens = {"requestor": house.token(ANN), "approver": house.token(BOB), "owner": house.token(EVE), "bot": bot}
        yield World(described=described, url=house.url, port=house.port, there=there, tokens=tokens)


def _there(house: House, ann: httpx2.Client, eve: httpx2.Client) -> Mapping[str, list[str]]:
    """Requests that wait and that live, a change of the rules, the bot, an entry of the journal."""
    requests = [_made(ann, "/v1/requests", text=text) for text in (_ASK, _ASK.replace("reports", "drafts"))]
    change = _made(eve, "/v1/rules/changes", text=_RULES.replace("8h", "7h"), base=1)
    house.work()
    house.book.fold()
    return {
        "request_id": [str(one["id"]) for one in requests],
        "change_id": [str(change["id"])],
        "name": ["deploy"],
        "index": ["0"],
        "number": ["1"],
    }


def _made(client: httpx2.Client, path: str, **body: object) -> Mapping[str, object]:
    answer = client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    made: Mapping[str, object] = answer.json()
    return made
