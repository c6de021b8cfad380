"""
The people file as it stands on the disk now.

One that has become unreadable, or is gone, refuses everybody from that moment on, as unreadable rules do: without it
nobody knows any more whose second account would decide on whose request.
"""

from pathlib import Path
from threading import Lock

from daypass.model.errors import Misconfigured, NotFound
from daypass.model.principal import GroupName, PrincipalId
from daypass.people.people_file import SOURCE, PeopleFile, parse_register


class PeopleFileOnDisk:
    """
    A people file, parsed again whenever its text has changed. Any number of threads may ask at once.

    It is a GroupSource, too. The text is compared, as two edits within one tick of the disk's clock have the same date.
    """

    name = SOURCE

    def __init__(self, path: Path) -> None:
        """Name the file; it is read each time it is asked for."""
        self._path = path
        self._lock = Lock()
        self._text: bytes | None = None
        self._read: PeopleFile | str = ""

    def now(self) -> PeopleFile:
        """What the file says. Raises Misconfigured, with every fault, for as long as it is bad."""
        with self._lock:
            read = self._current()
        if isinstance(read, str):
            raise Misconfigured(read)
        return read

    def groups_of(self, principal_id: PrincipalId) -> frozenset[GroupName]:
        """The groups that somebody is in. Raises Misconfigured."""
        return self.now().groups_of(principal_id)

    def members(self, group: GroupName) -> frozenset[PrincipalId]:
        """Who is in a group. Raises NotFound for one that the file does not have, Misconfigured."""
        try:
            return self.now().groups[group]
        except KeyError:
            raise NotFound(f"The people file has no group {group}.") from None

    def _current(self) -> PeopleFile | str:
        try:
            text = self._path.read_bytes()
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            return f"The people file {self._path} cannot be read: {why}."
        if text != self._text:
            self._read = self._parsed(text)
            self._text = text
        return self._read

    def _parsed(self, text: bytes) -> PeopleFile | str:
        try:
            return parse_register(text, name=str(self._path))
        except Misconfigured as error:
            return error.sentence
