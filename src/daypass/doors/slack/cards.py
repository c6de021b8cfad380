"""
The messages that follow a request through its life: the approvers', the requestor's, and that of who has the access.

All are drawn from the ledger each time; what an older drawing said is never read.
"""

from collections.abc import Sequence
from datetime import timedelta

from daypass.doors.language import words_for_length
from daypass.doors.slack.blocks import (
    Block,
    Note,
    actions,
    button,
    context,
    cut,
    escape,
    fields,
    option,
    quoted,
    section,
)
from daypass.doors.slack.names import OPENLY, Naming
from daypass.doors.slack.texts import labels, outcomes, times
from daypass.doors.slack.texts import preapprovals as texts_ahead
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.texts.stages import particulars, reasons
from daypass.doors.slack.texts.usage import asked_for_you, how_to_use, used_by
from daypass.model.entitlement import READ
from daypass.model.grant import Delivery, Grant, GrantState
from daypass.model.principal import PrincipalId
from daypass.model.request import Request, RequestState
from daypass.views.request import RequestView

PRESETS = (
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=24),
    timedelta(days=7),
)
AS_ASKED, CUSTOM = "asked", "custom"


def review_card(picture: RequestView, in_aws: str, sent: str = "", naming: Naming = OPENLY) -> Note:
    """
    The approvers' message: who, what, for how long, why, under which rule; then the buttons, or what became of it.

    Several stages show how far they have come, who is asked next, and who is not asked and why. Once it is decided
    nothing is shown any more that was there to decide by, and the access is followed to its end.
    """
    request = picture.request
    head = [section(texts.asked(request)), *fields(particulars(request, naming)), *_reason(request)]
    rest = _to_decide(request, in_aws, naming) if request.state is RequestState.PENDING else _became(picture)
    blocks = (*head, *rest, context(texts.reference(request, sent)))
    return Note(text=outcomes.asked_in_full(request, picture.grant), blocks=blocks)


def _to_decide(request: Request, in_aws: str, naming: Naming) -> list[Block]:
    because = reasons(request, naming)
    return [context(in_aws), *([context(because)] if because else []), decision_row(request)]


def _became(picture: RequestView) -> list[Block]:
    """What was decided, and what became of the access since."""
    request, grant = picture.request, picture.grant
    lines = [outcomes.decision(request, grant)]
    if grant is not None:
        lines += [outcomes.became(grant, stuck=picture.stuck), *_windows(picture)]
    return [section("\n".join(line for line in lines if line)), *_note(picture)]


def _windows(picture: RequestView) -> list[str]:
    """Of what recurs, whether more windows open; what is said before it is of the first one."""
    if picture.series is None:
        return []
    return [texts_ahead.goes_on(picture.request) if picture.goes_on else texts_ahead.NO_MORE]


def decision_row(request: Request) -> Block:
    """The expiry picker, Approve and Deny."""
    picks = lengths(request)
    picker: Block = {
        "type": "static_select",
        "action_id": "review.length",
        "options": picks,
        "initial_option": picks[0],
    }
    return actions(
        row_id(request.id),
        [
            picker,
            _button(labels.APPROVE, "review.approve", request, style="primary"),
            _button(labels.DENY, "review.deny", request, style="danger"),
        ],
    )


def row_id(request_id: str) -> str:
    """The block id of a request's decision row, under which Slack sends what was picked."""
    return f"review:{request_id}"


def lengths(request: Request) -> list[Block]:
    """
    What the picker offers: as asked, the usual lengths that the rule allows, and another one.

    The shortest that anybody chose stands, so nothing is offered that would change nothing.
    """
    chosen = [one.length for one in request.approvals if one.length is not None]
    usual = [
        option(words_for_length(length), f"{int(length.total_seconds())}s")
        for length in PRESETS
        if length <= request.longest and all(length < one for one in chosen)
    ]
    return [option(times.as_asked(request), AS_ASKED), *usual, option(labels.CUSTOM_OPTION, CUSTOM)]


