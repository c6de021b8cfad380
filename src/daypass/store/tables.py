"""
The tables. What is asked for has a column; everything else of a value is in its `body`, as JSON (see codec).

    requests, grants, links, logins     what is so; `revision` grows by one at each commit, `seal` vouches for the row
    records                             so, too: the small values of many kinds that are kept
    changes                             which revisions of which rows the journal tells of: only ever added to
    journal                             what happened: only ever added to; the fold fills leaf_* in once (see sequencer)
    words                               what people wrote, of which the journal has the hash; may be erased
    tree, checkpoints, tiles            how far the journal is folded (one row), signed tree heads, hashes for proofs
    head_questions                      what replicas that remember no head of the journal ask the others
    outbox                              what each listener is still to be told
    postings                            what was said in Slack, and where

The indexes on states and people end with the moment and the key that lists are ordered by, so that what is live, or a
page of what is over, is found without a look at the rest, however long it has grown (tests/store/test_plans).

A grant's row is also its place in the queue: `due` is when somebody must look at it, or when the hold of whoever
looks lapses; NULL once it has ended. Indexes on it are partial, so that a claim costs the same whether ten grants wait
or a million.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from daypass.store.columns import Moment, Serial

metadata = MetaData()


def _partial_index(name: str, *columns: ColumnElement[Any], where: ColumnElement[bool]) -> None:
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


requests = Table(
    "requests",
    metadata,
    Column("id", String, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("requestor", String, nullable=False),
    Column("chain", String, nullable=False),
    Column("state", String, nullable=False),
    Column("filed_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
    Column("seal", String, nullable=False),
    Index("requests_by_state", "state", "filed_at", "id"),
    Index("requests_by_requestor", "requestor", "state", "filed_at", "id"),
    Index("requests_by_chain", "chain"),
)

grants = Table(
    "grants",
    metadata,
    Column("id", String, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("principal", String, nullable=False),
    Column("chain", String, nullable=False),
    Column("state", String, nullable=False),
    Column("approved_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
    Column("seal", String, nullable=False),
    Column("due", Moment),
    Column("claim", String),  # whose look it is, until `due`
    Column("busy", String),  # the claim under which something was put into AWS that may still take effect,
    Column("busy_until", Moment),  # until then
    Column("overdue_since", Moment),  # since when the present step is owed
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=""),
    Column("reported", Boolean, nullable=False, server_default=false()),
    Column("fault", Text),  # why the row could not be read when somebody last tried
    Index("grants_by_state", "state", "approved_at", "id"),
    Index("grants_by_principal", "principal", "state", "approved_at", "id"),
    Index("grants_by_chain", "chain"),
)
_partial_index("grants_due", grants.c.due, where=grants.c.due.is_not(None))
_partial_index("grants_overdue", grants.c.overdue_since, where=grants.c.overdue_since.is_not(None))
_partial_index("grants_busy", grants.c.busy_until, where=grants.c.busy_until.is_not(None))
_partial_index("grants_faulty", grants.c.id, where=grants.c.fault.is_not(None))

links = Table(
    "links",
    metadata,
    Column("token_hash", String, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("grant_id", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("seal", String, nullable=False),
)

logins = Table(
    "logins",
    metadata,
    Column("device_hash", String, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("user_code", String, nullable=False),
    Column("principal", String),
    Column("network", String, nullable=False),
    Column("aim", String, nullable=False),
    Column("token_hash", String, unique=True),
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
    Column("seal", String, nullable=False),
    Index("logins_by_user_code", "user_code"),
    Index("logins_by_principal", "principal", "asked_at", "device_hash"),
    Index("logins_by_age", "asked_at", "device_hash"),
)
_partial_index("logins_by_end", logins.c.expires_at, where=logins.c.principal.is_not(None))
_partial_index("logins_waiting", logins.c.expires_at, where=logins.c.principal.is_(None))
_partial_index("logins_by_network", logins.c.network, logins.c.asked_at, where=logins.c.principal.is_(None))

records = Table(
    "records",
    metadata,
    Column("id", String, primary_key=True),  # kind/key; no kind has a slash in it
    Column("kind", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("owner", String, nullable=False),
    Column("state", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("giver", String),  # who gave it, where somebody has it from another
    Column("ends", Moment),  # until when it counts, where that is asked for
    Column("body", Text, nullable=False),
    Column("seal", String, nullable=False),
    Index("records_by_age", "kind", "at", "id"),
    Index("records_by_state", "kind", "state", "at", "id"),
    Index("records_by_owner", "kind", "owner", "state", "at", "id"),
)
_partial_index("records_by_giver", records.c.kind, records.c.giver, records.c.state, where=records.c.giver.is_not(None))
_partial_index("records_by_end", records.c.kind, records.c.state, records.c.ends, where=records.c.ends.is_not(None))

changes = Table(
    "changes",
    metadata,
    Column("name", String, primary_key=True),  # table/key
    Column("revision", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

journal = Table(
    "journal",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("subject", String),
    Column("entry", LargeBinary, nullable=False),  # canonical bytes, see journal/entry
    Column("writer", BigInteger, nullable=False),  # whose chain it is bound in, see journal/chain
    Column("counter", BigInteger, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    Column("leaf_index", BigInteger, unique=True),
    Column("leaf_hash", LargeBinary),
    Column("place", LargeBinary),  # the signature that ties the entry to its index
    Index("journal_by_subject", "subject", "id"),
    UniqueConstraint("writer", "counter", name="journal_bound_once"),
    sqlite_autoincrement=True,
)
_partial_index("journal_unfolded", journal.c.id, where=journal.c.leaf_index.is_(None))

words = Table(
    "words",
    metadata,
    Column("hash", String, primary_key=True),  # what stands in the entry, see journal/words
    Column("salt", String, nullable=False),  # hex
    Column("text", Text, nullable=False),
    Column("subject", String),
    Column("principal", String, nullable=False),  # whose it is
    Column("at", Moment, nullable=False),
    Index("words_by_subject", "subject"),
    Index("words_by_principal", "principal"),
    Index("words_by_age", "at"),
)

tree = Table(
    "tree",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("peaks", Text, nullable=False),  # hex, largest subtree first, blanks between
    CheckConstraint("id = 1", name="tree_is_one"),
)

head_questions = Table(  # of replicas that remember no head, and what others answer; see store/head_memory
    "head_questions",
    metadata,
    Column("question", String, primary_key=True),
    Column("size", BigInteger),
    Column("root", String),
    Column("mac", LargeBinary),
)

tiles = Table(  # hashes over full stretches of the tree, for proofs; see journal/tiles
    "tiles",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("listener", String, nullable=False),  # who is told; each has lines of its own
    Column("subject", String),
    Column("entry", LargeBinary, nullable=False),
    Column("seal", String, nullable=False),
    Column("person", String, nullable=False),  # whose turn it is; nothing is decided by it
    Column("at", Moment, nullable=False),
    Column("due", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=""),
    Column("fault", Text),
    sqlite_autoincrement=True,  # an id is never used twice, so that crossing out twice is harmless
)
_partial_index("outbox_by_subject", outbox.c.listener, outbox.c.subject, outbox.c.id, where=outbox.c.fault.is_(None))

postings = Table(
    "postings",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("subject", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("ts", String, nullable=False),
    UniqueConstraint("subject", "purpose", "channel", "ts", name="postings_once"),
    Index("postings_by_message", "channel", "ts"),
    Index("postings_by_age", "ts"),
    sqlite_autoincrement=True,
)
