"""Receipts of what was erased: when, by whom, how many rows; nothing of what they said."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; nothing was erased before."""
    op.create_table(
        "portal_erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_portal_erasure"),
    )


def downgrade() -> None:
    """Forget the receipts."""
    op.drop_table("portal_erasure")
