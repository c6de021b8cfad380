"""
What happened to a request, in words: one entry of the journal at a time, for those who may see it.

The words go on from the name of who did it: “Alice” `asked for read acme-reports/2026/ as a session: INC-42`. What
people wrote, and what strangers call themselves, goes through `quote`; moments go through `when`. So each door shows
them as its readers know them, and nobody's words look like ours.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from daypass.model.event import Detail, EntryKind, Event
from daypass.model.length import words_for_length

Quote = Callable[[str], str]
When = Callable[[datetime], str]


def utc(at: datetime) -> str:
    """A moment for a reader whose time zone nobody knows."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def words(event: Event, *, when: When = utc, quote: Quote = str) -> str:
    """Say what happened; the kind itself for what happens to no request."""
    say = _WORDS.get(event.kind)
    return say(_Told(event.details, when, quote)).strip() if say else event.kind.value


def happened_at(event: Event) -> datetime:
    """When it happened: of what was said in Slack, when it was said there, which is never later than we heard of it."""
    if event.kind is not EntryKind.THREAD_SAID:
        return event.at
    try:
        said = datetime.fromtimestamp(float(str(event.details.get("changed") or event.details.get("ts"))), UTC)
    except (ValueError, OverflowError, OSError):
        return event.at
    return min(said, event.at)


def in_order(events: Iterable[Event]) -> list[Event]:
    """Put events in the order in which they happened, which is not always the one in which we heard of them."""
    return sorted(events, key=happened_at)


@dataclass(frozen=True, slots=True)
class _Told:
    """An event's details as words; one that is not there is empty."""

    details: Mapping[str, Detail]
    when: When
    quote: Quote

    def __getitem__(self, name: str) -> str:
        """One of our own words: an id, a number, a choice."""
        value = self.details.get(name)
        return "" if value is None else str(value)

    def said(self, name: str, lead: str = "") -> str:
        """What somebody wrote, after some words; nothing when they wrote nothing."""
        return f"{lead}{self.quote(self[name])}" if self[name] else ""

    def after(self, lead: str, name: str) -> str:
        """One of our own words after some others; nothing when it is not there."""
        return f"{lead}{self[name]}" if self[name] else ""

    def people(self, name: str, lead: str) -> str:
        """Several people after some words; nothing when there is nobody."""
        value = self.details.get(name)
        return f"{lead}{', '.join(map(str, value))}" if isinstance(value, (list, tuple)) and value else ""

    def moment(self, name: str, lead: str = "") -> str:
        """A moment after some words."""
        return f"{lead}{self.when(datetime.fromisoformat(self[name]))}" if self[name] else ""

    def names(self, *lists: str) -> str:
        """All the ids in some lists."""
        found = [self.details.get(one) for one in lists]
        return ", ".join(one for some in found if isinstance(some, tuple) for one in some)

    def length(self, name: str, lead: str = "") -> str:
        """A number of seconds as a length, after some words."""
        value = self.details.get(name)
        return f"{lead}{words_for_length(timedelta(seconds=value))}" if isinstance(value, int) and value else ""


def _term(told: _Told) -> str:
    """For how long and from when, or how often; of what recurs, length and end are only those of a window."""
    if told["recurs"]:
        return f" {told['recurs']}"
    how_long = told.length("length_s", " for ") or told.moment("until", " until ")
    return f"{how_long}{told.moment('starts', ' from ')}"


def _filed(told: _Told) -> str:
    whom = told.after(" for ", "beneficiary")
    more = "more time for " if told["extends"] else ""
    wish = f"{more}{told.quote(told['entitlement'])} as a {told['delivery']}{_term(told)}"
    return f"asked{whom} for {wish}{told.said('reason', ': ')}"


def _approved(told: _Told) -> str:
    ahead = " in advance" if told["permit"] else ""
    stead = told.people("instead_of", " in the stead of ")
    return f"approved it{stead}{ahead}{_term(told)}{told.after(' by the rule “', 'rule')}”"


def _endorsed(told: _Told) -> str:
    stead = told.people("instead_of", " in the stead of ")
    how_long, stage = told.length("length_s", " for "), told.after(" in the stage ", "stage")
    return f"approved it{stead}{how_long}{stage}; more must approve"


def _handed_over(told: _Told) -> str:
    where = told.after(" in the stage ", "stage")
    names = told.names("people", "slack_groups", "groups")
    if names and not told["after_s"]:
        return f"asked {names}{where}, who came to decide meanwhile"
    return f"let more people decide{where}, as nobody had"


def _stalled(told: _Told) -> str:
    return f"told the requestor how it stands: {told['sentence']}"


def _reminded(told: _Told) -> str:
    return f"reminded those who may decide (number {told['number']})"


def _spoken(told: _Told) -> str:
    how = told["how"] or "said"
    return f"{how}{told.said('text', ': ' if how == 'said' else ' into: ')}"


def _vended(told: _Told) -> str:
    return f"was handed AWS credentials ({told['access_key_id']}){told.moment('expires_at', ', good until ')}"


def _link_made(told: _Told) -> str:
    what = {"link": "a Daypass link", "POST": "a form to upload with"}.get(told["method"], f"a {told['method']} URL")
    return f"was handed {what}{told.said('key', ' to ')}{told.said('manifest', ' to everything in ')}"


def _often(told: _Told) -> str:
    """How many tries one entry stands for, where it is more than one."""
    return f", {told['count']} times from {told['networks']} networks" if told["networks"] else ""


