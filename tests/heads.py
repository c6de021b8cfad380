"""Where tests remember the head of a journal."""

from daypass.model.errors import Conflict


class HandHead:
    """A head in memory, as ports.HeadPlace wants it."""

    def __init__(self, text: str | None = None) -> None:
        """Begin with this remembered."""
        self.text = text

    def read(self) -> str | None:
        """Read it."""
        return self.text

    def replace(self, old: str | None, new: str) -> None:
        """Write it, unless something else stands there."""
        if self.text != old:
            raise Conflict("Somebody else has written there.")
        self.text = new
