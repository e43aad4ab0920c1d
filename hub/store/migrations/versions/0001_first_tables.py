"""Every table of a hub, and the guards of its history."""

import sqlalchemy as sa
from alembic import op

from hub.store import guards

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG, DOCUMENT, FLAG, INTEGER = sa.BigInteger(), sa.JSON(), sa.Boolean(), sa.Integer()
NUMBER, SMALL, STRING, TEXT = sa.Float(), sa.SmallInteger(), sa.String(), sa.Text()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

OPEN_HAS_A_FUTURE = (
    "(state IN ('resolved', 'cancelled') AND closed_at IS NOT NULL)"
    " OR (next_at IS NOT NULL AND next_reason IS NOT NULL)"
)
APPEND_ONLY = (
    "transition", "delivery", "inbound", "acknowledgement", "finding", "label", "alarm_finding",
    "household", "consent", "setting",
)
NEVER_DELETED = ("alarm", "sensor_event", "notification", "fault", "opt_out", "intent", "device")
EVENT_FACTS = ("id", "device_id", "kind", "at", "token", "reason")


def upgrade() -> None:
    """Create everything."""
    for create in (
        _what_was_heard, _alarms, _what_became_of_them, _messages, _household, _the_hub_itself, _guard,
    ):
        create()


def downgrade() -> None:
    """Refuse: there is nothing before the first revision, and nothing is deleted."""
    raise NotImplementedError("the first revision is not taken back: keep the file, or start a new one")


def _column(name, kind, **more):
    return sa.Column(name, kind, nullable=False, **more)


def _maybe(name, kind):
    return sa.Column(name, kind, nullable=True)


def _unique(table, *columns):
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _refers(table, column, target):
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _check(table, name, condition):
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _what_was_heard() -> None:
    """Devices, and what the hub heard from them."""
    op.create_table(
        "device",
        _column("id", INTEGER), _column("name", STRING), _column("kind", STRING), _column("config", DOCUMENT),
        _column("added_at", BIG), _maybe("removed_at", BIG), sa.PrimaryKeyConstraint("id", name="pk_device"),
        _unique("device", "name"),
    )
    op.create_table(
        "quantity",
        _column("id", SMALL), _column("name", STRING), sa.PrimaryKeyConstraint("id", name="pk_quantity"),
        _unique("quantity", "name"),
    )
    op.create_table(
        "observation",
        _column("id", ID), _column("device_id", INTEGER), _column("quantity_id", SMALL), _column("at", BIG),
        _column("value", NUMBER), _maybe("quality", NUMBER), sa.PrimaryKeyConstraint("id", name="pk_observation"),
    )
    op.create_table(
        "observation_hour",
        _column("hour", INTEGER, autoincrement=False), _column("first_id", ID), _column("last_id", ID),
        sa.PrimaryKeyConstraint("hour", name="pk_observation_hour"),
    )
    op.create_table(
        "rollup_hour",
        _column("device_id", INTEGER, autoincrement=False), _column("quantity_id", SMALL, autoincrement=False),
        _column("hour", INTEGER, autoincrement=False), _column("n", INTEGER), _column("total", NUMBER),
        _column("lowest", NUMBER), _column("highest", NUMBER), _column("last", NUMBER), _column("last_id", ID),
        sa.PrimaryKeyConstraint("device_id", "quantity_id", "hour", name="pk_rollup_hour"), sqlite_with_rowid=False,
    )
    op.create_table(
        "rejection",
        _column("id", INTEGER), _column("device_id", INTEGER), _column("quantity_id", SMALL), _column("at", BIG),
        _column("value", NUMBER), _column("reason", STRING), sa.PrimaryKeyConstraint("id", name="pk_rejection"),
        _refers("rejection", "device_id", "device.id"),
    )
    op.create_table(
        "frame_count",
        _column("address", STRING), _maybe("device", STRING), _column("good", INTEGER, server_default="0"),
        _column("malformed", INTEGER, server_default="0"), _column("unknown", INTEGER, server_default="0"),
        _column("last_at", BIG), _maybe("last_error", STRING),
        sa.PrimaryKeyConstraint("address", name="pk_frame_count"),
    )
    op.create_table(
        "link_event",
        _column("id", INTEGER), _column("subject", STRING), _column("state", STRING), _column("at", BIG),
        _column("detail", STRING), sa.PrimaryKeyConstraint("id", name="pk_link_event"),
    )


