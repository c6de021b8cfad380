"""An agent at the service: a real MCP client, `daypass mcp` as a process, and an API that really runs."""

import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, TextContent

from daypass.lifecycle.bots.administer import Wanted, add
from daypass.model.principal import Principal, PrincipalId
from daypass.rules.load.read import RuleBook, parse
from daypass.rules.rule.people import NamedPeople
from tests.doors.house import RULES, House, open_house
from tests.makers import ANN, BOB

DEPLOY = PrincipalId("bot:deploy")
ASK = {"level": "read", "resource": "acme-reports/2026/", "length": "1h", "reason": "INC-42"}
DRAFT = {"level": "read", "resource": "acme-drafts/", "length": "10m", "reason": "a draft"}
TOOLS = {
    "what_can_i_ask_for",
    "preview_access",
    "request_access",
    "list_my_access",
    "show_request",
    "end_access",
}


def book() -> RuleBook:
    """The rules, which Bob owns, and whose first lends to the robot too."""
    written = parse(RULES, name="rules.yaml")
    first, *rest = written.rules
    who = NamedPeople(people=first.who.people | {DEPLOY})
    return replace(written, rules=(replace(first, who=who), *rest), owners=NamedPeople(people=frozenset({BOB})))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Open a house now: the command has a clock of its own."""
    rules = book()
    with open_house(tmp_path, now=datetime.now(UTC)) as house:
        house.under(lambda: rules)
        house.directory.people[DEPLOY] = Principal(id=DEPLOY, name="deploy")
        yield house


def robots_token(house: House) -> str:
    """Have Bob add the robot."""
    added = add(
        Wanted(name="deploy", days=1),
        by=BOB,
        judge=house.judge,
        trusts=lambda _: False,
        now=house.clock(),
    )
    assert added.token is not None
    return added.token


def as_agent(house: House, token: str, work: Callable[[Client], Awaitable[None]], *options: str) -> None:
    """Start `daypass mcp`, let an agent work with it, and hang up."""
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "daypass", "mcp", *options],
        env={"DAYPASS_URL": house.url, "DAYPASS_TOKEN": token, "PATH": os.environ["PATH"]},
    )

    async def session() -> None:
        async with Client(command) as client:
            await work(client)

    anyio.run(session)


async def answer(client: Client, tool: str, **said: object) -> Any:
    """Call a tool that answers."""
    result = await client.call_tool(tool, said)
    assert isinstance(result, CallToolResult)
    assert not result.is_error, result.content
    return result.structured_content


async def refusal(client: Client, tool: str, **said: object) -> str:
    """Call a tool that refuses, and read why."""
    result = await client.call_tool(tool, said)
    assert isinstance(result, CallToolResult)
    assert result.is_error
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_an_agent_has_tools_to_ask_with_and_none_to_decide_with(house: House):
    """By name, and by every word of what they take."""

    async def work(client: Client) -> None:
        listed = (await client.list_tools()).tools
        assert {tool.name for tool in listed} == TOOLS
        said = json.dumps([[tool.name, tool.input_schema] for tool in listed]).lower()
        assert [word for word in ("approve", "deny", "revoke", "urgent", "robot", "rules") if word in said] == []
        for tool in ("approve", "approve_request", "deny", "revoke", "get_credentials"):
            assert "Unknown tool" in await refusal(client, tool, id="abcdefgh2345")

    as_agent(house, robots_token(house), work)


def test_a_robot_asks_looks_and_ends(house: House):
    """From the first look to the end, in its own name."""

    async def work(client: Client) -> None:
        assert [one["rule"] for one in (await answer(client, "what_can_i_ask_for"))["offers"]] == ["reports"]
        assert (await answer(client, "preview_access", **ASK))["rule"] == "reports"
        filed = await answer(client, "request_access", **ASK, key="once")
        assert (filed["requestor"], filed["reason"]) == (DEPLOY, "INC-42")
        assert (await answer(client, "request_access", **ASK, key="once"))["id"] == filed["id"]
        twice = [(await answer(client, "request_access", **ASK, key=f"{'é' * 300}\r\n"))["id"] for _ in range(2)]
        assert twice[0] == twice[1] != filed["id"]
        await answer(client, "end_access", id=twice[0])
        mine = await answer(client, "list_my_access")
        assert [one["id"] for one in mine["requests"]] == [filed["id"]]
        assert (await answer(client, "end_access", id=filed["id"]))["state"] == "cancelled"
        assert (await answer(client, "show_request", id=filed["id"]))["request"]["state"] == "cancelled"

    as_agent(house, robots_token(house), work)


@pytest.mark.long
def test_an_agent_that_asks_in_a_loop_asks_once(house: House):
    """It reads that it has, and which one; a key of its own or `again` files another."""

    async def work(client: Client) -> None:
        first = (await answer(client, "request_access", **ASK))["id"]
        assert first in await refusal(client, "request_access", **ASK)
        another = (await answer(client, "request_access", **ASK, again=True))["id"]
        keyed = [(await answer(client, "request_access", **ASK, key="k"))["id"] for _ in range(2)]
        assert len({first, another, *keyed}) == 3

    as_agent(house, robots_token(house), work)


def test_an_agent_with_a_token_that_decides_cannot_decide(house: House):
    """Bob may approve what Ann asks; his agent sees it and can do nothing about it, whatever it writes as an id."""
    with house.client(ANN) as ann:
        body = {"level": "read", "resource": "acme-reports/2026/", "for": "1h", "reason": "INC-42"}
        request = ann.post("/v1/requests", json=body).json()["id"]

    async def work(client: Client) -> None:
        assert (await answer(client, "show_request", id=request))["request"]["state"] == "pending"
        assert "waiting" not in await answer(client, "list_my_access")
        for tool in ("show_request", "end_access"):
            for path in (f"{request}/approve", f"../requests/{request}/approve?", f"{request}/approve#", "%2e%2e/me"):
                assert "not the id" in await refusal(client, tool, id=path)
        assert "one who asked" in await refusal(client, "end_access", id=request)

    as_agent(house, house.token(BOB), work)
    as_agent(house, house.token(BOB), work, "--credentials")
    assert house.services.ledger.request(request).state == "pending"


def test_a_persons_agent_is_given_a_token_that_cannot_decide(house: House):
    """Not only the tools: the login it speaks by has neither the right to decide nor to be handed credentials."""
    logins = []

    async def work(client: Client) -> None:
        await answer(client, "list_my_access")
        logins.extend(house.services.logins.of(BOB))

    as_agent(house, house.token(BOB), work)
    agents = [one for one in logins if one.client.startswith("an agent")]

    assert [sorted(one.scopes) for one in agents] == [["ask", "read"]]
    [after] = [one for one in house.services.logins.of(BOB) if one.client.startswith("an agent")]
    assert after.revoked_at is not None


def test_what_an_agent_asks_for_somebody_says_so(house: House):
    """Whoever decides sees that it was not the person who wrote it."""

    async def work(client: Client) -> None:
        assert (await answer(client, "request_access", **ASK))["reason"] == "INC-42 (asked by an agent)"

    as_agent(house, house.token(ANN), work)


def test_credentials_are_handed_to_an_agent_only_where_a_person_said_so(house: House):
    """With the option, and to the one whose grant it is."""
    grant = {}

    async def without(client: Client) -> None:
        grant["id"] = (await answer(client, "request_access", **DRAFT))["id"]
        assert "Unknown tool" in await refusal(client, "get_credentials", id=grant["id"])

    async def with_them(client: Client) -> None:
        assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS | {"get_credentials"}
        found = await answer(client, "get_credentials", id=grant["id"])
        assert found["AccessKeyId"].startswith("ASIA")
        assert (await answer(client, "end_access", id=grant["id"]))["state"] == "ending"

    as_agent(house, house.token(ANN), without)
    house.work()
    as_agent(house, house.token(ANN), with_them, "--credentials")


def test_a_refusal_is_a_sentence_that_the_agent_reads(house: House):
    """What the rules do not lend is not lent to agents either."""

    async def work(client: Client) -> None:
        assert "acme-secret" in await refusal(client, "request_access", **{**ASK, "resource": "acme-secret/"})
        assert await refusal(client, "preview_access", **{**ASK, "length": "yesterday"})

    as_agent(house, robots_token(house), work)
