"""One person's view of the ledger: what waits for them, what they have, what they asked for and what became of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from daypass.lifecycle import preapprovals
from daypass.lifecycle.approval.escalation import waits_for
from daypass.lifecycle.bots.find import owns_rules
from daypass.lifecycle.break_glass.review import may_review, open_reviews
from daypass.lifecycle.end.permissions import known_owners, remembered
from daypass.lifecycle.freezes.gate import freeze_of
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.rule_changes.owners import must_agree
from daypass.model.break_glass import GlassReview
from daypass.model.errors import Misconfigured, NotYours, Unavailable
from daypass.model.grant import Grant, GrantState
from daypass.model.preapproval import Preapproval
from daypass.model.principal import Principal, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import Request, RequestState
from daypass.model.rule_change import ChangeState, RulesChange
from daypass.model.schedule import Schedule
from daypass.ports import Ledger
from daypass.rules.explain.suggestable import offers
from daypass.views.request import RequestView, request_view

LIVE = (GrantState.APPROVED, GrantState.ACTIVE, GrantState.ENDING)
_HELD = (GrantState.APPROVED, GrantState.ACTIVE)
_OVER = (RequestState.DENIED, RequestState.LAPSED, RequestState.CANCELLED)

A_PAGE = 20
"""Entries of a list on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What concerns one person, newest first."""

    now: datetime
    """When this was read."""
    grants: tuple[RequestView, ...]
    requests: tuple[Request, ...]
    """One's own that wait."""
    waiting: tuple[Request, ...]
    """For this person's decision."""
    reviews: tuple[GlassReview, ...] = ()
    """Of broken glass, for this person to look at and close; the one that is due first before the others."""
    changes: tuple[RulesChange, ...] = ()
    """Of the rules, by other owners, for this person to agree to."""
    history: tuple[RequestView, ...] = ()
    """What one had, and what one asked for in vain: a page of it."""
    history_before: int = 0
    """How many newer ones there are than those of the page."""
    history_total: int | None = None
    """How long it is; None where all of it is here."""
    others: tuple[RequestView, ...] = ()
    """What others have now, for those who own the rules or may decide on it: a page of it."""
    others_before: int = 0
    others_total: int | None = None
    """As of the history."""
    permits: tuple[Preapproval, ...] = ()
    """Approvals in advance that they gave or were given."""
    frozen: str = ""
    """What they are told of a freeze of themselves; empty where there is none."""
    urgent: bool = False
    """Whether a rule names this person for breaking glass."""


def overview(by: PrincipalId, *, judge: Judge, now: datetime, past: int = 0) -> Overview:
    """
    Read what concerns this person. What waits is a hint: the click asks the rules again.

    All of it, but of what is over the page that leaves out the `past` newest.
    """
    known = judge.person(by)
    person = known or remembered(by, judge.ledger)
    before, history, total = _history(judge, by, past)
    others_before, others, others_total = _others(judge, person, past)
    return Overview(
        now=now,
        grants=tuple(_own(judge, by)),
        requests=tuple(judge.ledger.requests(requestor=by, states=[RequestState.PENDING])),
        waiting=tuple(waiting_for(person, ledger=judge.ledger, now=now)),
        reviews=tuple(reviews_for(judge, person, now) if known else _reviews_then(judge, person)),
        changes=tuple(_changes(judge, by) if known else _changes_then(judge, by)),
        history=history,
        history_before=before,
        history_total=total,
        others=others,
        others_before=others_before,
        others_total=others_total,
        permits=tuple(preapprovals.standing(by, ledger=judge.ledger, now=now)),
        frozen=freeze_of(by, judge.ledger),
        urgent=_may_break_glass(judge, person),
    )


def waiting_for(person: Principal, *, ledger: Ledger, now: datetime) -> list[Request]:
    """Read all requests that wait for this person's decision. It is a hint: the click asks the rules again."""
    return [one for one in ledger.pending_for(person) if waits_for(person, one, now)]


def _own(judge: Judge, by: PrincipalId) -> Iterator[RequestView]:
    """What this person has, and what is still to come of what recurs."""
    ledger = judge.ledger
    live = ledger.grants(principal=by, states=LIVE)
    to_come = {one.id: one for one in ledger.all(Schedule, owner=by, states=[Validity.OPEN])}
    grants = {grant.id: grant for grant in (*live, *ledger.grants(ids=to_come))}
    ids = list(dict.fromkeys([*(grant.id for grant in live), *to_come]))
    asked = {one.id: one for one in ledger.requests(ids=ids)}
    recur = [one.id for one in asked.values() if one.recurs and one.id not in to_come]
    series = {**to_come, **{one.id: one for one in ledger.some(Schedule, recur)}}
    for one in ids:
        if one in asked:
            yield RequestView(request=asked[one], grant=grants.get(one), series=series.get(one))
        else:  # it cannot be read, which is said
            yield request_view(one, ledger=judge.ledger)


