"""What whoever runs Daypass ends, freezes, decides and erases on the machine: by settings and database alone."""

import os
import pwd
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from daypass import settings as settings_page
from daypass.doors.language import extent_of, parse_id, parse_person, parse_reason
from daypass.doors.wire.freezes import EndedOut, FreezeOut, FreezesOut
from daypass.doors.wire.leavers import LeaversOut
from daypass.lifecycle.end.operator import end_as_operator
from daypass.lifecycle.erase import Which
from daypass.lifecycle.erase import erase as erase_words
from daypass.lifecycle.freezes.freeze import Halt, lift_as_operator, set_freeze
from daypass.lifecycle.freezes.gate import freezes as standing_freezes
from daypass.lifecycle.freezes.panic import panic_as_operator
from daypass.lifecycle.leavers import notice
from daypass.model.errors import BadInput
from daypass.model.freeze import Extent
from daypass.model.principal import OPERATOR
from daypass.reconcile.unknown_grants import remove_unknown, unknown
from daypass.settings import Settings
from daypass.store import database
from daypass.store.erase import SqlWords
from daypass.store.ledger import SqlLedger
from daypass.store.logins import SqlLogins
from daypass.store.rules_file import RulesFile
from daypass.store.rules_in_force import RulesInForce
from daypass.wiring.build import build, now
from daypass.wiring.clock import must_be_near
from daypass.wiring.journal import journal_key


@dataclass(frozen=True, slots=True, kw_only=True)
class _Machine:
    """The database, opened by the settings."""

    settings: Settings
    now: Callable[[], datetime]
    """The database's time, which all replicas share: a wrong clock of this machine's dates nothing."""
    ledger: SqlLedger
    logins: SqlLogins
    words: SqlWords
    os_user: str


def end(subject: str, reason: str) -> str:
    """End whatever has this id; returns what it was. Raises BadInput, NotFound, TooLate."""
    with _machine() as at:
        return end_as_operator(
            parse_id(subject), os_user=at.os_user, reason=parse_reason(reason), ledger=at.ledger, now=at.now()
        )


def panic(*, person: str | None, resource: str | None, everything: bool, reason: str, hold: bool) -> dict[str, Any]:
    """End everything in an extent, and freeze it unless told otherwise. Raises BadInput."""
    with _machine() as at:
        halt = _halt(at, extent_of(person=person, resource=resource, everything=everything), reason)
        ended = panic_as_operator(halt, hold=hold, ledger=at.ledger, logins=at.logins, now=at.now())
    return EndedOut.of(ended).model_dump(mode="json")


def freeze(*, person: str | None, resource: str | None, everything: bool, reason: str) -> dict[str, Any]:
    """Give nothing in an extent until two owners lift it. Raises BadInput."""
    with _machine() as at:
        halt = _halt(at, extent_of(person=person, resource=resource, everything=everything), reason)
        made = set_freeze(halt, ledger=at.ledger, now=at.now())
    return FreezeOut.of(made).model_dump(mode="json")


def freezes() -> dict[str, Any]:
    """List the freezes that stand, as the API would."""
    with _machine() as at:
        return FreezesOut.of(standing_freezes(at.ledger), about=None).model_dump(mode="json")


def _halt(at: _Machine, extent: Extent, reason: str) -> Halt:
    return Halt(extent=extent, by=OPERATOR, reason=parse_reason(reason), os_user=at.os_user)


def lift(freeze_id: str) -> None:
    """Lift a freeze where the rules name no owners. Raises NotFound, NotYours, RulesUnreadable, Unavailable."""
    with _machine() as at:
        must_be_near(machine=now(), database=at.now())
        rules = RulesInForce(at.ledger, RulesFile(at.settings.rules.file))
        lift_as_operator(parse_id(freeze_id), os_user=at.os_user, rules=rules(), ledger=at.ledger, now=at.now())


def leavers() -> dict[str, Any]:
    """List who is said to have left and was not decided on, as the API would."""
    with _machine() as at:
        return LeaversOut.of(notice.held(at.ledger)).model_dump(mode="json")


def decide_leavers(*, left: bool) -> dict[str, Any]:
    """Say that all of them have left, or that none has. Raises TooLate when none is held."""
    with _machine() as at:
        decided = notice.decide_as_operator(left=left, os_user=at.os_user, ledger=at.ledger, now=at.now())
    return LeaversOut.of(decided).model_dump(mode="json")


def sweep_unknown(*, remove: bool) -> list[str]:
    """Name what stands in AWS of grants that the ledger does not know; with `remove`, what was removed of it."""
    settings = settings_page.load()
    house = build(settings, signer=journal_key(settings, make=False))
    try:
        house.database.check()
        sweeps, ledger = [house.sweep], house.services.ledger
        if remove:
            found = remove_unknown(sweeps, os_user=_os_user(), ledger=ledger, clock=now)
        else:
            found = [standing for standing, _ in unknown(sweeps, ledger=ledger)]
        return [one.what for one in found]
    finally:
        house.database.close()


def erase(*, person: str | None, older_than: str | None) -> dict[str, Any]:
    """Erase what people wrote: a person's, or what is older than a length. Raises BadInput."""
    with _machine() as at:
        moment = at.now()
        which = Which(
            person=None if person is None else parse_person(person),
            before=None if older_than is None else moment - _days(older_than),
            by=OPERATOR,
            os_user=at.os_user,
        )
        erased = erase_words(which, words=at.words, ledger=at.ledger, logins=at.logins, now=moment)
    return {"texts": erased.texts, "rows": erased.rows, "left": erased.left}


def _days(text: str) -> timedelta:
    """Read a number of days; words are kept for longer than any length that is lent for."""
    found = re.fullmatch(r"(\d{1,5}) ?d(?:ays?)?", text.strip(), re.ASCII)
    if found is None:
        raise BadInput(f"“{text[:40]}” is not a number of days such as 400d.", field="older_than")
    return timedelta(days=int(found[1]))


@contextmanager
def _machine() -> Iterator[_Machine]:
    settings = settings_page.load()
    store = database.open(settings.store.url, journal_key(settings, make=False))
    try:
        store.check()
        yield _Machine(
            settings=settings,
            now=store.now,
            ledger=SqlLedger(store),
            logins=SqlLogins(store),
            words=SqlWords(store),
            os_user=_os_user(),
        )
    finally:
        store.close()


def _os_user() -> str:
    """The user that this process runs as, by the machine's own word; its number where it has no name."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
