"""The co-design chain, from a participant to what they were told."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG, DOCUMENT, FLAG, INTEGER = sa.BigInteger(), sa.JSON(), sa.Boolean(), sa.Integer()
STRING, TEXT = sa.String(), sa.Text()


def upgrade() -> None:
    """Create everything."""
    _people()
    _sense()
    _needs_and_ideas()
    _what_came_of_it()


def downgrade() -> None:
    """Refuse: what people said is not thrown away by a downgrade."""
    raise NotImplementedError("the first revision is not taken back: keep the file, or start a new one")


def _column(name, kind):
    return sa.Column(name, kind, nullable=False)


def _maybe(name, kind):
    return sa.Column(name, kind, nullable=True)


def _unique(table, *columns):
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _refers(table, column, target):
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _people() -> None:
    """Who spoke where, and what they said."""
    op.create_table(
        "codesign_workshop",
        _column("id", INTEGER), _column("title", STRING), _column("purpose", TEXT), _column("form", STRING),
        _column("participation", STRING), _column("facilitator", STRING), _column("method", STRING),
        _column("language", STRING), _column("held_at", BIG), _maybe("place", STRING), _maybe("note", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_workshop"),
    )
    op.create_table(
        "codesign_participant",
        _column("id", INTEGER), _column("pseudonym", STRING), _column("role", STRING),
        _column("consent_scope", STRING), _column("consented_at", BIG), _maybe("person", STRING),
        _maybe("access_needs", TEXT), _maybe("consent_until", BIG), _maybe("withdrawn_at", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_participant"), _unique("codesign_participant", "person"),
        _unique("codesign_participant", "pseudonym"),
    )
    op.create_table(
        "codesign_utterance",
        _column("id", INTEGER), _column("participant_id", INTEGER), _column("at", BIG), _column("medium", STRING),
        _column("language", STRING), _column("words", TEXT), _column("verbatim", FLAG),
        _column("consent_scope", STRING), _maybe("workshop_id", INTEGER), _maybe("source", STRING),
        _maybe("redacted_at", BIG), sa.PrimaryKeyConstraint("id", name="pk_codesign_utterance"),
        _refers("codesign_utterance", "participant_id", "codesign_participant.id"),
        _refers("codesign_utterance", "workshop_id", "codesign_workshop.id"),
        _unique("codesign_utterance", "source"),
    )
    op.create_index("ix_codesign_utterance_participant_id", "codesign_utterance", ["participant_id"])
    op.create_index("ix_codesign_utterance_workshop_id", "codesign_utterance", ["workshop_id"])
    op.create_table(
        "codesign_utterance_link",
        _column("utterance_id", INTEGER), _column("kind", STRING), _column("key", STRING),
        _column("version", INTEGER),
        sa.PrimaryKeyConstraint("utterance_id", "kind", "key", "version", name="pk_codesign_utterance_link"),
        _refers("codesign_utterance_link", "utterance_id", "codesign_utterance.id"),
    )
    op.create_index("ix_codesign_utterance_link_kind_key", "codesign_utterance_link", ["kind", "key"])


def _sense() -> None:
    """What it means: touchpoints and themes."""
    op.create_table(
        "codesign_touchpoint",
        _column("id", INTEGER), _column("utterance_id", INTEGER), _column("step", STRING),
        _column("emotion", STRING), _column("coder", STRING), _column("at", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_touchpoint"),
        _refers("codesign_touchpoint", "utterance_id", "codesign_utterance.id"),
    )
    op.create_index("ix_codesign_touchpoint_utterance_id", "codesign_touchpoint", ["utterance_id"])
    op.create_table(
        "codesign_theme",
        _column("id", INTEGER), _column("name", STRING), _column("meaning", TEXT), _column("by", STRING),
        _column("at", BIG), _maybe("merged_into", INTEGER), sa.PrimaryKeyConstraint("id", name="pk_codesign_theme"),
        _refers("codesign_theme", "merged_into", "codesign_theme.id"), _unique("codesign_theme", "name"),
    )
    op.create_table(
        "codesign_coding",
        _column("utterance_id", INTEGER), _column("theme_id", INTEGER), _column("coder", STRING), _column("at", BIG),
        sa.PrimaryKeyConstraint("utterance_id", "theme_id", "coder", name="pk_codesign_coding"),
        _refers("codesign_coding", "utterance_id", "codesign_utterance.id"),
        _refers("codesign_coding", "theme_id", "codesign_theme.id"),
    )


def _needs_and_ideas() -> None:
    """What people need, and what might meet it."""
    op.create_table(
        "codesign_need",
        _column("id", INTEGER), _column("statement", TEXT), _column("by", STRING), _column("at", BIG),
        _column("answer_by", BIG), _maybe("merged_into", INTEGER),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_need"),
        _refers("codesign_need", "merged_into", "codesign_need.id"),
    )
    op.create_table(
        "codesign_theme_need",
        _column("theme_id", INTEGER), _column("need_id", INTEGER),
        sa.PrimaryKeyConstraint("theme_id", "need_id", name="pk_codesign_theme_need"),
        _refers("codesign_theme_need", "theme_id", "codesign_theme.id"),
        _refers("codesign_theme_need", "need_id", "codesign_need.id"),
    )
    op.create_table(
        "codesign_idea",
        _column("id", INTEGER), _column("statement", TEXT), _column("at", BIG), _maybe("participant_id", INTEGER),
        _maybe("merged_into", INTEGER), sa.PrimaryKeyConstraint("id", name="pk_codesign_idea"),
        _refers("codesign_idea", "participant_id", "codesign_participant.id"),
        _refers("codesign_idea", "merged_into", "codesign_idea.id"),
    )
    op.create_table(
        "codesign_need_idea",
        _column("need_id", INTEGER), _column("idea_id", INTEGER),
        sa.PrimaryKeyConstraint("need_id", "idea_id", name="pk_codesign_need_idea"),
        _refers("codesign_need_idea", "need_id", "codesign_need.id"),
        _refers("codesign_need_idea", "idea_id", "codesign_idea.id"),
    )


def _what_came_of_it() -> None:
    """What was decided, what it changed, who was told."""
    op.create_table(
        "codesign_decision",
        _column("id", INTEGER), _column("question", TEXT), _column("options", DOCUMENT), _column("chosen", TEXT),
        _column("tallies", DOCUMENT), _column("dissent", DOCUMENT), _column("reasons", TEXT),
        _column("right", STRING), _column("at", BIG), _maybe("workshop_id", INTEGER), _maybe("review_at", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_decision"),
        _refers("codesign_decision", "workshop_id", "codesign_workshop.id"),
    )
    op.create_table(
        "codesign_idea_decision",
        _column("idea_id", INTEGER), _column("decision_id", INTEGER),
        sa.PrimaryKeyConstraint("idea_id", "decision_id", name="pk_codesign_idea_decision"),
        _refers("codesign_idea_decision", "idea_id", "codesign_idea.id"),
        _refers("codesign_idea_decision", "decision_id", "codesign_decision.id"),
    )
    op.create_table(
        "codesign_change",
        _column("id", INTEGER), _column("decision_id", INTEGER), _column("setting_key", STRING),
        _column("setting_version", INTEGER), _column("homes", DOCUMENT), _column("at", BIG),
        _column("effect", STRING), _maybe("effect_note", TEXT), _maybe("measured_at", BIG),
        _maybe("reverted_at", BIG), _maybe("review_at", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_codesign_change"),
        _refers("codesign_change", "decision_id", "codesign_decision.id"),
        _unique("codesign_change", "setting_key", "setting_version"),
    )
    op.create_index("ix_codesign_change_decision_id", "codesign_change", ["decision_id"])
    op.create_table(
        "codesign_feedback",
        _column("id", INTEGER), _column("change_id", INTEGER), _column("participant_id", INTEGER),
        _column("medium", STRING), _column("told", TEXT), _column("at", BIG), _maybe("agrees", FLAG),
        _maybe("reply", TEXT), sa.PrimaryKeyConstraint("id", name="pk_codesign_feedback"),
        _refers("codesign_feedback", "change_id", "codesign_change.id"),
        _refers("codesign_feedback", "participant_id", "codesign_participant.id"),
    )
    op.create_index("ix_codesign_feedback_change_id", "codesign_feedback", ["change_id"])
    op.create_index("ix_codesign_feedback_participant_id", "codesign_feedback", ["participant_id"])
