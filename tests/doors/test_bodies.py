"""What is held of bodies that have not been believed yet, and what is not worth reading."""

import asyncio
import json
from urllib.parse import urlencode

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from daypass.doors.api.router import read_json
from daypass.doors.bodies import Body, NoRoom, Room, too_many_pieces
from daypass.doors.limits import Bodies, BodyLimit

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
RULES = "".join(f'  - id: r{n}\n    may: [read, write]\n    on: ["b{n}/**"]\n' for n in range(5_000))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (json.dumps({f"a{n}": 1 for n in range(150)}), JSON),
        (json.dumps({"text": [[]] * 10_000}), JSON),
        ("[" * 30_000, JSON),
        ('{"\\\\": 1, ' * 5_000, JSON),
        ("," * 300 + '""' * 20_000, JSON),
        ("[" * 30_000, f"{FORM}+json"),
        ("&" * 60_000, FORM),
        ("a=1;" * 60, FORM),
    ],
)
def test_what_is_made_of_too_many_pieces_is_not_read(body: str, content_type: str):
    """Names, values, nested lists, and fields of a form, well formed or not."""
    assert too_many_pieces(body.encode(), content_type)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (json.dumps({"text": RULES, "base": 7}), JSON),
        (json.dumps({"reason": ", and: [then] \\ " * 200, "level": "read"}), JSON),
        (json.dumps({"name": "deploy", "claims": {f"claim{n}": "x" for n in range(40)}}), JSON),
        (urlencode({f"field{n}": "a,b:[c]" * 50 for n in range(10)}), FORM),
        ("", ""),
    ],
)
def test_a_long_text_is_one_piece(body: str, content_type: str):
    """However many commas, colons, brackets and quotes somebody wrote in it."""
    assert not too_many_pieces(body.encode(), content_type)


def test_a_body_is_read_in_the_encoding_in_which_it_was_counted():
    """In UTF-16 a quote may be half of a letter, and everything after it would pass for a text."""
    with pytest.raises(ValueError, match="utf-8"):
        read_json('{"a": 1}'.encode("utf-16"))


def _in_pieces(*pieces: bytes, then: asyncio.Event | None = None) -> Receive:
    left = list(pieces)

    async def receive() -> Message:
        if not left and then is not None:
            await then.wait()
        piece = left.pop(0) if left else b""
        return {"type": "http.request", "body": piece, "more_body": bool(left) or (then is not None and bool(piece))}

    return receive


def test_when_there_is_no_room_whoever_has_been_sending_longest_gives_way():
    """Two that do not end, and one that comes whole: it is read, and the first of them is given up."""

    async def run() -> tuple[bytes, list[BaseException | None], int]:
        room, never = Room(100), asyncio.Event()
        slow = [Body(), Body()]
        waiting = [
            asyncio.create_task(room.read(one, _in_pieces(b"x" * 40, then=never), longest=100, within_s=60))
            for one in slow
        ]
        await asyncio.sleep(0)
        honest = Body()
        await room.read(honest, _in_pieces(b"y" * 30, b"y" * 20), longest=100, within_s=60)
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        never.set()
        await asyncio.wait(waiting)
        for one in (*slow, honest):
            room.give_back(one)
        assert done == {waiting[0]}
        return honest.content, [one.exception() for one in waiting], room.held

    content, ended, held = asyncio.run(run())

    assert content == b"y" * 50
    assert [type(one) for one in ended] == [NoRoom, type(None)]
    assert held == 0


@pytest.mark.parametrize(
    "pieces", [(b"{}",), (b"x" * 60, b"x" * 60), (b"x" * 70_000,), ()], ids=["answered", "no room", "too long", "gone"]
)
def test_what_is_held_is_given_back_whatever_becomes_of_it(pieces: tuple[bytes, ...]):
    """Two hundred times over: nothing adds up until nobody is read any more."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("ok")(scope, receive, send)

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def run() -> list[int]:
        limits, answered = BodyLimit(app, may_send_rules=lambda _: False, bodies=Bodies(held=100)), list[int]()

        async def send(message: Message) -> None:
            if "status" in message:
                answered.append(message["status"])

        scope = {"type": "http", "path": "/", "method": "POST", "headers": [], "query_string": b""}
        for _ in range(200):
            await limits(scope, _in_pieces(*pieces) if pieces else gone, send)
        await limits(scope, _in_pieces(b"z" * 100), send)
        return answered

    assert asyncio.run(run())[-1] == 200


@pytest.mark.parametrize(("path", "reads"), [("/slack/events", 0), ("/v1/requests", 1)])
def test_not_a_byte_is_read_of_what_slack_cannot_have_sent(path: str, reads: int):
    """It is 401 by its head alone; elsewhere a body has nothing to do with Slack."""
    received, answered = list[Message](), list[int]()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("ok")(scope, receive, send)

    async def receive() -> Message:
        received.append({"type": "http.request", "body": b"x", "more_body": False})
        return received[-1]

    async def send(message: Message) -> None:
        answered.append(message.get("status", 0))

    limits = BodyLimit(app, may_send_rules=lambda _: False, may_be_slacks=lambda _: False)
    scope = {"type": "http", "path": path, "method": "POST", "headers": [], "query_string": b""}
    asyncio.run(limits(scope, receive, send))

    assert len(received) == reads
    assert answered[0] == (200 if reads else 401)
