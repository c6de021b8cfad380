"""
The lists of the Home tab, whole: in a page that can be turned, for those who have or decide on much.

What stands on a page is read anew each time it is turned, so a page never shows what was.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from daypass.doors.slack.blocks import Block, View, actions, button, modal, quoted, section
from daypass.doors.slack.cards import decision_row, mine_buttons
from daypass.doors.slack.interaction import Interaction
from daypass.doors.slack.texts import break_glass as texts_glass
from daypass.doors.slack.texts import labels, outcomes
from daypass.doors.slack.texts import lists as said
from daypass.doors.slack.texts import preapprovals as texts_ahead
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.texts import rules as texts_rules
from daypass.doors.slack.verbs import Verbs, in_thread
from daypass.model.break_glass import GlassReview
from daypass.model.errors import BadInput
from daypass.model.principal import PrincipalId
from daypass.model.request import Request
from daypass.model.rule_change import RulesChange
from daypass.views.overview import A_PAGE, Overview, overview
from daypass.views.request import RequestView

CALLBACK = "list"
OPEN, NEXT, PREVIOUS = "list.open", "list.next", "list.previous"
_ON_A_PAGE = A_PAGE
"""A page holds 100 blocks, and an entry takes four at most."""


class List(StrEnum):
    """What can be listed for one person, in the order of the Home tab."""

    WAITING = "waiting"
    REVIEWS = "reviews"
    CHANGES = "changes"
    GRANTS = "grants"
    REQUESTS = "requests"
    HISTORY = "history"
    OTHERS = "others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The pages at work."""

    counter: Verbs

    async def open(self, turn: Interaction) -> None:
        """Open the first page of the list that a button names."""
        await turn.open(self._page(turn.person, turn.value))

    async def turn(self, turn: Interaction) -> None:
        """Turn to the page that a button names, in the same window."""
        page = await self._page(turn.person, turn.value)
        await turn.show(page)

    async def refresh(self, turn: Interaction) -> None:
        """Draw the page on which something was clicked again."""
        view = turn.body.get("view") or {}
        if view.get("callback_id") == CALLBACK:
            await turn.show(await self._page(turn.person, str(view["private_metadata"])))

    async def _page(self, person: PrincipalId, asked: str) -> View:
        which, number = _read(asked)
        services = self.counter.services
        return page(
            await in_thread(
                lambda: overview(person, judge=services.judge, now=services.clock(), past=number * _ON_A_PAGE)
            ),
            which,
            number,
        )


def of(seen: Overview, which: List) -> Sequence[Any]:
    """One list of an overview."""
    return {
        List.WAITING: seen.waiting,
        List.REVIEWS: seen.reviews,
        List.CHANGES: seen.changes,
        List.GRANTS: seen.grants,
        List.REQUESTS: seen.requests,
        List.HISTORY: seen.history,
        List.OTHERS: seen.others,
    }[which]


def total(seen: Overview, which: List) -> int:
    """How many entries a list has, also where only a page of it was read."""
    whole = {List.HISTORY: seen.history_total, List.OTHERS: seen.others_total}.get(which)
    return len(of(seen, which)) if whole is None else whole


def page(seen: Overview, which: List, number: int = 0) -> View:
    """One page of a list; the last one where there are not so many any more."""
    every, before = total(seen, which), _before(seen, which)
    number = min(number, max(0, (every - 1) // _ON_A_PAGE))
    first = number * _ON_A_PAGE
    shown = of(seen, which)[first - before : first - before + _ON_A_PAGE]
    blocks = [section(said.range_of(first + 1, first + len(shown), every) if shown else said.EMPTY[which])]
    for one in shown:
        blocks += ENTRIES[which](one, seen.now)
    turning = []
    if number:
        turning.append(button(labels.PREVIOUS, PREVIOUS, f"{which}:{number - 1}"))
    if first + _ON_A_PAGE < every:
        turning.append(button(labels.NEXT, NEXT, f"{which}:{number + 1}"))
    if turning:
        blocks.append(actions("turning", turning))
    return modal(said.TITLES[which], blocks, callback_id=CALLBACK, close=labels.CLOSE, metadata=f"{which}:{number}")


def _before(seen: Overview, which: List) -> int:
    """How many entries come before those that were read."""
    return {List.HISTORY: seen.history_before, List.OTHERS: seen.others_before}.get(which, 0)


def show_all(which: List, sentence: str) -> Block:
    """The line under a list that was cut, with the way to all of it."""
    return section(sentence, accessory=button(labels.SHOW_ALL, OPEN, f"{which}:0", spoken=said.show_all(which)))


def _read(asked: str) -> tuple[List, int]:
    which, _, number = asked.partition(":")
    if which not in set(List) or not number.isascii() or not number.isdigit():
        raise BadInput(said.NO_SUCH_LIST)
    return List(which), int(number)


def _waiting(request: Request, _now: datetime) -> Iterator[Block]:
    yield section(texts.asked_with_length(request))
    if request.reason:
        yield quoted(request.reason)
    if so_far := outcomes.endorsed(request):
        yield section(so_far)
    yield decision_row(request)


def _review(review: GlassReview, _now: datetime) -> Iterator[Block]:
    opening = button(texts_glass.REVIEW, "glass.review", review.id, spoken=texts_glass.spoken(review))
    yield section(texts_glass.one_line(review), accessory=opening)


def _change(change: RulesChange, _now: datetime) -> Iterator[Block]:
    said_why = texts_rules.asks_because(change)
    yield section(said_why, accessory=button(texts_rules.SHOW, "rules.show", change.id, spoken=said_why))


def _mine(picture: RequestView, now: datetime) -> Iterator[Block]:
    more = f" {texts_ahead.goes_on(picture.request)}" if picture.goes_on else ""
    yield section(f"{outcomes.one_line(picture.request, picture.grant, now)}{more}")
    if buttons := mine_buttons(picture):
        yield actions(f"mine:{picture.request.id}", buttons)


def _asked(request: Request, now: datetime) -> Iterator[Block]:
    yield from _mine(RequestView(request=request, grant=None), now)


def _had(picture: RequestView, now: datetime) -> Iterator[Block]:
    yield section(outcomes.one_line(picture.request, picture.grant, now))


def _theirs(picture: RequestView, now: datetime) -> Iterator[Block]:
    """What somebody else has, and the way to end it."""
    spoken = texts.spoken(labels.REVOKE, picture.request)
    ending = button(labels.REVOKE, "others.revoke", picture.request.id, spoken=spoken)
    yield section(outcomes.theirs(picture.request, picture.grant, now), accessory=ending)


ENTRIES: Mapping[List, Callable[[Any, datetime], Iterator[Block]]] = {
    List.WAITING: _waiting,
    List.REVIEWS: _review,
    List.CHANGES: _change,
    List.GRANTS: _mine,
    List.REQUESTS: _asked,
    List.HISTORY: _had,
    List.OTHERS: _theirs,
}
"""How an entry of each list is drawn."""
