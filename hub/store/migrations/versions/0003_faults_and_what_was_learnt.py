"""What more is known of a fault: since when, when people were told, who closed it. What was learnt of each sender."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; of faults before this nobody knows more, and every rhythm is learnt anew."""
    op.add_column("fault", sa.Column("since", sa.BigInteger(), nullable=True))
    op.add_column("fault", sa.Column("told_at", sa.BigInteger(), nullable=True))
    op.add_column("fault", sa.Column("closed_by", sa.String(), nullable=True))
    op.create_index("ix_fault_closed_at", "fault", ["closed_at"])
    op.create_table(
        "learnt",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_learnt"),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("learnt")
    op.drop_index("ix_fault_closed_at", "fault")
    for column in ("closed_by", "told_at", "since"):
        op.drop_column("fault", column)
