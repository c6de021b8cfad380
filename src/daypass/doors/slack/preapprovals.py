"""What lies beside a request, in Slack: approvals in advance, asking once more, absences, what there is to ask for."""

from dataclasses import dataclass

from daypass.doors.language.commands import Again, Allow, ComeBack, GoAway, ShowOffers, Withdraw
from daypass.doors.slack.blocks import Note, section
from daypass.doors.slack.interaction import Interaction
from daypass.doors.slack.names import in_private
from daypass.doors.slack.preview import previewed
from daypass.doors.slack.texts import preapprovals as texts_ahead
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.verbs import Verbs, in_thread
from daypass.lifecycle import preapprovals
from daypass.lifecycle.absence import say_away, say_back
from daypass.lifecycle.resubmit import Repeat, once_more
from daypass.rules.explain.suggestable import offers

_MOST = 40
"""Offers in one answer; Slack takes 50 blocks."""

SaidAhead = Allow | Withdraw | Again | ShowOffers | GoAway | ComeBack


@dataclass(frozen=True, slots=True, kw_only=True)
class Preapprovals:
    """The commands that are about more than one request of one's own."""

    counter: Verbs

    async def do(self, turn: Interaction, said: SaidAhead) -> None:
        """Do what was said. Raises what its verb raises."""
        match said:
            case Allow():
                await self._allow(turn, said)
            case Withdraw(id=permit_id):
                services = self.counter.services
                permit = await in_thread(
                    lambda: preapprovals.withdraw(
                        permit_id, by=turn.person, ledger=services.ledger, now=services.clock()
                    )
                )
                await turn.tell(Note(text=texts_ahead.withdrawn(permit)))
            case Again():
                await self._again(turn, said)
            case ShowOffers():
                await self._offers(turn)
            case GoAway():
                await self._away(turn, said)
            case ComeBack():
                services = self.counter.services
                await in_thread(lambda: say_back(turn.person, ledger=services.ledger, now=services.clock()))
                await turn.tell(Note(text=texts_ahead.BACK))

    async def _allow(self, turn: Interaction, said: Allow) -> None:
        services = self.counter.services
        given = preapprovals.InAdvance(
            to=said.to,
            by=turn.person,
            entitlement=said.entitlement,
            length=said.length,
            starts=said.starts,
            ends=said.ends,
            delivery=said.delivery,
            reason=said.reason,
            key=turn.key,
        )
        permit = await in_thread(lambda: preapprovals.allow(given, judge=services.judge, now=services.clock()))
        doubt = await in_thread(lambda: preapprovals.doubt(permit, judge=services.judge))
        await turn.tell(Note(text=texts_ahead.allowed(permit, doubt)))

    async def _again(self, turn: Interaction, said: Again) -> None:
        services = self.counter.services
        repeat = Repeat(by=turn.person, request_id=said.id, term=said.term, reason=said.reason, key=turn.key)
        ask = await in_thread(lambda: once_more(repeat, ledger=services.ledger, now=services.clock()))
        note = (
            await previewed(self.counter, ask) if said.dry_run else Note(text=texts.filed(await self.counter.file(ask)))
        )
        await turn.tell(note)

    async def _offers(self, turn: Interaction) -> None:
        person = await self.counter.person(turn.person)
        found = await in_thread(lambda: offers(self.counter.services.rules(), person))
        sentences = [one.sentence for one in found.offers[:_MOST]]
        naming = await in_thread(lambda: in_private(self.counter.services, sentences))
        lines = [texts_ahead.offer(one.rule.id, naming.sentence(one.sentence)) for one in found.offers[:_MOST]]
        lines = lines or [texts_ahead.NOTHING_OFFERED]
        await turn.tell(
            Note(text=texts_ahead.offered(len(found.offers)), blocks=tuple(section(line) for line in lines))
        )

    async def _away(self, turn: Interaction, said: GoAway) -> None:
        services = self.counter.services
        absence = await in_thread(
            lambda: say_away(
                turn.person,
                until=said.until,
                delegate=said.delegate,
                judge=services.judge,
                now=services.clock(),
            )
        )
        await turn.tell(Note(text=texts_ahead.away(absence)))
