"""The Home tab: what waits for me, what I have, what I asked for, what I had, what others have, and how it works."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from daypass.doors.slack.blocks import Block, View, actions, button, context, divider, header, section, sentence
from daypass.doors.slack.interaction import Interaction
from daypass.doors.slack.lists import ENTRIES, List, Lists, of, show_all, total
from daypass.doors.slack.texts import labels
from daypass.doors.slack.texts import lists as said
from daypass.doors.slack.verbs import Verbs, in_thread
from daypass.model.principal import PrincipalId
from daypass.views.overview import Overview, overview

_SHOWN = {
    List.WAITING: 8,
    List.REVIEWS: 4,
    List.CHANGES: 3,
    List.GRANTS: 8,
    List.REQUESTS: 6,
    List.HISTORY: 8,
    List.OTHERS: 6,
}
"""How many entries of each, where there is room; an entry takes one block to three."""
_MOST_BLOCKS = 100

_SELDOM = {List.REVIEWS, List.CHANGES, List.OTHERS}
"""Lists that are for some people alone, and are not spoken of while they are empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeTab:
    """The Home tab of whoever looks at it."""

    counter: Verbs
    _drawing: dict[PrincipalId, bool] = field(default_factory=dict)
    """For whom it is being drawn, and whether it is to be drawn again after that."""

    async def show(self, turn: Interaction) -> None:
        """
        Draw it for this person, from the ledger.

        While it is drawn for them already, it is drawn once more after that: the last drawing is the newest.
        """
        if turn.person in self._drawing:
            self._drawing[turn.person] = True
            return
        self._drawing[turn.person] = True
        try:
            while self._drawing[turn.person]:
                await turn.patience.call("views.publish", lambda: self._draw(turn))
        finally:
            del self._drawing[turn.person]

    async def _draw(self, turn: Interaction) -> None:
        self._drawing[turn.person] = False
        services = self.counter.services
        seen = await in_thread(lambda: overview(turn.person, judge=services.judge, now=services.clock()))
        await turn.client.views_publish(user_id=turn.person, view=tab(seen))

    async def opened(self, turn: Interaction) -> None:
        """Draw it when somebody opens it; the Messages tab beside it is announced in the same way."""
        if turn.body["event"].get("tab") == "home":
            await self.show(turn)

    async def refresh(self, turn: Interaction) -> None:
        """Draw it again after a click in it, or the page of a list after a click on that."""
        if turn.at_home:
            await self.show(turn)
        else:
            await Lists(counter=self.counter).refresh(turn)


def tab(seen: Overview, *, most: int = _MOST_BLOCKS) -> View:
    """The view of one person's Home tab; of each list fewer entries, where they would be more blocks than it holds."""
    drawn = (_blocks(seen, fewer) for fewer in range(max(_SHOWN.values())))
    return {"type": "home", "blocks": next(blocks for blocks in drawn if len(blocks) <= most)}


def _blocks(seen: Overview, fewer: int) -> list[Block]:
    told = [section(f"*{sentence(seen.frozen)}*")] if seen.frozen else []
    blocks = [*told, actions("home", list(_buttons(seen)))]
    for which in List:
        most = max(1, _SHOWN[which] - fewer)
        entries = [list(ENTRIES[which](one, seen.now)) for one in of(seen, which)[:most]]
        if entries or which not in _SELDOM:
            blocks += _list(which, entries, total(seen, which))
    return [*blocks, header(labels.HOME_HELP), section(labels.HOME_EXPLAINED)]


def _buttons(seen: Overview) -> Iterator[Block]:
    yield button(labels.REQUEST_BUTTON, "form.open", style="primary")
    yield button(labels.GRANT_BUTTON, "form.grant")
    if seen.urgent:
        yield button(labels.GLASS_BUTTON, "form.urgent", "--urgent", style="danger")


def _list(which: List, entries: Sequence[list[Block]], every: int) -> Iterator[Block]:
    yield header(said.TITLES[which])
    if not entries:
        yield context(said.EMPTY[which])
    for entry in entries:
        yield from entry
    if every > len(entries):
        yield show_all(which, said.newest(len(entries), every))
    yield divider()
