"""The movement that a finding rests on, kept beside it."""

import sqlalchemy as sa
from alembic import op

from hub.store import guards

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; of findings before this no movement was kept."""
    op.create_table(
        "movement",
        sa.Column("finding_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("rate_hz", sa.Float(), nullable=False),
        sa.Column("range_g", sa.Float(), nullable=True),
        sa.Column("samples", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name="fk_movement_finding_id_finding"),
        sa.PrimaryKeyConstraint("finding_id", name="pk_movement"),
    )
    for statement in guards.append_only(op.get_bind().dialect.name, "movement"):
        op.execute(statement)


def downgrade() -> None:
    """Forget them."""
    op.drop_table("movement")
