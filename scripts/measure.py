"""
Measures how the code is laid out: sizes, silenced gates, who names a service, and how far one request travels.

    PYTHONPATH=. python scripts/measure.py [--names] [--still]

Prints one figure a line. `--names` lists the modules behind the counts; `--still` leaves out what has to run: a
request, an approval and an expiry through Slack's door, followed by a profiler, and the queries of one Home tab.
"""

import argparse
import ast
import logging
import re
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from types import CodeType, FrameType

import structlog
from sqlalchemy import Engine, event

from daypass.model.grant import GrantState
from localslack import BlockingActor, BlockingSlack, UserGroup
from tests.doors.slack import conftest as slack_tests
from tests.house.services import names_a_service

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/daypass"
APART = ("demo",)
"""Folders that are for demos and tests."""

OF_AN_ASK = (
    *("entitlement", "levels", "level", "resource", "place", "extras", "delivery", "reason", "length", "until"),
    *("start", "starts", "recurs", "every", "schedule", "principal", "beneficiary", "requestor", "extends", "urgent"),
    *("break_glass", "key", "once", "again", "asker", "person"),
)
_A_SHAPE = 5
"""A class with so many of these fields writes an ask out once more."""
_SETTLED_S = 2.0
"""Until whatever else was going on has come to rest, so that its queries are not counted."""


def main() -> int:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--names", action="store_true", help="list the modules behind the counts")
    words.add_argument("--still", action="store_true", help="leave out what has to run")
    given = words.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    lists: dict[str, Sequence[str]] = {}
    texts = {
        str(path.relative_to(SOURCE)): path.read_text()
        for path in sorted(SOURCE.rglob("*.py"))
        if path.relative_to(SOURCE).parts[0] not in APART
    }
    _sizes(texts)
    _silenced(texts)
    lists["modules that name a service elsewhere"] = _services(texts)
    lists["shapes of an ask"] = _shapes(texts)
    for name, entered in ({} if given.still else _walks()).items():
        lists[f"modules entered by {name}"] = sorted(entered)
    for name, modules in lists.items():
        _print(name, len(modules))
    if not given.still:
        _print("queries of the Home tab", _queries_of_home())
    if given.names:
        for name, modules in lists.items():
            print(f"\n{name}:", *modules, sep="\n  ")
    return 0


def _print(name: str, value: object) -> None:
    print(f"{name:<60} {value:>10}", flush=True)


def _sizes(texts: dict[str, str]) -> None:
    lines = [text.count("\n") for text in texts.values()]
    functions = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for text in texts.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    _print("modules", len(texts))
    _print("lines", sum(lines))
    for name, sizes in (("module", [size for size in lines if size]), ("function", functions)):
        _print(f"{name}, median of lines", f"{statistics.median(sizes):.0f}")
        _print(f"{name}, p90 of lines", f"{statistics.quantiles(sizes, n=10)[-1]:.0f}")
    _print("modules of 60 lines or fewer", sum(0 < size <= 60 for size in lines))  # noqa: PLR2004 - as the style guide
    _print("modules of more than 300 lines", sum(size > 300 for size in lines))  # noqa: PLR2004


def _silenced(texts: dict[str, str]) -> None:
    kinds = Counter(
        code
        for text in texts.values()
        for codes in re.findall(r"# noqa: ([A-Z0-9, ]+)", text)
        for code in re.findall(r"[A-Z]+[0-9]+", codes)
    )
    for code, count in kinds.most_common():
        _print(f"noqa {code}", count)
    _print("type: ignore", sum(text.count("# type: ignore") for text in texts.values()))


def _services(texts: dict[str, str]) -> list[str]:
    """List the modules that name a service by a type or by the prefix of an action, where none should."""
    return [name for name, text in texts.items() if names_a_service(name, text)]


def _shapes(texts: dict[str, str]) -> list[str]:
    """List the classes that write out the fields of an ask."""
    return [
        f"{name}: {node.name}"
        for name, text in texts.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef) and len(_fields(node).intersection(OF_AN_ASK)) >= _A_SHAPE
    ]


def _fields(node: ast.ClassDef) -> set[str]:
    return {
        part.target.id for part in node.body if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
    }


class Entered:
    """The modules of Daypass whose functions were called, by what was done meanwhile."""

    def __init__(self) -> None:
        """Begin with nothing done."""
        self.during: dict[str, set[str]] = {}
        self._now: set[str] = set()

    def begin(self, name: str) -> None:
        """Count what is called from here on for something else."""
        self._now = self.during.setdefault(name, set())

    def __call__(self, frame: FrameType, what: str, _: object) -> None:
        """Take note of one call, as a profiler."""
        code: CodeType = frame.f_code
        if what == "call" and code.co_filename.startswith(str(SOURCE)) and not code.co_name.startswith("<"):
            name = str(Path(code.co_filename).relative_to(SOURCE))
            if not name.startswith(APART):
                self._now.add(name)


def _walks() -> dict[str, set[str]]:
    """Follow a request, the approver's click, and the end of its time."""
    entered = Entered()
    threading.setprofile(entered)
    sys.setprofile(entered)
    try:
        with _office() as daypass:
            ann, bob = daypass.person("U0ANN"), daypass.person("U0BOB")
            entered.begin("a request")
            request = daypass.ask()
            ann.wait_for_message("Waits")
            card = slack_tests.review(bob)
            entered.begin("an approval")
            bob.click(card, "review.approve")
            ann.wait_for_message("Approved")
            entered.begin("an activation")
            daypass.work()
            ann.wait_for_message("*Live* until")
            daypass.clock.forward(timedelta(days=1))
            entered.begin("an expiry")
            daypass.work()
            ann.wait_for_message("Ended")
            if daypass.grant(request.id).state is not GrantState.ENDED:
                raise SystemExit("The grant has not ended: what was measured is no expiry.")
    finally:
        threading.setprofile(None)
        sys.setprofile(None)
    return entered.during


def _queries_of_home() -> int:
    """Count what the database is asked for the Home tab of somebody who decides, with one request that waits."""
    asked: list[str] = []
    with _office() as daypass:
        daypass.ask()
        bob = daypass.person("U0BOB")
        slack_tests.review(bob)
        _open_home(daypass, bob)
        time.sleep(_SETTLED_S)
        event.listen(Engine, "before_cursor_execute", lambda *told: asked.append(str(told[2])))
        _open_home(daypass, bob)
    return len(asked)


def _open_home(daypass: slack_tests.Office, person: BlockingActor) -> None:
    before = len(daypass.posts("views.publish"))
    person.open_home()
    slack_tests.until(lambda: len(daypass.posts("views.publish")) > before)


@contextmanager
def _office() -> Iterator[slack_tests.Office]:
    """Daypass behind the local Slack, as the project's tests have it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="daypass-measure-")))
        slack = stack.enter_context(
            BlockingSlack(
                manifest=slack_tests.MANIFEST,
                socket_mode=False,
                people=slack_tests.people(),
                channels=slack_tests.channels(),
                groups=[UserGroup(id="S0LEADS", handle="leads", name="Leads", users=["U0CAROL"])],
                retry_after=(),
            )
        )
        made = slack_tests.office(slack, folder).open()
        stack.callback(made.end)
        stack.callback(made.close)
        yield made


if __name__ == "__main__":
    raise SystemExit(main())
