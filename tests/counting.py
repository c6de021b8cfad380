"""How much a database does for a call: steps of SQLite's virtual machine, or rows that PostgreSQL looks at."""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, Pool, event

from daypass.model.errors import NotFound
from daypass.store.database import Database


@dataclass
class Counted:
    """What each call cost: SQLite's steps, or the statements to be explained."""

    steps: int = 0
    said: list[tuple[str, Any]] = field(default_factory=list)
    calls: dict[str, tuple[int, list[tuple[str, Any]]]] = field(default_factory=dict)

    def step(self) -> int:
        """Count some steps of SQLite's."""
        self.steps += 1
        return 0

    def of(self, thing: object) -> Any:
        """The same thing, each call of which is counted by its name and how often it was called before."""
        counted = self

        class Watching:
            def __getattr__(self, name: str) -> Callable[..., Any]:
                return counted.calling(type(thing).__name__, name, getattr(thing, name))

        return Watching()

    def calling(self, owner: str, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Count one call, and of an iterator its first ten."""

        def one(*args: Any, **words: Any) -> Any:
            self.steps, self.said = 0, []
            found = None
            with suppress(NotFound):  # looked for, which is what is counted
                found = call(*args, **words)
            if isinstance(found, Iterator):
                found = [each for _, each in zip(range(10), found, strict=False)]
            nth = sum(key.startswith(f"{owner}.{name}:") for key in self.calls)
            self.calls[f"{owner}.{name}:{nth}"] = (self.steps, self.said)
            return found

        return one


@contextmanager
def counting(*, steps: bool = True) -> Iterator[Counted]:
    """Count in every connection that is opened meanwhile; without `steps` the statements alone, which costs little."""
    counted = Counted()

    def connected(connection: Any, _record: object) -> None:
        if steps and hasattr(connection, "set_progress_handler"):
            connection.set_progress_handler(counted.step, 10)

    def said(_connection: object, _cursor: object, statement: str, values: Any, _context: object, many: bool) -> None:
        counted.said.append((statement, values[0] if many else values))

    event.listen(Pool, "connect", connected)
    event.listen(Engine, "before_cursor_execute", said)
    try:
        yield counted
    finally:
        event.remove(Pool, "connect", connected)
        event.remove(Engine, "before_cursor_execute", said)


def looked_at(database: Database, said: list[tuple[str, Any]]) -> int:
    """How many rows PostgreSQL looks at for these statements; SQLite's steps stand for its own."""
    rows = 0
    for statement, values in said:
        if not statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            continue
        with database._writer.connect() as connection:
            if connection.dialect.name == "sqlite":
                return 0
            found = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).scalar_one()
            plan = json.loads(found) if isinstance(found, str) else found
            rows += _rows(plan[0]["Plan"])
            connection.rollback()
    return rows


def _rows(node: dict[str, Any]) -> int:
    removed = sum(int(value) for key, value in node.items() if key.startswith("Rows Removed"))
    mine = (int(node["Actual Rows"]) + removed) * int(node["Actual Loops"])
    return mine + sum(map(_rows, node.get("Plans", [])))


def grown(few: dict[str, int], many: dict[str, int], *, whole: Collection[str] = ()) -> dict[str, tuple[int, int]]:
    """The calls that cost more beside many: by more than half, and more than what is drawn by chance."""
    more = {key: (few[key], many[key]) for key in few if many[key] > 1.5 * few[key] + 100}
    return {key: each for key, each in more.items() if key.partition(":")[0] not in whole}
