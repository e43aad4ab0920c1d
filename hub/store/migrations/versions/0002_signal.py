"""How strongly each sender was heard last, and which part of it spoke."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; of what was heard before, nobody knows."""
    op.add_column("frame_count", sa.Column("signal_dbm", sa.Integer(), nullable=True))
    op.add_column("frame_count", sa.Column("source", sa.String(), nullable=True))


def downgrade() -> None:
    """Forget both."""
    op.drop_column("frame_count", "source")
    op.drop_column("frame_count", "signal_dbm")
