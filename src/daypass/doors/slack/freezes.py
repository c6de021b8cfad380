"""Panic and freezes in Slack: what is ended at once is confirmed by a button, and asked of the ledger at that click."""

from dataclasses import dataclass

from daypass.doors.language import Lift, SetFreeze, StartPanic, extent_of
from daypass.doors.slack.blocks import Note, actions, button, cut, section
from daypass.doors.slack.interaction import Interaction
from daypass.doors.slack.texts import freezes as texts
from daypass.doors.slack.texts import labels
from daypass.doors.slack.verbs import Verbs, in_thread
from daypass.lifecycle.freezes import freeze as freezing
from daypass.lifecycle.freezes.gate import freezes
from daypass.lifecycle.freezes.panic import Ended, panic

CONFIRM, CONFIRM_FREEZE = "panic.confirm", "freeze.confirm"
_LONGEST_VALUE = 2000
"""Characters that a Slack button carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freezing:
    """The commands `panic`, `freeze` and `lift`."""

    counter: Verbs

    async def do(self, turn: Interaction, said: StartPanic | SetFreeze | Lift) -> None:
        """Do what was said; a panic and a freeze ask first."""
        match said:
            case StartPanic():
                await self._ask(turn, said)
            case SetFreeze(extent=None):
                standing = await in_thread(lambda: freezes(self.counter.services.ledger))
                await turn.tell(Note(text="\n".join(map(texts.frozen, standing)) or texts.NOTHING_FROZEN))
            case SetFreeze():
                await self._ask_freeze(turn, said)
            case Lift():
                await turn.tell(Note(text=await in_thread(lambda: self._lift(turn, said))))

    async def confirm(self, turn: Interaction) -> None:
        """End it, once the button says that it is meant; the button goes, so that it is not pressed again later."""
        said = _read(turn.value)
        ended = await in_thread(lambda: self._panic(turn, said))
        await turn.tell(Note(text=texts.ended(ended)))
        await turn.settle(Note(text=texts.confirmed(said.extent)))

    async def confirm_freeze(self, turn: Interaction) -> None:
        """Freeze it, once the button says that it is meant."""
        meant = _read(turn.value)
        said = SetFreeze(extent=meant.extent, reason=meant.reason)
        told = Note(text=await in_thread(lambda: self._freeze(turn, said)))
        await turn.tell(told)
        await turn.settle(Note(text=texts.confirmed_freeze(meant.extent)))

    async def _ask_freeze(self, turn: Interaction, said: SetFreeze) -> None:
        extent, services = said.extent, self.counter.services
        assert extent is not None  # noqa: S101 - the caller lists them when there is none
        await in_thread(lambda: freezing.must_be_theirs(extent, turn.person, enders=services.enders))
        asked = texts.sure_to_freeze(extent)
        meant = _written(StartPanic(extent=extent, reason=said.reason, hold=True))
        row = [button(labels.FREEZE, CONFIRM_FREEZE, meant, style="danger")]
        await turn.tell(Note(text=asked, blocks=(section(asked), actions("freeze", row))))

    async def _ask(self, turn: Interaction, said: StartPanic) -> None:
        asked = texts.sure(said.extent, hold=said.hold)
        row = [button(labels.PANIC, CONFIRM, _written(said), style="danger")]
        await turn.tell(Note(text=asked, blocks=(section(asked), actions("panic", row))))

    def _panic(self, turn: Interaction, said: StartPanic) -> Ended:
        services = self.counter.services
        halt = freezing.Halt(extent=said.extent, by=turn.person, reason=said.reason)
        return panic(halt, hold=said.hold, enders=services.enders, logins=services.logins, now=services.clock())

    def _freeze(self, turn: Interaction, said: SetFreeze) -> str:
        services = self.counter.services
        assert said.extent is not None  # noqa: S101 - the caller lists them when there is none
        made = freezing.freeze(
            said.extent, by=turn.person, reason=said.reason, enders=services.enders, now=services.clock()
        )
        return texts.frozen(made)

    def _lift(self, turn: Interaction, said: Lift) -> str:
        services = self.counter.services
        waiting = freezing.lift(said.id, by=turn.person, judge=services.judge, now=services.clock())
        return texts.lifted(said.id) if waiting is None else texts.frozen(waiting)


def _written(said: StartPanic) -> str:
    """What a panic was understood to be about, as its button carries it; a reason that is too long is cut."""
    about, held = said.extent, "freeze" if said.hold else "end"
    return cut(f"{about.kind}\n{about}\n{held}\n{said.reason}", _LONGEST_VALUE)


def _read(value: str) -> StartPanic:
    kind, what, held, reason = value.split("\n", 3)
    extent = extent_of(
        person=what if kind == "person" else None,
        resource=what if kind == "resource" else None,
        everything=kind == "all",
    )
    return StartPanic(extent=extent, reason=reason, hold=held == "freeze")
