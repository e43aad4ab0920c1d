"""The centre's tables in PostgreSQL: what hubs sent, as they have it, with the hub it is of; and the centre's own.

Every table of a hub is here under its name with a column `hub_id`. Row-level security shows a session only the home
that it names in `alongside.hub`: a page that forgets whose data it may show is shown nothing.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from hub.store.columns import metadata as naming
from hub.store.schema import metadata as hub_metadata
from hub.sync.leaving import SHOWS

metadata = MetaData(naming_convention=naming.naming_convention)

HUB_SETTING = "alongside.hub"
"""The session's variable that says whose rows it may see: a hub's number."""
READER = "alongside_reader"
"""The role that pages take: it can read, and only the home it names."""

hub = Table(
    "hub",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("enrolled_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("beat_at", BigInteger),  # by the centre's clock
    Column("beat", JSONB),
    Column("gone_at", BigInteger),  # the broker saw its connection break
)
lane = Table(  # up to where the centre has what a hub sends
    "lane",
    metadata,
    Column("hub_id", Integer, primary_key=True, autoincrement=False),
    Column("lane", String, primary_key=True),
    Column("upto", BigInteger, nullable=False),
    Column("at", BigInteger),
)
unreadable = Table(  # a batch that could not be read: kept, so that nothing is lost, and the rest can follow
    "unreadable",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("hub_id", Integer, nullable=False),
    Column("lane", String, nullable=False),
    Column("upto", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
command = Table(  # what a home's hub is asked to do
    "command",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("hub_id", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("by", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("sent_at", BigInteger),
    Column("done_at", BigInteger),
    Column("result", Text),
    Index("ix_command_hub_id", "hub_id", postgresql_where=text("done_at IS NULL")),
)
invitation = Table(  # a code with which one hub may enrol, once
    "invitation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("hub", String, nullable=False),
    Column("code_sha256", String, nullable=False, unique=True),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)
certificate = Table(
    "certificate",
    metadata,
    Column("serial", String, primary_key=True),
    Column("hub_id", Integer, nullable=False, index=True),
    Column("issued_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)
incident = Table(  # hubs that are silent; many at once are one
    "incident",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("hubs", ARRAY(Integer), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("told_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("because", Text, nullable=False),
)
observation = Table(  # no key: `lane` lets each in once. In partitions by month, found by BRIN
    "observation",
    metadata,
    Column("hub_id", Integer, nullable=False),
    Column("id", BigInteger, nullable=False),
    Column("device_id", Integer, nullable=False),
    Column("quantity_id", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("value", Float, nullable=False),
    Column("quality", Float(24), nullable=False),
    Index("ix_observation_at", "at", postgresql_using="brin"),
    postgresql_partition_by="RANGE (at)",
)
rollup_hour = Table(
    "rollup_hour",
    metadata,
    Column("hub_id", Integer, primary_key=True, autoincrement=False),
    Column("device_id", Integer, primary_key=True, autoincrement=False),
    Column("quantity_id", SmallInteger, primary_key=True, autoincrement=False),
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, nullable=False),
    Column("total", Float, nullable=False),
    Column("lowest", Float, nullable=False),
    Column("highest", Float, nullable=False),
    Column("last", Float, nullable=False),
    Column("last_id", BigInteger, nullable=False),
)


_KINDS: Sequence[tuple[type[TypeEngine[Any]], TypeEngine[Any]]] = (
    (JSON, JSONB(none_as_null=True)),
    (Boolean, Boolean()),
    (Float, Float()),
    (String, Text()),
)


def _mirrored(name: str) -> Table:
    """A hub's table with the hub's number in front; what consent hides is NULL."""
    source = hub_metadata.tables[name]
    columns: list[Column[Any]] = [
        Column(one.name, _type(one), primary_key=one.primary_key, autoincrement=False, nullable=not one.primary_key)
        for one in source.c
    ]
    return Table(name, metadata, Column("hub_id", Integer, primary_key=True, autoincrement=False), *columns)


def _type(column: Column[Any]) -> TypeEngine[Any]:
    """The same kind of value; a hub's whole numbers may be times, and need the room."""
    return next((kind for known, kind in _KINDS if isinstance(column.type, known)), BigInteger())


MIRRORED = {name: _mirrored(name) for name in SHOWS}
"""By name, the tables that hubs send row by row."""
KEYS = {name: [one for one in table.primary_key if one.name != "hub_id"] for name, table in MIRRORED.items()}
"""By name, the columns that number a row within its hub."""

_OF_ONE_HOME = (*MIRRORED, "observation", "rollup_hour")
_SEEN = f"hub_id = nullif(current_setting('{HUB_SETTING}', true), '')::integer"


def create(connection: Connection) -> None:
    """Make what is missing of the centre's database; run again it changes nothing."""
    connection.execute(text("SELECT pg_advisory_xact_lock(7301)"))  # two workers that start together
    metadata.create_all(connection)
    connection.execute(text("CREATE TABLE IF NOT EXISTS observation_other PARTITION OF observation DEFAULT"))
    found = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": READER}).first()
    if found is None:
        connection.execute(text(f"CREATE ROLE {READER}"))
    for name in _OF_ONE_HOME:
        connection.execute(text(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"))
        connection.execute(text(f"DROP POLICY IF EXISTS one_home ON {name}"))
        connection.execute(text(f"CREATE POLICY one_home ON {name} FOR SELECT TO {READER} USING ({_SEEN})"))
        connection.execute(text(f"GRANT SELECT ON {name} TO {READER}"))