def _alarms() -> None:
    """What was noticed, and what people must deal with."""
    op.create_table(
        "finding",
        _column("id", INTEGER), _column("kind", STRING), _column("severity", SMALL), _column("at", BIG),
        _column("because", TEXT), _maybe("room", STRING), _column("detector", STRING),
        _column("detector_version", INTEGER), _column("episode", STRING), _column("evidence", DOCUMENT),
        _column("settings", DOCUMENT), sa.PrimaryKeyConstraint("id", name="pk_finding"),
        _unique("finding", "detector", "episode"),
    )
    op.create_index("ix_finding_at", "finding", ["at"])
    op.create_table(
        "alarm",
        _column("id", INTEGER), _column("kind", STRING), _column("severity", SMALL), _column("state", STRING),
        _column("policy", DOCUMENT), _column("because", TEXT), _maybe("room", STRING), _column("facts", DOCUMENT),
        _column("code", STRING), _column("opened_at", BIG), _column("version", INTEGER), _column("round", INTEGER),
        _column("step", INTEGER), _column("prompts_given", INTEGER), _maybe("owner", STRING), _maybe("next_at", BIG),
        _maybe("next_reason", STRING), _maybe("next_boot_s", NUMBER), _maybe("boot_id", STRING),
        _maybe("closed_at", BIG), _maybe("outcome", STRING), sa.PrimaryKeyConstraint("id", name="pk_alarm"),
        _check("alarm", "open_has_a_future", OPEN_HAS_A_FUTURE),
    )
    op.create_index("ix_alarm_next_at", "alarm", ["next_at"])
    op.create_index("ix_alarm_opened_at", "alarm", ["opened_at"])
    op.create_index("ix_alarm_code", "alarm", ["code"])


def _what_became_of_them() -> None:
    """The alarms' audit, their causes, and what people said of them."""
    op.create_table(
        "alarm_finding",
        _column("alarm_id", INTEGER), _column("finding_id", INTEGER),
        sa.PrimaryKeyConstraint("alarm_id", "finding_id", name="pk_alarm_finding"),
        _refers("alarm_finding", "alarm_id", "alarm.id"), _refers("alarm_finding", "finding_id", "finding.id"),
    )
    op.create_table(
        "transition",
        _column("id", INTEGER), _column("alarm_id", INTEGER), _column("at", BIG), _maybe("from_state", STRING),
        _column("to_state", STRING), _column("cause", STRING), _maybe("by", STRING), _column("detail", STRING),
        _column("alarm_version", INTEGER), sa.PrimaryKeyConstraint("id", name="pk_transition"),
        _refers("transition", "alarm_id", "alarm.id"),
    )
    op.create_index("ix_transition_alarm_id", "transition", ["alarm_id"])
    op.create_table(
        "label",
        _column("id", INTEGER), _column("alarm_id", INTEGER), _column("verdict", STRING), _column("because", TEXT),
        _column("by", STRING), _column("at", BIG), sa.PrimaryKeyConstraint("id", name="pk_label"),
        _refers("label", "alarm_id", "alarm.id"),
    )
    op.create_table(
        "sensor_event",
        _column("id", ID), _column("device_id", INTEGER), _column("kind", STRING), _column("at", BIG),
        _maybe("token", STRING), _maybe("alarm_id", INTEGER), _maybe("reason", STRING),
        sa.PrimaryKeyConstraint("id", name="pk_sensor_event"),
        _check("sensor_event", "accounted_for", "alarm_id IS NOT NULL OR reason IS NOT NULL"),
        _refers("sensor_event", "alarm_id", "alarm.id"), _refers("sensor_event", "device_id", "device.id"),
    )
    op.create_index("ix_sensor_event_at", "sensor_event", ["at"])
    op.create_table(
        "fault",
        _column("id", INTEGER), _column("kind", STRING), _column("subject", STRING), _column("because", TEXT),
        _column("opened_at", BIG), _maybe("owner", STRING), _maybe("due_at", BIG), _maybe("cover", TEXT),
        _maybe("alarm_id", INTEGER), _maybe("closed_at", BIG), _maybe("outcome", STRING),
        sa.PrimaryKeyConstraint("id", name="pk_fault"), _refers("fault", "alarm_id", "alarm.id"),
    )


