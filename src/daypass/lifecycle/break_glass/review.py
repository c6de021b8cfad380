"""
Close the review that a broken glass owes: somebody else has looked at what was done, and says so.

Who may is asked of the directory and of the rules at that moment: the reviewers of then, or those of now. Never the one
who broke it, in whichever of their accounts, and never a robot.
"""

from dataclasses import replace
from datetime import datetime

from daypass.lifecycle.judge import Judge
from daypass.lifecycle.parties import Parties, as_known
from daypass.lifecycle.retries import overtaken
from daypass.model.break_glass import GlassReview
from daypass.model.decision import Approvers
from daypass.model.errors import BadInput, NotFound, NotYours, RulesUnreadable, TooLate
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Grant, GrantId, GrantState
from daypass.model.length import words_for_length
from daypass.model.principal import Principal, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import LONGEST_REASON, Request
from daypass.model.text import Person, text_of
from daypass.ports import Directory, Ledger, Records


def close_review(review_id: GrantId, *, by: PrincipalId, note: str, judge: Judge, now: datetime) -> GlassReview:
    """
    Close a review with a note of what was found.

    Raises NotFound, NotYours for who is no reviewer, BadInput without a note or while the access has not ended, TooLate
    when it is closed already.
    """
    said, ledger = _note(note), judge.ledger

    def once() -> GlassReview:
        review = find_review(review_id, ledger)
        must_review(review, by, judge=judge, now=now)
        if review.state is not Validity.OPEN:
            raise TooLate(text_of("This review was closed already, by ", Person(review.closed_by or ""), "."))
        must_be_over(review, ledger, now)
        closed = replace(review, state=Validity.CLOSED, closed_by=by, closed_at=now, note=said)
        event = Event(kind=EntryKind.GLASS_REVIEWED, at=now, actor=by, subject=review.id, details={"note": said})
        ledger.record(Fact(event=event, changes=(closed,)))
        return closed

    return overtaken(once)


def find_review(review_id: GrantId, records: Records) -> GlassReview:
    """Read a review. Raises NotFound."""
    try:
        return records.find(GlassReview, review_id)
    except NotFound:
        raise NotFound(f"No glass was broken with {review_id}.") from None


def open_reviews(ledger: Ledger) -> list[GlassReview]:
    """Every review that waits for somebody, the one that is due first before the others."""
    return sorted(ledger.all(GlassReview, states=(Validity.OPEN,)), key=lambda review: review.due)


def must_be_over(review: GlassReview, ledger: Ledger, now: datetime) -> None:
    """Raise BadInput while the access, or what prolongs it, has not ended: nobody has looked at what is still done."""
    live = lasting(review, ledger)
    if not live:
        return
    ends = max((one.lease.ends for one in live if one.lease is not None), default=None)
    until = f" It ends in {words_for_length(ends - now)}." if ends is not None and ends > now else ""
    raise BadInput(
        f"This access has not ended, so its review cannot be closed yet.{until} To end it now: `daypass revoke "
        f"{live[0].id}`."
    )


def lasting(review: GlassReview, ledger: Ledger) -> list[Grant]:
    """What has not ended yet of the access that a review is about: the grant, and those that prolong it."""
    return [grant for grant in ledger.chain(review.id) if grant.state is not GrantState.ENDED]


def may_review(review: GlassReview, person: Principal, *, judge: Judge, now: datetime) -> bool:
    """Whether this person may look at it and close it."""
    try:
        must_review(review, person.id, judge=judge, now=now)
    except NotYours:
        return False
    return True


def must_review(review: GlassReview, by: PrincipalId, *, judge: Judge, now: datetime) -> None:
    """Raise NotYours unless this person is one of those who review, as the directory and the rules have it now."""
    person = _person(by, judge.people)
    request = judge.ledger.request(review.id)
    _refuse_own(request, person, judge)
    if not review.reviewers.include(person) and not _deciders(request, judge, now).include(person):
        raise NotYours("You are not among those who review this.")


def _deciders(request: Request, judge: Judge, now: datetime) -> Approvers:
    """Those who decide by the rules of now; those who were asked then, while the rules cannot be read."""
    try:
        return judge.deciders(request, now)
    except RulesUnreadable:
        return request.approvers


def _person(by: PrincipalId, directory: Directory) -> Principal:
    try:
        return directory.principal(by)
    except NotFound:
        raise NotYours("You are not known here any more, and review nothing.") from None


def _refuse_own(request: Request, person: Principal, judge: Judge) -> None:
    """Also who has only the AWS identity in common with the grant: it was fixed when the glass was broken."""
    breaker = as_known(request.principal, judge.people)
    breaker = replace(breaker, aws=breaker.aws or judge.ledger.grant(request.id).aws)
    try:
        Parties(asker=breaker, principal=breaker).refuse(person)
    except NotYours:
        raise NotYours("You broke this glass yourself; a colleague has to look at it.") from None


def _note(note: str) -> str:
    said = note.strip()
    if not said:
        raise BadInput("Say what you found; a review is closed with a note.", field="reason")
    if len(said) > LONGEST_REASON:
        raise BadInput(f"The note has {len(said)} characters; {LONGEST_REASON} is the most.", field="reason")
    return said
