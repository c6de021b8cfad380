"""The request form: its fields from words that were said already, and words again from its fields."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from daypass.doors.language import COMMANDS, Spoken, parse_person
from daypass.doors.language.option_values import understood
from daypass.doors.language.request_words import level_and_resource_heard, of_kind
from daypass.doors.slack.blocks import (
    LONGEST_OPTION_TEXT,
    LONGEST_OPTION_VALUE,
    Block,
    View,
    actions,
    button,
    choice,
    context,
    field,
    line,
    modal,
    option,
    plain,
    section,
    sentence,
)
from daypass.doors.slack.form_values import chosen, has, picked, typed
from daypass.doors.slack.texts import labels, times
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery
from daypass.model.principal import ROBOT
from daypass.model.request import LONGEST_NOTE, LONGEST_REASON
from daypass.model.resource import BARE
from daypass.resources.registry import KINDS, LEVELS, split_kind

CALLBACK = "request"
FIELDS = ("level", "resource", "length", "reason", "note", "delivery", "start", "person", "every")
PREVIEW = "form.preview"
"""The button that says who would decide, before anybody is asked."""
URGENT = "urgent"
"""What a form remembers that was opened to break glass."""
"""The block ids of the form, which are the fields that an error may name."""

_LONGEST_KEY = 1100


def heard(words: Sequence[str], verb: str = "request") -> Spoken:
    """Make out what can be made out of the words after `request` or `grant`, right or wrong."""
    command = COMMANDS[verb]
    said: dict[str, Any] = command.make_context(verb, understood(command, words), resilient_parsing=True).params
    if verb == "grant":
        said["to"] = said["to"] or ""
    level, resource = level_and_resource_heard(said.pop("what") or ())
    known = {name: value for name, value in said.items() if value is not None}
    return Spoken(level=level, resource=resource, **known)


def form(spoken: Spoken, *, problem: str = "", asked: Sequence[str] = (), repeated: str = "", why: bool = True) -> View:
    """
    The form, filled in as far as words were said; a `problem` stands on top of a window that opens.

    A form that is drawn again stays where its reader had scrolled to: who would be `asked`, or what stands in the way,
    is said above the button at its end. Of what was asked a moment ago (`repeated`) another one is filed once its
    person says so. The reason may be left out only where no rule wants one (`why` is False).
    """
    intro = labels.URGENT_INTRO if spoken.urgent else labels.FORM_INTRO
    blocks = [
        section(f"*{sentence(problem)}*" if problem else intro),
        *_whom(spoken.to),
        _what(spoken.resource),
        _levels(spoken.level),
        _where(spoken.resource),
        field(
            "length",
            labels.LENGTH_LABEL,
            line(initial=_term(spoken), longest=64),
            hint=labels.LENGTH_HINT,
            optional=True,
        ),
        field(
            "reason",
            labels.REASON_LABEL,
            line(initial=spoken.reason, longest=LONGEST_REASON, several=True),
            hint=labels.REASON_HINT,
            optional=not why,
        ),
        field(
            "note",
            labels.NOTE_LABEL,
            line(initial=spoken.note or "", longest=LONGEST_NOTE),
            hint=labels.NOTE_HINT,
            optional=True,
        ),
        _delivery(spoken.delivery, labels.DELIVERIES if spoken.to is None else labels.THEIRS),
        field(
            "start",
            labels.START_LABEL,
            line(initial=spoken.start or "", longest=64),
            hint=labels.START_HINT,
            optional=True,
        ),
        *([] if spoken.urgent else [_every(spoken.every)]),
        _extras(spoken),
        *(context(one) for one in asked),
        *([section(repeated), _again()] if repeated else []),
        actions("deciding", [button(labels.WHO_DECIDES, PREVIEW)]),
    ]
    title = labels.URGENT_TITLE if spoken.urgent else labels.FORM_TITLE
    submit = labels.URGENT_SUBMIT if spoken.urgent else labels.FORM_SUBMIT
    kept = URGENT if spoken.urgent else ""
    return modal(title, blocks, callback_id=CALLBACK, submit=submit, close=labels.LEAVE, metadata=kept)


def read(state: Mapping[str, Any], metadata: str = "") -> Spoken:
    """Read the form's fields, and what it remembers, back into words."""
    extras = chosen(state, "extras")
    return Spoken(
        level=",".join(chosen(state, "level")),
        resource=of_kind(
            next(iter(chosen(state, "what")), BARE),
            typed(state, "resource") or next(iter(chosen(state, "resource")), ""),
        ),
        for_=typed(state, "length") or None,
        start=typed(state, "start") or None,
        reason=typed(state, "reason"),
        note=typed(state, "note"),
        delivery=next(iter(chosen(state, "delivery")), None),
        versions="versions" in extras,
        tags="tags" in extras,
        to=next(iter(picked(state, "person")), "") if has(state, "person") else None,
        every=typed(state, "every") or None if metadata != URGENT else None,
        urgent=metadata == URGENT,
        again=has(state, "again") and "again" in chosen(state, "again"),
    )


