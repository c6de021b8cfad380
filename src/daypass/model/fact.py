"""A fact: what happened together with every row that it changes, so that neither is ever written without the other."""

from dataclasses import dataclass

from daypass.model.absence import Absence
from daypass.model.bot import Bot
from daypass.model.break_glass import GlassReview, SealedCode
from daypass.model.departure import Departure, DirectoryWatch
from daypass.model.event import Event
from daypass.model.finding import Alteration, JournalFinding
from daypass.model.freeze import Freezes
from daypass.model.grant import Grant
from daypass.model.known import Known
from daypass.model.link import Link
from daypass.model.login import Login
from daypass.model.passkey import OneTimeLink, Passkey
from daypass.model.preapproval import Preapproval
from daypass.model.record import Tally
from daypass.model.request import Request
from daypass.model.rule_change import RulesChange, RulesVersion
from daypass.model.schedule import Schedule

Record = (
    Preapproval
    | Absence
    | Bot
    | SealedCode
    | Passkey
    | OneTimeLink
    | GlassReview
    | Schedule
    | Tally
    | Alteration
    | Known
    | Freezes
    | RulesVersion
    | RulesChange
    | Departure
    | DirectoryWatch
    | JournalFinding
)
"""What is kept as records; see ports.Records."""

Change = Request | Grant | Link | Login | Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """An event together with every row it changes: one commit, or nothing."""

    event: Event
    changes: tuple[Change, ...] = ()
    stands: tuple[Record, ...] = ()
    """What it was decided by and leaves as it is, as it was read: where that has moved since, nothing is written."""
    told: bool = True
    """Whether people are told: an outbox line is written in the same commit."""
    keeps_place: bool = False
    """Whether grants that it changes stay where they are in the queue, and in the hands of whoever works on them."""
