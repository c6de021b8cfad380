"""
Attack a checkout: `python -m tests.attacks --against DIR [more words for pytest]`.

Runs every attack, the slow ones too, and prints a table at the end: of each fault, whether the checkout withstands it,
and the assertion that fails if it does not.
"""

import sys
from pathlib import Path

import pytest

_FOLDER = Path(__file__).parent
_SLOW = sorted((_FOLDER.parent / "soak").glob("test_slow_*.py"))


class Table:
    """What each attack came to."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note it."""
        if report.when == "call" or report.failed:
            name = report.nodeid.rpartition("::")[2]
            fault = name.split("_")[1].upper().replace("HELD", "held")
            self.rows.append((fault, name, "withstood" if report.passed else _assertion(report)))


def _assertion(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    said = str(getattr(crash, "message", report.longrepr)).removeprefix("AssertionError: ")
    return said.splitlines()[0][:200]


def main(words: list[str]) -> int:
    """Run pytest with a table of what came of it."""
    table = Table()
    files = [str(file) for file in (_FOLDER, *_SLOW)]
    code = pytest.main(["-q", "--tb=no", "-p", "no:cacheprovider", *files, *words], plugins=[table])
    width = max((len(name) for _, name, _ in table.rows), default=0)
    for fault, name, said in sorted(table.rows):
        sys.stdout.write(f"{fault:5} {name:{width}}  {said}\n")
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
