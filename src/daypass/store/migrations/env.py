"""What Alembic runs: the migrations, in the transaction that store/schema has opened."""

from alembic import context

from daypass.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
