"""The tables of the hub itself: what is asked of it, that it is alive, what has changed, what movement was kept."""

from sqlalchemy import JSON, BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table

from hub.store.columns import metadata

intent = Table(  # what the portal asks for; the hub carries it out and writes the result
    "intent",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("by", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    Column("result", String),
    Index("ix_intent_done_at", "done_at"),
)
heartbeat = Table(  # one row: the hub was alive then, on both clocks
    "heartbeat",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("boot_id", String, nullable=False),
    Column("boot_s", Float, nullable=False),
    Column("at", BigInteger, nullable=False),
)
change = Table(  # one row a topic, counted up on every commit that touches it: a cheap "anything new?"
    "change",
    metadata,
    Column("topic", String, primary_key=True),
    Column("version", BigInteger, nullable=False),
)
learnt = Table(  # one row a device or receiver: how often it is heard, and what else supervision knows of it
    "learnt",
    metadata,
    Column("subject", String, primary_key=True),
    Column("kept", JSON, nullable=False),
    Column("at", BigInteger, nullable=False),
)
pause = Table(  # the resident let the sensors rest
    "pause",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("started_at", BigInteger, nullable=False),
    Column("until_at", BigInteger),  # NULL: until they say
    Column("by", String, nullable=False),
    Column("ended_at", BigInteger),
)
movement = Table(  # the samples that a finding rests on; they never leave the home
    "movement",
    metadata,
    Column("finding_id", Integer, ForeignKey("finding.id"), primary_key=True, autoincrement=False),
    Column("device", String, nullable=False),
    Column("at", BigInteger, nullable=False),  # of the first sample
    Column("rate_hz", Float, nullable=False),
    Column("range_g", Float),
    Column(
        "samples", LargeBinary, nullable=False
    ),  # x, y, z in thousandths of g, 16 bits, low byte first; -32768: lost
)
