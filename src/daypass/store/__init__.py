"""
Memory: what is so, what happened, and what is still to be said, in one SQLite file or on PostgreSQL.

    database    opens either kind; its transactions are the only ones there are
    failures    what a database says when it fails -> our errors (one place)
    schema      migrations, run by any number of processes at once; is the schema the one we know?
    tables      the tables; columns: moments as whole microseconds
    codec       values <-> rows; a row that cannot be read is named, never guessed at
    commit      facts -> rows, journal entries and outbox lines, all or none
    ledger, queue, outbox, postings, logins, records, journal
                the ports of the same names
    rules_file  the rules as they stand on the disk now

Nothing else imports SQLAlchemy or Alembic.
"""
