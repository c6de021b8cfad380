"""A house with something of everything in it, and a requestor, an approver, an owner and a bot who may ask."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2

from daypass.model.principal import Principal, PrincipalId
from tests.doors.api.contract.knocking import Knocks
from tests.doors.house import RULES, House, open_house
from tests.makers import ANN, BOB, EVE

DEPLOY = PrincipalId("bot:deploy")
_RULES = RULES.replace("version: 1", "version: 1\nowners: {people: [U0BOB, U0EVE]}", 1).replace(
    "people: [U0ANN, U0BOB]}", 'people: [U0ANN, U0BOB, "bot:deploy"]}', 1
)
_ASK = "s3 read acme-reports/2026/ --for 1h --reason INC-42"


@contextmanager
def laid_out(folder: Path) -> Iterator[tuple[Knocks, Mapping[str, str]]]:
    """Open the house, which Bob and Eve own; return what to knock at, and a token of each of the four."""
    folder.mkdir(exist_ok=True)
    with open_house(folder) as house:
        house.rules.write_text(_RULES)
        house.directory.people[DEPLOY] = Principal(id=DEPLOY, name=DEPLOY, owner=BOB)
        # By a name, as browsers keep passkeys for no other.
        object.__setattr__(house.desk, "public_url", f"http://localhost:{house.port}")
        with house.client(ANN) as ann, house.client(BOB) as bob, house.client(EVE) as eve:
            bot = str(_made(bob, "/v1/robots", name="deploy", days=30)["token"])
            knocks = _knocks(house, ann, eve)
        tokens = {"requestor": house.token(ANN), "approver": house.token(BOB), "owner": house.token(EVE), "bot": bot}
        yield knocks, tokens


def _knocks(house: House, ann: httpx2.Client, eve: httpx2.Client) -> Knocks:
    """Requests that wait and that live, a change of the rules, the bot, an entry of the journal."""
    requests = [_made(ann, "/v1/requests", text=text) for text in (_ASK, _ASK.replace("reports", "drafts"))]
    change = _made(eve, "/v1/rules/changes", text=_RULES.replace("8h", "7h"), base=1)
    house.work()
    house.book.fold()
    there = {
        "request_id": [str(one["id"]) for one in requests],
        "change_id": [str(change["id"])],
        "name": ["deploy"],
        "index": ["0"],
        "number": ["1"],
    }
    return Knocks(described=ann.get("/v1/openapi.json").json(), url=house.url, there=there)


def _made(client: httpx2.Client, path: str, **body: object) -> Mapping[str, object]:
    answer = client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    made: Mapping[str, object] = answer.json()
    return made
