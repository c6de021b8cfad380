"""
A ledger after years of use, written fast: rows sealed by the store's codecs, a journal bound by its own chains.

What is over grows with the years: ended grants, closed requests, preapprovals, reviews, changes of the rules, logins,
messages. One grant in a hundred was Ann's, and one in a hundred was approved by Bob in advance. What is live is for the
test to add, through the product's verbs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Table, insert

from daypass.journal.entry import event_bytes
from daypass.model.break_glass import GlassReview
from daypass.model.decision import Approvers
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Change, Record
from daypass.model.grant import Delivery, Ending, Grant, GrantId, GrantState, Why, grant_id_for
from daypass.model.lease import Lease
from daypass.model.login import Login
from daypass.model.preapproval import Preapproval
from daypass.model.principal import DAYPASS, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import Approval, Request, RequestState
from daypass.model.rule_change import ChangeState, RulesChange
from daypass.store.chain import append
from daypass.store.codec import GRANTS, LOGINS, REQUESTS, Codec, codec_of
from daypass.store.database import Database
from daypass.store.tables import changes, postings
from tests import makers
from tests.makers import ANN, BOB, HOUR, NOON, READ_REPORTS, changed

PEOPLE = 10_000
_AT_ONCE = 5_000
_FIVE_YEARS_S = 5 * 365 * 86_400
_SELDOM = 100
"""Of so many grants one is Ann's, and beside one of so many stands each of the rarer things."""


def write_years(database: Database, grants: int, *, until: datetime = NOON) -> None:
    """Let so many grants have ended before a moment, evenly over five years, with all that came with them."""
    for start in range(0, grants, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, grants))
        with database.writing() as connection:
            _write(database, connection, [each for number in numbers for each in _over(number, grants, until)])
            append(connection, [_entry(number, grants, until) for number in numbers])
            connection.execute(insert(postings), [_message(number, grants, until) for number in numbers])


def _write(database: Database, connection: Connection, values: Sequence[Change]) -> None:
    rows: dict[Table, list[dict[str, object]]] = {}
    told = []
    for value in values:
        codec = _codec(value)
        rows.setdefault(codec.table, []).append(codec.write(value, database.sealer))
        told.append({"name": f"{codec.table.name}/{codec.key_of(value)}", "revision": value.revision + 1})
    for table, some in rows.items():
        connection.execute(insert(table), some)
    connection.execute(insert(changes), told)


def _codec(value: Change) -> Codec[Any]:
    by_type: dict[type[object], Codec[Any]] = {Request: REQUESTS, Grant: GRANTS, Login: LOGINS}
    return by_type.get(type(value)) or codec_of(cast("type[Record]", type(value)))


def _over(number: int, of: int, until: datetime) -> Iterator[Change]:
    """What one grant left behind, and now and then what is rarer."""
    began, who, key = _began(number, of, until), _who(number), _id(number)
    approval = Approval(by=BOB, at=began, rule=_REQUEST.rule)
    yield changed(
        _REQUEST, id=key, requestor=who, filed_at=began, state=RequestState.APPROVED, approval=approval, revision=1
    )
    ended = began + HOUR
    ending = Ending(why=Why.EXPIRED, by=DAYPASS, at=ended)
    lease = Lease(starts=began, ends=ended)
    yield replace(
        _GRANT, id=key, principal=who, approved_at=began, lease=lease, ending=ending, ended_at=ended, revision=3
    )
    if number % _SELDOM == 0:
        yield from _rarer(number, began, who)


def _rarer(number: int, began: datetime, who: PrincipalId) -> Iterator[Change]:
    key, other = _id(number), _who(number + 1)
    permit = Preapproval(
        id=grant_id_for(f"permit {number}"),
        by=BOB,
        principal=other,
        entitlement=READ_REPORTS,
        length=HOUR,
        starts=began,
        ends=began + HOUR,
        at=began,
        delivery=Delivery.POLICY,
        state=Validity.CLOSED,
    )
    yield permit
    closed = {"closed_by": BOB, "closed_at": began + HOUR, "hook_sent_at": began, "state": Validity.CLOSED}
    reviewers = Approvers(people=frozenset({BOB}))
    yield GlassReview(id=key, principal=who, reviewers=reviewers, at=began, due=began + HOUR, **closed)  # type: ignore[arg-type]
    yield RulesChange(
        id=grant_id_for(f"change {number}"),
        author=BOB,
        base=1,
        text="version: 1\n" * 100,
        note="",
        filed_at=began,
        state=ChangeState.OUTDATED,
        shadow_until=began + HOUR,
    )
    yield Login(
        device_hash=f"{number:064x}",
        user_code=f"{number:08d}",
        client="a laptop",
        asked_at=began,
        expires_at=began + 12 * HOUR,
        principal=who,
        token_hash=f"{number:064x}",
        revision=1,
    )


def _message(number: int, of: int, until: datetime) -> dict[str, object]:
    ts = f"{_began(number, of, until).timestamp():.6f}"
    return {"subject": _id(number), "purpose": "card", "channel": "C0APPROVE", "ts": ts}


def _entry(number: int, of: int, until: datetime) -> tuple[str, bytes]:
    key, at = _id(number), _began(number, of, until) + HOUR
    event = Event(kind=EntryKind.GRANT_ENDED, at=at, actor=DAYPASS, subject=key, details={"why": "expired"})
    return key, event_bytes(event, {f"grants/{key}": 4}, stood={f"grants/{key}": "ended"})


def _began(number: int, of: int, until: datetime) -> datetime:
    """Evenly over five years, the last one a day before."""
    return until - timedelta(days=1, seconds=int(_FIVE_YEARS_S * (of - number) / (of + 1)))


def _who(number: int) -> PrincipalId:
    return ANN if number % _SELDOM == 0 else PrincipalId(f"U1{number % PEOPLE:05}")


@lru_cache(maxsize=2 * _AT_ONCE)
def _id(number: int) -> GrantId:
    return grant_id_for(f"year {number}")


_REQUEST = makers.request()
_GRANT = makers.grant(GrantState.ENDED)
