"""
The first tables: what is so, its changes, the journal with its tree, the outbox and the postings.

Steps are never edited once released; store/tables says what they add up to, and a test holds the two together.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_MOMENT = sa.BigInteger()
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make everything."""
    _requests()
    _grants()
    _links()
    _logins()
    _records()
    _changes()
    _journal()
    _words()
    _tree()
    _outbox()
    _postings()


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("requestor", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("filed_at", _MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
    )
    op.create_index("requests_by_state", "requests", ["state", "filed_at", "id"])
    op.create_index("requests_by_requestor", "requests", ["requestor", "state", "filed_at", "id"])
    op.create_index("requests_by_chain", "requests", ["chain"])


def _grants() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("approved_at", _MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.Column("due", _MOMENT),
        sa.Column("claim", sa.String()),
        sa.Column("busy", sa.String()),
        sa.Column("busy_until", _MOMENT),
        sa.Column("overdue_since", _MOMENT),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("error", sa.Text(), nullable=False, server_default=""),
        sa.Column("reported", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("fault", sa.Text()),
    )
    op.create_index("grants_by_state", "grants", ["state", "approved_at", "id"])
    op.create_index("grants_by_principal", "grants", ["principal", "state", "approved_at", "id"])
    op.create_index("grants_by_chain", "grants", ["chain"])
    _partial_index("grants_due", "grants", "due", where="due IS NOT NULL")
    _partial_index("grants_overdue", "grants", "overdue_since", where="overdue_since IS NOT NULL")
    _partial_index("grants_busy", "grants", "busy_until", where="busy_until IS NOT NULL")
    _partial_index("grants_faulty", "grants", "id", where="fault IS NOT NULL")


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("token_hash", sa.String(), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
    )


def _logins() -> None:
    op.create_table(
        "logins",
        sa.Column("device_hash", sa.String(), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("user_code", sa.String(), nullable=False),
        sa.Column("principal", sa.String()),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("aim", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), unique=True),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
    )
    op.create_index("logins_by_user_code", "logins", ["user_code"])
    op.create_index("logins_by_principal", "logins", ["principal", "asked_at", "device_hash"])
    op.create_index("logins_by_age", "logins", ["asked_at", "device_hash"])
    _partial_index("logins_by_end", "logins", "expires_at", where="principal IS NOT NULL")
    _partial_index("logins_waiting", "logins", "expires_at", where="principal IS NULL")
    _partial_index("logins_by_network", "logins", "network", "asked_at", where="principal IS NULL")


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("giver", sa.String()),
        sa.Column("ends", _MOMENT),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
    )
    op.create_index("records_by_age", "records", ["kind", "at", "id"])
    op.create_index("records_by_state", "records", ["kind", "state", "at", "id"])
    op.create_index("records_by_owner", "records", ["kind", "owner", "state", "at", "id"])
    _partial_index("records_by_giver", "records", "kind", "giver", "state", where="giver IS NOT NULL")
    _partial_index("records_by_end", "records", "kind", "state", "ends", where="ends IS NOT NULL")


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", _SERIAL, primary_key=True),
        sa.Column("subject", sa.String()),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("writer", sa.BigInteger(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), unique=True),
        sa.Column("leaf_hash", sa.LargeBinary()),
        sa.Column("place", sa.LargeBinary()),
        sa.UniqueConstraint("writer", "counter", name="journal_bound_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("journal_by_subject", "journal", ["subject", "id"])
    _partial_index("journal_unfolded", "journal", "id", where="leaf_index IS NULL")
    for statement in _GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def _words() -> None:
    op.create_table(
        "words",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("subject", sa.String()),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
    )
    op.create_index("words_by_subject", "words", ["subject"])
    op.create_index("words_by_principal", "words", ["principal"])
    op.create_index("words_by_age", "words", ["at"])


def _tree() -> None:
    tree = op.create_table(
        "tree",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("peaks", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name="tree_is_one"),
    )
    op.bulk_insert(tree, [{"id": 1, "size": 0, "peaks": ""}])
    op.create_table(
        "tiles",
        sa.Column("level", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_table(
        "head_questions",
        sa.Column("question", sa.String(), primary_key=True),
        sa.Column("size", sa.BigInteger()),
        sa.Column("root", sa.String()),
        sa.Column("mac", sa.LargeBinary()),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _SERIAL, primary_key=True),
        sa.Column("listener", sa.String(), nullable=False),
        sa.Column("subject", sa.String()),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("due", _MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("error", sa.Text(), nullable=False, server_default=""),
        sa.Column("fault", sa.Text()),
        sqlite_autoincrement=True,
    )
    _partial_index("outbox_by_subject", "outbox", "listener", "subject", "id", where="fault IS NULL")


def _postings() -> None:
    op.create_table(
        "postings",
        sa.Column("id", _SERIAL, primary_key=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.UniqueConstraint("subject", "purpose", "channel", "ts", name="postings_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("postings_by_message", "postings", ["channel", "ts"])
    op.create_index("postings_by_age", "postings", ["ts"])


def _partial_index(name: str, table: str, *columns: str, where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


# The journal is only ever added to, also by mistake: a row may have its fold columns filled in once, and nothing else.
_FILLED_IN_ONCE = """
    OLD.leaf_index IS NULL AND NEW.leaf_index IS NOT NULL AND NEW.leaf_hash IS NOT NULL AND NEW.place IS NOT NULL
    AND NEW.id = OLD.id AND NEW.entry = OLD.entry AND NEW.subject {same} OLD.subject AND NEW.writer = OLD.writer
    AND NEW.counter = OLD.counter AND NEW.previous = OLD.previous AND NEW.mac = OLD.mac
"""
_GUARDS = {
    "sqlite": (
        f"""CREATE TRIGGER journal_is_not_rewritten BEFORE UPDATE ON journal
            WHEN NOT ({_FILLED_IN_ONCE.format(same="IS")})
            BEGIN SELECT RAISE(ABORT, 'the journal is only ever added to'); END""",
        """CREATE TRIGGER journal_is_not_shortened BEFORE DELETE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is only ever added to'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION 'the journal is only ever added to' USING ERRCODE = 'restrict_violation';
            END $$""",
        f"""CREATE TRIGGER journal_is_not_rewritten BEFORE UPDATE ON journal FOR EACH ROW
            WHEN (NOT ({_FILLED_IN_ONCE.format(same="IS NOT DISTINCT FROM")})) EXECUTE FUNCTION journal_refuse()""",
        """CREATE TRIGGER journal_is_not_shortened BEFORE DELETE ON journal
            FOR EACH ROW EXECUTE FUNCTION journal_refuse()""",
        """CREATE TRIGGER journal_is_not_emptied BEFORE TRUNCATE ON journal
            FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()""",
    ),
}
