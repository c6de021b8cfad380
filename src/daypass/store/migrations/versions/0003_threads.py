"""An index by which a message leads to its request: what is said under it is kept with it."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index; nothing that is there changes."""
    op.create_index("postings_by_message", "postings", ["channel", "ts"])
