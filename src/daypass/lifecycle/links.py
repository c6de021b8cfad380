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

from daypass.lifecycle.attempts import Attempts, Stranger
from daypass.lifecycle.first_hand_out import about_to_hand_out
from daypass.lifecycle.frozen import record_unless_frozen
from daypass.lifecycle.hand_out import Clock, key_within, live, usable
from daypass.model.entitlement import Level
from daypass.model.errors import BadInput, Conflict, NotFound, Refusal, TooLate
from daypass.model.event import Detail, Event, Kind, Link
from daypass.model.fact import Fact
from daypass.model.freeze import Freezes
from daypass.model.grant import Delivery, GrantId, GrantState
from daypass.model.principal import PrincipalId
from daypass.model.secret import Secret, digest, draw
from daypass.model.words import one_line
from daypass.ports import Ledger, Vendor

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
    if Level.READ not in grant.entitlement.levels:
        raise BadInput("This grant is not for reading, so there is nothing to link to.", field="level")
    token = draw(Secret.LINK)
    link = Link(token_hash=digest(token), grant=grant.id, key=key_within(grant, key), made_at=now)
    told: dict[str, Detail] = {"method": "link", "key": link.key, "link": link.token_hash}
    event = Event(kind=Kind.LINK_MADE, at=now, actor=by, subject=grant.id, details=told)

    def made(freezes: Freezes) -> Fact:
        return Fact(event=event, changes=(link,), stands=(freezes,), told=False)

    record_unless_frozen(made, (grant.principal,), grant.entitlement.place, ledger)
    return token


def follow(  # noqa: PLR0913 - which link, who comes, and what a click needs
    token: str, *, visitor: Visitor, attempts: Attempts, vendor: Vendor, ledger: Ledger, clock: Clock
) -> str:
    """
    Turn a click into a presigned URL of 60 seconds, after the journal knows who came.

    Raises NotFound for a token nobody made, TooLate once the grant has ended; the latter is journalled once.
    """
    link, stranger = _known(token, ledger), Stranger(address=visitor.address, attempts=attempts)
    told: dict[str, Detail] = {
        "link": link.token_hash,
        "key": link.key,
        "address": visitor.address[:_LONGEST],
        "agent": one_line(visitor.agent, _LONGEST),
    }
    try:
        grant = about_to_hand_out(
            lambda: live(ledger.grant(link.grant), ledger, clock()), by=BEARER, ledger=ledger, now=clock()
        )
    except Refusal as refusal:
        _tell_refused(
            link, {**told, "because": refusal.sentence}, refusal, stranger=stranger, ledger=ledger, now=clock()
        )
        raise
    signed = vendor.get(grant, link.key, clock(), lives=EACH_CLICK)
    now = clock()
    live(ledger.grant(link.grant), ledger, now)  # it may have been ended while the URL was made

    def used(more: Mapping[str, Detail]) -> Fact:
        return _fact(Kind.LINK_USED, link, {**told, **more}, now)

    def write(more: Mapping[str, Detail]) -> None:
        fact = used(more)
        record_unless_frozen(
            lambda freezes: replace(fact, stands=(freezes,)), (grant.principal,), grant.entitlement.place, ledger
        )

    ledger.must_be_allowed_to_give()  # as each entry of this kind is: one that is only counted gives no less
    stranger.tell(f"{Kind.LINK_USED} {link.token_hash}", used, ledger=ledger, now=now, write=write, apart=True)
    return signed.url


def _tell_refused(  # noqa: PLR0913 - a link, what is told of it and why, who came, the ledger, and the moment
    link: Link, told: dict[str, Detail], refusal: Refusal, *, stranger: Stranger, ledger: Ledger, now: datetime
) -> None:
    """Tell the journal: after the end once, before it once a minute."""
    if not isinstance(refusal, TooLate) or ledger.grant(link.grant).state is GrantState.APPROVED:
        name = f"{Kind.LINK_REFUSED} {link.token_hash}"
        make = partial(_refused, link, told, now)
        stranger.tell(name, make, ledger=ledger, now=now)
    elif link.refused_at is None:
        with suppress(Conflict):  # somebody else was told at this moment
            ledger.record(replace(_refused(link, told, now, {}), changes=(replace(link, refused_at=now),)))


def _refused(link: Link, told: dict[str, Detail], now: datetime, more: Mapping[str, Detail]) -> Fact:
    return _fact(Kind.LINK_REFUSED, link, {**told, **more}, now)


def _known(token: str, ledger: Ledger) -> Link:
    try:
        return ledger.link(digest(token))
    except NotFound:
        raise NotFound("There is no such link. Ask whoever gave it to you for a new one.") from None


def _fact(kind: Kind, link: Link, told: dict[str, Detail], now: datetime) -> Fact:
    return Fact(event=Event(kind=kind, at=now, actor=BEARER, subject=link.grant, details=told), told=False)