def _messages() -> None:
    """The outbox, and everything that came back."""
    op.create_table(
        "notification",
        _column("id", INTEGER), _maybe("alarm_id", INTEGER), _column("round", INTEGER), _column("step", INTEGER),
        _column("person", STRING), _column("channel", STRING), _column("purpose", STRING), _column("to", STRING),
        _column("text", TEXT), _column("text_hash", STRING), _column("consent_revision", INTEGER),
        _column("reference", STRING), _column("state", STRING), _maybe("reason", STRING), _column("negative", FLAG),
        _maybe("provider_id", STRING), _column("attempts", INTEGER), _column("created_at", BIG),
        _maybe("called_at", BIG), _maybe("next_at", BIG), _maybe("next_boot_s", NUMBER), _maybe("boot_id", STRING),
        sa.PrimaryKeyConstraint("id", name="pk_notification"), _refers("notification", "alarm_id", "alarm.id"),
        _unique("notification", "alarm_id", "round", "step", "person", "channel", "purpose"),
    )
    op.create_index("ix_notification_next_at", "notification", ["next_at"])
    op.create_index("ix_notification_provider_id", "notification", ["provider_id"])
    op.create_table(
        "delivery",
        _column("id", INTEGER), _maybe("notification_id", INTEGER), _column("provider_id", STRING),
        _column("status", STRING), _column("negative", FLAG), _column("at", BIG), _column("detail", STRING),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"), _refers("delivery", "notification_id", "notification.id"),
        _unique("delivery", "provider_id", "status"),
    )
    op.create_table(
        "inbound",
        _column("id", INTEGER), _column("provider_id", STRING), _column("channel", STRING), _column("sender", STRING),
        _column("text", TEXT), _column("at", BIG), _maybe("person", STRING), _maybe("alarm_id", INTEGER),
        _column("effect", STRING), sa.PrimaryKeyConstraint("id", name="pk_inbound"),
        _refers("inbound", "alarm_id", "alarm.id"), _unique("inbound", "provider_id"),
    )
    op.create_table(
        "acknowledgement",
        _column("id", INTEGER), _column("alarm_id", INTEGER), _column("person", STRING), _column("said", STRING),
        _column("at", BIG), _column("won", FLAG), sa.PrimaryKeyConstraint("id", name="pk_acknowledgement"),
        _refers("acknowledgement", "alarm_id", "alarm.id"),
    )
    op.create_index("ix_acknowledgement_alarm_id", "acknowledgement", ["alarm_id"])
    op.create_table(
        "opt_out",
        _column("id", INTEGER), _column("channel", STRING), _column("to", STRING), _column("at", BIG),
        _maybe("ended_at", BIG), sa.PrimaryKeyConstraint("id", name="pk_opt_out"),
    )


def _household() -> None:
    """Who is who, who may see what, and every version of a setting."""
    op.create_table(
        "household",
        _column("revision", INTEGER), _column("document", TEXT), _column("sha256", STRING),
        _column("applied_at", BIG), _column("applied_by", STRING),
        sa.PrimaryKeyConstraint("revision", name="pk_household"),
    )
    op.create_table(
        "consent",
        _column("id", INTEGER), _column("revision", INTEGER), _column("role", STRING), _column("field", STRING),
        _column("purpose", STRING), _column("granted_at", BIG), _column("granted_by", STRING),
        _maybe("expires_at", BIG), sa.PrimaryKeyConstraint("id", name="pk_consent"),
    )
    op.create_index("ix_consent_revision", "consent", ["revision"])
    op.create_table(
        "setting",
        _column("id", INTEGER), _column("key", STRING), _column("version", INTEGER), _column("value", DOCUMENT),
        _column("provenance", STRING), _column("by", STRING), _column("because", TEXT), _maybe("reference", STRING),
        _column("at", BIG), _maybe("review_at", BIG), sa.PrimaryKeyConstraint("id", name="pk_setting"),
        _unique("setting", "key", "version"),
    )


def _the_hub_itself() -> None:
    """What the portal asks for, and that the hub is alive."""
    op.create_table(
        "intent",
        _column("id", INTEGER), _column("kind", STRING), _column("payload", DOCUMENT), _column("by", STRING),
        _column("at", BIG), _maybe("done_at", BIG), _maybe("result", STRING),
        sa.PrimaryKeyConstraint("id", name="pk_intent"),
    )
    op.create_index("ix_intent_done_at", "intent", ["done_at"])
    op.create_table(
        "heartbeat",
        _column("id", INTEGER), _column("boot_id", STRING), _column("boot_s", NUMBER), _column("at", BIG),
        sa.PrimaryKeyConstraint("id", name="pk_heartbeat"),
    )
    op.create_table(
        "change",
        _column("topic", STRING), _column("version", BIG), sa.PrimaryKeyConstraint("topic", name="pk_change"),
    )


def _guard() -> None:
    """Triggers: history is not rewritten, and what is closed stays closed."""
    dialect = op.get_context().dialect.name
    statements = [s for table in APPEND_ONLY for s in guards.append_only(dialect, table)]
    statements += [s for table in NEVER_DELETED for s in guards.no_delete(dialect, table)]
    statements += guards.set_once(dialect, "sensor_event", "alarm_id", EVENT_FACTS)
    statements += guards.no_way_back(dialect, "alarm", "state", ("resolved", "cancelled"))
    for statement in statements:
        op.execute(sa.text(statement.replace(":", r"\:")))
