"""When the resident let the sensors rest."""

import sqlalchemy as sa
from alembic import op

from hub.store import guards

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; there was no pause before this."""
    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_pause"),
    )
    for statement in guards.no_delete(op.get_bind().dialect.name, "pause"):
        op.execute(statement)


def downgrade() -> None:
    """Forget them."""
    op.drop_table("pause")
