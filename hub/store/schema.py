"""The tables. Times are UTC microseconds since 1970 (integers); JSON is text.

Nothing is deleted and no audit row is changed: triggers in the migration refuse it. The same tables live in SQLite on a
hub and in PostgreSQL at a centre.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hub.store.columns import EPOCH, ID, from_us, metadata, to_us
from hub.store.schema_hub import change, heartbeat, intent, learnt, movement, pause
from hub.store.schema_messages import acknowledgement, delivery, inbound, notification, opt_out

__all__ = [
    "EPOCH",
    "acknowledgement",
    "alarm",
    "alarm_finding",
    "change",
    "consent",
    "delivery",
    "device",
    "fault",
    "finding",
    "frame_count",
    "from_us",
    "heartbeat",
    "household",
    "inbound",
    "intent",
    "label",
    "learnt",
    "link_event",
    "metadata",
    "movement",
    "notification",
    "observation",
    "observation_hour",
    "opt_out",
    "pause",
    "quantity",
    "rejection",
    "rollup_hour",
    "sensor_event",
    "setting",
    "to_us",
    "transition",
]

device = Table(
    "device",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),  # its key in home.toml
    Column("kind", String, nullable=False),
    Column("config", JSON, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("removed_at", BigInteger),
)
quantity = Table(
    "quantity",
    metadata,
    Column("id", SmallInteger, primary_key=True),
    Column("name", String, nullable=False, unique=True),
)
observation = Table(  # compact: a year of a busy home is a million rows. No index on `at`: observation_hour
    "observation",
    metadata,
    Column("id", ID, primary_key=True),
    Column("device_id", Integer, nullable=False),
    Column("quantity_id", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("value", Float, nullable=False),
    Column("quality", Float),  # NULL: 1.0
)
observation_hour = Table(  # a sparse index: which ids hold an hour (an index on `at` would be 18 bytes a row)
    "observation_hour",
    metadata,
    Column("hour", Integer, primary_key=True, autoincrement=False),  # hours since 1970, UTC
    Column("first_id", ID, nullable=False),
    Column("last_id", ID, nullable=False),
)
sensor_event = Table(  # every trigger, attached to an alarm or to the reason why not
    "sensor_event",
    metadata,
    Column("id", ID, primary_key=True),  # from the same sequence as observation.id
    Column("device_id", Integer, ForeignKey("device.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("token", String),
    Column("alarm_id", Integer, ForeignKey("alarm.id")),
    Column("reason", String),
    CheckConstraint("alarm_id IS NOT NULL OR reason IS NOT NULL", name="accounted_for"),
    Index("ix_sensor_event_at", "at"),
)
rejection = Table(  # kept out of the detectors, and why
    "rejection",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("device_id", Integer, ForeignKey("device.id"), nullable=False),
    Column("quantity_id", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("value", Float, nullable=False),
    Column("reason", String, nullable=False),
)
rollup_hour = Table(
    "rollup_hour",
    metadata,
    Column("device_id", Integer, primary_key=True, autoincrement=False),
    Column("quantity_id", SmallInteger, primary_key=True, autoincrement=False),
    Column("hour", Integer, primary_key=True, autoincrement=False),  # hours since 1970, UTC
    Column("n", Integer, nullable=False),
    Column("total", Float, nullable=False),
    Column("lowest", Float, nullable=False),
    Column("highest", Float, nullable=False),
    Column("last", Float, nullable=False),
    Column("last_id", ID, nullable=False),  # the observation that `last` came from
    sqlite_with_rowid=False,
)
frame_count = Table(  # one row a sender, known or not; never a row a frame
    "frame_count",
    metadata,
    Column("address", String, primary_key=True),
    Column("device", String),
    Column("good", Integer, nullable=False, server_default="0"),
    Column("malformed", Integer, nullable=False, server_default="0"),
    Column("unknown", Integer, nullable=False, server_default="0"),
    Column("last_at", BigInteger, nullable=False),
    Column("last_error", String),
    Column("signal_dbm", Integer),  # of the frame that was heard last, where its receiver can tell
    Column("source", String),
)
link_event = Table(
    "link_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", String, nullable=False),
    Column("state", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("detail", String, nullable=False),
)
finding = Table(
    "finding",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("because", Text, nullable=False),
    Column("room", String),
    Column("detector", String, nullable=False),
    Column("detector_version", Integer, nullable=False),
    Column("episode", String, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("settings", JSON, nullable=False),
    UniqueConstraint("detector", "episode"),
    Index("ix_finding_at", "at"),
)
alarm = Table(
    "alarm",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("policy", JSON, nullable=False),
    Column("because", Text, nullable=False),
    Column("room", String),
    Column("facts", JSON, nullable=False),
    Column("code", String, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("prompts_given", Integer, nullable=False),
    Column("owner", String),
    Column("next_at", BigInteger),
    Column("next_reason", String),
    Column("next_boot_s", Float),
    Column("boot_id", String),
    Column("closed_at", BigInteger),
    Column("outcome", String),
    CheckConstraint(
        "(state IN ('resolved', 'cancelled') AND closed_at IS NOT NULL)"
        " OR (next_at IS NOT NULL AND next_reason IS NOT NULL)",
        name="open_has_a_future",
    ),
    Index("ix_alarm_next_at", "next_at"),
    Index("ix_alarm_opened_at", "opened_at"),
    Index("ix_alarm_code", "code"),
)
alarm_finding = Table(
    "alarm_finding",
    metadata,
    Column("alarm_id", Integer, ForeignKey("alarm.id"), primary_key=True),
    Column("finding_id", Integer, ForeignKey("finding.id"), primary_key=True),
)
transition = Table(  # the audit: append-only
    "transition",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alarm_id", Integer, ForeignKey("alarm.id"), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("from_state", String),
    Column("to_state", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("by", String),
    Column("detail", String, nullable=False),
    Column("alarm_version", Integer, nullable=False),
)
household = Table(  # every revision of home.toml that was applied, whole
    "household",
    metadata,
    Column("revision", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("sha256", String, nullable=False),
    Column("applied_at", BigInteger, nullable=False),
    Column("applied_by", String, nullable=False),
)
consent = Table(  # one row a role and field that may be seen; a revision is complete in itself
    "consent",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False, index=True),
    Column("role", String, nullable=False),
    Column("field", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("granted_at", BigInteger, nullable=False),
    Column("granted_by", String, nullable=False),
    Column("expires_at", BigInteger),
)
setting = Table(
    "setting",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("value", JSON, nullable=False),
    Column("provenance", String, nullable=False),
    Column("by", String, nullable=False),
    Column("because", Text, nullable=False),
    Column("reference", String),
    Column("at", BigInteger, nullable=False),
    Column("review_at", BigInteger),
    UniqueConstraint("key", "version"),
)
label = Table(  # what people say of an alarm: right, wrong, not_now
    "label",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alarm_id", Integer, ForeignKey("alarm.id"), nullable=False),
    Column("verdict", String, nullable=False),
    Column("because", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)
fault = Table(  # a case with an owner and a deadline
    "fault",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("because", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("owner", String),
    Column("due_at", BigInteger),
    Column("cover", Text),
    Column("alarm_id", Integer, ForeignKey("alarm.id")),
    Column("closed_at", BigInteger),
    Column("outcome", String),
    Column("since", BigInteger),  # the trouble itself; it is noticed later
    Column("told_at", BigInteger),  # when people were last told
    Column("closed_by", String),  # NULL: the hub itself, which sees that it is over
    Index("ix_fault_closed_at", "closed_at"),
)
