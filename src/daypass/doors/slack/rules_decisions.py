"""What owners do with a change of the rules that waits: approve, deny, withdraw, look closer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from daypass.doors.language import parse_id, parse_reason
from daypass.doors.slack.blocks import Note, View, field, line, modal, preformatted, section, sentence
from daypass.doors.slack.form import refused
from daypass.doors.slack.form_values import typed_if_any
from daypass.doors.slack.interaction import Answer, CloseView, Interaction
from daypass.doors.slack.rules_card import change_card
from daypass.doors.slack.rules_view import facts
from daypass.doors.slack.spoken import refusal as refusal_sentence
from daypass.doors.slack.texts import labels
from daypass.doors.slack.texts import rules as rules_texts
from daypass.doors.slack.verbs import Verbs, in_thread
from daypass.lifecycle.rule_changes import shadow
from daypass.lifecycle.rule_changes.decide import approve_change, deny_change, find_change, withdraw_change
from daypass.lifecycle.rule_changes.owners import must_own
from daypass.lifecycle.rule_changes.validate import difference
from daypass.lifecycle.rule_changes.versions import key_of
from daypass.model.errors import DaypassError
from daypass.model.event import Event
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.model.request import LONGEST_REASON
from daypass.model.rule_change import RulesVersion

DENY_CALLBACK = "rules.deny"
_MOST_DIFFERENCES = 40

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesDeciding:
    """The owners' clicks. The verbs judge each of them anew."""

    counter: Verbs

    async def show(self, turn: Interaction) -> None:
        """Show one change with what it would do, and the buttons to decide on it."""
        services, change_id = self.counter.services, parse_id(turn.value)
        found = await self._for_owner(turn.person, lambda: facts(services, find_change(change_id, services.ledger)))
        await turn.tell(change_card(found, viewer=turn.person))

    async def approve(self, turn: Interaction) -> None:
        """Put somebody else's change in force."""
        services, change_id = self.counter.services, parse_id(turn.value)
        version = await in_thread(
            lambda: approve_change(change_id, by=turn.person, judge=services.judge, now=services.clock())
        )
        await turn.tell(Note(text=rules_texts.applied(version.number)))

    async def ask_why_not(self, turn: Interaction) -> None:
        """Open the form that asks for the reason of a denial."""
        await turn.open(_made(_deny_form(parse_id(turn.value))))

    async def deny(self, turn: Interaction) -> Answer:
        """Turn a change down with the reason that was typed."""
        services, said = self.counter.services, typed_if_any(turn.state, "reason")
        change_id = parse_id(turn.body["view"]["private_metadata"])
        try:
            reason = parse_reason(said)
            await in_thread(
                lambda: deny_change(
                    change_id, by=turn.person, reason=reason, enders=services.enders, now=services.clock()
                )
            )
        except DaypassError as error:
            return refused(error, _deny_form(change_id, said, refusal_sentence(error)), ("reason",))
        return CloseView()

    async def withdraw(self, turn: Interaction) -> None:
        """Take one's own change back."""
        services, change_id = self.counter.services, parse_id(turn.value)
        await in_thread(
            lambda: withdraw_change(change_id, by=turn.person, ledger=services.ledger, now=services.clock())
        )
        await turn.tell(Note(text=rules_texts.WITHDRAWN))

    async def whole(self, turn: Interaction) -> None:
        """Show which lines of the document a change changes."""
        change_id = parse_id(turn.value)
        said = await self._for_owner(turn.person, lambda: self._lines(change_id))
        lines = preformatted(said)[:_MOST_DIFFERENCES]
        await turn.tell(Note(text=rules_texts.lines_of(change_id), blocks=tuple(lines)))

    async def differences(self, turn: Interaction) -> None:
        """List what a change that is watched would have decided differently."""
        change_id = parse_id(turn.value)
        events = await self._for_owner(turn.person, lambda: shadow.differences(change_id, self.counter.services.ledger))
        told = [_difference(one) for one in events[-_MOST_DIFFERENCES:]] or [rules_texts.NO_DIFFERENCES]
        await turn.tell(Note(text=rules_texts.differing(len(events)), blocks=tuple(map(section, told))))

    async def _for_owner(self, by: PrincipalId, work: Callable[[], T]) -> T:
        services = self.counter.services

        def judged() -> T:
            must_own(by, judge=services.judge)
            return work()

        return await in_thread(judged)

    def _lines(self, change_id: GrantId) -> str:
        services = self.counter.services
        change = find_change(change_id, services.ledger)
        base = services.ledger.find(RulesVersion, key_of(change.base))
        return difference(base.text, change.text, names=rules_texts.sides(change.base, change.id))


def _difference(event: Event) -> str:
    told = {name: str(event.details.get(name, "")) for name in ("request", "old", "new")}
    return rules_texts.difference(event.at, **told)


def _deny_form(change_id: GrantId, said: str = "", problem: str = "") -> View:
    blocks = [
        *([section(f"*{sentence(problem)}*")] if problem else []),
        field(
            "reason", rules_texts.DENY_LABEL, line(initial=said, longest=LONGEST_REASON, several=True), optional=True
        ),
    ]
    return modal(
        rules_texts.DENY,
        blocks,
        callback_id=DENY_CALLBACK,
        submit=rules_texts.DENY,
        close=labels.LEAVE,
        metadata=change_id,
    )


async def _made(view: View) -> View:
    return view
