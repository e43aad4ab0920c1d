"""Takes batches of many hubs in, in one transaction: each once, in its hub's order, whatever arrives twice or late."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from hub.centre import schema
from hub.centre.readings import COPY_BEGIN, COPY_END, Hours, by_hour, copy_rows, months
from hub.store.columns import to_us
from hub.sync.outbox import FORGET
from hub.sync.wire import Batch, Lane, Readings, WireError, unpack, unpack_readings, unpack_rows

log = logging.getLogger(__name__)

_LOCKED = text(
    "SELECT lane.hub_id, hub.name, lane.lane, lane.upto FROM lane JOIN hub ON hub.id = lane.hub_id"
    " WHERE hub.name = ANY(:names) AND hub.revoked_at IS NULL ORDER BY lane.hub_id, lane.lane FOR UPDATE OF lane"
)
_MOVED = text("UPDATE lane SET upto = :upto, at = :at WHERE hub_id = :hub_id AND lane = :lane")
_COPY = "COPY observation (hub_id, id, device_id, quantity_id, at, value, quality) FROM STDIN (FORMAT BINARY)"
_HOUR_COLUMNS = ", ".join(Hours._fields)
_ARRAYS = (
    "unnest(%(hub_id)s::int[], %(device_id)s::int[], %(quantity_id)s::int[], %(hour)s::int[], %(n)s::int[],"
    " %(total)s::float8[], %(lowest)s::float8[], %(highest)s::float8[], %(last)s::float8[], %(last_id)s::int8[])"
)
_SUM_UP = (
    f"INSERT INTO rollup_hour AS known ({_HOUR_COLUMNS}) SELECT * FROM {_ARRAYS}"  # noqa: S608 -- names of our own
    " ON CONFLICT (hub_id, device_id, quantity_id, hour) DO UPDATE SET n = known.n + EXCLUDED.n,"
    " total = known.total + EXCLUDED.total, lowest = least(known.lowest, EXCLUDED.lowest),"
    " highest = greatest(known.highest, EXCLUDED.highest), last = EXCLUDED.last, last_id = EXCLUDED.last_id"
)
_EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
"""What claims to be older has a wrong clock, and lies in the partition of all the others."""

_POSSIBLE = (0, to_us(datetime(9000, 1, 1, tzinfo=UTC)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One batch as it came from the broker."""

    hub: str
    lane: Lane
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Have:
    """Up to where the centre has a hub's lane: what the hub is answered."""

    hub: str
    lane: Lane
    upto: int


@dataclass(slots=True)
class _Gathered:
    """What the accepted batches of one transaction hold."""

    readings: list[tuple[int, Readings]] = field(default_factory=list)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    forget: list[tuple[int, Sequence[int]]] = field(default_factory=list)
    unreadable: list[dict[str, Any]] = field(default_factory=list)


def ingest(connection: Connection, arrived: Sequence[Arrived], now: datetime) -> list[Have]:
    """Take batches in; what each hub is to be answered once this transaction is committed.

    Batches of a hub that is not known, or no longer, are not answered.
    """
    names = sorted({one.hub for one in arrived})
    known = {(row.name, row.lane): row for row in connection.execute(_LOCKED, {"names": names})}
    upto = {key: row.upto for key, row in known.items()}
    gathered = _Gathered()
    for one in arrived:
        key = (one.hub, one.lane.value)
        if key in known:
            upto[key] = _take(gathered, one, known[key].hub_id, upto[key], now)
    _write(connection, gathered)
    moved = [
        {"hub_id": row.hub_id, "lane": row.lane, "upto": upto[key], "at": to_us(now)}
        for key, row in known.items()
        if upto[key] != row.upto
    ]
    if moved:
        connection.execute(_MOVED, moved)
    asked = dict.fromkeys((one.hub, one.lane) for one in arrived)
    return [Have(hub=hub, lane=lane, upto=upto[hub, lane]) for hub, lane in asked if (hub, lane) in known]


def set_aside(connection: Connection, one: Arrived, reason: str, now: datetime) -> list[Have]:
    """Keep a batch that the database will not take as it came, and let what follows it come."""
    row = connection.execute(_LOCKED, {"names": [one.hub]}).mappings()
    known = next((found for found in row if found["lane"] == one.lane), None)
    if known is None:
        return []
    batch = unpack(one.payload)
    key = {"hub_id": known["hub_id"], "lane": one.lane, "upto": batch.upto, "at": to_us(now)}
    connection.execute(insert(schema.unreadable), {**key, "payload": one.payload, "reason": reason})
    connection.execute(_MOVED, key)
    return [Have(hub=one.hub, lane=one.lane, upto=batch.upto)]


