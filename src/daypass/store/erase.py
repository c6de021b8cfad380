"""Erases what people wrote beside the journal: ports.Words."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, true

from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.store.commit import commit
from daypass.store.damaged_rows import slices
from daypass.store.database import Database
from daypass.store.tables import words


class SqlWords:
    """The words in a database: ports.Words."""

    def __init__(self, database: Database) -> None:
        """Erase them from this database."""
        self._database = database

    def erase(
        self,
        *,
        by: PrincipalId | None,
        stories: Sequence[GrantId],
        nobodys: Sequence[PrincipalId],
        before: datetime | None,
        tell: Callable[[int], Fact],
    ) -> int:
        """Erase words and write the fact that tells of it, in one commit; returns how many texts there were."""
        old = true() if before is None else words.c.at < before
        with self._database.writing() as connection:
            count = sum(
                connection.execute(delete(words).where(one, old)).rowcount for one in _which(by, stories, nobodys)
            )
            commit(connection, [tell(count)], self._database.sealer)
        return count


def _which(
    by: PrincipalId | None, stories: Sequence[GrantId], nobodys: Sequence[PrincipalId]
) -> Iterator[ColumnElement[bool]]:
    """All words; or somebody's, what repeats them in the same story, and what nobody in person said in some stories."""
    if by is None:
        yield true()
        return
    theirs = words.alias("theirs")
    yield exists().where(theirs.c.principal == by, theirs.c.subject == words.c.subject, theirs.c.text == words.c.text)
    yield words.c.principal == by
    for some in slices(stories):
        yield words.c.subject.in_(some) & words.c.principal.in_(nobodys)
