"""An AWS that shows what was done to it a moment late: nothing is called live or ended before AWS shows it."""

from datetime import timedelta

import pytest

from daypass.model.grant import GrantState, Presence
from daypass.reconcile.apply import LOOK_AGAIN
from tests.flow.conftest import Walk
from tests.makers import HOUR


def test_what_aws_does_not_show_yet_is_not_called_live(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A put that was answered and is not seen is looked at again a second later."""
    grant = walk.approve(walk.ask().id)
    with monkeypatch.context() as blind:
        blind.setattr(walk.aws, "observe", lambda *_: Presence.ABSENT)
        walk.loop.run_until_idle()
    assert walk.ledger.grant(grant.id).state is GrantState.APPROVED
    walk.clock.forward(LOOK_AGAIN)
    walk.loop.run_until_idle()

    assert walk.ledger.grant(grant.id).state is GrantState.ACTIVE


@pytest.mark.parametrize("after", [timedelta(minutes=1), 9 * HOUR], ids=["early", "at its date"])
def test_what_aws_still_shows_after_its_removal_is_not_called_ended(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, after: timedelta
) -> None:
    """A removal that says it is still there is made again a second later."""
    grant = walk.active()
    walk.clock.forward(after)
    if after < HOUR:
        walk.drop(grant.id)
    with monkeypatch.context() as stubborn:
        stubborn.setattr(walk.aws, "revoke", lambda *_: Presence.PRESENT)
        walk.loop.run_until_idle()
    assert walk.ledger.grant(grant.id).state is not GrantState.ENDED
    walk.clock.forward(timedelta(minutes=2))
    walk.loop.run_until_idle()

    assert walk.ledger.grant(grant.id).state is GrantState.ENDED
