"""Cases: what somebody says is not right, whose it is to answer, by when. Moments: what is to be remembered."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; nobody had said anything before."""
    op.create_table(
        "portal_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alarm_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_portal_case"),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarm.id"], name="fk_portal_case_alarm_id_alarm"),
    )
    op.create_table(
        "portal_moment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_portal_moment"),
    )


def downgrade() -> None:
    """Refuse: what people said is not thrown away by a downgrade."""
    raise NotImplementedError("what people said is not taken back: keep the file, or start a new one")