def _visit(verb: str) -> Callable[[_Told], str]:
    def say(told: _Told) -> str:
        who = f"from {told.quote(told['address'])} with “{told.quote(told['agent'])}”"
        return f"{verb} {told.quote(told['key'])} {who}{_often(told)}{told.said('because', ': ')}"

    return say


def _ending(told: _Told) -> str:
    why = _ENDINGS.get(told["why"], told["why"])
    return f"ended it ({why}){told.said('note', ': ')}"


def _taken_back(told: _Told) -> str:
    if not told["why"]:
        return "took the request back"
    why = _ENDINGS.get(told["why"], told["why"])
    return f"closed the request{told.said('extends', ' with ')} ({why})"


def _window(told: _Told) -> str:
    if told["because"]:
        return f"did not open the window{told.moment('starts', ' of ')}{told.said('because', ': ')}"
    return f"opened the window{told.moment('starts', ' of ')}: {told.quote(told['window'])}"


_ENDINGS = {
    "expired": "its time is over",
    "done": "they were done",
    "revoked": "revoked",
    "failed": "AWS would not take it",
    "vanished": "somebody removed it in AWS",
    "ticket": "its ticket was closed",
    "restored": "the database was restored from a backup",
    "refused": "it was refused when it was to begin",
    "left": "the person left",
}

_WORDS: Mapping[EntryKind, Callable[[_Told], str]] = {
    EntryKind.REQUEST_FILED: _filed,
    EntryKind.REQUEST_REFUSED: lambda told: (
        f"was refused {told.quote(told['entitlement'])}{told.said('because', ': ')}"
    ),
    EntryKind.REQUEST_APPROVED: _approved,
    EntryKind.REQUEST_ENDORSED: _endorsed,
    EntryKind.REQUEST_DENIED: lambda told: f"denied it{told.said('reason', ': ')}",
    EntryKind.REQUEST_CANCELLED: _taken_back,
    EntryKind.REQUEST_LAPSED: lambda _: "let the request lapse, as nobody decided in time",
    EntryKind.REQUEST_HANDED_OVER: _handed_over,
    EntryKind.REQUEST_STALLED: _stalled,
    EntryKind.REQUEST_REMINDED: _reminded,
    EntryKind.REVIEW_REFUSED: lambda told: (
        f"tried to decide and could not{told.said('because', ': ').replace('Denied: ', '', 1)}"
    ),
    EntryKind.THREAD_SAID: _spoken,
    EntryKind.PASSKEY_USED: lambda _: "confirmed with a passkey",
    EntryKind.PASSKEY_REFUSED: lambda told: f"was refused with a passkey{_often(told)}{told.said('because', ': ')}",
    EntryKind.ERRAND_OPENED: lambda _: "was led to the page for passkeys",
    EntryKind.SERIES_OPENED: lambda _: "began to open its windows",
    EntryKind.SERIES_MOVED: _window,
    EntryKind.SERIES_CLOSED: lambda _: "closed it: no more windows",
    EntryKind.TICKET_CLOSED: lambda told: f"found the ticket {told.quote(told['ticket'])} closed",
    EntryKind.RULES_DIFFERED: lambda _: "found that the rules being tried would have decided otherwise",
    EntryKind.GLASS_BROKEN: lambda told: f"used emergency access{told.moment('review_due', '; the review is due ')}",
    EntryKind.CODE_USED: lambda _: "used a sealed code",
    EntryKind.GRANT_PROVISIONING: lambda told: f"began to put it into AWS{told.moment('ends', ', until ')}",
    EntryKind.GRANT_ACTIVATED: lambda told: f"saw it live in AWS{told.moment('ends', ', until ')}",
    EntryKind.GRANT_WARNED: lambda _: "said that it is about to end",
    EntryKind.GRANT_ENDING: _ending,
    EntryKind.GRANT_ENDED: lambda told: f"saw nothing of it left in AWS{told.said('why', ': ')}",
    EntryKind.GRANT_STUCK: lambda told: f"could not get it done yet{told.said('error', ': ')}",
    EntryKind.VENDING_BEGUN: lambda _: "began to use it",
    EntryKind.CREDENTIALS_VENDED: _vended,
    EntryKind.CONSOLE_VENDED: lambda _: "was handed a sign-in address of the AWS console",
    EntryKind.LINK_MADE: _link_made,
    EntryKind.LINK_USED: _visit("opened"),
    EntryKind.LINK_REFUSED: _visit("was refused"),
    EntryKind.VENDING_REFUSED: lambda told: f"was handed nothing{told.said('because', ': ')}",
    EntryKind.DRIFT_FOUND: lambda told: f"found it otherwise in AWS than it should be{told.said('what', ': ')}",
    EntryKind.DRIFT_REMOVED: lambda told: f"removed what no grant accounts for{told.said('what', ': ')}",
    EntryKind.GLASS_CALLING: lambda told: f"called the operator's hook (try {told['number']})",
    EntryKind.GLASS_CALLED: lambda _: "was heard by the operator's hook",
    EntryKind.WORDS_ERASED: lambda told: f"erased what was written{told.after(' by ', 'principal')}",
    EntryKind.GLASS_REMINDED: lambda told: f"reminded those who review (number {told['number']})",
    EntryKind.GLASS_REVIEWED: lambda told: f"closed the review{told.said('note', ': ')}",
}
