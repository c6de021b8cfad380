"""
Two replicas on PostgreSQL, what goes wrong in a year within minutes, and people whose own keys say what was so.

`CHAOS_SECONDS=3600 make soak ONLY=chaos` makes it longer; by its seed it can be run again.
"""

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random

from tests.attacks.checkout import Checkout
from tests.soak.chaos.holders import Holder, Story
from tests.soak.chaos.judge import Violation, figures, violations
from tests.soak.chaos.probes import Probes
from tests.soak.chaos.replicas import HOLDERS, Replicas
from tests.soak.chaos.troubles import Troubles

_SECONDS = float(os.environ.get("CHAOS_SECONDS", "360"))


def test_chaos_ended_means_ended_and_the_record_is_true(
    checkout: Checkout, seed: str, dice: Random, tmp_path: Path, tell: Callable[[str], None]
):
    """Nothing is past its date or an acknowledged end, given twice, cut short or stuck; no entry is before its fact."""
    with Replicas(tmp_path, checkout) as replicas, Probes() as probes:
        places = count()
        holders = [Holder(who, replicas, probes, Random(dice.random()), places) for who in HOLDERS]  # noqa: S311
        troubles = Troubles(replicas, Random(dice.random()))  # noqa: S311 - to be thrown again
        for one in holders:
            one.start()
        try:
            troubles.make(_SECONDS)
        finally:
            for one in holders:
                one.enough.set()
        for one in holders:
            one.join()
            assert one.failed is None, one.failed
        stories: list[Story] = [story for one in holders for story in one.stories]
        wrong = violations(stories, troubles)
        wrong += [Violation("a replica ended by itself", one) for one in troubles.deaths]
        wrong += [Violation("left in AWS", one) for one in replicas.left_in_aws()]
        if said := replicas.verify():
            wrong.append(Violation("the journal does not verify", said))
    told = f"{len(stories)} accesses, {probes.count} probes, {len(troubles.past)} troubles, {len(wrong)} violations\n"
    told += figures(stories, troubles)
    told += "".join(f"\n{one.kind}: {one.what}" for one in wrong)
    tell(told)
    Path(os.environ.get("CHAOS_REPORT", tmp_path / "chaos.txt")).write_text(f"{seed}\n{told}\n", encoding="utf-8")

    assert wrong == [], told
