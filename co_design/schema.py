"""The chain's tables, beside the hub's in the same database: no link of the chain can point at nothing.

Times are UTC microseconds since 1970, as in `hub.store.schema`. The names begin with `codesign_`, since a change to a
setting and the hub's `change` counter are two things.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from hub.store.schema import metadata

MIGRATIONS: Final = Path(__file__).parent / "migrations"
"""For `Store.open(path, also=[MIGRATIONS])`: how these tables come to be."""

workshop = Table(
    "codesign_workshop",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("form", String, nullable=False),
    Column("participation", String, nullable=False),
    Column("facilitator", String, nullable=False),
    Column("method", String, nullable=False),
    Column("language", String, nullable=False),
    Column("held_at", BigInteger, nullable=False),
    Column("place", String),
    Column("recruitment", Text),  # who was asked, how, and who could not be reached
    Column("access", Text),  # what is arranged for those who come
    Column("agenda", JSON, nullable=False),
)
attendance = Table(
    "codesign_attendance",
    metadata,
    Column("workshop_id", ForeignKey("codesign_workshop.id"), primary_key=True),
    Column("participant_id", ForeignKey("codesign_participant.id"), primary_key=True, index=True),
    Column("response", String, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("needs_met", Boolean),
    Column("at", BigInteger, nullable=False),
)
participant = Table(
    "codesign_participant",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("pseudonym", String, nullable=False, unique=True),
    Column("role", String, nullable=False),
    Column("consent_scope", String, nullable=False),
    Column("consented_at", BigInteger, nullable=False),
    Column("person", String, unique=True),  # their key in home.toml; never exported
    Column("access_needs", Text),
    Column("consent_until", BigInteger),
    Column("withdrawn_at", BigInteger),
)
utterance = Table(
    "codesign_utterance",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("participant_id", ForeignKey("codesign_participant.id"), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("medium", String, nullable=False),
    Column("language", String, nullable=False),
    Column("words", Text, nullable=False),
    Column("verbatim", Boolean, nullable=False),
    Column("consent_scope", String, nullable=False),
    Column("workshop_id", ForeignKey("codesign_workshop.id"), index=True),
    Column("source", String, unique=True),  # what it came from: counts once
    Column("redacted_at", BigInteger),
)
utterance_link = Table(  # what in the living system it is about; version: which version of a setting, else 0
    "codesign_utterance_link",
    metadata,
    Column("utterance_id", ForeignKey("codesign_utterance.id"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Index("ix_codesign_utterance_link_kind_key", "kind", "key"),
)
attachment = Table(  # a photo of the flip chart, a scanned sheet; its content goes when the words go
    "codesign_attachment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("utterance_id", ForeignKey("codesign_utterance.id"), nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("content", LargeBinary),
    Column("at", BigInteger, nullable=False),
)
touchpoint = Table(
    "codesign_touchpoint",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("utterance_id", ForeignKey("codesign_utterance.id"), nullable=False, index=True),
    Column("step", String, nullable=False),
    Column("emotion", String, nullable=False),
    Column("coder", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("participation", String),
)
theme = Table(
    "codesign_theme",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("meaning", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("merged_into", ForeignKey("codesign_theme.id")),
)
coding = Table(  # one row a coder, so that two coders can be seen to agree or not
    "codesign_coding",
    metadata,
    Column("utterance_id", ForeignKey("codesign_utterance.id"), primary_key=True),
    Column("theme_id", ForeignKey("codesign_theme.id"), primary_key=True),
    Column("coder", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
)
need = Table(
    "codesign_need",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("statement", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("answer_by", BigInteger, nullable=False),
    Column("merged_into", ForeignKey("codesign_need.id")),
    Column("answer", Text),  # why it will not be met, where that is the answer
    Column("answered_at", BigInteger),
)
theme_need = Table(
    "codesign_theme_need",
    metadata,
    Column("theme_id", ForeignKey("codesign_theme.id"), primary_key=True),
    Column("need_id", ForeignKey("codesign_need.id"), primary_key=True),
)
idea = Table(
    "codesign_idea",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("statement", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("medium", String, nullable=False),
    Column("participant_id", ForeignKey("codesign_participant.id")),
    Column("merged_into", ForeignKey("codesign_idea.id")),
    Column("split_from", ForeignKey("codesign_idea.id")),
)
need_idea = Table(
    "codesign_need_idea",
    metadata,
    Column("need_id", ForeignKey("codesign_need.id"), primary_key=True),
    Column("idea_id", ForeignKey("codesign_idea.id"), primary_key=True),
)
