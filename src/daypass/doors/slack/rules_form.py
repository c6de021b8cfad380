"""
The form that changes one rule: its fields, and the same fields under what the change would do.

It is one view in two states. The second carries the digest of the text whose effect it shows: what is proposed is what
was looked at. Nothing is kept between the two but what is in the view itself, so any replica can answer.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from daypass.doors.slack.blocks import Block, View, choice, context, divider, field, line, modal, option, section
from daypass.doors.slack.form_values import chosen, picked, typed
from daypass.doors.slack.texts import labels
from daypass.doors.slack.texts import rules as rules_texts
from daypass.doors.slack.texts.labels import THEIRS
from daypass.model.grant import Delivery
from daypass.model.request import LONGEST_REASON
from daypass.resources.registry import LEVELS
from daypass.rules.edit.fields import ALL_OF, ANYONE_OF, AT_LEAST, AT_ONCE, Folk, RuleFields

CALLBACK = "rules.change"
LONGEST_TEXT = 3000
"""Characters that Slack lets people type into one field."""
NO_SHADOW = "none"
_SHORT, _LONG = 300, 1000
_MENTION = re.compile(r"<!subteam\^(S[A-Z0-9]{2,20})(?:\|[^>]*)?>")
"""Characters of the other fields."""

BLOCKS = {
    "id": "id",
    "about": "about",
    "because": "because",
    "who": "who_people",
    "may": "may",
    "on": "on",
    "for": "longest",
    "ahead": "ahead",
    "guests": "guests",
    "reason": "reason",
    "approve": "approve_people",
    "delivery": "delivery",
    "paused": "paused",
}
"""Beside which field of the form a fault in a field of the rule is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """What a form says: which rule it opened with, from which version, and the words in it."""

    rule: str
    """Its id when the form was opened; empty for a new one."""
    base: int
    text: str | None
    """The rule as it was typed; None where the form has fields."""
    fields: RuleFields
    note: str = ""
    shadow: str = NO_SHADOW
    seen: str = ""
    """The digest of the whole text whose effect was shown; empty before that."""


def unfit(fields: RuleFields) -> bool:
    """Whether a rule says more in a field than Slack lets people type into it: it would be cut there."""
    short = (fields.id, fields.about, fields.default, fields.longest)
    groups = (fields.who.groups, fields.approvers.groups, fields.because)
    return (
        any(len(text) > _SHORT for text in short)
        or any(len(text) > _LONG for text in groups)
        or len(fields.places) > LONGEST_TEXT
    )


def form(draft: RuleDraft, *, kept: Sequence[str] = (), top: Sequence[Block] = (), last: Sequence[Block] = ()) -> View:
    """
    Draw the form; what it would do, or what is wrong with it, stands on `top` of a window that opens, and else `last`.

    A form that is drawn again stays where its reader had scrolled to: at its end, whose last fields are still in sight.
    """
    intro = _intro(draft)
    blocks = [
        *(top or [section(intro)]),
        *([divider()] if top else []),
        *([context(rules_texts.kept(kept))] if kept else []),
        *(_fields(draft.fields) if draft.text is None else [_text(draft.text)]),
        *last,
        _typed("note", draft.note, longest=LONGEST_REASON, several=True, optional=True),
        _shadow(draft.shadow),
    ]
    return modal(
        rules_texts.FORM_TITLE
        if draft.rule
        else rules_texts.NEW_DENIAL
        if draft.fields.denies
        else rules_texts.NEW_TITLE,
        blocks,
        callback_id=CALLBACK,
        submit=rules_texts.PROPOSE if draft.seen else rules_texts.LOOK,
        close=labels.LEAVE,
        metadata=json.dumps(
            {
                "rule": draft.rule,
                "base": draft.base,
                "seen": draft.seen,
                "text": draft.text is not None,
                "denies": draft.fields.denies,
                "reason": draft.fields.reason is not None,
                "way": draft.fields.way is not None,
            }
        ),
    )


def _intro(draft: RuleDraft) -> str:
    if not draft.rule:
        return rules_texts.NEW_DENIAL_INTRO if draft.fields.denies else rules_texts.NEW_INTRO
    return rules_texts.INTRO if draft.text is None else rules_texts.TEXT_INTRO


def read(state: Mapping[str, Any], metadata: str) -> RuleDraft:
    """Read the form back."""
    told = json.loads(metadata)
    return RuleDraft(
        rule=str(told["rule"]),
        base=int(told["base"]),
        seen=str(told["seen"]),
        text=typed(state, "text") if told["text"] else None,
        fields=_read(state, told) if not told["text"] else RuleFields(denies=bool(told["denies"])),
        note=typed(state, "note"),
        shadow=next(iter(chosen(state, "shadow")), NO_SHADOW),
    )


