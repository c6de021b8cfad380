"""What a token was not given it cannot do, at any address that there is."""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx2

from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.login import Login, LoginScope
from daypass.model.principal import Principal, PrincipalId
from daypass.model.secret import digest
from tests.doors.api.robots.speaking import added, narrowed, speaking
from tests.doors.house import House
from tests.makers import BOB

READ, ASK, USE, DECIDE, END, ANY, OPEN = "read", "ask", "use", "decide", "end", "any", "open"
ENDS, ENDS_ASK, ENDS_FOR_OTHERS = "ask, use, end", "ask, end", "decide, end"
"""`ask, end` is either of the two; `any` is whoever has a person's login or one made of it; `open` wants no login."""
NEEDED = {
    "POST /v1/login/device": OPEN,
    "POST /v1/login/token": OPEN,
    "POST /v1/token": OPEN,
    "POST /v1/glass": OPEN,
    "POST /v1/end-session": OPEN,
    "POST /v1/end-session/passkey": OPEN,
    "POST /v1/logout": ANY,
    "POST /v1/logout?all=true": DECIDE,
    "GET /v1/me": READ,
    "GET /v1/offers": READ,
    "GET /v1/permits": READ,
    "GET /v1/mine": READ,
    "GET /v1/requests/{request_id}": READ,
    "GET /v1/requests/{request_id}/explain": READ,
    "GET /v1/glass/codes": READ,
    "GET /v1/glass/reviews": READ,
    "GET /v1/glass/{request_id}": READ,
    "GET /v1/journal/export": READ,
    "GET /v1/journal/checkpoint": READ,
    "GET /v1/journal/key": READ,
    "GET /v1/journal/inclusion/{index}": READ,
    "GET /v1/journal/consistency": READ,
    "GET /v1/passkeys": READ,
    "GET /v1/robots": READ,
    "GET /v1/rules": READ,
    "GET /v1/rules/past": READ,
    "GET /v1/rules/versions": READ,
    "GET /v1/rules/versions/{number}": READ,
    "GET /v1/rules/changes": READ,
    "GET /v1/rules/changes/{change_id}": READ,
    "GET /v1/rules/changes/{change_id}/differences": READ,
    "POST /v1/requests": ASK,
    "POST /v1/requests/again": ASK,
    "POST /v1/requests/{request_id}/cancel": ENDS_ASK,
    "POST /v1/permits/{request_id}/withdraw": ENDS_ASK,
    "POST /v1/grants/{request_id}/done": ENDS,
    "POST /v1/grants/{request_id}/extend": ASK,
    "POST /v1/grants/{request_id}/credentials": USE,
    "POST /v1/grants/{request_id}/console": USE,
    "POST /v1/grants/{request_id}/link": USE,
    "POST /v1/grants/{request_id}/get-url": USE,
    "POST /v1/grants/{request_id}/put-url": USE,
    "POST /v1/grants/{request_id}/post-form": USE,
    "POST /v1/grants/{request_id}/manifest": USE,
    "POST /v1/permits": DECIDE,
    "POST /v1/absence": DECIDE,
    "POST /v1/absence/end": ENDS_FOR_OTHERS,
    "POST /v1/requests/{request_id}/approve": DECIDE,
    "POST /v1/requests/{request_id}/deny": ENDS_FOR_OTHERS,
    "POST /v1/requests/{request_id}/passkey": DECIDE,
    "POST /v1/grants/{request_id}/revoke": ENDS_FOR_OTHERS,
    "POST /v1/glass/codes": DECIDE,
    "POST /v1/glass/{request_id}/close": DECIDE,
    "POST /v1/passkeys/new": DECIDE,
    "POST /v1/passkeys/remove": ENDS_FOR_OTHERS,
    "POST /v1/passkeys/forget": ENDS_FOR_OTHERS,
    "POST /v1/panic": ENDS_FOR_OTHERS,
    "POST /v1/freezes": ENDS_FOR_OTHERS,
    "GET /v1/freezes": READ,
    "POST /v1/freezes/{request_id}/lift": DECIDE,
    "GET /v1/leavers": READ,
    "POST /v1/leavers/confirm": DECIDE,
    "POST /v1/leavers/dismiss": DECIDE,
    "POST /v1/robots": DECIDE,
    "POST /v1/robots/{name}/rotate": DECIDE,
    "POST /v1/robots/{name}/adopt": DECIDE,
    "POST /v1/robots/{name}/remove": ENDS_FOR_OTHERS,
    "POST /v1/rules/lint": DECIDE,
    "POST /v1/rules/changes": DECIDE,
    "POST /v1/rules/changes/{change_id}/approve": DECIDE,
    "POST /v1/rules/changes/{change_id}/deny": ENDS_FOR_OTHERS,
    "POST /v1/rules/changes/{change_id}/withdraw": ENDS_FOR_OTHERS,
}
"""What each address wants. One that is not here fails the first test: say what it wants."""


