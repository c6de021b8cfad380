"""
What is wrong with the journal, as one value that everything in a process looks at.

Whoever finds the journal damaged reports it here, and from then on nothing is given any more (Damage.forbid) until an
operator has looked at it. What takes access away goes on.
"""

from threading import Lock

from daypass.model.errors import DaypassError, Unavailable


class BookDamaged(DaypassError):
    """What is stored of the journal is not what was committed or signed; nothing may be added to it."""


class HeadMissing(BookDamaged):
    """The journal is not empty, and this process remembers no head of it."""


class JournalDamaged(Unavailable):
    """The journal cannot be trusted now, so that nothing can be given."""


class Damage:
    """What was found wrong with the journal of one database, in the order in which it was found. Safe in threads."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self._found: tuple[str, ...] = ()
        self.scrubbed = False
        """Whether this process has gone over the whole journal and found every entry as it was signed."""
        self._lock = Lock()

    @property
    def found(self) -> tuple[str, ...]:
        """A sentence for each thing that is wrong; none when all is well."""
        return self._found

    def report(self, sentence: str) -> bool:
        """Keep what is wrong; returns whether it was not known yet."""
        with self._lock:
            if sentence in self._found:
                return False
            self._found = (*self._found, sentence)
            return True

    def withdraw(self, sentence: str) -> None:
        """Forget one thing, which is not so any more."""
        with self._lock:
            self._found = tuple(one for one in self._found if one != sentence)

    def clear(self) -> None:
        """Forget everything: an operator has looked at it."""
        self._found = ()

    def forbid(self) -> None:
        """Raise JournalDamaged when anything is wrong."""
        if self._found:
            raise JournalDamaged(
                "Daypass gives no access at the moment: its journal does not agree with what it recorded, and the "
                "operator has to look at it. Ending access works as always."
            )
