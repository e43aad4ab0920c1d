"""The portal's own tables: who may sign in and is signed in, and who looked at what.

Nothing about the home is kept here. Passwords, sessions and invitations are kept as hashes only.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from carer_portal import migrations
from hub.store.schema import metadata

MIGRATIONS: Final = Path(migrations.__file__).parent
"""The folder to pass to `Store.open(path, also=[...])`."""

account = Table(
    "portal_account",
    metadata,
    Column("person", String, primary_key=True),  # their key in home.toml, which says their role
    Column("password_hash", String),  # NULL: comes in by invitations alone (the resident's tablet)
    Column("totp_secret", String),
    Column("totp_confirmed", Boolean, nullable=False),
    Column("totp_step", BigInteger),  # of the code used last: none counts twice
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)
session = Table(
    "portal_session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", String, nullable=False, unique=True),
    Column("person", String, nullable=False, index=True),
    Column("device", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)
invitation = Table(
    "portal_invitation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", String, nullable=False, unique=True),
    Column("person", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("by", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)
guess = Table(  # wrong passwords, by a hash of the name that was tried, so that unknown names are slowed down alike
    "portal_guess",
    metadata,
    Column("name_hash", String, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)
view = Table(  # who looked at what, and when: append-only, and shown to the resident
    "portal_view",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", String, nullable=False),
    Column("role", String, nullable=False),
    Column("page", String, nullable=False),
    Column("subject", String),
    Column("at", BigInteger, nullable=False),
    Index("ix_portal_view_at", "at"),
)
link_use = Table(  # an acknowledge link answers once
    "portal_link_use",
    metadata,
    Column("notification_id", Integer, ForeignKey("notification.id"), primary_key=True, autoincrement=False),
    Column("said", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)
case = Table(  # somebody says that something is not right: it has an owner, a due date, and in the end an answer
    "portal_case",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alarm_id", Integer, ForeignKey("alarm.id")),
    Column("words", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("owner", String),
    Column("opened_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("answer", Text),
    Column("answered_by", String),
    Column("answered_at", BigInteger),
)
moment = Table(  # what somebody in the home wants remembered, for the next talk about the system
    "portal_moment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("words", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)
erasure = Table(  # that a person's data was erased: the one thing that is left of it
    "portal_erasure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("by", String, nullable=False),
    Column("rows", JSON, nullable=False),
)