def _take(gathered: _Gathered, one: Arrived, hub_id: int, upto: int, now: datetime) -> int:
    """Take one batch if it is the next of its lane; up to where the lane is then."""
    try:
        batch = unpack(one.payload)
    except WireError as error:
        log.warning("a batch of hub %d cannot be unpacked: %s", hub_id, error)
        return upto
    if batch.after != upto or batch.upto == upto:
        return upto
    try:
        _gather(gathered, one.lane, hub_id, batch)
    except WireError as error:
        log.error("a batch of hub %d cannot be read, and is kept as it is: %s", hub_id, error)  # noqa: TRY400
        kept = {"hub_id": hub_id, "lane": one.lane, "upto": batch.upto, "payload": one.payload, "at": to_us(now)}
        gathered.unreadable.append({**kept, "reason": str(error)})
    return batch.upto


def _gather(gathered: _Gathered, lane: Lane, hub_id: int, batch: Batch) -> None:
    if lane is Lane.READINGS:
        readings = unpack_readings(batch.body)
        if len(readings) and not _POSSIBLE[0] <= readings.at.min() <= readings.at.max() <= _POSSIBLE[1]:
            raise WireError("its times are none")
        if len(readings):
            gathered.readings.append((hub_id, readings))
        return
    for table, row in unpack_rows(batch.body):
        if table == FORGET:
            gathered.forget.append((hub_id, [int(one) for one in row["quantities"]]))
        elif table in schema.MIRRORED and all(one.name in row for one in schema.KEYS[table]):
            gathered.rows[table].append({**row, "hub_id": hub_id})
        else:
            raise WireError(f"there is no table {table!r} here, or a row of it has no number")


def _write(connection: Connection, gathered: _Gathered) -> None:
    for table, rows in gathered.rows.items():
        _mirror(connection, table, rows)
    if gathered.readings:
        _store_readings(connection, gathered.readings)
    for hub_id, quantities in gathered.forget:
        for known in (schema.observation, schema.rollup_hour):
            theirs = known.c.hub_id == hub_id
            connection.execute(delete(known).where(theirs, known.c.quantity_id.in_(quantities)))
    if gathered.unreadable:
        connection.execute(insert(schema.unreadable), gathered.unreadable)


def _mirror(connection: Connection, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of a hub's table as they are there now; what is not in a row is hidden, and is NULL here."""
    table = schema.MIRRORED[name]
    newest = {tuple(row[one.name] for one in table.primary_key): row for row in rows}
    values = [{column.name: row.get(column.name) for column in table.c} for row in newest.values()]
    connection.execute(_replace(name), values)
    if name == "intent":
        _commands_done(connection, rows)


@lru_cache(maxsize=64)
def _replace(name: str) -> Any:
    table: Table = schema.MIRRORED[name]
    new = upsert(table).values({column.name: bindparam(column.name, type_=column.type) for column in table.c})
    others = {column.name: new.excluded[column.name] for column in table.c if not column.primary_key}
    keys = list(table.primary_key)
    return new.on_conflict_do_update(index_elements=keys, set_=others) if others else new.on_conflict_do_nothing()


def _commands_done(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """What became of the requests that the centre itself had made."""
    done = schema.command
    for row in rows:
        if row.get("command") is not None and row.get("done_at") is not None:
            theirs = (done.c.id == row["command"], done.c.hub_id == row["hub_id"])
            values = {"done_at": row["done_at"], "result": row.get("result")}
            connection.execute(update(done).where(*theirs).values(values))


def _store_readings(connection: Connection, batches: Sequence[tuple[int, Readings]]) -> None:
    for month in sorted(months([readings for _, readings in batches])):
        _partition(connection, month)
    cursor = connection.connection.cursor()
    with cursor.copy(_COPY) as copy:
        copy.write(COPY_BEGIN)
        for hub_id, readings in batches:
            copy.write(copy_rows(hub_id, readings))
        copy.write(COPY_END)
    cursor.execute(_SUM_UP, by_hour(batches)._asdict())


def _partition(connection: Connection, month: str) -> None:
    """Make the partition of a month, like `2026-11`, where it is not there yet."""
    begin = datetime.fromisoformat(f"{month}-01T00:00+00:00")
    name = f"observation_{begin:%Y_%m}"
    if begin < _EARLIEST or connection.execute(text("SELECT to_regclass(:name)"), {"name": name}).scalar():
        return
    end = begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)
    connection.execute(text("SELECT pg_advisory_xact_lock(7302)"))
    ranged = f"FOR VALUES FROM ({to_us(begin)}) TO ({to_us(end)})"
    connection.execute(text(f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF observation {ranged}"))
