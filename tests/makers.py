"""Small makers of values that many tests need; each test changes what it is about with `dataclasses.replace`."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from daypass.model.decision import Approvers, RuleId
from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery, Ending, Grant, GrantId, GrantState, Why
from daypass.model.lease import Lease, Term
from daypass.model.principal import AwsIdentity, Principal, PrincipalId
from daypass.model.request import Ask, Request, Wish
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

ANN = PrincipalId("U0ANN")
BOB = PrincipalId("U0BOB")
EVE = PrincipalId("U0EVE")

ANNS_USER = AwsIdentity(arn="arn:aws:iam::123456789012:user/ann")
BOBS_USER = AwsIdentity(arn="arn:aws:iam::123456789012:user/bob")

READ_REPORTS = Entitlement(resource=parse_resource("acme-reports/2026/"), levels=frozenset({Level.READ}))

ASK = Ask(
    requestor=ANN,
    wish=Wish(entitlement=READ_REPORTS, term=Term(length=HOUR), delivery=Delivery.POLICY, reason="INC-42"),
)
"""Ann wants to read the reports for an hour."""


def principal(principal_id: PrincipalId = ANN, aws: AwsIdentity | None = ANNS_USER) -> Principal:
    """Make a person."""
    return Principal(id=principal_id, name=principal_id.title(), aws=aws)


def grant(state: GrantState = GrantState.APPROVED, lease: Lease | None = None, now: datetime = NOON) -> Grant:
    """Make Ann's grant to read the reports for an hour, in any state, approved at noon."""
    made = Grant(
        id=GrantId("abcdefgh2345"),
        principal=ANN,
        entitlement=READ_REPORTS,
        delivery=Delivery.POLICY,
        term=Term(length=HOUR),
        approved_at=now,
        aws=ANNS_USER,
    )
    if state is GrantState.APPROVED and lease is None:
        return made
    made = made.leased(lease or Lease(starts=now, ends=now + HOUR))
    match state:
        case GrantState.APPROVED:
            return made
        case GrantState.ACTIVE:
            return made.activated()
        case GrantState.ENDING:
            return made.activated().ending_now(Ending(why=Why.DONE, by=ANN, at=now))
        case GrantState.ENDED:
            return made.activated().ending_now(Ending(why=Why.DONE, by=ANN, at=now)).ended(now)


def request(**changes: object) -> Request:
    """Make Ann's request that Bob may decide on, filed at noon."""
    made = Request(
        id=GrantId("abcdefgh2345"),
        ask=ASK,
        filed_at=NOON,
        rule=RuleId("reports"),
        longest=8 * HOUR,
        approvers=Approvers(people=frozenset({BOB})),
    )
    return changed(made, **changes)


A = TypeVar("A", Wish, Ask, Request)


def changed(whole: A, **changes: object) -> A:
    """Change any fields of a request or an ask, be they of the ask in it or of the wish in that."""
    here = {field.name for field in fields(whole)}
    for name in here & {"ask", "wish"}:
        within = {field: value for field, value in changes.items() if field not in here}
        changes = {name: changed(getattr(whole, name), **within)} | {
            field: value for field, value in changes.items() if field in here
        }
    return replace(whole, **changes)  # type: ignore[arg-type]  # any field of the value


RULES = """
version: 1
rules:
  - id: reports
    who: {people: [U0ANN, U0BOB]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    delivery: [session, policy, link]
    approve: {anyone_of: {people: [U0BOB, U0ANN], slack_groups: [S0LEADS]}}
  - id: drafts
    who: {people: [U0ANN]}
    may: [read]
    on: ["acme-drafts/**"]
    for: {default: 5m, max: 10m}
    reason: optional
    approve: at-once
"""
"""The rules of most tests: Ann and Bob may read reports when the other agrees, and Ann's drafts are lent at once."""
