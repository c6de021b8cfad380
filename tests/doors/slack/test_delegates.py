"""Whoever decides in somebody's stead is told when others end that."""

from datetime import timedelta

import pytest

from daypass.lifecycle.absence import say_away, say_back
from daypass.lifecycle.freezes.freeze import Halt
from daypass.lifecycle.freezes.panic import panic_as_operator
from daypass.lifecycle.leavers.remove_access import take_away
from daypass.model.freeze import Extent
from daypass.model.principal import OPERATOR, PrincipalId
from localslack import BlockingActor
from tests.doors.slack.conftest import CAROL, Office
from tests.makers import BOB


@pytest.fixture
def away(daypass: Office) -> Office:
    """Bob is away, and Carol decides for him."""
    until = daypass.clock() + timedelta(days=2)
    say_away(BOB, until=until, delegate=CAROL, judge=daypass.judge, now=daypass.clock())
    return daypass


def panicked(office: Office, one: PrincipalId) -> None:
    """The operator ends everything of somebody's."""
    halt = Halt(extent=Extent(person=one), by=OPERATOR, os_user="root")
    panic_as_operator(halt, hold=False, ledger=office.ledger, logins=office.logins, now=office.clock())


@pytest.mark.parametrize("one", [BOB, CAROL])
def test_both_are_told_when_a_panic_ends_a_delegation(
    away: Office, bob: BlockingActor, carol: BlockingActor, one: PrincipalId
):
    """Whichever of the two it is about: Carol decides no more, and Bob is not to rely on her."""
    panicked(away, one)

    carol.wait_for_message("You no longer decide for <@U0BOB>: the operator ended that in a panic.")
    bob.wait_for_message("<@U0CAROL> no longer decides for you: the operator ended that in a panic.")


def test_a_delegate_is_told_when_who_is_away_has_left(away: Office, bob: BlockingActor, carol: BlockingActor):
    """And who has left is told nothing."""
    take_away(BOB, ledger=away.ledger, logins=away.logins, now=away.clock())

    carol.wait_for_message("You no longer decide for <@U0BOB>: they have left.")
    assert bob.messages() == []


def test_nobody_is_told_of_who_comes_back_by_themselves(away: Office, carol: BlockingActor):
    """Carol reads it where she decides."""
    say_back(BOB, ledger=away.ledger, now=away.clock())
    panicked(away, CAROL)

    assert carol.messages() == []