def _read(state: Mapping[str, Any], told: Mapping[str, Any]) -> RuleFields:
    """Read the fields that `_fields` draws. Raises BadInput when one of them is missing."""
    fields = RuleFields(
        id=typed(state, "id").strip(),
        about=typed(state, "about").strip(),
        denies=bool(told["denies"]),
        anyone=bool(chosen(state, "who_anyone")),
        who=Folk(people=picked(state, "who_people"), groups=_group_ids(typed(state, "who_groups"))),
        levels=tuple(chosen(state, "may")),
        places=typed(state, "on"),
        reason=None,
        way=None,
        deliveries=tuple(chosen(state, "delivery")),
        paused=bool(chosen(state, "paused")),
    )
    if fields.denies:
        return replace(fields, because=typed(state, "because").strip())
    fields = replace(
        fields,
        default=typed(state, "default"),
        longest=typed(state, "longest"),
        ahead=typed(state, "ahead").strip(),
        guests=bool(chosen(state, "guests")),
    )
    if told["reason"]:
        fields = replace(fields, reason=next(iter(chosen(state, "reason")), "required"))
    return _read_approval(state, fields) if told["way"] else fields


def _read_approval(state: Mapping[str, Any], fields: RuleFields) -> RuleFields:
    return replace(
        fields,
        way=next(iter(chosen(state, "approve")), ANYONE_OF),
        needed=typed(state, "needed"),
        approvers=Folk(people=picked(state, "approve_people"), groups=_group_ids(typed(state, "approve_groups"))),
    )


def _fields(fields: RuleFields) -> Iterator[Block]:
    yield _typed("id", fields.id)
    yield _typed("about", fields.about, optional=True)
    if fields.denies:
        yield _typed("because", fields.because, longest=_LONG, several=True, optional=True)
    yield _ticks(
        "who_anyone", [option(rules_texts.ANYONE, "anyone")], ["anyone"] if fields.anyone else [], optional=True
    )
    yield _people("who_people", fields.who.people)
    yield _typed("who_groups", fields.who.groups, longest=_LONG, optional=True)
    levels = [option(level, level, hint) for level, hint in LEVELS.items()]
    label = rules_texts.LABELS["may_denied" if fields.denies else "may"]
    yield _ticks("may", levels, fields.levels, label=label)
    yield _typed("on", fields.places, longest=LONGEST_TEXT, several=True)
    if not fields.denies:
        yield from _lending(fields)
    deliveries = [option(THEIRS[each][0], each.value, THEIRS[each][1]) for each in Delivery]
    yield _ticks("delivery", deliveries, fields.deliveries)
    yield _ticks("paused", [option(rules_texts.PAUSED, "paused")], ["paused"] if fields.paused else [], optional=True)


def _lending(fields: RuleFields) -> Iterator[Block]:
    yield _typed("default", fields.default)
    yield _typed("longest", fields.longest)
    yield _typed("ahead", fields.ahead, optional=True)
    yield _ticks("guests", [option(rules_texts.GUESTS, "guests")], ["guests"] if fields.guests else [], optional=True)
    if fields.reason is not None:
        yield _pick("reason", rules_texts.REASONS, fields.reason)
    if fields.way is not None:
        yield _pick(
            "approve", {way: rules_texts.WAYS[way] for way in (ANYONE_OF, AT_LEAST, ALL_OF, AT_ONCE)}, fields.way
        )
        yield _typed("needed", fields.needed, longest=3, optional=True)
        yield _people("approve_people", fields.approvers.people)
        yield _typed("approve_groups", fields.approvers.groups, longest=_LONG, optional=True)


def _text(text: str) -> Block:
    return field("text", rules_texts.LABELS["text"], line(initial=text, longest=LONGEST_TEXT, several=True))


def _shadow(said: str) -> Block:
    return _pick("shadow", rules_texts.SHADOWS, said)


def _typed(
    block_id: str, initial: str, *, longest: int = _SHORT, several: bool = False, optional: bool = False
) -> Block:
    return field(
        block_id,
        rules_texts.LABELS[block_id],
        line(initial=initial, longest=longest, several=several),
        hint=rules_texts.HINTS.get(block_id, ""),
        optional=optional,
    )


def _people(block_id: str, people: Sequence[str]) -> Block:
    element: Block = {"type": "multi_users_select"} | ({"initial_users": list(people)} if people else {})
    return field(block_id, rules_texts.LABELS[block_id], element, optional=True)


def _ticks(
    block_id: str, options: list[Block], ticked: Sequence[str], *, label: str = "", optional: bool = False
) -> Block:
    initial = [each for each in options if each["value"] in ticked]
    element: Block = {"type": "checkboxes", "options": options} | ({"initial_options": initial} if initial else {})
    return field(block_id, label or rules_texts.LABELS[block_id], element, optional=optional)


def _pick(block_id: str, words: Mapping[str, str], said: str) -> Block:
    options = {value: option(text, value) for value, text in words.items()}
    initial = options.get(said) or next(iter(options.values()))
    hint = rules_texts.HINTS.get(block_id, "")
    return field(block_id, rules_texts.LABELS[block_id], choice(list(options.values()), initial=initial), hint=hint)


def _group_ids(words: str) -> str:
    """What somebody typed, with the id of each user group in place of the mention that Slack makes of it."""
    return _MENTION.sub(r"\1", words)