_JSON = {"Content-Type": "application/json"}


def test_every_address_is_known_with_what_it_wants(nobody: httpx2.Client):
    """The API's own description has these and no others, and says which of them want a login."""
    paths = nobody.get("/v1/openapi.json").json()["paths"]
    described = {f"{verb.upper()} {path}": how for path, verbs in paths.items() for verb, how in verbs.items()}

    assert sorted(described) == sorted(one for one in NEEDED if "?" not in one)
    assert {one for one, how in described.items() if not how.get("security")} == {
        one for one, needed in NEEDED.items() if needed == OPEN
    }


def test_a_token_with_one_scope_does_that_and_nothing_else(house: House, bob: httpx2.Client, nobody: httpx2.Client):
    """Robots and agents with `read`, `ask` or `use` alone try every address; none of them ever decides."""
    tokens = [(scope, token) for scope in (READ, ASK, USE) for token in _tokens(scope, house, bob, nobody)]
    wrong = []
    for scope, token in tokens:
        with speaking(house, token) as client:
            wrong += [
                f"{token[:4]} {scope}: {one}"
                for one, needed in _behind_a_login()
                if _let(client, one) != (scope in needed)
            ]

    assert wrong == []
    assert house.services.ledger.grants() == []


def test_a_session_that_only_ends_things_opens_nothing_else(house: House):
    """What a passkey or a break-glass code opens while nobody can log in: every ending, and no other address."""
    with speaking(house, _only_ending(house)) as client:
        wrong = [one for one, needed in _behind_a_login() if _let(client, one) != (END in needed)]

    assert wrong == []


def test_without_a_login_every_other_address_is_shut(nobody: httpx2.Client):
    """Whatever is sent to it: see `_tried`."""
    answers = {one: _tried(nobody, one).status_code for one, needed in NEEDED.items() if needed != OPEN}

    assert answers == dict.fromkeys(answers, 401)


def _tokens(scope: str, house: House, bob: httpx2.Client, nobody: httpx2.Client) -> Iterator[str]:
    robot = PrincipalId(f"bot:with-{scope}")
    house.directory.people[robot] = Principal(id=robot, name=robot, owner=BOB)
    yield str(added(bob, name=f"with-{scope}", scopes=[scope])["token"])
    yield str(narrowed(nobody, house.token(BOB), scope=scope).json()["access_token"])


def _only_ending(house: House) -> str:
    login = Login(
        device_hash=digest("device"),
        user_code="",
        client="a test",
        asked_at=house.clock(),
        expires_at=house.clock() + timedelta(minutes=15),
        scopes=frozenset({LoginScope.END}),
        principal=BOB,
        token_hash=digest("only-ending"),
    )
    event = Event(kind=EntryKind.LOGIN_ISSUED, at=house.clock(), actor=BOB)
    house.services.ledger.record(Fact(event=event, changes=(login,), told=False))
    return "only-ending"


def _behind_a_login() -> list[tuple[str, str]]:
    return [(one, needed) for one, needed in NEEDED.items() if needed not in {OPEN, ANY}]


def _let(client: httpx2.Client, address: str) -> bool:
    """Whether it was let in; what it asked for there need not be."""
    answer = _tried(client, address)
    said = answer.json()["detail"] if answer.is_error else ""
    kept_out = re.search(r" may not (read|ask|use|decide|end)(\.$|; run)|asks and never decides", said)
    assert kept_out is None or answer.status_code == 403, (address, answer.text)
    return kept_out is None


def _tried(client: httpx2.Client, address: str) -> httpx2.Response:
    """Ask with an id that is none and a body that is no JSON: who may not do it hears of neither."""
    verb, path = address.split(" ")
    return client.request(verb, re.sub(r"\{\w+\}", "-1", path), content=b"{" if verb == "POST" else None, headers=_JSON)
