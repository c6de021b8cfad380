"""What a person reads about a rule that does not answer their ask as they would like, and what would be possible."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum

from daypass.model.decision import Ticket, TicketId
from daypass.model.entitlement import ordered
from daypass.model.length import words_for_length
from daypass.resources.registry import implied
from daypass.rules.approval.approvers import missing
from daypass.rules.approval.quorum import shortage
from daypass.rules.evaluate.checks import not_looked_up, stages, unknown
from daypass.rules.match.opening_hours import AS_REQUESTOR, said_days, said_moment
from daypass.rules.match.reason_words import TICKET, Wording, is_called, tickets
from daypass.rules.rule.conditions import Conditions, clock_of, zone_of
from daypass.rules.rule.evaluation import RuleEvaluation
from daypass.rules.rule.rule import AllowRule, DenyRule, Rule
from daypass.rules.rule.unmet import Unmet

_LEAST = timedelta(seconds=1)
_NOT_URGENT = "is not for breaking glass."


def say(found: Sequence[Unmet], rule: AllowRule, scene: RuleEvaluation) -> str:
    """
    Tell the person everything that stands in the way, and what would be possible.

    What could not be found out is left aside when something else stands in the way anyhow.
    """
    not_known = unknown(rule, scene)
    told = [hurdle for hurdle in found if hurdle not in not_known] or found
    first, *more = (_say(hurdle, rule, scene, not_known) for hurdle in told)
    return " ".join([f"Rule {rule.id} {first}", *(f"It also {sentence}" for sentence in more)])


def say_escape(hurdle: Unmet, rule: DenyRule) -> str:
    """Tell why a denying rule does not strike."""
    if rule.when and (only := conditions(rule.when).get(hurdle)):
        return f"Rule {rule.id} denies this only {only}."
    sentences = {
        Unmet.PAUSED: "is paused.",
        Unmet.PERSON: "denies other people.",
        Unmet.PLACE: f"denies {_places(rule)}, which has nothing in common with what is asked.",
        Unmet.LEVEL: f"denies {both(rule.levels)} alone.",
        Unmet.EXTRAS: f"denies asks for {both(rule.extras)} alone.",
        Unmet.DELIVERY: f"denies asks for a {_one(rule.deliveries)} alone.",
    }
    return f"Rule {rule.id} {sentences[hurdle]}"


def say_unknown(rule: DenyRule, scene: RuleEvaluation) -> str:
    """Tell that a denying rule strikes because something could not be found out; perhaps nothing."""
    facts = [could_not(hurdle, rule, scene) for hurdle in Unmet if hurdle in unknown(rule, scene)]
    return f" That counts now because {' and '.join(facts)}." if facts else ""


def conditions(when: Conditions) -> dict[Unmet, str]:
    """Say each condition so that it can follow `only`: `on mon to fri 09:00-18:00 (Europe/Berlin)`."""
    said = {
        Unmet.TIME: _window(when) if when.zone else "",
        Unmet.WORDING: f"for a reason with {_quoted(when.reason)} in it" if when.reason else "",
        Unmet.ON_CALL: f"to those who are on call for {_or(when.on_call)}" if when.on_call else "",
        Unmet.LIVE_GRANTS: _few(when.fewer_grants_than) if when.fewer_grants_than is not None else "",
        Unmet.TAGS: f"in buckets with {_tags(when)}" if when.tags else "",
        Unmet.ACCOUNT: f"in buckets of account {_or(when.accounts)}" if when.accounts else "",
        Unmet.SENSITIVITY: f"for what is {_or(when.sensitivity)}" if when.sensitivity else "",
    }
    return {hurdle: words for hurdle, words in said.items() if words}


def _say(hurdle: Unmet, rule: AllowRule, scene: RuleEvaluation, not_known: frozenset[Unmet]) -> str:
    if rule.when and (only := conditions(rule.when).get(hurdle)):
        but = could_not(hurdle, rule, scene) if hurdle in not_known else instead(hurdle, scene, rule.when)
        return f"lends this only {only}{', and ' if hurdle in not_known else '; '}{but}."
    match hurdle:
        case Unmet.LENGTH:
            return _say_length(rule, scene)
        case Unmet.REASON:
            return _say_reason(rule)
        case Unmet.TICKET:
            return say_ticket(rule.ticket or TICKET, scene)
        case Unmet.APPROVERS:
            return say_approvers(rule, scene)
        case _:
            return _say_plainly(hurdle, rule, scene)


def _say_plainly(hurdle: Unmet, rule: AllowRule, scene: RuleEvaluation) -> str:
    asked = scene.question.entitlement
    urgent = "is for breaking glass alone; in an emergency, ask for it so." if rule.break_glass else _NOT_URGENT
    return {
        Unmet.PAUSED: "is paused.",
        Unmet.URGENT: urgent,
        Unmet.PERSON: say_person(rule, scene),
        Unmet.AHEAD: f"can be asked for at most {words_for_length(rule.ahead)} ahead; "
        f"you asked for a start in {words_for_length(scene.question.ahead)}.",
        Unmet.PLACE: f"lends {_places(rule)} alone; {asked.resource} is not wholly inside it.",
        Unmet.LEVEL: f"lends {both(rule.levels)} here, not {_lacking(rule, scene)}.",
        Unmet.EXTRAS: f"lends this without {both(asked.options - rule.extras)}.",
        Unmet.DELIVERY: f"hands this out as {_one(rule.deliveries)}, not as {scene.question.delivery}.",
        Unmet.REVIEWERS: "names nobody but you to look at it afterwards; it needs another reviewer.",
    }[hurdle]


def say_person(rule: AllowRule, scene: RuleEvaluation) -> str:
    """Say whom it is for instead."""
    if scene.question.principal.guest and rule.who.include(scene.question.principal, guests=True):
        return "is for members, and not for guests; it needs `guests: true`, or must name the guest."
    return "is for other people."


def could_not_ticket(ticket: Wording, scene: RuleEvaluation) -> str:
    """Say of which tickets it could not be found out whether they are open."""
    return f"whether {_or(not_looked_up(ticket, scene))} is open could not be found out"


def could_not(hurdle: Unmet, rule: Rule, scene: RuleEvaluation) -> str:
    """Say what could not be found out."""
    zone = zone_of(rule.when, scene) if rule.when and scene.around else ""
    bucket = scene.question.entitlement.resource.root
    return {
        Unmet.TIME: f"the time zone {zone} is not known" if zone else "when it would begin is not known",
        Unmet.ON_CALL: f"who is on call{_schedules(rule)} could not be found out",
        Unmet.LIVE_GRANTS: "how many live grants there are could not be found out",
        Unmet.TAGS: f"the tags of {bucket} could not be found out",
        Unmet.ACCOUNT: f"the account of {bucket} could not be found out",
    }[hurdle]


def _schedules(rule: Rule) -> str:
    return f" for {_or(rule.when.on_call)}" if rule.when and rule.when.on_call else ""


def instead(hurdle: Unmet, scene: RuleEvaluation, when: Conditions) -> str:
    """Say what is so in place of what a condition wants."""
    bucket, around = scene.question.entitlement.resource.root, scene.around
    return {
        Unmet.TIME: f"it would begin on {_begins(when, scene)}",
        Unmet.WORDING: "yours has none",
        Unmet.ON_CALL: f"{scene.question.principal.name} is not",
        Unmet.LIVE_GRANTS: f"there are {around.live_grants if around else 'some'}",
        Unmet.TAGS: f"{bucket} is not one of them",
        Unmet.ACCOUNT: f"{bucket} is not one of them",
        Unmet.SENSITIVITY: f"{scene.question.entitlement.resource} is {_and(scene.sensitivity)}",
    }[hurdle]


def _begins(when: Conditions, scene: RuleEvaluation) -> str:
    clock = clock_of(when, scene)
    return said_moment(scene.around.at, clock) if scene.around and clock else "another day"


def _window(when: Conditions) -> str:
    hours = " and ".join(str(each) for each in when.hours)
    clock = "their own time zone" if when.zone == AS_REQUESTOR else when.zone
    return f"on {said_days(when.days)} {hours}".rstrip() + f" ({clock})" if when.days else f"at {hours} ({clock})"


def _few(number: int) -> str:
    return f"to those with fewer than {number} live grants" if number > 1 else "to those without a live grant"


def _tags(when: Conditions) -> str:
    return " and ".join(f"the tag {name}={_or(values)}" for name, values in when.tags)


def _or(names: Iterable[str]) -> str:
    return " or ".join(sorted(names))


def _and(names: Iterable[str]) -> str:
    return " and ".join(sorted(names))


def _quoted(wording: Wording) -> str:
    return f"“{wording}”"


def _say_length(rule: AllowRule, scene: RuleEvaluation) -> str:
    length, already = scene.question.length, scene.question.already
    longest = f"lends this for at most {words_for_length(rule.longest)}"
    if length is not None and length < _LEAST:
        return f"{longest}, and you asked for no time at all."
    asked = rule.default if length is None else length
    if not already:
        return f"{longest}; you asked for {words_for_length(asked)}."
    whole = f"{words_for_length(asked)} more after {words_for_length(already)} would make it "
    return f"{longest} in all; {whole}{words_for_length(asked + already)}."


def _say_reason(rule: AllowRule) -> str:
    if rule.reason_matching:
        return f"needs a reason with {_quoted(rule.reason_matching)} in it."
    return "needs a reason: say what you need it for."


def say_ticket(ticket: Wording, scene: RuleEvaluation) -> str:
    """Say which ticket is wanted, and what is so of those that were named."""
    named = tickets(ticket, scene.question.reason)
    if not named:
        example = "such as INC-42" if ticket == TICKET else f"written as {_quoted(ticket)}"
        return f"needs an open ticket in the reason, {example}."
    known = scene.around.tickets if scene.around else {}
    if not_looked_up(ticket, scene):
        return f"needs an open ticket in the reason, and {could_not_ticket(ticket, scene)}."
    stand = ", ".join(_say_state(one, known.get(one), ticket) for one in named)
    return f"needs an open ticket in the reason; {stand}."


def _say_state(asked: TicketId, found: Ticket | None, wanted: Wording) -> str:
    """Say why one ticket will not do. Where it was moved to is for the tracker to tell those who may see it there."""
    if found is None:
        return f"there is no {asked}"
    if found.open and not is_called(wanted, found.id):
        return f"{asked} was moved, and is not called {_quoted(wanted)} any more"
    return f"{asked} is {found.status or 'closed'}"


def say_approvers(rule: AllowRule, scene: RuleEvaluation) -> str:
    """Say how many decide, and how many there are."""
    found = stages(rule, scene)
    short, absent = shortage(found), missing(found)
    alone = short is None or (short.needed == 1 and len(rule.stages) == 1 and scene.question.asker is None)
    if short is None or (alone and not absent):
        return "lets you alone decide, and nobody decides on their own request; it needs another approver."
    people = "1 person" if short.needed == 1 else f"{short.needed} different people"
    where = f" at {_stages(short.stages)}" if len(rule.stages) > 1 else ""
    others = {0: "nobody else", 1: "only 1 other"}.get(short.named, f"only {short.named} others")
    if absent:
        return f"needs {people} to decide{where}, but finds {others}: {absent}."
    return f"needs {people} to decide{where}, but names {others}, and nobody decides on their own request."


def _stages(names: Sequence[str]) -> str:
    return f"stage{'s' if len(names) > 1 else ''} {' and '.join(names)}"


def _lacking(rule: AllowRule, scene: RuleEvaluation) -> str:
    asked = scene.question.entitlement.levels
    return both((asked - implied(rule.levels, rule.kind)) or asked)


def _places(rule: Rule) -> str:
    return ", ".join(str(pattern) for pattern in rule.places)


def both(chosen: frozenset[str]) -> str:
    """Name these in their order: `list and read`."""
    return " and ".join(ordered(chosen))


def _one(deliveries: frozenset[StrEnum]) -> str:
    return " or ".join(sorted(deliveries))
