"""What is said in Slack of broken glass."""

from daypass.doors.slack.blocks import code, escape
from daypass.doors.slack.texts.outcomes import became
from daypass.doors.slack.texts.plurals import plural
from daypass.doors.slack.texts.requests import person, what
from daypass.doors.slack.texts.times import for_how_long, moment
from daypass.lifecycle.break_glass.dossier import Dossier
from daypass.model.break_glass import GlassReview
from daypass.model.event import Event
from daypass.model.grant import Grant, GrantState
from daypass.model.principal import SlackGroupId
from daypass.model.request import Request

REVIEW, REVOKE, CLOSE = "Review", "Revoke", "Close the review"
REVIEW_TITLE = "Review"
NOT_YET = "Not yet"
WITHOUT_REASON = "Without a reason."
NOTE_LABEL = "What did you find?"
NOTE_HINT = "Whoever used the access reads it, and the journal keeps it."
NOTHING_HANDED_OUT = "No credentials were handed out."
REVOKED = "Revoked from the alarm in Slack."


def alarm_shortly(request: Request) -> str:
    """The alarm in one line, for a notification."""
    return f"URGENT: {person(request.principal)} used emergency access for {what(request.entitlement)}."


def alarm(request: Request, grant: Grant | None) -> str:
    """Who took what, until when."""
    until = f"until {moment(grant.lease.ends)}" if grant and grant.lease else for_how_long(request.term)
    over = f"\n{became(grant)}" if grant and grant.state in {GrantState.ENDING, GrantState.ENDED} else ""
    return (
        f"*Emergency access was used.* {person(request.principal)} took access at once, without an approval: "
        f"{what(request.entitlement)} {until}.{over}"
    )


def owed(review: GlassReview) -> str:
    """What is still to be done, or who did it."""
    if review.closed_by and review.closed_at:
        return f"Reviewed by {person(review.closed_by)} {moment(review.closed_at)}."
    return f"Somebody else has to review what was done, by {moment(review.due)}: {reviewers(review)}."


def reviewers(review: GlassReview) -> str:
    """Who may close it, so that they are called."""
    groups = [f"<!subteam^{SlackGroupId(one)}>" for one in sorted(review.reviewers.slack_groups)]
    return ", ".join([*(person(one) for one in sorted(review.reviewers.people)), *groups])


def reminder(event: Event, review: GlassReview) -> str:
    """A reminder; louder once it is overdue."""
    if event.details.get("overdue"):
        return f"The review is *overdue*, and nobody has closed it: {reviewers(review)}."
    return f"The review is due by {moment(review.due)}, and nobody has closed it: {reviewers(review)}."


def waiting(number: int) -> str:
    """How many reviews wait for somebody."""
    if not number:
        return "No review waits for you."
    return plural(
        number,
        one="1 review of emergency access waits for you.",
        other="{number} reviews of emergency access wait for you.",
    )


def one_line(review: GlassReview) -> str:
    """One review that waits, in a list."""
    return (
        f"{person(review.principal)} used emergency access {moment(review.at)}; due {moment(review.due)}. `{review.id}`"
    )


def spoken(review: GlassReview) -> str:
    """What a screen reader says of the button beside a review in a list."""
    return f"{REVIEW}: {review.id}"


def reviewed(review: GlassReview, request: Request) -> str:
    """What the one who broke it is told at the end; what was found stands under it."""
    who = person(review.closed_by) if review.closed_by else "Somebody"
    return f"{who} has reviewed your emergency access: {what(request.entitlement)}. Id {code(review.id)}."


def gathered(read: Dossier) -> str:
    """The dossier's head: how much there was."""
    handed = plural(read.handed_out, one="Handed out once.", other="Handed out {number} times.")
    followed = plural(read.clicks, one="Links were followed once.", other="Links were followed {number} times.")
    told = [*([handed] if read.handed_out else [NOTHING_HANDED_OUT]), *([followed] if read.clicks else [])]
    return f"{' '.join(told)} {escape(read.note)} The whole of it: `daypass glass show {read.review.id}`"


def hidden(number: int) -> str:
    """Said above the lines of a dossier that was cut."""
    return f"… and {number} before these."
