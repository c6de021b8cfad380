"""What the cabinet keeps: makers of small values of each kind, and one of each with something in every field."""

from dataclasses import replace
from datetime import timedelta, timezone
from typing import TypeVar

from daypass.model.absence import Absence
from daypass.model.bot import Bot
from daypass.model.break_glass import GlassReview, SealedCode
from daypass.model.decision import Approvers, RuleId
from daypass.model.departure import Departure, DepartureSource, DirectoryWatch, WatchState
from daypass.model.entitlement import Entitlement
from daypass.model.fact import Record
from daypass.model.finding import Alteration, JournalFinding
from daypass.model.freeze import Extent, Freeze, Freezes
from daypass.model.grant import Delivery, new_grant_id
from daypass.model.known import KnownGroup, KnownOwners, KnownRulesFile, KnownWorkspace
from daypass.model.login import LoginScope
from daypass.model.passkey import OneTimeLink, Passkey, Purpose
from daypass.model.preapproval import Preapproval
from daypass.model.principal import GroupName, PrincipalId, SlackGroupId
from daypass.model.record import Tally, Validity
from daypass.model.request import Approval
from daypass.model.rule_change import ChangeState, RulesChange, RulesVersion
from daypass.model.schedule import Schedule
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level, Option
from tests.makers import ANN, BOB, EVE, HOUR, NOON, READ_REPORTS
from tests.store.facts import at

R = TypeVar("R", bound=Record)

BOT = PrincipalId("bot:deploy")


def a_version(number: int = 1) -> RulesVersion:
    """Make a version of the rules, by Ann at noon."""
    return RulesVersion(number=number, text="version: 1\nrules: []\n", digest="ab" * 32, author=ANN, at=NOON)


def a_change() -> RulesChange:
    """Make a change that Ann proposed, with an id of its own."""
    return RulesChange(id=new_grant_id(), author=ANN, base=1, text="version: 1\n", note="tidy", filed_at=NOON)


