"""Accounts, sessions, invitations, what was guessed wrong; who looked at what; which links have answered."""

import sqlalchemy as sa
from alembic import op

from hub.store import guards

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG, INTEGER, STRING = sa.BigInteger(), sa.Integer(), sa.String()


def upgrade() -> None:
    """Create them."""
    _accounts()
    _ways_in()
    _looking()


def _accounts() -> None:
    op.create_table(
        "portal_account",
        _column("person", STRING),
        _maybe("password_hash", STRING),
        _maybe("totp_secret", STRING),
        _column("totp_confirmed", sa.Boolean()),
        _maybe("totp_step", BIG),
        _column("created_at", BIG),
        _column("changed_at", BIG),
        sa.PrimaryKeyConstraint("person", name="pk_portal_account"),
    )
    op.create_table(
        "portal_session",
        _column("id", INTEGER),
        _column("token_hash", STRING),
        _column("person", STRING),
        _column("device", STRING),
        _column("created_at", BIG),
        _column("expires_at", BIG),
        _maybe("ended_at", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_portal_session"),
        sa.UniqueConstraint("token_hash", name="uq_portal_session_token_hash"),
    )
    op.create_index("ix_portal_session_person", "portal_session", ["person"])


def _ways_in() -> None:
    op.create_table(
        "portal_invitation",
        _column("id", INTEGER),
        _column("token_hash", STRING),
        _column("person", STRING),
        _column("kind", STRING),
        _column("by", STRING),
        _column("created_at", BIG),
        _column("expires_at", BIG),
        _maybe("used_at", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_portal_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_portal_invitation_token_hash"),
    )
    op.create_table(
        "portal_guess",
        _column("name_hash", STRING),
        _column("failures", INTEGER),
        _column("last_at", BIG),
        sa.PrimaryKeyConstraint("name_hash", name="pk_portal_guess"),
    )


def _looking() -> None:
    op.create_table(
        "portal_view",
        _column("id", INTEGER),
        _column("person", STRING),
        _column("role", STRING),
        _column("page", STRING),
        _maybe("subject", STRING),
        _column("at", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_portal_view"),
    )
    op.create_index("ix_portal_view_at", "portal_view", ["at"])
    op.create_table(
        "portal_link_use",
        _column("notification_id", INTEGER),
        _column("said", STRING),
        _column("at", BIG),
        sa.PrimaryKeyConstraint("notification_id", name="pk_portal_link_use"),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notification.id"], name="fk_portal_link_use_notification_id_notification"
        ),
    )
    for statement in guards.append_only(op.get_bind().dialect.name, "portal_view"):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: who looked is not forgotten by a downgrade."""
    raise NotImplementedError("the first revision is not taken back: keep the file, or start a new one")


def _column(name, kind):
    return sa.Column(name, kind, nullable=False)


def _maybe(name, kind):
    return sa.Column(name, kind, nullable=True)