def _term(spoken: Spoken) -> str:
    return spoken.for_ or (times.until_as_typed(spoken.until) if spoken.until else "")


def _whom(said: str | None) -> list[Block]:
    """Somebody else, picked and never guessed by a name; only in a form that was opened for that."""
    if said is None:
        return []
    element: Block = {"type": "users_select"}
    with suppress(BadInput):
        whom = parse_person(said)
        if not whom.startswith(ROBOT):
            element["initial_user"] = whom
    return [field("person", labels.WHOM_LABEL, element, hint=labels.WHOM_HINT)]


def _again() -> Block:
    element: Block = {"type": "checkboxes", "options": [option(labels.AGAIN_YES, "again")]}
    return field("again", labels.AGAIN_LABEL, element, optional=True)


def _every(said: str | None) -> Block:
    return field(
        "every",
        labels.EVERY_LABEL,
        line(initial=said or "", longest=120),
        hint=labels.EVERY_HINT,
        optional=True,
    )


def _what(said: str) -> Block:
    options = {kind: option(labels.WHAT.get(kind, each.title), kind) for kind, each in KINDS.items()}
    return field("what", labels.WHAT_LABEL, choice(list(options.values()), initial=options[_kind(said)]))


def _kind(said: str) -> str:
    return split_kind(said)[0] or BARE


def _levels(said: str) -> Block:
    options = [option(level, level, hint) for level, hint in LEVELS.items()]
    ticked = [each for each in options if each["value"] in set(said.lower().replace("+", ",").split(","))]
    element: Block = {"type": "checkboxes", "options": options} | ({"initial_options": ticked} if ticked else {})
    return field("level", labels.LEVEL_LABEL, element)


def _extras(spoken: Spoken) -> Block:
    options = [option(text, extra) for extra, text in labels.EXTRAS.items()]
    said = {"versions": spoken.versions, "tags": spoken.tags}
    ticked = [each for each in options if said[each["value"]]]
    element: Block = {"type": "checkboxes", "options": options} | ({"initial_options": ticked} if ticked else {})
    return field("extras", labels.EXTRAS_LABEL, element, optional=True)


def _where(said: str) -> Block:
    """A typeahead; a place too long for Slack to carry as a choice is typed instead."""
    if len(said) > LONGEST_OPTION_VALUE:
        return field("resource", labels.WHERE_LABEL, line(initial=said, longest=_LONGEST_KEY), hint=labels.WHERE_HINT)
    element: Block = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": plain(labels.WHERE_PLACEHOLDER),
    }
    if said.strip():
        element["initial_option"] = place_option(said)
    return field("resource", labels.WHERE_LABEL, element, hint=labels.WHERE_HINT)


def place_option(place: str) -> Block:
    """A place as a choice; of a long one the end is shown, which tells places apart."""
    shown = place if len(place) <= LONGEST_OPTION_TEXT else f"…{place[1 - LONGEST_OPTION_TEXT :]}"
    return option(shown, place)


def as_typed(place: str) -> Block:
    """What was typed as a choice of its own; what no choice can carry becomes a sentence, and is no place."""
    if len(place) > LONGEST_OPTION_VALUE:
        return option(labels.TOO_LONG_TO_CHOOSE, "?")
    room = LONGEST_OPTION_TEXT - len(labels.AS_TYPED)
    shown = place if len(place) <= room else f"…{place[1 - room :]}"
    return option(f"{labels.AS_TYPED}{shown}", place)


def _delivery(said: str | None, called: Mapping[Delivery, tuple[str, str]]) -> Block:
    options = {each: option(name, each.value, hint) for each, (name, hint) in called.items()}
    initial = (
        options.get(Delivery((said or "session").lower())) if (said or "session").lower() in set(Delivery) else None
    )
    return field(
        "delivery", labels.DELIVERY_LABEL, choice(list(options.values()), initial=initial or options[Delivery.SESSION])
    )
