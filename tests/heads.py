"""Where tests remember the head of a journal."""

from daypass.model.errors import Conflict, Unavailable


class HandHead:
    """A head in memory, as ports.HeadPlace wants it."""

    def __init__(self, text: str | None = None) -> None:
        """Begin with this remembered."""
        self.text = text
        self.away = False
        """Whether it does not answer."""

    def read(self) -> str | None:
        """Read it."""
        self._must_answer()
        return self.text

    def replace(self, old: str | None, new: str) -> None:
        """Write it, unless something else stands there."""
        self._must_answer()
        if self.text != old:
            raise Conflict("Somebody else has written there.")
        self.text = new

    def _must_answer(self) -> None:
        if self.away:
            raise Unavailable("S3 does not answer.")
