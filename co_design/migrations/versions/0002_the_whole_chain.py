"""The whole chain: sessions with their agenda, voices, options, effects, registers, marks, and what was issued.

The tables that no code had written to yet are made anew rather than altered; what people said is left as it is.
"""

import sqlalchemy as sa
from alembic import op

from hub.store import guards

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG, DOCUMENT, FLAG, INTEGER = sa.BigInteger(), sa.JSON(), sa.Boolean(), sa.Integer()
STRING, TEXT, REAL, BYTES = sa.String(), sa.Text(), sa.Float(), sa.LargeBinary()

NEVER_WRITTEN = (
    "feedback", "change", "idea_decision", "decision", "need_idea", "idea", "theme_need", "need", "coding", "theme",
    "touchpoint", "workshop",
)
APPEND_ONLY = ("codesign_act", "codesign_dissent", "codesign_effect", "codesign_mark")
NEVER_DELETED = (
    "codesign_participant", "codesign_utterance", "codesign_need", "codesign_idea", "codesign_theme",
    "codesign_decision", "codesign_change", "codesign_feedback", "codesign_issued", "codesign_register",
)


def upgrade() -> None:
    """Make the tables anew, and let nothing that was decided or said be deleted."""
    for name in NEVER_WRITTEN:
        op.drop_table(f"codesign_{name}")
    _tables()
    dialect = op.get_bind().dialect.name
    statements = [s for table in APPEND_ONLY for s in guards.append_only(dialect, table)]
    statements += [s for table in NEVER_DELETED for s in guards.no_delete(dialect, table)]
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: what people said and decided is not thrown away by a downgrade."""
    raise NotImplementedError("what was decided is not thrown away: keep the file, or start a new one")


def _column(name, kind):
    return sa.Column(name, kind, nullable=False)


def _maybe(name, kind):
    return sa.Column(name, kind, nullable=True)


def _unique(table, *columns):
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _refers(table, column, target):
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _tables() -> None:
    """In an order in which each refers only to what is there."""
    _first()
    _second()
    _third()
    _fourth()
    _fifth()
    _sixth()


def _first() -> None:
    op.create_table(
        "codesign_act",
        _column("id", INTEGER), _column("name", STRING), _column("subject_id", INTEGER), _column("by", STRING),
        _column("at", BIG), sa.PrimaryKeyConstraint("id", name="pk_codesign_act"),
    )
    op.create_table(
        "codesign_issued",
        _column("id", INTEGER), _column("kind", STRING), _column("to", STRING), _column("sha256", STRING),
        _column("utterances", DOCUMENT), _column("at", BIG), _maybe("recalled_at", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_issued"),
    )
    op.create_table(
        "codesign_need",
        _column("id", INTEGER), _column("statement", TEXT), _column("by", STRING), _column("at", BIG),
        _column("answer_by", BIG), _maybe("merged_into", INTEGER), _maybe("answer", TEXT),
        _maybe("answered_at", BIG), _refers("codesign_need", "merged_into", "codesign_need.id"),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_need"),
    )
    op.create_table(
        "codesign_theme",
        _column("id", INTEGER), _column("name", STRING), _column("meaning", TEXT), _column("by", STRING),
        _column("at", BIG), _maybe("merged_into", INTEGER),
        _refers("codesign_theme", "merged_into", "codesign_theme.id"),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_theme"), _unique("codesign_theme", "name"),
    )
    op.create_table(
        "codesign_workshop",
        _column("id", INTEGER), _column("title", STRING), _column("purpose", TEXT), _column("form", STRING),
        _column("participation", STRING), _column("facilitator", STRING), _column("method", STRING),
        _column("language", STRING), _column("held_at", BIG), _maybe("place", STRING), _maybe("recruitment", TEXT),
        _maybe("access", TEXT), _column("agenda", DOCUMENT),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_workshop"),
    )


def _second() -> None:
    op.create_table(
        "codesign_attendance",
        _column("workshop_id", INTEGER), _column("participant_id", INTEGER), _column("response", STRING),
        _column("minutes", INTEGER), _maybe("needs_met", FLAG), _column("at", BIG),
        _refers("codesign_attendance", "participant_id", "codesign_participant.id"),
        _refers("codesign_attendance", "workshop_id", "codesign_workshop.id"),
        sa.PrimaryKeyConstraint("workshop_id", "participant_id", name="pk_codesign_attendance"),
    )
    op.create_index("ix_codesign_attendance_participant_id", "codesign_attendance", ["participant_id"])
    op.create_table(
        "codesign_ballot",
        _column("id", INTEGER), _column("question", TEXT), _column("method", STRING), _column("at", BIG),
        _maybe("setting_key", STRING), _maybe("workshop_id", INTEGER), _maybe("closed_at", BIG),
        _refers("codesign_ballot", "workshop_id", "codesign_workshop.id"),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_ballot"),
    )
    op.create_table(
        "codesign_idea",
        _column("id", INTEGER), _column("statement", TEXT), _column("at", BIG), _column("medium", STRING),
        _maybe("participant_id", INTEGER), _maybe("merged_into", INTEGER), _maybe("split_from", INTEGER),
        _refers("codesign_idea", "participant_id", "codesign_participant.id"),
        _refers("codesign_idea", "split_from", "codesign_idea.id"),
        _refers("codesign_idea", "merged_into", "codesign_idea.id"),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_idea"),
    )
    op.create_table(
        "codesign_theme_need",
        _column("theme_id", INTEGER), _column("need_id", INTEGER),
        _refers("codesign_theme_need", "theme_id", "codesign_theme.id"),
        _refers("codesign_theme_need", "need_id", "codesign_need.id"),
        sa.PrimaryKeyConstraint("theme_id", "need_id", name="pk_codesign_theme_need"),
    )


def _third() -> None:
    op.create_table(
        "codesign_attachment",
        _column("id", INTEGER), _column("utterance_id", INTEGER), _column("name", STRING),
        _column("media_type", STRING), _column("sha256", STRING), _maybe("content", BYTES), _column("at", BIG),
        _refers("codesign_attachment", "utterance_id", "codesign_utterance.id"),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_attachment"),
    )
    op.create_index("ix_codesign_attachment_utterance_id", "codesign_attachment", ["utterance_id"])
    op.create_table(
        "codesign_coding",
        _column("utterance_id", INTEGER), _column("theme_id", INTEGER), _column("coder", STRING), _column("at", BIG),
        _refers("codesign_coding", "utterance_id", "codesign_utterance.id"),
        _refers("codesign_coding", "theme_id", "codesign_theme.id"),
        sa.PrimaryKeyConstraint("utterance_id", "theme_id", "coder", name="pk_codesign_coding"),
    )
    op.create_table(
        "codesign_idea_ballot",
        _column("idea_id", INTEGER), _column("ballot_id", INTEGER),
        _refers("codesign_idea_ballot", "idea_id", "codesign_idea.id"),
        _refers("codesign_idea_ballot", "ballot_id", "codesign_ballot.id"),
        sa.PrimaryKeyConstraint("idea_id", "ballot_id", name="pk_codesign_idea_ballot"),
    )
    op.create_table(
        "codesign_mark",
        _column("kind", STRING), _column("subject_id", INTEGER), _column("utterance_id", INTEGER),
        _column("at", BIG), _refers("codesign_mark", "utterance_id", "codesign_utterance.id"),
        sa.PrimaryKeyConstraint("kind", "subject_id", "utterance_id", name="pk_codesign_mark"),
    )
    op.create_table(
        "codesign_need_idea",
        _column("need_id", INTEGER), _column("idea_id", INTEGER),
        _refers("codesign_need_idea", "need_id", "codesign_need.id"),
        _refers("codesign_need_idea", "idea_id", "codesign_idea.id"),
        sa.PrimaryKeyConstraint("need_id", "idea_id", name="pk_codesign_need_idea"),
    )


def _fourth() -> None:
    op.create_table(
        "codesign_option",
        _column("id", INTEGER), _column("ballot_id", INTEGER), _column("label", TEXT), _column("consequences", TEXT),
        _maybe("value", DOCUMENT), _refers("codesign_option", "ballot_id", "codesign_ballot.id"),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_option"),
    )
    op.create_index("ix_codesign_option_ballot_id", "codesign_option", ["ballot_id"])
    op.create_table(
        "codesign_touchpoint",
        _column("id", INTEGER), _column("utterance_id", INTEGER), _column("step", STRING),
        _column("emotion", STRING), _column("coder", STRING), _column("at", BIG), _maybe("participation", STRING),
        _refers("codesign_touchpoint", "utterance_id", "codesign_utterance.id"),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_touchpoint"),
    )
    op.create_index("ix_codesign_touchpoint_utterance_id", "codesign_touchpoint", ["utterance_id"])
    op.create_table(
        "codesign_decision",
        _column("id", INTEGER), _column("ballot_id", INTEGER), _column("option_id", INTEGER),
        _column("tallies", DOCUMENT), _column("reasons", TEXT), _column("right", TEXT),
        _column("participation", STRING), _column("at", BIG), _column("follow_up_by", BIG), _maybe("review_at", BIG),
        _maybe("no_change_because", TEXT), _refers("codesign_decision", "ballot_id", "codesign_ballot.id"),
        _refers("codesign_decision", "option_id", "codesign_option.id"),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_decision"), _unique("codesign_decision", "ballot_id"),
    )
    op.create_table(
        "codesign_vote",
        _column("ballot_id", INTEGER), _column("participant_id", INTEGER), _column("option_id", INTEGER),
        _column("choice", STRING), _column("at", BIG), _maybe("utterance_id", INTEGER),
        _refers("codesign_vote", "option_id", "codesign_option.id"),
        _refers("codesign_vote", "utterance_id", "codesign_utterance.id"),
        _refers("codesign_vote", "ballot_id", "codesign_ballot.id"),
        _refers("codesign_vote", "participant_id", "codesign_participant.id"),
        sa.PrimaryKeyConstraint("ballot_id", "participant_id", "option_id", name="pk_codesign_vote"),
    )


def _fifth() -> None:
    op.create_table(
        "codesign_change",
        _column("id", INTEGER), _column("decision_id", INTEGER), _column("setting_key", STRING),
        _column("setting_version", INTEGER), _column("at", BIG), _column("effect", STRING),
        _maybe("measured_at", BIG), _maybe("reverted_at", BIG), _maybe("reverted_version", INTEGER),
        _maybe("reverted_because", TEXT),
        _maybe("review_at", BIG), _refers("codesign_change", "decision_id", "codesign_decision.id"),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_change"),
        _unique("codesign_change", "setting_key", "setting_version"),
    )
    op.create_index("ix_codesign_change_decision_id", "codesign_change", ["decision_id"])
    op.create_table(
        "codesign_dissent",
        _column("decision_id", INTEGER), _column("utterance_id", INTEGER),
        _refers("codesign_dissent", "utterance_id", "codesign_utterance.id"),
        _refers("codesign_dissent", "decision_id", "codesign_decision.id"),
        sa.PrimaryKeyConstraint("decision_id", "utterance_id", name="pk_codesign_dissent"),
    )
    op.create_table(
        "codesign_feedback",
        _column("id", INTEGER), _column("decision_id", INTEGER), _column("participant_id", INTEGER),
        _column("medium", STRING), _column("told", TEXT), _column("at", BIG), _maybe("agrees", FLAG),
        _maybe("utterance_id", INTEGER), _refers("codesign_feedback", "decision_id", "codesign_decision.id"),
        _refers("codesign_feedback", "utterance_id", "codesign_utterance.id"),
        _refers("codesign_feedback", "participant_id", "codesign_participant.id"),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_feedback"),
    )
    op.create_index("ix_codesign_feedback_participant_id", "codesign_feedback", ["participant_id"])
    op.create_index("ix_codesign_feedback_decision_id", "codesign_feedback", ["decision_id"])


def _sixth() -> None:
    op.create_table(
        "codesign_register",
        _column("id", INTEGER), _column("register", STRING), _column("key", STRING), _column("version", INTEGER),
        _column("body", DOCUMENT), _column("by", STRING), _column("at", BIG), _maybe("participant_id", INTEGER),
        _maybe("decision_id", INTEGER), _refers("codesign_register", "decision_id", "codesign_decision.id"),
        _refers("codesign_register", "participant_id", "codesign_participant.id"),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_register"),
        _unique("codesign_register", "register", "key", "version"),
    )
    op.create_index("ix_codesign_register_participant_id", "codesign_register", ["participant_id"])
    op.create_table(
        "codesign_effect",
        _column("id", INTEGER), _column("change_id", INTEGER), _column("measure", STRING), _column("before", REAL),
        _column("before_days", REAL), _column("after", REAL), _column("after_days", REAL), _column("kind", STRING),
        _column("at", BIG), _maybe("ratio", REAL), _maybe("low", REAL), _maybe("high", REAL),
        _refers("codesign_effect", "change_id", "codesign_change.id"),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_effect"),
    )
    op.create_index("ix_codesign_effect_change_id", "codesign_effect", ["change_id"])
    op.create_table(
        "codesign_exposure",
        _column("change_id", INTEGER), _column("home", STRING), _column("since", BIG), _maybe("until", BIG),
        _refers("codesign_exposure", "change_id", "codesign_change.id"),
        sa.PrimaryKeyConstraint("change_id", "home", name="pk_codesign_exposure"),
    )
