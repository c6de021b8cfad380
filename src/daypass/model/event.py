"""
What happened, in the journal's words: `subject.past-participle`, a closed vocabulary one can grep for.

An Event is what the journal keeps for good, so it never carries a secret: a link or a token is named by the
SHA-256 of itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.model.secret import masked_each

Detail = str | int | bool | None | tuple[str, ...]


class EntryKind(StrEnum):
    """Every kind of journal entry there is."""

    REQUEST_FILED = "request.filed"
    REQUEST_REFUSED = "request.refused"
    REQUEST_APPROVED = "request.approved"
    REQUEST_DENIED = "request.denied"
    REQUEST_CANCELLED = "request.cancelled"
    REQUEST_LAPSED = "request.lapsed"
    REQUEST_ENDORSED = "request.endorsed"
    """One approval of several was given; the request still waits."""
    REQUEST_HANDED_OVER = "request.handed_over"
    REQUEST_REMINDED = "request.reminded"
    REQUEST_STALLED = "request.stalled"
    """Nobody can decide on it as things are; the requestor was told why."""
    THREAD_SAID = "thread.said"
    REVIEW_REFUSED = "review.refused"
    GRANT_PROVISIONING = "grant.provisioning"
    GRANT_ACTIVATED = "grant.activated"
    GRANT_WARNED = "grant.warned"
    GRANT_ENDING = "grant.ending"
    GRANT_ENDED = "grant.ended"
    GRANT_STUCK = "grant.stuck"
    VENDING_BEGUN = "vending.begun"
    """Something of a grant is about to be handed out for the first time: from here on its end needs a deny."""
    CREDENTIALS_VENDED = "credentials.vended"
    CONSOLE_VENDED = "console.vended"
    LINK_MADE = "link.made"
    LINK_USED = "link.used"
    VENDING_REFUSED = "vending.refused"
    LINK_REFUSED = "link.refused"
    DRIFT_FOUND = "drift.found"
    DRIFT_REMOVED = "drift.removed"
    UNKNOWN_FOUND = "unknown.found"
    """Something in AWS carries our mark and is of a grant that the ledger does not know: the ledger is older."""
    LOGIN_CONFIRMED = "login.confirmed"
    LOGIN_ISSUED = "login.issued"
    LOGIN_REVOKED = "login.revoked"
    LOGIN_REJECTED = "login.rejected"
    """Somebody was shown a login that they had not begun, and ended it."""
    RULES_FILE_IGNORED = "rules.file_ignored"
    """The rules file was edited after the first change in Slack: it does not count."""
    RULES_CHANGED = "rules.changed"
    RULES_PROPOSED = "rules.proposed"
    RULES_DENIED = "rules.denied"
    RULES_WITHDRAWN = "rules.withdrawn"
    RULES_DIFFERED = "rules.differed"
    """A version that decides in the shadow would have decided this one differently."""
    RULES_REFUSED = "rules.refused"
    """Somebody tried to change or decide on the rules who may not."""
    SERIES_OPENED = "series.opened"
    """A request that recurs was approved."""
    SERIES_MOVED = "series.moved"
    """Its next window was opened, or could not be."""
    SERIES_CLOSED = "series.closed"
    PERMIT_GIVEN = "permit.given"
    PERMIT_WITHDRAWN = "permit.withdrawn"
    PERMIT_LAPSED = "permit.lapsed"
    """Its window is over."""
    ABSENCE_SAID = "absence.said"
    ABSENCE_ENDED = "absence.ended"
    """Somebody is back, or decides in nobody's stead any more."""
    GLASS_BROKEN = "glass.broken"
    GLASS_REMINDED = "glass.reminded"
    GLASS_REVIEWED = "glass.reviewed"
    GLASS_CALLING = "glass.calling"
    """The operator's hook is being called."""
    GLASS_CALLED = "glass.called"
    """It took the call."""
    CODES_SEALED = "codes.sealed"
    CODE_USED = "code.used"
    CODE_SPENT = "code.spent"
    """A sealed code opened a session that only ends things."""
    CODE_REFUSED = "code.refused"
    PASSKEY_ADDED = "passkey.added"
    PASSKEY_REMOVED = "passkey.removed"
    PASSKEY_USED = "passkey.used"
    PASSKEY_REFUSED = "passkey.refused"
    ERRAND_OPENED = "errand.opened"
    """Somebody was handed a one-time address for a browser."""
    ROBOT_ADDED = "robot.added"
    ROBOT_CHANGED = "robot.changed"
    ROBOT_TOKEN_ENDED = "robot.token_ended"  # noqa: S105 - the kind of an entry
    ROBOT_REMOVED = "robot.removed"
    TICKET_CLOSED = "ticket.closed"
    PANIC_DONE = "panic.done"
    """Everything in an extent was ended at once."""
    FREEZE_SET = "freeze.set"
    FREEZE_LIFT_AGREED = "freeze.lift_agreed"
    """One owner of the two that it takes has said that it may be lifted."""
    FREEZE_LIFTED = "freeze.lifted"
    GROUP_REMEMBERED = "group.remembered"
    """Who is in a group that the rules name was written down, for a day when nobody can be asked."""
    WORKSPACE_REMEMBERED = "workspace.remembered"
    """Which Slack workspace the app is in was written down."""
    OWNERS_REMEMBERED = "owners.remembered"
    """Whom the rules name as owners was written down, for a day when the rules cannot be read."""
    LEAVER_NOTICED = "leaver.noticed"
    """Slack said that somebody's account is deleted."""
    LEAVER_ENDED = "leaver.ended"
    """All that they had has ended."""
    LEAVER_CLOSED = "leaver.closed"
    """Their passkeys, codes and one-time addresses were closed."""
    LEAVER_CONFIRMED = "leaver.confirmed"
    LEAVER_DISMISSED = "leaver.dismissed"
    LEAVERS_HELD = "leavers.held"
    """Too many left at once: nothing ends until an owner of the rules says so."""
    LEAVERS_WATCHED = "leavers.watched"
    """Slack does not answer when it is asked after people, or does again."""
    JOURNAL_ACCEPTED = "journal.accepted"
    """An operator has looked at a journal that did not fit the remembered head, and accepted it as it is."""
    JOURNAL_DAMAGED = "journal.damaged"
    """What is stored of the journal was found not to be what was committed or signed."""
    JOURNAL_MENDED = "journal.mended"
    """What was found wrong with the journal is not so any more."""
    WORDS_ERASED = "words.erased"
    """What people wrote was erased beside the journal, and from rows of what is over."""
    LEDGER_ALTERED = "ledger.altered"
    """Rows of the ledger were found changed outside Daypass."""
    LEDGER_RESTORED = "ledger.restored"
    """Rows that were found changed are as Daypass wrote them again."""


_NOT_TYPED = frozenset({"access_key_id", "key", "entitlement", "passkey", "proven_by"})
"""
Names of objects, passkeys and sessions: long and mixed as secrets are, and evidence only while they are whole.

An access key's id is no secret and opens nothing; CloudTrail has it, and an auditor matches the two by it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened: what, when, by whom, about which request or grant, with its details."""

    kind: EntryKind
    at: datetime
    actor: PrincipalId
    subject: GrantId | None = None
    """The id that the request and its grant share."""
    details: Mapping[str, Detail] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Mask secrets in every detail, whoever typed it; but not in names that are drawn or found, not typed."""
        object.__setattr__(self, "details", masked_each(self.details, besides=_NOT_TYPED))
