"""A freeze that somebody writes in the very instant in which something is given."""

from daypass.lifecycle.freezes.freeze import Halt, set_freeze
from daypass.model.effect import GIVES
from daypass.model.event import EntryKind
from daypass.model.fact import Fact
from daypass.model.freeze import Extent
from daypass.model.principal import PrincipalId
from daypass.store.ledger import SqlLedger
from tests.builder import Daypass

FREEZES = PrincipalId("U0CARL")
"""Who freezes."""
_GIVING = GIVES | {EntryKind.LOGIN_CONFIRMED}


class InThatInstant(SqlLedger):
    """A ledger into which somebody else writes a freeze, after everything was looked at and right before the commit."""

    def __init__(self, house: Daypass, extent: Extent, *, kinds: frozenset[EntryKind] = _GIVING) -> None:
        """Take whose, what is frozen, and which entries it comes right before."""
        super().__init__(house.database)
        self._house, self._extent = house, extent
        self._kinds = kinds
        self.came_first = False

    def record(self, *facts: Fact) -> None:
        """Write the freeze, then these."""
        if not self.came_first and any(fact.event.kind in self._kinds for fact in facts):
            self.came_first = True
            now = self._house.clock()
            set_freeze(Halt(extent=self._extent, by=FREEZES), ledger=self._house.ledger, now=now)
        super().record(*facts)
