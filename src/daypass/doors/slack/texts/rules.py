"""
Every sentence about the rules and their changes that a person reads in Slack.

Each is whole, so that it can be translated; ids in the words of a rule become names by Naming.sentence.
"""

from collections.abc import Sequence
from datetime import datetime

from daypass.doors.slack.blocks import code, cut, escape, sentence
from daypass.doors.slack.texts.plurals import plural
from daypass.doors.slack.texts.requests import moment, person
from daypass.model.principal import DAYPASS, PrincipalId
from daypass.model.rule_change import ChangeState, RulesChange, RulesVersion

EDIT, EDIT_TEXT, PAUSE, RESUME = "Edit", "Edit as text", "Pause", "Resume"
NEW, NEW_DENIAL, NEW_TEXT = "New rule", "New denial", "New rule as text"
MORE = "Show more rules"
FORM_TITLE, NEW_TITLE = "Change a rule", "New rule"
SHOW = "Show it"
_LONGEST_NOTE = 200
LOOK, PROPOSE = "See what it does", "Propose"
APPROVE, DENY, WITHDRAW, WHOLE, DIFFERENCES = "Approve", "Deny", "Withdraw", "Show the lines", "What it would decide"
NO_RULES = "There is no rule yet."
NO_CHANGES = "No change of the rules waits."
NO_OWNERS = "The rules name no owners, so nobody can change them here; whoever runs Daypass can, in the rules file."
NOT_AN_OWNER = "You can read the rules. Only their owners change them, and two of them for each change."
NO_VERSIONS = "This Daypass reads its rules from a file; they are changed there, not here."
INTRO = "Nothing changes until another owner approves it. Next you see what it would do."
_NEXT = "Nothing changes until another owner approves it; next you see what it would do."
NEW_INTRO = f"It will stand after all other rules, and the first one that lends decides. {_NEXT}"
NEW_DENIAL_INTRO = f"A denial beats every rule that lends, wherever it stands. {_NEXT}"
NEW_RULE = """\
id: new-rule
about: What it is for.
who: {slack_groups: [S0...]}
may: [read]
on: ["acme-.../**"]
when: {days: [mon, tue, wed, thu, fri], hours: ["09:00-18:00"], zone: Europe/Berlin}
for: {default: 1h, max: 8h}
approve: {anyone_of: {slack_groups: [S0...]}}
"""
TEXT_INTRO = "The rule as it stands in the document. Nothing changes until another owner approves it."
LOOK_AGAIN = "You changed something after you looked. This is what it would do now."
DENY_LABEL = "Why not? Its author reads it."
NO_DIFFERENCES = "It would have decided nothing differently so far."
NOT_READ = "What it would do is not known: its text cannot be read any more."

TOO_LONG = (
    "This rule is longer than a form in Slack can hold. Change it on your command line: "
    "`daypass rules pull`, then `daypass rules apply`."
)
DENIED, WITHDRAWN = "Denied. Its author is told.", "Withdrawn."

LABELS = {
    "id": "Name of the rule",
    "about": "What it is for",
    "because": "What people are told when it stops them",
    "who_anyone": "Who",
    "who_people": "These people",
    "who_groups": "Members of these groups, and robots",
    "may": "What they may do",
    "may_denied": "What nobody of them may do",
    "on": "Places",
    "default": "For how long, when they do not say",
    "longest": "For how long at most",
    "ahead": "How far ahead people may ask",
    "guests": "Guests",
    "reason": "Reason",
    "approve": "Who approves",
    "needed": "How many of them",
    "approve_people": "Approvers",
    "approve_groups": "Members of these groups approve",
    "delivery": "How the access may be handed out",
    "paused": "Now",
    "note": "Why you change it",
    "shadow": "Try it first",
    "text": "The rule",
}
HINTS = {
    "id": "Lower-case letters, digits, hyphens and dots: reports-read.",
    "who_groups": "With commas: Slack groups such as S02ABCDEF, groups of this document, file:analysts, bot:nightly.",
    "on": "One on each line: acme-reports/2026/** is everything below that.",
    "default": "Such as 30m, 2h or 1d.",
    "ahead": "Such as 2d. Empty: 7d.",
    "needed": "Only for “at least so many of these”.",
    "note": "The other owners read it, and the journal keeps it.",
    "shadow": "Meanwhile the rules in force decide, and you see where this one would have decided differently.",
}
ANYONE = "Anyone in this Slack"
GUESTS = "Anyone and groups include guests"
PAUSED = "Paused: it stands there and counts for nothing"
WAYS = {
    "anyone_of": "Any one of these",
    "at_least": "At least so many of these",
    "all_of": "All of these",
    "at-once": "Nobody: it is given at once",
}
REASONS = {"required": "They must say why", "optional": "They may leave it out"}
SHADOWS = {
    "none": "No, propose it to be put in force",
    "1d": "Watch it for a day",
    "7d": "Watch it for a week",
    "14d": "Watch it for two weeks",
}


def head(version: RulesVersion | None, owners: str) -> str:
    """Which rules these are, and whose."""
    if version is None:
        return f"{NO_VERSIONS} Owners: {owners}."
    number, since = version.number, moment(version.at)
    if version.author == DAYPASS:
        return f"*Version {number}* of the rules, from the rules file. Owners: {owners}."
    return f"*Version {number}* of the rules, by {person(version.author)}, in force since {since}. Owners: {owners}."


def counted(number: int) -> str:
    """What is said of a list of rules to whoever hears one line of it only."""
    return plural(number, one="1 rule.", other="{number} rules.") if number else NO_RULES


def lines_of(change_id: str) -> str:
    """What is said of the lines that a change changes, in one line."""
    return f"The lines that the change {code(change_id)} changes."


