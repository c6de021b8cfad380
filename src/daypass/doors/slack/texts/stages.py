"""How far an approval has come, in words: which stage waits, who agreed, who is asked next, who is not and why."""

from collections.abc import Iterator, Sequence

from daypass.doors.language import words_for_length
from daypass.doors.slack.blocks import code, escape
from daypass.doors.slack.names import Naming
from daypass.doors.slack.texts import labels, outcomes, times
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.texts.plurals import plural
from daypass.model.decision import Stage
from daypass.model.grant import Delivery
from daypass.model.principal import PrincipalId
from daypass.model.request import Request, RequestState


def particulars(request: Request, naming: Naming) -> list[tuple[str, str]]:
    """The approvers' message, name by value; of what is decided, without what was there to decide by."""
    asked = [("For how long", times.wished(request)), ("How", _how(request, naming))]
    if request.state is not RequestState.PENDING:
        return [*asked, *_given(request, "Approved", naming)] if outcomes.is_shared(request) else asked
    return [
        *asked,
        ("Rule", f"{code(request.rule)}, at most {words_for_length(request.longest)}"),
        ("May decide", naming.deciders(request.asked)),
        *_staged(request, naming),
    ]


def reasons(request: Request, naming: Naming) -> str:
    """Why these people are asked and others are not; nothing when the rule simply names them."""
    stage = _waiting(request)
    if stage is None or request.state is not RequestState.PENDING:
        return ""
    asked = [f"{naming.sentence(why.rstrip('.'))}." for why in stage.why]
    skipped = [
        f"Not asked: {naming.person(one.principal)} {naming.sentence(one.why.rstrip('.'))}." for one in stage.skipped
    ]
    return "\n".join([*asked, *skipped])


def _staged(request: Request, naming: Naming) -> Iterator[tuple[str, str]]:
    stage = _waiting(request)
    if stage is None or request.state is not RequestState.PENDING:
        return
    given = list(dict.fromkeys(one.by for one in request.approvals if one.stage == stage.name))
    if len(request.stages) > 1 or stage.needed > 1:
        yield "Waits for", _where(request, stage, len(given))
    yield from _given(request, "Approved so far", naming)
    if after := _after(request, stage):
        yield "Asked next", f"{_named(after)}: {naming.deciders(after.approvers, rung=False)}"
    for step in stage.later:
        at = request.waiting_since + step.after
        yield "Also, if nobody decides", f"{naming.deciders(step.approvers, rung=False)}, {texts.moment(at)}"


def _how(request: Request, naming: Naming) -> str:
    """How it is delivered, to whom: whoever reads it is somebody else."""
    if request.delivery is Delivery.POLICY:
        return f"A policy on the AWS identity of {naming.person(request.principal)}"
    return labels.DELIVERIES[request.delivery][0]


def _given(request: Request, name: str, naming: Naming) -> list[tuple[str, str]]:
    """What each one who approved has given: beside what was asked, so that a cut is not taken for it."""
    given = [outcomes.given_by(one, naming.person(one.by)) for one in request.approvals]
    return [(name, "\n".join(given))] if given else []


def _where(request: Request, stage: Stage, given: int) -> str:
    """`the stage team (1 of 2): 1 of 2 approvals`."""
    number = request.stages.index(stage) + 1
    place = f"{_named(stage)} ({number} of {len(request.stages)}): " if len(request.stages) > 1 else ""
    so_far = plural(stage.needed, one=f"{given} of 1 approval given", other=f"{given} of {{number}} approvals given")
    return f"{place}{so_far}"


def _named(stage: Stage) -> str:
    return f"the stage {code(stage.name)}" if stage.name else "the next stage"


def _waiting(request: Request) -> Stage | None:
    return next((stage for stage in request.stages if stage.name == request.waits_in), None)


def _after(request: Request, stage: Stage) -> Stage | None:
    rest = request.stages[request.stages.index(stage) + 1 :]
    return rest[0] if rest else None


def still_waits(request: Request, called: str) -> str:
    """A reminder, one line."""
    urgent = "*URGENT.* " if request.urgent else ""
    since = texts.moment(request.waiting_since)
    return f"{urgent}This still waits for a decision, since {since}. {called}".rstrip()


def now_waits_for(stage: str, by: Sequence[PrincipalId], called: str) -> str:
    """Said in a channel when the next stage's people are asked: who approved in the stage before."""
    who = texts.listed([texts.person(one) for one in by])
    return f"{who} approved. The next stage is {code(stage)}. {called}".rstrip()


def stalled(why: str) -> str:
    """Told when nobody can decide on a request any more as things are, and why."""
    return (
        f"As things are, nobody can approve this: {why} "
        "It goes on waiting in case that changes; you can also cancel it and ask otherwise."
    )


def handed_over(called: str) -> str:
    """Said where approvers were asked when more people may decide."""
    return f"Nobody has decided yet, so more people may decide now. {called}".rstrip()


def asked_elsewhere(channel: str, instead: str) -> str:
    """Told to the requestor when the channel of the rule cannot be used; `instead` is the one that was."""
    if instead:
        return (
            f"I cannot write in {_channel(channel)}, where this should be decided; "
            f"I asked in {_channel(instead)} instead."
        )
    return (
        f"I cannot write in {_channel(channel)}, where this should be decided; "
        "I asked those who may decide directly instead."
    )


def _channel(channel: str) -> str:
    return f"<#{escape(channel)}>"


def another_owner_decides(owners: str) -> str:
    """Who must agree, said to whoever reads the owners' message."""
    return f"One of the owners of the rules decides, who is not its author: {owners}."
