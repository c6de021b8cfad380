"""A command that was typed without the id of what it is about: which of the person's own it can be."""

from collections.abc import Iterable, Iterator
from itertools import chain

from daypass.doors.language.complaints import which_one as asked_which
from daypass.doors.services import Services
from daypass.doors.slack.texts import lists as texts
from daypass.doors.slack.verbs import in_thread
from daypass.model.errors import DaypassError
from daypass.model.principal import PrincipalId
from daypass.views.overview import Overview, overview

Named = tuple[str, str]
"""An id, and what it is of."""


async def which_one(verb: str, services: Services, by: PrincipalId) -> str:
    """Ask which one is meant, with the line to type for each that this verb can be about."""
    try:
        seen = await in_thread(lambda: overview(by, judge=services.judge, now=services.clock()))
    except DaypassError:
        found, besides = list[Named](), 0
    else:
        found = list(dict.fromkeys(_fitting(verb, seen)))
        besides = (seen.others_total or 0) - len(seen.others) if verb == "revoke" else 0
    return asked_which(f"{texts.PROGRAM} {verb}", found, program=texts.PROGRAM, besides=besides)


def _fitting(verb: str, seen: Overview) -> Iterator[Named]:
    """Go through what a verb can be about; all there is for one that takes any id."""
    have = ((one.request.id, f"{one.request.entitlement}") for one in seen.grants if one.grant)
    asked = ((one.id, texts.still_waits(one.entitlement)) for one in seen.requests)
    waiting = ((one.id, texts.waits_for_you(one.entitlement)) for one in seen.waiting)
    recur = ((one.request.id, texts.recurs(one.request.entitlement)) for one in seen.grants if one.goes_on)
    others = ((one.request.id, f"{one.request.entitlement}") for one in seen.others)
    ahead = ((one.id, texts.in_advance(one.entitlement)) for one in seen.permits)
    fitting: dict[str, Iterable[Named]] = {
        **dict.fromkeys(("done", "extend", "link"), have),
        **dict.fromkeys(("approve", "deny"), waiting),
        "cancel": chain(asked, recur),
        "withdraw": ahead,
        "revoke": others,
        "lift": (),
    }
    yield from fitting[verb] if verb in fitting else chain(have, asked, waiting)
