"""
What a form can say of a rule, read from the rule's data and written into it again.

Whatever the form has no field for is left as it stands: conditions, stages, approvers named by what they are.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from daypass.model.entitlement import ordered
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery
from daypass.model.length import parse_length
from daypass.model.principal import ROBOT
from daypass.model.resource import BARE
from daypass.resources.registry import kind_called, level_words, split_kind
from daypass.rules.document.shape import UNSAID
from daypass.rules.document.values import is_person_id
from daypass.rules.document.yaml_source import Data

Rule = dict[str, Data]

AT_ONCE, ANYONE_OF, AT_LEAST, ALL_OF = "at-once", "anyone_of", "at_least", "all_of"
_GROUP_KINDS = ("groups", "slack_groups", "directory_groups")
_SLACK_GROUP = re.compile(r"S[A-Z0-9]{2,20}")
_SHOWN = {
    "id",
    "about",
    "deny",
    "because",
    "who",
    "may",
    "on",
    "for",
    "ahead",
    "guests",
    "reason",
    "approve",
    "delivery",
    "paused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Folk:
    """A set of people as a form shows it: picked people; and typed, groups, robots and ids that Slack does not know."""

    people: tuple[str, ...] = ()
    groups: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFields:
    """The fields of the form. None: the form has no such field, because the rule says more there than it could hold."""

    id: str = ""
    about: str = ""
    denies: bool = False
    because: str = ""
    anyone: bool = False
    who: Folk = Folk()
    levels: tuple[str, ...] = ()
    places: str = ""
    default: str = ""
    longest: str = ""
    ahead: str = ""
    guests: bool = False
    reason: str | None = "required"
    way: str | None = ANYONE_OF
    needed: str = ""
    approvers: Folk = Folk()
    deliveries: tuple[str, ...] = UNSAID
    paused: bool = False


def shown(rule: Mapping[str, Data]) -> RuleFields:
    """Read a rule's data into fields."""
    lengths, approve = _mapping(rule.get("for")), rule.get("approve")
    way, needed, approvers = _decided(approve)
    reason = rule.get("reason", "required")
    who = rule.get("who")
    denies = "deny" in rule
    return RuleFields(
        id=str(rule.get("id", "")),
        about=str(rule.get("about") or ""),
        denies=denies,
        because=str(rule.get("because") or "").strip(),
        anyone=who == "anyone",
        who=_folk(_mapping(who)),
        levels=_words(rule.get("may"), level_words() if denies else ()),
        places="\n".join(_words(rule.get("on"), ())),
        default=str(lengths.get("default", "")),
        longest=str(lengths.get("max", "")),
        ahead=str(rule.get("ahead") or ""),
        guests=rule.get("guests") is True,
        reason=reason if isinstance(reason, str) else None,
        way=way,
        needed=needed,
        approvers=approvers,
        deliveries=_deliveries(rule, denies=denies),
        paused=rule.get("paused") is True,
    )


def typed_too(folk: Folk, strangers: Iterable[str]) -> Folk:
    """Type those whom Slack does not know: they cannot be picked, so the form would not open, or would lose them."""
    gone = [one for one in folk.people if one in set(strangers)]
    if not gone:
        return folk
    here = tuple(one for one in folk.people if one not in gone)
    return Folk(people=here, groups=", ".join([*([folk.groups] if folk.groups else []), *gone]))


def kept(rule: Mapping[str, Data]) -> tuple[str, ...]:
    """The words of the document for what a rule says and the form does not show."""
    found = [key for key in rule if key not in _SHOWN]
    approve = _mapping(rule.get("approve"))
    people = _mapping(approve.get("anyone_of") or approve.get("of") or approve.get("all_of"))
    inner = [*(key for key in ("stages", "hand_over") if key in approve), *_sources(people)]
    reason = ["reason"] if isinstance(rule.get("reason"), dict) else []
    return (*found, *reason, *inner)


def changed(rule: Mapping[str, Data], fields: RuleFields, groups: Iterable[str]) -> dict[str, Data]:
    """
    Which fields of a rule's data the form changes, and to what; None leaves one out.

    `groups` are the document's own, which tells their names from those of Slack.
    """
    before, known = shown(rule), frozenset(groups)
    made: dict[str, Data] = {}
    if fields.id != before.id:
        made["id"] = fields.id
    if fields.denies and not before.denies:
        made["deny"] = True
    if fields.about != before.about:
        made["about"] = fields.about or None
    if (fields.anyone, _sets(fields.who, known)) != (before.anyone, _sets(before.who, known)):
        made["who"] = "anyone" if fields.anyone else _people(fields.who, known)
    if set(fields.levels) != set(before.levels):
        made["may"] = _levels(fields)
    if _lines(fields.places) != _lines(before.places):
        made["on"] = list[Data](_lines(fields.places))
    if set(fields.deliveries) != set(_deliveries(rule, denies=fields.denies)):
        unsaid = set(fields.deliveries) == set(_deliveries({}, denies=fields.denies))
        made["delivery"] = None if unsaid else [one.value for one in Delivery if one in fields.deliveries]
    if fields.paused is not before.paused:
        made["paused"] = True if fields.paused else None
    return made | (_denying(before, fields) if fields.denies else _lending(rule, before, fields, known))


def _deliveries(rule: Mapping[str, Data], *, denies: bool) -> tuple[str, ...]:
    """How a rule hands out, or what it denies; one that says nothing lends to the person alone, and denies all."""
    return _words(rule.get("delivery"), list(Delivery if denies else UNSAID))


