"""The repository stands alone: it names no machine it was written on and no place that packages come from."""

import re
import subprocess
import tomllib

from tests.house.sources import LOCAL_SLACK, ROOT, files

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
LEFT_BEHIND = (".key", ".pem", ".head", ".db", ".db-wal", ".db-shm", ".sqlite", ".log")
OF_TESTS = {"tests/keys.py", "tests/journal/test_key.py", "tests/journal/books.py"}
"""Keys that were made for tests, and are used there alone."""
SECRET = re.compile(r"PRIVATE\+KEY\+\S{3,}\+[0-9a-f]{8}\+\S{40}|-----BEGIN [A-Z ]*PRIVATE KEY-----\s+\S")
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


def test_no_file_holds_a_key_or_was_left_behind_by_a_run():
    """A service that was tried in this folder makes its key, its head and its database there."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    written = {
        name: (ROOT / name).read_text(errors="ignore") for name in listed.stdout.split("\n") if (ROOT / name).is_file()
    }
    left = [name for name in written if name.endswith(LEFT_BEHIND) or name.startswith("daypass-journal")]
    secret = [name for name, text in written.items() if name not in OF_TESTS and SECRET.search(text)]

    assert (left, secret) == ([], [])


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


def test_no_index_is_asked_for_the_local_slack():
    """It is on none: whoever took the name there would run on the machines of all who install what asks for it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = str((project["project"]["dependencies"], project["project"]["optional-dependencies"]))
    locked = [path.name for path in (ROOT / "requirements").glob("*.txt") if "\nlocalslack" in path.read_text()]

    assert ("localslack" in asked, locked) == (False, [])


def test_the_local_slack_says_nothing_of_daypass():
    """It is for anybody who builds a Slack app: neither its code, texts and pages nor its tests name ours."""
    naming = [
        str(path.relative_to(ROOT))
        for path in files()
        if path.is_relative_to(LOCAL_SLACK) and "daypass" in path.read_text(errors="ignore").lower()
    ]

    assert naming == []
