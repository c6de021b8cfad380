"""Nobody reaches both sides: whoever could speak for a bot never decides on what it asks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from daypass.lifecycle.absence import say_away
from daypass.lifecycle.bots.administer import Wanted, add, adopt, rotate
from daypass.lifecycle.bots.claims import GITHUB
from daypass.lifecycle.preapprovals import InAdvance, allow
from daypass.model.bot import Bot
from daypass.model.errors import NotYours
from daypass.model.grant import Delivery, GrantId
from daypass.model.principal import Away, PrincipalId
from daypass.model.request import RequestState
from daypass.people.bots import BotDirectory
from daypass.rules.load.read import parse
from tests.builder import sqlite
from tests.flow.conftest import Walk
from tests.makers import BOB, HOUR, READ_REPORTS, principal

CAROL, DAN, FINN, GAIL = map(PrincipalId, ("U0CAROL", "U0DAN", "U0FINN", "U0GAIL"))
NIGHTLY = PrincipalId("bot:nightly")
RULES = """
version: 1
owners: {people: [U0BOB, U0CAROL, U0GAIL]}
rules:
  - id: nightly
    who: {people: ["bot:nightly", U0ANN]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0BOB, U0CAROL, U0DAN, U0FINN]}}
"""


@dataclass
class Bots:
    """A house with a bot, and the credential paths by which somebody may come to speak for it."""

    walk: Walk

    def add(self, by: PrincipalId, *, issuer: str = "") -> None:
        """Add it, with a token of ours or with an issuer's."""
        named = {"repository": "acme/nightly"} if issuer else {}
        wanted = Wanted(
            name="nightly",
            days=None if issuer else 30,
            issuer=issuer,
            audience="daypass" if issuer else "",
            claims=named,
        )
        add(wanted, by=by, trusts=lambda _: True, **self._beside())

    def rotate(self, by: PrincipalId) -> None:
        """Give it another token."""
        rotate("nightly", by=by, days=30, **self._beside())

    def adopt(self, by: PrincipalId, *, days: int | None = 30) -> None:
        """Answer for it."""
        adopt("nightly", by=by, days=days, **self._beside())

    def ask(self, **changes: object) -> GrantId:
        """Let the bot ask, as whoever holds its token does."""
        self.look()
        return self.walk.ask(**{"requestor": NIGHTLY, "delivery": Delivery.SESSION} | changes).id

    def approve(self, request_id: GrantId, by: PrincipalId) -> None:
        """Let somebody approve."""
        self.look()
        self.walk.approve(request_id, by=by)

    def look(self) -> None:
        """Let the directory know the bot as the ledger has it now."""
        robots = BotDirectory(lambda who: self.walk.ledger.find(Bot, who))
        self.walk.directory.people[NIGHTLY] = robots.principal(NIGHTLY)

    def _beside(self) -> dict[str, Any]:
        walk = self.walk
        return {"judge": walk.judge, "now": walk.clock()}


@pytest.fixture
def bots(tmp_path: Path) -> Iterator[Bots]:
    """Open a house in which Bob and Carol own the rules and may approve."""
    walk = Walk(sqlite(tmp_path))
    walk.rules = parse(RULES, name="rules.yaml")
    for one in (CAROL, DAN, FINN, GAIL):
        walk.directory.people[one] = principal(one, None)
    yield Bots(walk)
    walk.end()


def rotated(bots: Bots) -> None:
    """Carol rotates the token of Bob's bot."""
    bots.add(BOB)
    bots.rotate(CAROL)


def added(bots: Bots) -> None:
    """Carol adds it herself, and Bob answers for it by now; she got its only token."""
    bots.add(CAROL)
    stored = bots.walk.ledger.find(Bot, NIGHTLY)
    assert stored.handed_to == CAROL


def adopted(bots: Bots) -> None:
    """Carol adopts it, which hands her a token."""
    bots.add(BOB)
    bots.adopt(CAROL)


def named_claims(bots: Bots) -> None:
    """Carol names the claims; Bob adopts it, and the claims still count."""
    bots.add(CAROL, issuer=GITHUB)
    bots.adopt(BOB, days=None)


PATHS = pytest.mark.parametrize("reach", [rotated, added, adopted, named_claims])