def _denying(before: RuleFields, fields: RuleFields) -> dict[str, Data]:
    return {} if fields.because == before.because else {"because": fields.because or None}


def _lending(
    rule: Mapping[str, Data], before: RuleFields, fields: RuleFields, known: frozenset[str]
) -> dict[str, Data]:
    made: dict[str, Data] = {}
    if not (_same(fields.default, before.default) and _same(fields.longest, before.longest)):
        made["for"] = {"default": fields.default, "max": fields.longest}
    if fields.ahead != before.ahead:
        made["ahead"] = fields.ahead or None
    if fields.guests is not before.guests:
        made["guests"] = True if fields.guests else None
    if fields.reason is not None and fields.reason != before.reason:
        made["reason"] = None if fields.reason == "required" else fields.reason
    if fields.way is not None and _choice(fields, known) != _choice(before, known):
        made["approve"] = _approve(_mapping(rule.get("approve")), fields, known)
    return made


def _choice(fields: RuleFields, known: frozenset[str]) -> tuple[object, ...]:
    """Who decides, as far as the form says it; two that are equal mean the same."""
    if fields.way == AT_ONCE:
        return (AT_ONCE,)
    needed = fields.needed.strip() if fields.way == AT_LEAST else ""
    return fields.way, needed, _sets(fields.approvers, known)


def _approve(before: Mapping[str, Data], fields: RuleFields, known: frozenset[str]) -> Data:
    if fields.way == AT_ONCE:
        return AT_ONCE
    sources = _sources(_mapping(before.get("anyone_of") or before.get("of") or before.get("all_of")))
    people: Data = {**_people(fields.approvers, known), **sources}
    hand_over = {"hand_over": before["hand_over"]} if "hand_over" in before else {}
    if fields.way == AT_LEAST:
        number = fields.needed.strip()
        return {"at_least": int(number) if number.isdecimal() else number, "of": people, **hand_over}
    return {str(fields.way): people, **hand_over}


def _decided(approve: Data) -> tuple[str | None, str, Folk]:
    """Who decides: in which way, how many, out of whom. No way for what is said in stages."""
    if not isinstance(approve, dict):
        return (AT_ONCE if approve == AT_ONCE else ANYONE_OF), "", Folk()
    if "stages" in approve:
        return None, "", Folk()
    for way, key in ((ANYONE_OF, ANYONE_OF), (AT_LEAST, "of"), (ALL_OF, ALL_OF)):
        if key in approve:
            return way, str(approve.get(AT_LEAST, "")), _folk(_mapping(approve[key]))
    return None, "", Folk()


def _folk(people: Mapping[str, Data]) -> Folk:
    every = _words(people.get("people"), ())
    robots = [one for one in every if one.startswith(ROBOT)]
    groups = [group for kind in _GROUP_KINDS for group in _words(people.get(kind), ())]
    return Folk(people=tuple(one for one in every if one not in robots), groups=", ".join([*groups, *robots]))


def _people(folk: Folk, known: frozenset[str]) -> dict[str, Data]:
    """People and groups as the document names them, each kind of group told by how it is written."""
    sorted_out: dict[str, list[Data]] = {
        "people": [*folk.people],
        "groups": [],
        "slack_groups": [],
        "directory_groups": [],
    }
    for word in _typed(folk.groups):
        slack = _SLACK_GROUP.fullmatch(word)
        if word in known:
            sorted_out["groups"].append(word)
        elif word.startswith(ROBOT) or is_person_id(word):
            sorted_out["people"].append(word)
        elif slack:
            sorted_out["slack_groups"].append(slack[0])
        else:
            sorted_out["directory_groups" if ":" in word else "groups"].append(word)
    return {kind: some for kind, some in sorted_out.items() if some}


def _sources(people: Mapping[str, Data]) -> dict[str, Data]:
    return {key: value for key, value in people.items() if key not in ("people", *_GROUP_KINDS)}


def _sets(folk: Folk, known: frozenset[str]) -> dict[str, frozenset[str]]:
    """Of each kind those who are named, in whichever field and order."""
    return {kind: frozenset(map(str, some)) for kind, some in _people(folk, known).items() if isinstance(some, list)}


def _typed(groups: str) -> list[str]:
    return [word for part in re.split(r"[,\n]", groups) if (word := part.strip().removeprefix("@"))]


def _levels(fields: RuleFields) -> list[Data] | None:
    """
    The levels as the document has them. A denial of all that its kind has leaves them out, and so denies what comes.

    All ticks of a new denial are set, those of other kinds among them: what its kind does not have is not written.
    """
    kind, _ = split_kind((_lines(fields.places) or [""])[0])
    there = {level.word for level in kind_called(kind or BARE).levels}
    if not fields.denies or there.isdisjoint(fields.levels):
        return list[Data](ordered(fields.levels))
    return None if there <= set(fields.levels) else list[Data](ordered(there & set(fields.levels)))


def _lines(places: str) -> list[str]:
    return [line.strip() for line in places.splitlines() if line.strip()]


def _same(one: str, other: str) -> bool:
    """Whether two lengths are the same, however they are written."""
    if one.strip() == other.strip():
        return True
    try:
        return parse_length(one) == parse_length(other)
    except BadInput:
        return False


def _words(given: Data, otherwise: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(one) for one in given) if isinstance(given, list) else tuple(otherwise)


def _mapping(given: Data) -> Mapping[str, Data]:
    return given if isinstance(given, dict) else {}
