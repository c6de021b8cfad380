"""The Home tab: what I have, what I asked for, what waits for me, and how it works."""

from collections.abc import Iterator
from dataclasses import dataclass

from daypass.doors.slack.blocks import Block, View, actions, button, context, divider, header, quoted, section
from daypass.doors.slack.cards import decision_row, mine_buttons
from daypass.doors.slack.counter import Counter, Picture, in_thread
from daypass.doors.slack.overview import Overview, overview
from daypass.doors.slack.texts import labels
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.turn import Turn
from daypass.model.request import Request

_MOST = 8
"""Entries of each list: Slack shows 100 blocks at most, and one entry takes three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeTab:
    """The Home tab of whoever looks at it."""

    counter: Counter

    async def show(self, turn: Turn) -> None:
        """Draw it for this person, from the ledger."""
        desk = self.counter.desk
        seen = await in_thread(lambda: overview(desk, turn.person))
        await turn.client.views_publish(user_id=turn.person, view=tab(seen))

    async def opened(self, turn: Turn) -> None:
        """Draw it when somebody opens it; the Messages tab beside it is announced in the same way."""
        if turn.body["event"].get("tab") == "home":
            await self.show(turn)

    async def refresh(self, turn: Turn) -> None:
        """Draw it again after a click in it."""
        if turn.at_home:
            await self.show(turn)


def tab(seen: Overview) -> View:
    """The view of one person's Home tab."""
    blocks = [
        actions("home", list(_buttons(seen))),
        *_list(labels.HOME_WAITING, labels.NOTHING_WAITS, [list(_waiting(one)) for one in seen.waiting]),
        *_list(labels.HOME_GRANTS, labels.NOTHING_MINE, [list(_entry(one)) for one in seen.grants]),
        *_list(
            labels.HOME_REQUESTS,
            labels.NOTHING_ASKED,
            [list(_entry(Picture(request=one, grant=None))) for one in seen.requests],
        ),
        *(_list(labels.HOME_OTHERS, "", [list(_theirs(one)) for one in seen.others]) if seen.others else ()),
        header(labels.HOME_HELP),
        section(labels.HOME_EXPLAINED),
    ]
    return {"type": "home", "blocks": blocks}


def _buttons(seen: Overview) -> Iterator[Block]:
    yield button(labels.REQUEST_BUTTON, "form.open", style="primary")
    yield button(labels.GRANT_BUTTON, "form.grant")
    if seen.urgent:
        yield button(labels.GLASS_BUTTON, "form.urgent", "--urgent", style="danger")


def _list(title: str, empty: str, entries: list[list[Block]]) -> Iterator[Block]:
    yield header(title)
    if not entries:
        yield context(empty)
    for entry in entries[:_MOST]:
        yield from entry
    if len(entries) > _MOST:
        yield context(texts.more_left(len(entries) - _MOST))
    yield divider()


def _waiting(request: Request) -> Iterator[Block]:
    yield section(texts.asked_with_length(request))
    if request.reason:
        yield quoted(request.reason)
    yield decision_row(request)


def _entry(picture: Picture) -> Iterator[Block]:
    yield section(texts.one_line(picture.request, picture.grant))
    if buttons := mine_buttons(picture):
        yield actions(f"mine:{picture.request.id}", buttons)


def _theirs(picture: Picture) -> Iterator[Block]:
    """What somebody else has, and the way to end it."""
    yield section(texts.theirs(picture.request, picture.grant))
    yield actions(f"others:{picture.request.id}", [button(labels.REVOKE, "others.revoke", picture.request.id)])