@PATHS
def test_whoever_could_speak_for_a_bot_does_not_approve_what_it_asks(bots: Bots, reach: Callable[[Bots], None]) -> None:
    """By whichever path the credential came; a colleague who has nothing to do with it approves."""
    reach(bots)
    request_id = bots.ask()
    with pytest.raises(NotYours, match=r"bot that would have this|answer for the robot"):
        bots.approve(request_id, CAROL)
    bots.approve(request_id, DAN)


@PATHS
def test_nor_what_somebody_asks_for_the_bot(bots: Bots, reach: Callable[[Bots], None]) -> None:
    """The bot would have it, and Ann asks."""
    reach(bots)
    request_id = bots.ask(requestor=PrincipalId("U0ANN"), beneficiary=NIGHTLY)
    with pytest.raises(NotYours):
        bots.approve(request_id, CAROL)


@PATHS
def test_nor_in_another_account_of_theirs(bots: Bots, reach: Callable[[Bots], None]) -> None:
    """Dan turns out to be Carol."""
    reach(bots)
    bots.walk.directory.change(DAN, same_as=frozenset({CAROL}))
    request_id = bots.ask()
    with pytest.raises(NotYours):
        bots.approve(request_id, DAN)


def test_nor_in_an_account_of_which_only_their_own_record_tells(bots: Bots) -> None:
    """Gail, whom the rule does not name, rotates; the directory says of her that Dan is another account of hers."""
    bots.add(BOB)
    bots.rotate(GAIL)
    bots.walk.directory.change(GAIL, same_as=frozenset({DAN}))
    request_id = bots.ask()
    with pytest.raises(NotYours):
        bots.approve(request_id, DAN)


@PATHS
def test_nor_in_advance(bots: Bots, reach: Callable[[Bots], None]) -> None:
    """An approval in advance for the bot is refused when it is given, and does not count when it was given before."""
    bots.walk.directory.people[NIGHTLY] = principal(NIGHTLY, None)
    before = permit(bots)
    reach(bots)
    bots.look()
    with pytest.raises(NotYours):
        permit(bots)
    assert bots.walk.ledger.request(bots.ask()).state is RequestState.PENDING
    assert before


@PATHS
def test_nor_by_way_of_a_delegate(bots: Bots, reach: Callable[[Bots], None]) -> None:
    """Dan is away and left it to Carol; and Carol is away and left it to Eve, whom no rule names."""
    reach(bots)
    eve = PrincipalId("U0EVE")
    bots.walk.directory.change(DAN, away=Away(delegate=CAROL))
    bots.walk.directory.change(CAROL, away=Away(delegate=eve))
    say_away(
        CAROL, until=bots.walk.clock() + timedelta(days=1), delegate=eve, judge=bots.walk.judge, now=bots.walk.clock()
    )
    request_id = bots.ask()
    for one in (CAROL, eve):
        with pytest.raises(NotYours):
            bots.approve(request_id, one)


def test_once_somebody_else_has_the_only_token_that_counts_they_are_free(bots: Bots) -> None:
    """Bob rotates again: Carol's token is worth nothing, and she approves what the bot asks from then on."""
    rotated(bots)
    bots.rotate(BOB)
    bots.approve(bots.ask(), CAROL)


def test_what_was_asked_with_their_token_is_not_theirs_to_approve_afterwards(bots: Bots) -> None:
    """It is cancelled when the token goes to somebody else; when it stays with the same person it still waits."""
    rotated(bots)
    asked = bots.ask()
    bots.rotate(CAROL)
    assert bots.walk.ledger.request(asked).state is RequestState.PENDING
    bots.rotate(BOB)
    assert bots.walk.ledger.request(asked).state is RequestState.CANCELLED


def test_a_bot_goes_on_when_somebody_who_once_got_its_token_has_left(bots: Bots) -> None:
    """Bob still answers for it, and others decide."""
    rotated(bots)
    bots.walk.directory.change(CAROL, active=False)
    bots.approve(bots.ask(), DAN)


def permit(bots: Bots) -> GrantId:
    """Carol approves in advance what the bot asks."""
    now = bots.walk.clock()
    return allow(
        InAdvance(
            entitlement=READ_REPORTS, to=NIGHTLY, by=CAROL, length=HOUR, starts=now, ends=now + timedelta(days=1)
        ),
        judge=bots.walk.judge,
        now=now,
    ).id
