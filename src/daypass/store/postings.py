"""Which Slack messages belong to a request, so that they can be changed in place: ports.Postings."""

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from daypass.model.grant import GrantId
from daypass.ports import Message
from daypass.store.database import Database
from daypass.store.tables import postings


class SqlPostings:
    """The postings in a database."""

    def __init__(self, database: Database) -> None:
        """Keep them in this database, which must have its tables."""
        self._database = database

    def remember(self, subject: GrantId, purpose: str, message: Message) -> None:
        """Keep a message under its subject and purpose; twice is no error and keeps it once."""
        row = {"subject": subject, "purpose": purpose, "channel": message.channel, "ts": message.ts}
        try:
            with self._database.writing() as connection:
                connection.execute(insert(postings), [row])
        except IntegrityError:  # it is remembered already: the table holds each message once
            return

    def recall(self, subject: GrantId, purpose: str) -> list[Message]:
        """Read the messages kept, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(_RECALL, {"about": subject, "what_for": purpose})
            return [Message(channel=row.channel, ts=row.ts) for row in rows]

    def subject_of(self, channel: str, ts: str) -> GrantId | None:
        """The request that a message belongs to; None for a message that is nobody's, or that several share."""
        with self._database.reading() as connection:
            found = connection.execute(_SUBJECTS, {"place": channel, "moment": ts}).scalars().all()
        return GrantId(found[0]) if len(found) == 1 else None


_RECALL = (
    select(postings.c.channel, postings.c.ts)
    .where(postings.c.subject == bindparam("about"), postings.c.purpose == bindparam("what_for"))
    .order_by(postings.c.id)
)
_SUBJECTS = (
    select(postings.c.subject)
    .where(postings.c.channel == bindparam("place"), postings.c.ts == bindparam("moment"))
    .distinct()
    .limit(2)
)
