"""
What was wrong, by what was seen from outside; and figures for each kind of trouble.

    live        from the approval until AWS first let the person read (policies: a session waits for its person)
    gone        how long after the written date AWS still let them read; AWS's own second is in it
    early end   from the answer to `done` or `revoke` until AWS last let them read
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from tests.soak.chaos.holders import Story
from tests.soak.chaos.troubles import AWS, Trouble, Troubles

AWS_SECOND_S = 1.0
SOON_S = 5.0
"""How long an acknowledged early end may take while AWS answers."""
CLAIM_S = 35.0
"""How much longer where a replica died or froze in the middle, or AWS may still carry out what it did not answer."""
_BLINK_S = 0.5
"""Between the moment a probe was sent and the moment AWS judged it."""
_HOLDS_UP_S = dict.fromkeys([*AWS, "SIGKILL", "SIGSTOP"], CLAIM_S)
_HOLDS_UP_S |= {"database crash": SOON_S, "connections cut": SOON_S}
"""How long after it is over a trouble may still hold an early end up. A log or a clock holds nothing up."""


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that must not be."""

    kind: str
    what: str


def violations(stories: Iterable[Story], troubles: Troubles) -> list[Violation]:
    """Everything that was wrong."""
    return [one for story in stories for one in _wrong(story, troubles)]


def _wrong(story: Story, troubles: Troubles) -> list[Violation]:
    about = f"{story.who} {story.delivery} {'+'.join(story.ids)}"
    found = [*_too_long(story, troubles), *_untrue(story), *_too_short(story), *_never_over(story)]
    during = sorted({one.kind for one in troubles.between(story.approved, story.last)})
    return [Violation(kind, f"{about}: {what} [{', '.join(during) or 'no trouble'}]") for kind, what in found]


def _too_long(story: Story, troubles: Troubles) -> Iterable[tuple[str, str]]:
    if story.ends and (late := story.last - story.ends) > AWS_SECOND_S:
        yield "past its date", f"read {late:.1f} s after its date"
    if story.end_acknowledged and len(story.ids) == 1:
        allowed = _may_last_until(story.end_acknowledged, troubles.past)
        if story.last > allowed:
            yield (
                "past an early end",
                f"read {story.last - story.end_acknowledged:.1f} s after its end was acknowledged",
            )


def _may_last_until(acknowledged: float, past: Sequence[Trouble]) -> float:
    """Until when an early end may take: five seconds, or until the troubles are over that hold it up."""
    until = acknowledged + SOON_S
    for one in sorted(past, key=lambda trouble: trouble.begun):
        held = _HOLDS_UP_S.get(one.kind, 0.0)
        if held and one.begun <= until and one.over >= acknowledged - held:
            until = max(until, one.over + held)
    return until


def _untrue(story: Story) -> Iterable[tuple[str, str]]:
    """Entries that vouch for what was not yet so."""
    ended = [at for grant in story.ids for at in _moments(story, grant, "grant.ended")]
    if len(ended) == len(story.ids) and ended and story.last > max(ended) + _BLINK_S:
        yield "ended before the fact", f"read {story.last - max(ended):.1f} s after grant.ended"
    for grant in story.ids:
        if len(_moments(story, grant, "grant.activated")) > 1:
            yield "given twice", f"{grant} was activated twice"
    for one in story.watched if len(story.ids) == 1 else ():  # what prolongs may begin after the first has ended
        for refused, again in one.returns:
            yield "given twice", f"refused, and {again - refused:.1f} s later allowed again"


def _too_short(story: Story) -> Iterable[tuple[str, str]]:
    """Access that went before its date though nobody ended it."""
    prolonged_session = story.delivery == "session" and len(story.ids) > 1  # of which nobody opened another session
    if story.end_sent or story.notes or prolonged_session or not story.first or not story.ends:
        return
    lasted = max((one.last for one in story.watched if one.last), default=0.0)
    if lasted < story.ends - 2.0:
        yield "cut short", f"gone {story.ends - lasted:.1f} s before its date, and nobody ended it"


def _never_over(story: Story) -> Iterable[tuple[str, str]]:
    for note in story.notes:
        if "stuck" in note:
            yield "stuck", note
    failed = [
        f"{grant}: {entry['details'].get('note', '')}"
        for grant, entries in story.entries.items()
        for entry in entries
        if entry["kind"] == "grant.ending" and entry["details"].get("why") in {"failed", "vanished"}
    ]
    for one in failed:
        yield "failed for no reason of the person's", one


def _moments(story: Story, grant: str, kind: str) -> list[float]:
    return [
        datetime.fromisoformat(entry["at"]).timestamp()
        for entry in story.entries.get(grant, [])
        if entry["kind"] == kind
    ]


def figures(stories: Sequence[Story], troubles: Troubles) -> str:
    """A table: for each kind of trouble how many, and live, gone and early end by p50, p99, max."""
    live, gone, early = (defaultdict[str, list[float]](list) for _ in range(3))
    for story in stories:
        if not story.first:
            continue
        over = story.end_acknowledged or story.ends
        if story.delivery == "policy":
            _file(live, story.first - story.approved, troubles.between(story.approved, story.first))
        if story.end_acknowledged and len(story.ids) == 1:
            _file(early, max(0.0, story.last - over), troubles.between(over - CLAIM_S, story.last))
        elif not story.end_sent:
            _file(gone, story.last - story.ends, troubles.between(story.ends - CLAIM_S, story.last))
    kinds = sorted({*live, *gone, *early}, key=lambda kind: (kind != "no trouble", kind))
    lines = [f"{'seconds':16} {'live':>28} {'gone':>28} {'early end':>28}"]
    lines += [f"{kind:16} {_said(live[kind]):>28} {_said(gone[kind]):>28} {_said(early[kind]):>28}" for kind in kinds]
    return "\n".join(lines)


def _file(into: dict[str, list[float]], value: float, during: Sequence[Trouble]) -> None:
    for kind in {one.kind for one in during} or {"no trouble"}:
        into[kind].append(value)


def _said(values: list[float]) -> str:
    if not values:
        return "-"
    ranked = sorted(values)
    p50, p99 = ranked[(len(ranked) - 1) // 2], ranked[ceil(0.99 * len(ranked)) - 1]
    return f"{len(values)}: {p50:.1f} {p99:.1f} {ranked[-1]:.1f}"
