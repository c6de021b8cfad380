"""What somebody has said so far of a request: perhaps enough to file it, perhaps only enough to prefill the form."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from daypass.doors.language.moments import parse_term
from daypass.doors.language.person import parse_person
from daypass.doors.language.recurrence import GoesOn, parse_every
from daypass.doors.language.tokenize import check_unicode, did_you_mean
from daypass.model.entitlement import Entitlement
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery, GrantId
from daypass.model.lease import Term
from daypass.model.length import is_length
from daypass.model.principal import PrincipalId
from daypass.model.request import LONGEST_NOTE, LONGEST_REASON, Ask, Recurrence, Wish
from daypass.model.resource import BARE, Resource
from daypass.model.windows import next_window
from daypass.resources.registry import KINDS, LEVELS, kind_called, listed, only_level, parse_resource

_ID = re.compile(r"[23456789abcdefghjkmnpqrstuvwxyz]{12}")
_AS_OURS = {
    **dict.fromkeys(("readwrite", "read-write", "read/write", "read&write", "rw", "r/w"), "read,write"),
    **dict.fromkeys(("readonly", "read-only", "ro"), "read"),
    **dict.fromkeys(("writeonly", "write-only", "wo"), "write"),
}
"""Levels as other programs call them, where only one thing can be meant."""
_ACTIONS = {"getobject": "read", "putobject": "write", "deleteobject": "delete", "listbucket": "list"}
"""What IAM calls what each level lends."""
_WITHOUT_DASHES = {
    **{name: f"--{name}" for name in ("for", "until", "to", "as", "every", "start", "reason")},
    **dict.fromkeys(("from", "at", "starting"), "--start"),
    **dict.fromkeys(("because",), "--reason"),
}
"""Words that people write where an option belongs."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""Signs that make what follows be read in another order than it was written: an approver would read another reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDraft:
    """A request as far as it was said. What is missing is for the form, or for the rules, to fill in."""

    place: Resource | None = None
    levels: frozenset[str] = frozenset()
    extras: frozenset[str] = frozenset()
    term: Term | None = None
    reason: str = ""
    note: str = ""
    delivery: Delivery | None = None
    beneficiary: PrincipalId | None = None
    urgent: bool = False
    recurs: Recurrence | None = None
    again: bool = False
    """Whether another one is wanted, though the same was asked a moment ago."""
    dry_run: bool = False
    wait: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """What a complete request still needs: `level`, `resource`. Length and reason are the rules' business."""
        said = {"level": bool(self.levels), "resource": self.place is not None}
        return tuple(field for field, there in said.items() if not there)

    def ask(
        self,
        requestor: PrincipalId,
        default_delivery: Delivery = Delivery.SESSION,
        *,
        extends: GrantId | None = None,
        key: str = "",
    ) -> Ask:
        """Make the ask of it; for `key` see Ask. Raises BadInput, with the field, for a missing level or place."""
        if self.place is None:
            raise BadInput("Say where: a bucket, a prefix or an object, such as acme-reports/2026/.", field="resource")
        return Ask(
            requestor=requestor,
            wish=Wish(
                entitlement=Entitlement(resource=self.place, levels=self.levels, options=self.extras),
                term=self.term,
                delivery=self.delivery or default_delivery,
                reason=self.reason,
                recurs=self.recurs,
                note=self.note,
            ),
            extends=extends,
            beneficiary=self.beneficiary,
            urgent=self.urgent,
            key=key,
            once=not self.again,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The words of a request before they are understood: as a command line, a form or a JSON body gives them."""

    level: str = ""
    resource: str = ""
    for_: str | None = None
    until: str | None = None
    start: str | None = None
    reason: str = ""
    note: str | None = None
    delivery: str | None = None
    versions: bool = False
    tags: bool = False
    to: str | None = None
    every: str | None = None
    urgent: bool = False
    again: bool = False
    dry_run: bool = False
    wait: bool = False

    def understood(self, *, now: datetime, tz: str) -> RequestDraft:
        """Understand every word. Raises BadInput with the field of the first that cannot be."""
        recurs, place = self._recurs(now, tz), _place(self.resource)
        return RequestDraft(
            place=place,
            levels=_levels(self.level, place) or (only_level(place.kind) if place else frozenset()),
            extras=frozenset(self._options()),
            term=_first(recurs, now) or parse_term(self.for_, self.start, until=self.until, now=now, tz=tz),
            reason=parse_reason(self.reason),
            note=parse_note(self.note or ""),
            delivery=None if self.delivery is None else parse_delivery(self.delivery),
            beneficiary=None if self.to is None else parse_person(self.to),
            urgent=self.urgent,
            recurs=recurs,
            again=self.again,
            dry_run=self.dry_run,
            wait=self.wait,
        )

    def _options(self) -> Iterator[str]:
        if self.versions:
            yield "versions"
        if self.tags:
            yield "tags"

    def _recurs(self, now: datetime, tz: str) -> Recurrence | None:
        if self.every is None:
            return None
        if self.urgent:
            raise BadInput("Break glass is for now; it does not recur.", field="start")
        goes_on = GoesOn(for_=self.for_, until=self.until, start=self.start)
        return parse_every(self.every, goes_on, now=now, tz=tz)


def level_and_resource(words: Sequence[str]) -> tuple[str, str]:
    """
    Tell the level from the place among `s3 read acme-reports/2026/`, whichever of them were said.

    The place is told with its kind: `role assume deploy-prod` is about `role:deploy-prod`. Raises BadInput for a word
    too many and for a lone word that is nearly a level.
    """
    if words and words[0].lower() in KINDS:
        level, resource = level_and_resource(words[1:])
        return level, of_kind(words[0].lower(), resource)
    rest = list(words)
    for at in range(1, len(rest)):
        if meant := option_meant(rest[at:]):
            raise BadInput(f"“{rest[at][:40]}” is one word too many. Did you mean {meant}?")
    match rest:
        case [place, level] if is_level(level) and not is_level(place):  # in the other order: no level is called so
            return level, place
        case [service, level, _] if is_level(level):
            raise BadInput(
                f"“{service[:40]}” is not a kind of resource. Try s3 {level} BUCKET/PREFIX/. Kinds: {', '.join(KINDS)}."
            )
        case [_, _, extra, *_]:
            raise BadInput(f"“{extra[:40]}” is one word too many; put quotes around what belongs together.")
        case [level, resource]:
            return level, resource
        case [lone]:
            return _lone(lone)
        case _:
            return "", ""


def option_meant(words: Sequence[str]) -> str:
    """Say which option these words are without its dashes: `for 2 hours`, `2h`, `as a link`; nothing for none."""
    head, *behind = words
    value = " ".join(behind[1:] if behind[1:] and behind[0].lower() in {"a", "an", "the"} else behind)
    option = _WITHOUT_DASHES.get(head.lower())
    if option and value:
        return f"{option} {value[:60]}"
    whole = " ".join(words)
    return f"--for {whole[:60]}" if is_length(whole) else ""


def level_and_resource_heard(words: Sequence[str]) -> tuple[str, str]:
    """Tell what can be told of the level and the place among words that may be wrong, for a form to show."""
    with suppress(BadInput):
        level, resource = level_and_resource(words)
        return _AS_OURS.get(level.lower(), level), resource
    level = next((word for word in words if is_level(word)), "")
    rest = [word for word in words if word != level and word.lower() not in KINDS]
    kind = next((word.lower() for word in words if word.lower() in KINDS), BARE)
    return level, of_kind(kind, max(rest, key=lambda word: "/" in word, default=""))


def of_kind(kind: str, resource: str) -> str:
    """Name a resource with its kind, as it is typed: a bare name means S3, and an ARN says its kind itself."""
    bare = resource and kind != BARE and not resource.startswith(("arn:", f"{kind}:"))
    return f"{kind}:{resource}" if bare else resource


def parse_delivery(text: str) -> Delivery:
    """Read `session`, `policy` or `link`. Raises BadInput with the field `delivery`."""
    try:
        return Delivery(text.strip().lower())
    except ValueError:
        hint = did_you_mean(text, Delivery)
        raise BadInput(
            f"“{text}” is not a delivery; there are session, policy and link.{hint}", field="delivery"
        ) from None


def parse_id(text: str) -> GrantId:
    """Read the id of a request or grant. Raises BadInput when no id could look like that."""
    plain = text.strip().lower()
    if not _ID.fullmatch(plain):
        raise BadInput(
            f"“{text[:40]}” is not the id of a request; ids are twelve letters and digits, and `ls` shows yours."
        )
    return GrantId(plain)


def parse_reason(text: str) -> str:
    """Read a reason of at most 1,000 characters, whole. Raises BadInput with the field `reason`."""
    return _plain(text, "reason", LONGEST_REASON)


def parse_note(text: str) -> str:
    """Read a note of at most 300 characters, whole. Raises BadInput with the field `note`."""
    return _plain(text, "note", LONGEST_NOTE)


def _plain(text: str, field: str, longest: int) -> str:
    check_unicode(text, field=field)
    plain = text.strip()
    if len(plain) > longest:
        raise BadInput(f"The {field} has {len(plain)} characters; {longest} is the most.", field=field)
    if _CONTROL.search(plain):
        raise BadInput(f"The {field} has a control character in it; write it as plain text.", field=field)
    if turns := _TURNS.search(plain):
        raise BadInput(
            f"The {field} has a sign in it that turns the writing round (U+{ord(turns[0]):04X}); write it without.",
            field=field,
        )
    return plain


def _first(recurs: Recurrence | None, now: datetime) -> Term | None:
    window = next_window(recurs, now) if recurs else None
    return window.term if window else None


def _place(text: str) -> Resource | None:
    check_unicode(text, field="resource")
    return parse_resource(text) if text.strip() else None


def _levels(text: str, place: Resource | None) -> frozenset[str]:
    kind = place.kind if place else ""
    there_are = [level.word for level in kind_called(kind).levels] if kind else list(LEVELS)
    text = _AS_OURS.get(text.strip().lower(), text)
    for word in re.split(r"[,+\s]+", text.strip().lower()):
        if word and word not in there_are:
            meant = _ACTIONS.get(word.removeprefix("s3:"))
            hint = f" Did you mean “{meant}”?" if meant else did_you_mean(word, there_are)
            there = f"there are {listed(there_are)}" if there_are[1:] else f"there is {there_are[0]}"
            raise BadInput(f"“{word[:40]}” is not a level of access{_on(place)}; {there}.{hint}", field="level")
    return frozenset(word for word in re.split(r"[,+\s]+", text.strip().lower()) if word)


def _on(place: Resource | None) -> str:
    return "" if place is None or place.kind == BARE else f" to {place}"


def _lone(word: str) -> tuple[str, str]:
    """Tell whether the only word is a level, or nearly one; else it is the place."""
    named = word.lower() in _AS_OURS or (
        not re.search(r"[/.:\-\d]", word) and (is_level(word) or bool(did_you_mean(word, LEVELS)))
    )
    return (word, "") if named else ("", word)


def is_level(word: str) -> bool:
    """Whether a word is a level of access, or several: `read,write`."""
    parts = [part for part in re.split(r"[,+]", _AS_OURS.get(word.lower(), word.lower())) if part]
    return bool(parts) and all(part in LEVELS for part in parts)