def reviews_for(judge: Judge, person: Principal, now: datetime) -> list[GlassReview]:
    """The reviews that this person may close, the one that is due first before the others."""
    rules = judge.readable_rules()
    judge = judge.under(rules) if rules else judge
    return [review for review in open_reviews(judge.ledger) if _may_review(review, person, judge, now)]


def _may_review(review: GlassReview, person: Principal, judge: Judge, now: datetime) -> bool:
    """To close one asks again; what cannot be looked up for one review hides nothing else."""
    try:
        return may_review(review, person, judge=judge, now=now)
    except (Unavailable, Misconfigured):
        return _was_named(review, person)


def _reviews_then(judge: Judge, person: Principal) -> Iterator[GlassReview]:
    """The reviews that this person was named for, while nobody can say who they are now."""
    return (one for one in open_reviews(judge.ledger) if _was_named(one, person))


def _was_named(review: GlassReview, person: Principal) -> bool:
    return review.principal != person.id and review.reviewers.include(person)


def _changes_then(judge: Judge, by: PrincipalId) -> Iterator[RulesChange]:
    """Changes that this person may turn down, by the ledger alone, while nobody can say who they are now."""
    if by not in known_owners(judge.ledger):
        return
    waiting = judge.ledger.all(RulesChange, states=(ChangeState.PENDING,))
    yield from (one for one in waiting if one.author != by)


def _changes(judge: Judge, by: PrincipalId) -> list[RulesChange]:
    """Changes of the rules in force that wait for another owner than their author."""
    rules = judge.readable_rules()
    if not rules:
        return []
    judge, waiting = judge.under(rules), judge.ledger.all(RulesChange, states=(ChangeState.PENDING,))
    return [change for change in waiting if _may_agree(by, change, judge)]


def _may_agree(by: PrincipalId, change: RulesChange, judge: Judge) -> bool:
    try:
        must_agree(by, change, judge=judge)
    except NotYours:
        return False
    except (Unavailable, Misconfigured):  # who owns the rules cannot be looked up now; to agree asks again
        return by != change.author and by in known_owners(judge.ledger)
    return True


def _history(judge: Judge, by: PrincipalId, skip: int) -> tuple[int, tuple[RequestView, ...], int]:
    """
    A page of the grants that ended and the requests that came to nothing; the last one where there are not so many.

    How many come before it, the page, and how many there are.
    """
    most = skip + A_PAGE
    ended = judge.ledger.page_of_grants(principal=by, states=[GrantState.ENDED], skip=0, size=most)
    vain = judge.ledger.page_of_requests(requestor=by, states=_OVER, skip=0, size=most)
    total = ended.total + vain.total
    if skip and skip >= total:
        return _history(judge, by, max(0, (total - 1) // A_PAGE * A_PAGE))
    dated: list[tuple[datetime, Grant | Request]] = [
        *((one.approved_at, one) for one in ended.items),
        *((one.filed_at, one) for one in vain.items),
    ]
    shown = [one for _, one in sorted(dated, key=lambda each: each[0], reverse=True)[skip:most]]
    return skip, tuple(_pictures(judge, shown)), total


def _pictures(judge: Judge, shown: Sequence[Grant | Request]) -> Iterator[RequestView]:
    """Put to each grant the request that it came from, which are read all at once."""
    ids = [one.id for one in shown if isinstance(one, Grant)]
    asked = {one.id: one for one in judge.ledger.requests(ids=ids)}
    for one in shown:
        if isinstance(one, Request):
            yield RequestView(request=one, grant=None)
        elif one.id in asked:
            yield RequestView(request=asked[one.id], grant=one)


def _others(judge: Judge, person: Principal, skip: int) -> tuple[int, tuple[RequestView, ...], int]:
    """
    A page of the live grants of others, as of the history. It is a hint: to end one asks the rules again.

    Only that page is read and checked; what the others are chosen by is a line each.
    """
    owner = owns_rules(person, judge.readable_rules())
    held = judge.ledger.held_by_others(person.id, states=_HELD)
    theirs = [one for one, asked in held if owner or asked.include(person)]
    first = skip if skip < len(theirs) else max(0, (len(theirs) - 1) // A_PAGE * A_PAGE)
    shown = judge.ledger.grants(ids=theirs[first : first + A_PAGE])
    pictures = (one for one in _pictures(judge, shown) if owner or one.request.approvers.include(person))
    return first, tuple(pictures), len(theirs)


def _may_break_glass(judge: Judge, person: Principal) -> bool:
    rules = judge.readable_rules()
    found = offers(rules, person).offers if rules else ()
    return any(offer.rule.break_glass is not None for offer in found)
