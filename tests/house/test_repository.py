"""The repository stands alone: it names no machine it was written on and no place that packages come from."""

import re

from tests.house.sources import ROOT, files

# In pieces, because this file is in the repository too.
REGISTRIES = [
    ".".join(pieces)
    for pieces in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
    )
]
HOME_OF_SOMEONE = re.compile(r"(?<![\w.$}/-])/(root|work|home|Users)/\w")
ADDRESS = re.compile(r"https?://|--(extra-)?index-url|--find-links|@ file:")


def test_no_file_names_a_registry():
    """Packages come from wherever the reader's own pip, apt and npm are told to look."""
    named = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in files()
        for host in REGISTRIES
        if host in path.read_text(errors="ignore")
    ]

    assert named == []


def test_no_file_names_a_path_of_one_machine():
    """Nothing in the repository depends on where it was written."""
    found = {
        str(path.relative_to(ROOT)): match.group()
        for path in files()
        if (match := HOME_OF_SOMEONE.search(path.read_text(errors="ignore")))
    }

    assert found == {}


def test_the_locks_carry_hashes_and_no_address():
    """A lock says what, by hash, and never from where."""
    locks = {path.name: path.read_text() for path in (ROOT / "requirements").glob("*.txt")}

    assert {"run.txt", "demo.txt", "dev.txt", "tools.txt", "installer.txt"} == set(locks)
    assert [name for name, text in locks.items() if ADDRESS.search(text) or "--hash=sha256:" not in text] == []


def test_the_smaller_locks_agree_with_the_largest():
    """What the service runs with is what it was tested with, version for version."""
    pinned = re.compile(r"^([\w.-]+)==([\w.]+)", re.MULTILINE)
    tested = dict(pinned.findall((ROOT / "requirements/dev.txt").read_text()))
    shipped = dict(pinned.findall((ROOT / "requirements/run.txt").read_text()))

    assert shipped.items() <= tested.items()