def a_permit(**changes: object) -> Preapproval:
    """Make Bob's approval in advance for Ann, good for an hour from noon, with an id of its own."""
    made = Preapproval(
        id=new_grant_id(),
        by=BOB,
        principal=ANN,
        entitlement=READ_REPORTS,
        length=HOUR,
        starts=NOON,
        ends=NOON + HOUR,
        at=NOON,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # a maker takes any field of the value


def an_absence() -> Absence:
    """Make what Ann said of her absence: an hour, and nobody in her place."""
    return Absence(principal=ANN, until=NOON + HOUR, delegate=None, at=NOON)


def a_robot() -> Bot:
    """Make Ann's robot, without a token."""
    return Bot(id=BOT, owner=ANN, at=NOON)


def a_code(number: int = 1) -> SealedCode:
    """Make one of Ann's one-time codes."""
    return SealedCode(code_hash=f"{number:064x}", principal=ANN, at=NOON, ends=NOON + HOUR)


def a_passkey() -> Passkey:
    """Make Ann's passkey, never used."""
    return Passkey(credential_id="-_Az09", principal=ANN, public_key="pQECAyYg", sign_count=0, name="laptop", at=NOON)


def an_errand() -> OneTimeLink:
    """Make Ann's way to a browser to add a passkey."""
    return OneTimeLink(ticket_hash="ef" * 32, principal=ANN, purpose=Purpose.ENROL, at=NOON, ends=NOON + HOUR)


def a_review() -> GlassReview:
    """Make the review that Bob owes a grant of Ann's, with an id of its own."""
    return GlassReview(
        id=new_grant_id(), principal=ANN, reviewers=Approvers(people=frozenset({BOB})), at=NOON, due=NOON + HOUR
    )


def a_series() -> Schedule:
    """Make a series of Ann's, with an id of its own."""
    return Schedule(id=new_grant_id(), principal=ANN, at=NOON, opened_until=NOON + HOUR)


def a_tally() -> Tally:
    """Make Ann's tally, never moved."""
    return Tally(principal=ANN, at=NOON)


def an_alteration() -> Alteration:
    """Make what the scrub says of a grant's row."""
    return Alteration(row="grants/abcdefgh2345", because="Its seal does not fit.", at=NOON)


def kept(record: R) -> R:
    """The record as it stands once this value of it was recorded."""
    return replace(record, revision=record.revision + 1)


BARE: dict[str, Record] = {
    "rules-version": a_version(),
    "rules-change": a_change(),
    "permit": a_permit(),
    "absence": an_absence(),
    "robot": a_robot(),
    "sealed-code": a_code(),
    "passkey": a_passkey(),
    "errand": an_errand(),
    "glass-review": a_review(),
    "series": a_series(),
    "tally": a_tally(),
    "alteration": an_alteration(),
    "known-group": KnownGroup(group="S0LEADS", people=(ANN, BOB), at=NOON),
    "known-owners": KnownOwners(named=Approvers(people=frozenset({BOB})), digest="ab" * 32, at=NOON),
    "known-workspace": KnownWorkspace(token_hash="cd" * 32, team="T0ACME", at=NOON),
    "known-rules-file": KnownRulesFile(digest="ab" * 32, at=NOON),
    "departure": Departure(principal=ANN, at=NOON, source=DepartureSource.EVENT),
    "people-watch": DirectoryWatch(at=NOON, state=WatchState.ANSWERED),
    "freezes": Freezes(standing=(), at=NOON),
    "journal-finding": JournalFinding(because="Entry 3 is missing.", source="web-1", at=NOON),
}
"""One of every kind by its name, with as little in it as may be."""

ODD = "“ünï” \u2028\x00 '; DROP TABLE records; --"
FULL: list[Record] = [
    replace(a_version(99_999_999), note=ODD, text="rules: []  # é\n" * 20_000, change=new_grant_id()),
    replace(
        a_change(),
        state=ChangeState.DENIED,
        shadow_until=at(0.000001),
        approval=Approval(by=BOB, at=at(-1), rule=RuleId("rules"), length=HOUR, note=ODD, second_factor=True),
    ),
    a_permit(
        delivery=Delivery.SESSION,
        entitlement=Entitlement(
            resource=parse_resource("acme-reports/ünï/q1.csv"),
            levels=frozenset({Level.READ, Level.DELETE, Level.LIST}),
            options=frozenset(Option),
        ),
        length=timedelta(days=400, microseconds=1),
        reason=ODD,
        state=Validity.CLOSED,
    ),
    replace(an_absence(), delegate=EVE, at=NOON.astimezone(timezone(timedelta(hours=5, minutes=45)))),
    replace(
        a_robot(),
        about=ODD,
        token_hash="cd" * 32,
        token_ends=at(5),
        scopes=frozenset(LoginScope),
        issuer="https://token.actions.test",
        audience="daypass",
        claims=(("repository", "acme/*"), ("ref", "refs/heads/main"), ("repository", "acme/other")),
        state=Validity.CLOSED,
    ),
    replace(a_robot(), scopes=frozenset()),
    replace(a_code(), used_for=new_grant_id(), state=Validity.CLOSED),
    replace(
        an_errand(),
        purpose=Purpose.APPROVE,
        subject=new_grant_id(),
        length=timedelta(hours=1, seconds=1),
        refused=4,
        state=Validity.CLOSED,
    ),
    replace(a_passkey(), sign_count=2**32 - 1, name=ODD),
    replace(
        a_review(),
        reviewers=Approvers(
            people=frozenset({ANN, BOB, EVE}),
            slack_groups=frozenset({SlackGroupId("S0OPS")}),
            groups=frozenset({GroupName("ops")}),
        ),
        reminded_at=at(1),
        reminders=3,
        closed_by=BOB,
        closed_at=at(2),
        note=ODD,
        state=Validity.CLOSED,
    ),
    replace(a_series(), state=Validity.CLOSED),
    replace(an_alteration(), because=ODD, state=Validity.CLOSED),
    JournalFinding(because=ODD, source=ODD, at=at(0.000001), state=Validity.CLOSED),
    Freezes(
        standing=(
            Freeze(id=new_grant_id(), extent=Extent(everything=True), by=ANN, at=at(-1), reason=ODD, ends=True),
            Freeze(id=new_grant_id(), extent=Extent(person=EVE), by=BOB, at=at(0.000001), lifting=ANN),
            Freeze(id=new_grant_id(), extent=Extent(place=READ_REPORTS.resource), by=BOB, at=NOON),
        ),
        at=at(1),
        state=Validity.CLOSED,
    ),
]
"""The same kinds, with something in every field."""
