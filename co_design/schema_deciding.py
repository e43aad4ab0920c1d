"""The tables of the chain's second half, and those that keep the record honest: marks, what went out, each act."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from co_design import schema
from hub.store.schema import metadata

__all__ = ["schema"]  # its tables are referred to below, so they come first

ballot = Table(
    "codesign_ballot",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("question", Text, nullable=False),
    Column("method", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("setting_key", String),
    Column("workshop_id", ForeignKey("codesign_workshop.id")),
    Column("closed_at", BigInteger),
)
idea_ballot = Table(
    "codesign_idea_ballot",
    metadata,
    Column("idea_id", ForeignKey("codesign_idea.id"), primary_key=True),
    Column("ballot_id", ForeignKey("codesign_ballot.id"), primary_key=True),
)
option = Table(
    "codesign_option",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ballot_id", ForeignKey("codesign_ballot.id"), nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("consequences", Text, nullable=False),
    Column("value", JSON(none_as_null=True)),
)
vote = Table(  # no column for a weight: every voice counts once
    "codesign_vote",
    metadata,
    Column("ballot_id", ForeignKey("codesign_ballot.id"), primary_key=True),
    Column("participant_id", ForeignKey("codesign_participant.id"), primary_key=True),
    Column("option_id", ForeignKey("codesign_option.id"), primary_key=True),
    Column("choice", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("utterance_id", ForeignKey("codesign_utterance.id")),
)
decision = Table(
    "codesign_decision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ballot_id", ForeignKey("codesign_ballot.id"), nullable=False, unique=True),
    Column("option_id", ForeignKey("codesign_option.id"), nullable=False),
    Column("tallies", JSON, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("right", Text, nullable=False),
    Column("participation", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("follow_up_by", BigInteger, nullable=False),
    Column("review_at", BigInteger),
    Column("no_change_because", Text),
)
dissent = Table(
    "codesign_dissent",
    metadata,
    Column("decision_id", ForeignKey("codesign_decision.id"), primary_key=True),
    Column("utterance_id", ForeignKey("codesign_utterance.id"), primary_key=True),
)
change = Table(
    "codesign_change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("decision_id", ForeignKey("codesign_decision.id"), nullable=False, index=True),
    Column("setting_key", String, nullable=False),
    Column("setting_version", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("effect", String, nullable=False),
    Column("measured_at", BigInteger),
    Column("reverted_at", BigInteger),
    Column("reverted_version", Integer),
    Column("reverted_because", Text),
    Column("review_at", BigInteger),
    UniqueConstraint("setting_key", "setting_version"),
)
exposure = Table(
    "codesign_exposure",
    metadata,
    Column("change_id", ForeignKey("codesign_change.id"), primary_key=True),
    Column("home", String, primary_key=True),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger),
)
effect = Table(
    "codesign_effect",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("change_id", ForeignKey("codesign_change.id"), nullable=False, index=True),
    Column("measure", String, nullable=False),
    Column("before", Float, nullable=False),
    Column("before_days", Float, nullable=False),
    Column("after", Float, nullable=False),
    Column("after_days", Float, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("ratio", Float),
    Column("low", Float),
    Column("high", Float),
)
feedback = Table(
    "codesign_feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("decision_id", ForeignKey("codesign_decision.id"), nullable=False, index=True),
    Column("participant_id", ForeignKey("codesign_participant.id"), nullable=False, index=True),
    Column("medium", String, nullable=False),
    Column("told", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("agrees", Boolean),
    Column("utterance_id", ForeignKey("codesign_utterance.id")),
)
mark = Table(  # what rests on words that were since taken back
    "codesign_mark",
    metadata,
    Column("kind", String, primary_key=True),
    Column("subject_id", Integer, primary_key=True),
    Column("utterance_id", ForeignKey("codesign_utterance.id"), primary_key=True),
    Column("at", BigInteger, nullable=False),
)
issued = Table(  # what left the record, and whose words are in it
    "codesign_issued",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("to", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("utterances", JSON, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("recalled_at", BigInteger),
)
register = Table(  # every register: one row a version of an entry; nothing is overwritten
    "codesign_register",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("register", String, nullable=False),
    Column("key", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("by", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("participant_id", ForeignKey("codesign_participant.id"), index=True),
    Column("decision_id", ForeignKey("codesign_decision.id")),
    UniqueConstraint("register", "key", "version"),
)
act = Table(  # who did what to the record, and when; never with what words
    "codesign_act",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("subject_id", Integer, nullable=False),
    Column("by", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)
