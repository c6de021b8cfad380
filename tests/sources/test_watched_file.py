"""A file of the operator's: what it says now, or why it cannot be read; never what it said before."""

from pathlib import Path

import pytest

from daypass.model.errors import Misconfigured
from daypass.sources.watched_file import WatchedFile


def number(text: bytes) -> int:
    """Read a number, as a parser of a file does."""
    if not text.isdigit():
        raise Misconfigured(f"{text!r} is no number.")
    return int(text)


def test_a_watched_file_that_went_bad_is_never_served_as_it_was(tmp_path: Path) -> None:
    """A fault is raised each time it is asked, until the file is right; so is a file that is gone."""
    path = tmp_path / "number"
    file = WatchedFile(path, number, unreachable=Misconfigured)
    with pytest.raises(Misconfigured, match="No such file"):
        file.now()
    path.write_text("1")
    assert file.with_text() == (1, b"1")
    path.write_text("one")
    for _ in range(2):
        with pytest.raises(Misconfigured, match="no number"):
            file.now()
    path.unlink()
    with pytest.raises(Misconfigured, match="No such file"):
        file.now()
    path.write_text("1")
    assert file.now() == 1
