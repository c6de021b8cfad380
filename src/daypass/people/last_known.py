"""
People as they were last read, by heart, for the time that Slack does not answer: for breaking glass alone.

Kept by this process, for a day. Whoever the directory says is nobody, or not to be told apart, is forgotten at once.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable

from daypass.model.principal import Principal, PrincipalId

KEPT_S = 24 * 60 * 60.0
_MOST = 100_000


class LastKnown:
    """Remembers people. Safe to share between threads."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        """Begin without anybody; `clock` gives seconds that only grow."""
        self._clock = clock
        self._guard = threading.Lock()
        self._people: OrderedDict[PrincipalId, tuple[float, Principal]] = OrderedDict()

    def keep(self, person: Principal) -> None:
        """Remember somebody as they are now."""
        with self._guard:
            self._people.pop(person.id, None)
            self._people[person.id] = (self._clock(), person)
            if len(self._people) > _MOST:
                self._people.popitem(last=False)

    def forget(self, principal_id: PrincipalId) -> None:
        """Remember somebody no more."""
        with self._guard:
            self._people.pop(principal_id, None)

    def find(self, principal_id: PrincipalId) -> Principal | None:
        """Somebody as they were a day ago at most."""
        with self._guard:
            at, person = self._people.get(principal_id, (0.0, None))
        return person if person is not None and self._clock() - at < KEPT_S else None