def differing(number: int) -> str:
    """What is said of what a watched change would have decided, in one line."""
    if not number:
        return NO_DIFFERENCES
    return plural(
        number,
        one="1 request would have been decided differently.",
        other="{number} requests would have been decided differently.",
    )


def rule(rule_id: str, about: str, in_words: str) -> str:
    """One rule in a sentence."""
    told = f" _{escape(about)}_" if about else ""
    return f"*{code(rule_id)}*{told}\n{in_words}"


def spoken(label: str, rule_id: str) -> str:
    """What a screen reader says of a button that stands beside others of its name."""
    return f"{label}: {rule_id}"


def more_rules(number: int) -> str:
    """Said under a list of rules that was cut."""
    return f"And {number} more. `/daypass rules` with the name of a rule shows it."


def no_such_rule(rule_id: str) -> str:
    """Said when a name is no rule's."""
    return f"There is no rule {code(rule_id[:64])}. `/daypass rules` lists them all."


def kept(words: Sequence[str]) -> str:
    """What the form does not show of a rule and leaves alone."""
    return (
        f"This form leaves the following of the rule as it is: {', '.join(map(code, words))}. “{EDIT_TEXT}” shows it."
    )


def more_changes(number: int) -> str:
    """Said under the changes that were shown one by one."""
    return plural(
        number,
        one="And 1 more change waits. Decide on these first, or list them all with `daypass rules changes`.",
        other="And {number} more changes wait. Decide on these first, or list them all with `daypass rules changes`.",
    )


def applied(number: int) -> str:
    """Said to whoever approved a change."""
    return f"Approved. The rules are in force as version {number}."


def waiting(number: int) -> str:
    """How many changes wait."""
    if not number:
        return NO_CHANGES
    return plural(
        number,
        one="1 change waits: `/daypass rules changes`.",
        other="{number} changes wait: `/daypass rules changes`.",
    )


def gains(who: str, what: str) -> str:
    """What somebody could have that they cannot now."""
    return f"{who} would gain: {what}."


def loses(who: str, what: str) -> str:
    """What somebody can have now and could not."""
    return f"{who} would lose: {what}."


def otherwise(who: str, what: str) -> str:
    """What somebody could have on other terms."""
    return f"{who} would keep this on other terms: {what}."


def and_more(named: str, number: int) -> str:
    """Some who are named, and how many others."""
    return f"{named} and {number} more"


def more_people(number: int) -> str:
    """Said under a list of people that was cut."""
    return f"And {number} more."


def more_requests(number: int) -> str:
    """Said under a list of requests that was cut."""
    return plural(number, one="And 1 more request.", other="And {number} more requests.")


def proposed(change_id: str) -> str:
    """Said to the author once it is filed."""
    return (
        f"Proposed. I ask the other owners in a direct message, and tell you what they decide. Id {code(change_id)}. "
        "`/daypass rules changes` shows it."
    )


def asks(author: PrincipalId, base: int) -> str:
    """The owners' message, first line."""
    return f"{person(author)} proposes to change the rules (made from version {base})."


def in_short(effect: str) -> str:
    """Said beside the button that proposes, as the whole of it may stand far above."""
    return f"*{effect}* The details are at the top of this form."


def asks_because(change: RulesChange) -> str:
    """One change that waits, in a list: whose, and why."""
    why = f" “{escape(cut(change.note, _LONGEST_NOTE))}”" if change.note else ""
    return f"{asks_shortly(person(change.author))}{why}"


def asks_shortly(author: str) -> str:
    """The owners' notification."""
    return f"{author} proposes to change the rules."


def sides(base: int, change_id: str) -> tuple[str, str]:
    """What the two texts of a comparison are called."""
    return f"version {base}", f"change {change_id}"


def reference(change_id: str, shadow_until: datetime | None) -> str:
    """The last line of the owners' message."""
    watched = f" · watched beside the rules in force until {moment(shadow_until)}" if shadow_until else ""
    return f"Change {code(change_id)}{watched}"


def became(change: RulesChange, in_force: int) -> str:
    """What became of a change; one that waits in vain says so before anybody clicks."""
    by = person(change.approval.by) if change.approval else "an owner"
    match change.state:
        case ChangeState.APPLIED:
            return f"*Approved* by {by}. The rules are in force as version {change.base + 1}."
        case ChangeState.DENIED:
            return f"*Denied* by {by}."
        case ChangeState.WITHDRAWN:
            return "*Withdrawn*: nobody decides on it any more."
        case ChangeState.PENDING if change.base == in_force:
            return "Waits for another owner."
        case _:
            return (
                f"*Overtaken*: this was made from version {change.base} of the rules, and a newer one is in force. "
                "Its author can make it anew from that."
            )


def told_author(change: RulesChange, in_force: int, reason: str, by: PrincipalId | None = None) -> str:
    """What the author is told when their change was decided, or was ended by somebody else."""
    if change.state is ChangeState.WITHDRAWN:
        ended = f"Your change {code(change.id)} of the rules was ended{f' by {person(by)}' if by else ''}."
        return f"{ended} {sentence(reason)}".strip()
    said = f"Your change {code(change.id)} of the rules: {became(change, in_force)}"
    return f"{said}\nThey said: “{escape(reason)}”" if reason else said


def difference(at: datetime, request: str, old: str, new: str) -> str:
    """One request that a watched change would have decided differently."""
    return f"{moment(at)} {code(request)}: it was {escape(old)}; it would have been {escape(new)}."


def overtaken(said: str) -> str:
    """Said to whoever proposes a change of what is not in force any more."""
    return f"{said} Close this and open the rule again: it shows you what it says now."