def status_card(picture: RequestView, *, promise: str, public_url: str, reader: PrincipalId | None = None) -> Note:
    """
    What was asked, where it stands now, how to use it, and what can be done with it.

    `reader` is the one who asked, unless said otherwise. Only who has the access is told how to use it.
    """
    request, grant = picture.request, picture.grant
    reader = reader or request.requestor
    holds = reader == request.principal
    first = texts.you_asked(request) if reader == request.requestor else asked_for_you(request)
    given = outcomes.asked_and_given(request)
    said = [first, *([given] if given else []), outcomes.standing(request, grant)]
    blocks = [*map(section, said), *_note(picture)]
    if grant is not None and grant.state in {GrantState.APPROVED, GrantState.ACTIVE}:
        blocks.append(section(how_to_use(grant, public_url) if holds else used_by(request)))
        blocks.append(context(promise))
    if picture.goes_on:
        blocks.append(section(texts_ahead.goes_on(request)))
    if buttons := mine_buttons(picture, holds=holds):
        blocks.append(actions(f"mine:{request.id}", buttons))
    blocks.append(context(texts.reference(request)))
    return Note(text=" ".join(said), blocks=tuple(blocks))


def ending_card(picture: RequestView, said: str) -> Note:
    """The reminder before the end, with what can be done about it beside it; once it has ended, that it has."""
    request = picture.request
    if picture.grant is None or picture.grant.state is not GrantState.ACTIVE:
        return Note(text=outcomes.has_ended(picture.grant) if picture.grant else outcomes.standing(request, None))
    row = actions(f"ending:{request.id}", [_button(labels.EXTEND, "mine.extend", request)])
    return Note(text=said, blocks=(section(said), row))


def noted(said: str, words: str) -> Note:
    """
    One thing that happened, and under it the words that somebody gave with it, as they wrote them.

    A notification shows the text alone, so that the text has the words too.
    """
    if not words:
        return Note(text=said)
    heard = escape(cut(" ".join(words.split()), outcomes.LONGEST_SAID))
    return Note(text=f"{said} {heard}", blocks=(section(said), quoted(words)))


def mine_buttons(picture: RequestView, *, holds: bool = True) -> Sequence[Block]:
    """What the one who has it can do now; or, if they do not hold it themselves, the one who asked."""
    request, grant = picture.request, picture.grant
    more = [_button(labels.NO_MORE, "mine.cancel", request)] if picture.goes_on else []
    end = labels.DONE if holds else labels.REVOKE
    if request.state is RequestState.PENDING:
        return [_button(labels.CANCEL, "mine.cancel", request)]
    match grant:
        case Grant(state=GrantState.ACTIVE):
            return [
                *(_use(grant, request) if holds else ()),
                _button(labels.EXTEND, "mine.extend", request),
                _button(end, "mine.done", request),
                *more,
            ]
        case Grant(state=GrantState.APPROVED):
            return [_button(end, "mine.done", request), *more]
        case _:
            return more


def _button(label: str, action_id: str, request: Request, *, style: str = "") -> Block:
    """A button about one request, which says of which: several of its name may stand in one place."""
    return button(label, action_id, request.id, style=style, spoken=texts.spoken(label, request))


def _use(grant: Grant, request: Request) -> list[Block]:
    match grant.delivery:
        case Delivery.SESSION:
            return [_button(labels.CONSOLE, "mine.console", request)]
        case Delivery.LINK if READ in grant.entitlement.levels:
            return [_button(labels.MAKE_LINK, "mine.link", request)]
        case _:
            return []


def _reason(request: Request) -> list[Block]:
    said = {labels.REASON_LABEL: request.reason, labels.NOTE_LABEL: request.ask.wish.note}
    return [block for label, text in said.items() if text for block in (section(f"*{label}*"), quoted(text))]


def _note(picture: RequestView) -> list[Block]:
    """The words that somebody gave with their decision or with an end."""
    words = outcomes.words_with(picture.request, picture.grant)
    return [quoted(words)] if words else []
