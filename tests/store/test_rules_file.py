"""The rules file: read again when it changes, and refused for as long as it is bad."""

import os

import pytest

from daypass.model.errors import RulesUnreadable
from daypass.store.rules_file import RulesFile

RULES = """
version: 1
rules:
  - id: {id}
    who: {{people: [U0ANN]}}
    may: [read]
    on: ["acme-reports/**"]
    for: {{default: 1h, max: 8h}}
    approve: at-once
"""


@pytest.fixture
def path(tmp_path):
    """Return the path of a good rules file."""
    file = tmp_path / "rules.yaml"
    file.write_text(RULES.format(id="one"))
    return file


def _ids(book):
    return [rule.id for rule in book.rules]


def test_the_rules_are_those_of_the_file(path):
    """And the book is called by the file's path."""
    book = RulesFile(path)()

    assert (_ids(book), book.name) == (["one"], str(path))


def test_an_unchanged_file_is_parsed_once(path):
    """Asking again gives the same book."""
    rules = RulesFile(path)

    assert rules() is rules()


def test_a_changed_file_is_seen_at_once_whatever_its_date_says(path):
    """Same size, same date: the text decides."""
    rules = RulesFile(path)
    rules()
    before = path.stat()

    path.write_text(RULES.format(id="two"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert _ids(rules()) == ["two"]


def test_the_rules_of_before_are_never_served_once_the_file_is_bad(path):
    """It refuses, with file and line, every time it is asked, until the file is good again."""
    rules = RulesFile(path)
    rules()
    path.write_text("version: 1\nrules: [")

    for _ in range(2):
        with pytest.raises(RulesUnreadable, match=f"{path}:2"):
            rules()

    path.write_text(RULES.format(id="three"))
    assert _ids(rules()) == ["three"]


def test_a_file_that_is_gone_refuses_everything_until_it_is_back(path):
    """The sentence says which file; the same text put back is taken."""
    rules = RulesFile(path)
    rules()
    path.rename(path.with_suffix(".old"))

    with pytest.raises(RulesUnreadable, match=f"{path}:1: The file cannot be read: No such file"):
        rules()

    path.with_suffix(".old").rename(path)
    assert _ids(rules()) == ["one"]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"\x00"])
def test_bytes_that_are_no_rules_are_refused(path, content):
    """Neither a traceback nor an empty set of rules."""
    path.write_bytes(content)

    with pytest.raises(RulesUnreadable):
        RulesFile(path)()


def test_a_directory_in_the_place_of_the_file_is_refused(tmp_path):
    """With the reason the system gives."""
    with pytest.raises(RulesUnreadable, match="Is a directory"):
        RulesFile(tmp_path)()
