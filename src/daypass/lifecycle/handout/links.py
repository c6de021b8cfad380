"""
Daypass links: an address that can be taken back and that knows who used it.

The token in the address is drawn here, handed over once and forgotten; its SHA-256 stays. Each click asks anew whether
the grant lives, tells the journal who came, and is sent on to a presigned URL of 60 seconds.

Whoever has a link can follow it as often as they like, also after its end. So of a link and a network there is one
entry a minute, with how often it was opened (see attempts); of the refusals one, and after the end the first alone.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from daypass.lifecycle.attempts import Attempt, Attempts, Stranger
from daypass.lifecycle.freezes.gate import record_unless_frozen
from daypass.lifecycle.handout.first import about_to_hand_out
from daypass.lifecycle.handout.handout import Handout, key_within, live, usable
from daypass.model.entitlement import READ
from daypass.model.errors import BadInput, Conflict, NotFound, Refusal, TooLate
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.freeze import Freezes
from daypass.model.grant import Delivery, Grant, GrantId, GrantState
from daypass.model.link import Link
from daypass.model.principal import PrincipalId
from daypass.model.secret import Secret, digest, draw
from daypass.model.words import one_line
from daypass.ports import Ledger

EACH_CLICK = timedelta(seconds=60)
BEARER = PrincipalId("bearer")
"""The actor of a click: whoever holds the link. Its address and agent are in the entry."""

_LONGEST = 300
"""Characters kept of what a visitor says about itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who follows a link, as far as HTTP tells."""

    address: str
    agent: str


def make(grant_id: GrantId, key: str, *, by: PrincipalId, ledger: Ledger, now: datetime) -> str:
    """
    Draw the token of a new link to one object of the grant (256 bits).

    Raises NotYours, TooLate, or BadInput when the key lies outside the grant or the grant is not for reading.
    """
    grant = usable(grant_id, by, Delivery.LINK, ledger, now)
    if READ not in grant.entitlement.levels:
        raise BadInput("This grant is not for reading, so there is nothing to link to.", field="level")
    token = draw(Secret.LINK)
    link = Link(token_hash=digest(token), grant=grant.id, key=key_within(grant, key), made_at=now)
    told: dict[str, Detail] = {"method": "link", "key": link.key, "link": link.token_hash}
    event = Event(kind=EntryKind.LINK_MADE, at=now, actor=by, subject=grant.id, details=told)

    def made(freezes: Freezes) -> Fact:
        return Fact(event=event, changes=(link,), stands=(freezes,), told=False)

    record_unless_frozen(made, (grant.principal,), grant.entitlement.resource, ledger)
    return token


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """One click on a link, and what the journal is told of it."""

    link: Link
    visitor: Visitor
    handout: Handout

    def fact(self, kind: EntryKind, now: datetime, more: Mapping[str, Detail]) -> Fact:
        told: dict[str, Detail] = {
            "link": self.link.token_hash,
            "key": self.link.key,
            "address": self.visitor.address[:_LONGEST],
            "agent": one_line(self.visitor.agent, _LONGEST),
        }
        event = Event(kind=kind, at=now, actor=BEARER, subject=self.link.grant, details={**told, **more})
        return Fact(event=event, told=False)

    def opening(self) -> Grant:
        """The grant, as one of which something is about to be handed out."""
        ledger, clock = self.handout.ledger, self.handout.clock
        return about_to_hand_out(
            lambda: live(ledger.grant(self.link.grant), ledger, clock()), by=BEARER, ledger=ledger, now=clock()
        )

    def used(self, grant: Grant, now: datetime) -> Attempt:
        """That they were sent on; written before they are, with the freezes that must stand then."""
        used = partial(self.fact, EntryKind.LINK_USED, now)

        def write(more: Mapping[str, Detail]) -> None:
            fact, people = used(more), (grant.principal,)
            ledger, place = self.handout.ledger, grant.entitlement.resource
            record_unless_frozen(lambda freezes: replace(fact, stands=(freezes,)), people, place, ledger)

        return Attempt(name=f"{EntryKind.LINK_USED} {self.link.token_hash}", make=used, write=write, apart=True)

    def tell_refused(self, refusal: Refusal, stranger: Stranger, now: datetime) -> None:
        """Tell the journal: after the end once, before it once a minute."""
        link, ledger = self.link, self.handout.ledger

        def refused(more: Mapping[str, Detail]) -> Fact:
            return self.fact(EntryKind.LINK_REFUSED, now, {"because": refusal.sentence, **more})

        if not isinstance(refusal, TooLate) or ledger.grant(link.grant).state is GrantState.APPROVED:
            one = Attempt(name=f"{EntryKind.LINK_REFUSED} {link.token_hash}", make=refused)
            stranger.tell(one, ledger=ledger, now=now)
        elif link.refused_at is None:
            with suppress(Conflict):  # somebody else was told at this moment
                ledger.record(replace(refused({}), changes=(replace(link, refused_at=now),)))


def follow(token: str, *, visitor: Visitor, attempts: Attempts, handout: Handout) -> str:
    """
    Turn a click into a presigned URL of 60 seconds, after the journal knows who came.

    Raises NotFound for a token nobody made, TooLate once the grant has ended; the latter is journalled once.
    """
    ledger, clock = handout.ledger, handout.clock
    link, stranger = _known(token, ledger), Stranger(address=visitor.address, attempts=attempts)
    visit = _Visit(link=link, visitor=visitor, handout=handout)
    try:
        grant = visit.opening()
    except Refusal as refusal:
        visit.tell_refused(refusal, stranger, clock())
        raise
    signed = handout.vendor.get(grant, link.key, clock(), lives=EACH_CLICK)
    now = clock()
    live(ledger.grant(link.grant), ledger, now)  # it may have been ended while the URL was made
    ledger.must_be_allowed_to_give()  # as each entry of this kind is: one that is only counted gives no less
    stranger.tell(visit.used(grant, now), ledger=ledger, now=now)
    return signed.url


def _known(token: str, ledger: Ledger) -> Link:
    try:
        return ledger.link(digest(token))
    except NotFound:
        raise NotFound("There is no such link. Ask whoever gave it to you for a new one.") from None
