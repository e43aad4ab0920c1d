"""What has still to be told to the centre: noted by triggers, in the transaction of the change itself.

Only a home that has joined a centre has these tables and triggers; `begin` makes them and notes all that is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from hub.household.model import Consent
from hub.store.schema import metadata as hub_metadata
from hub.store.schema import observation, quantity
from hub.sync import numbering
from hub.sync.leaving import SHOWS, may_leave, shown
from hub.sync.wire import Batch, Lane, Readings, pack_readings, pack_rows

MOST_ROWS = 500
MOST_READINGS = 20_000
_STARTED = "started"
"""The mark of the newest reading when the hub first started since it last heard the centre: a copy ends there."""
FORGET = "forget"
"""A row that is no table's: which quantities the centre must no longer have."""

_own = MetaData()
outbox = Table(
    "sync_outbox",
    _own,
    Column("seq", Integer, primary_key=True),
    Column("lane", String, nullable=False, index=True),
    Column("of_table", String, nullable=False),
    Column("row", Integer, nullable=False),
    sqlite_autoincrement=True,
)
cursor = Table(
    "sync_cursor",
    _own,
    Column("lane", String, primary_key=True),
    Column("upto", Integer, nullable=False),
)
command = Table(  # what the centre asked for, each once, however often it is sent
    "sync_command",
    _own,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("intent_id", Integer, nullable=False),
)

_URGENT = frozenset({"alarm", "transition", "finding", "alarm_finding", "notification", "acknowledgement", "intent"})
LANES: Mapping[str, Lane] = {name: Lane.ALARMS if name in _URGENT else Lane.RECORDS for name in SHOWS}
"""By table, the lane that its rows take."""

_TRIGGER = (
    "CREATE TRIGGER IF NOT EXISTS sync_{table}_{verb} AFTER {verb} ON {table} BEGIN"
    " INSERT INTO sync_outbox (lane, of_table, row) VALUES ('{lane}', '{table}', NEW.rowid); END"
)
_ALL = "INSERT INTO sync_outbox (lane, of_table, row) SELECT '{lane}', '{table}', rowid FROM {table} ORDER BY rowid"
_ROWS = "SELECT rowid AS sync_row, * FROM {table} WHERE rowid IN (SELECT value FROM json_each(:rows))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A batch that waits to be sent, and how much is in it."""

    lane: Lane
    batch: Batch
    count: int


def begin(connection: Connection) -> None:
    """Note every change from now on, and everything that is there already. Called at each start, before all else."""
    _own.create_all(connection)
    numbering.metadata.create_all(connection)
    for table, lane in LANES.items():
        for verb in ("insert", "update"):
            connection.execute(text(_TRIGGER.format(table=table, verb=verb, lane=lane)))
    for lane in Lane:
        connection.execute(upsert(cursor).values(lane=lane, upto=0).on_conflict_do_nothing())
        sent = newest_reading(connection) if lane is Lane.READINGS else 0  # what is there may have been told before
        connection.execute(upsert(cursor).values(lane=_sent(lane), upto=sent).on_conflict_do_nothing())
    started = upsert(cursor).values(lane=_STARTED, upto=newest_reading(connection))
    connection.execute(started.on_conflict_do_nothing())
    for lane in (Lane.ALARMS, Lane.RECORDS):
        note_all(connection, lane)


def end(connection: Connection) -> None:
    """Note nothing more, and forget what was noted."""
    for table in LANES:
        for verb in ("insert", "update"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS sync_{table}_{verb}"))
    _own.drop_all(connection)
    numbering.metadata.drop_all(connection)


def note_all(connection: Connection, lane: Lane) -> None:
    """Note every row of a lane's tables again: the centre lacks it, or consent has changed."""
    for table in (name for name, its in LANES.items() if its is lane):
        connection.execute(text(_ALL.format(table=table, lane=lane)))


def waiting(connection: Connection, lane: Lane, consent: Consent) -> Waiting | None:
    """The next batch of a lane; None: the centre has everything."""
    after = have(connection, lane)
    if lane is Lane.READINGS:
        return _readings(connection, after, consent)
    query = (
        select(outbox.c.seq, outbox.c.of_table, outbox.c.row)
        .where(outbox.c.lane == lane, outbox.c.seq > after)
        .order_by(outbox.c.seq)
        .limit(MOST_ROWS)
    )
    noted = connection.execute(query).all()
    if not noted:
        return None
    rows = _current(connection, [(one.of_table, one.row) for one in noted], consent)
    batch = Batch(after=after, upto=noted[-1].seq, body=pack_rows(rows))
    return Waiting(lane=lane, batch=batch, count=len(rows))


def question(connection: Connection, lane: Lane) -> Waiting:
    """An empty batch: the centre answers it as any other with what it has, and takes nothing."""
    after = have(connection, lane)
    return Waiting(lane=lane, batch=Batch(after=after, upto=after, body=b""), count=0)


def have(connection: Connection, lane: Lane) -> int:
    """Up to where the centre has a lane, as far as it is known here."""
    return _mark(connection, lane)


def sending(connection: Connection, lane: Lane, upto: int) -> None:
    """So far this database has sent a lane, or is about to: noted before it is sent."""
    theirs = cursor.update().where(cursor.c.lane == _sent(lane), cursor.c.upto < upto)
    connection.execute(theirs.values(upto=upto))


def heard(connection: Connection, lane: Lane, upto: int) -> None:
    """The centre says up to where it has a lane: what it has is forgotten, what it lacks is noted again.

    If it has more than this database ever sent, this is an older copy of the one that it knew: what was noted since
    then bears numbers that the centre has seen already. Rows are noted again; readings that are newer than the copy are
    numbered on from there.
    """
    before = have(connection, lane)
    is_copy = upto > _mark(connection, _sent(lane))
    sending(connection, lane, upto)
    connection.execute(cursor.update().where(cursor.c.lane == lane).values(upto=upto))
    if lane is Lane.READINGS:
        if is_copy:
            _lift(connection, before, upto)
        connection.execute(delete(cursor).where(cursor.c.lane == _STARTED))
        return
    connection.execute(delete(outbox).where(outbox.c.lane == lane, outbox.c.seq <= upto))
    _number_from(connection, upto)
    if upto < before or is_copy:
        note_all(connection, lane)


def _lift(connection: Connection, before: int, upto: int) -> None:
    known, started = numbering.read(connection), select(cursor.c.upto).where(cursor.c.lane == _STARTED)
    copied = connection.execute(started).scalar()
    if copied is None:
        copied = known.own(before)
    if upto > known.out(copied):
        numbering.keep(connection, known.lifted(copied, upto))


def _mark(connection: Connection, name: str) -> int:
    return int(connection.execute(select(cursor.c.upto).where(cursor.c.lane == name)).scalar_one())


def _sent(lane: Lane) -> str:
    """The mark of how far this database itself has sent a lane."""
    return f"sent {lane}"


def forget(connection: Connection, consent: Consent) -> None:
    """Consent has changed: everything is told anew as it may now be seen, and what it hides is to be forgotten."""
    for lane in (Lane.ALARMS, Lane.RECORDS):
        note_all(connection, lane)
    connection.execute(insert(outbox).values(lane=Lane.RECORDS, of_table=FORGET, row=consent.revision))


def _number_from(connection: Connection, upto: int) -> None:
    """Number on from what the centre has: this database may be an older copy of the one that it knew."""
    query = "UPDATE sqlite_sequence SET seq = max(seq, :upto) WHERE name = 'sync_outbox'"
    connection.execute(text(query), {"upto": upto})


def _current(
    connection: Connection, noted: Sequence[tuple[str, int]], consent: Consent
) -> list[tuple[str, dict[str, Any]]]:
    """The rows as they are now, each once, at the place where it was noted last."""
    order = {one: place for place, one in enumerate(noted)}
    found: list[tuple[int, str, dict[str, Any]]] = []
    numbers_out = numbering.read(connection)
    for table in {name for name, _ in order}:
        numbers = [row for name, row in order if name == table]
        if table == FORGET:
            hidden = {"quantities": hidden_quantities(connection, consent)}
            found += [(order[table, number], FORGET, hidden) for number in numbers]
            continue
        for number, row in _rows(connection, table, numbers):
            asked = {"command": _command_of(connection, number)} if table == "intent" else {}
            told = numbers_out.finding(row) if table == "finding" else row
            found.append((order[table, number], table, shown(table, told, consent) | asked))
    return [(table, row) for _, table, row in sorted(found, key=lambda one: one[0])]


def _rows(connection: Connection, table: str, numbers: Sequence[int]) -> list[tuple[int, dict[str, Any]]]:
    known = hub_metadata.tables[table]
    query = text(_ROWS.format(table=table)).columns(Column("sync_row", Integer), *(_unbound(one) for one in known.c))
    found = connection.execute(query, {"rows": str(list(numbers))}).mappings()
    return [(row["sync_row"], {name: value for name, value in row.items() if name != "sync_row"}) for row in found]


def _command_of(connection: Connection, intent_id: int) -> int | None:
    """The centre's own number of a request, where the centre made it."""
    query = select(command.c.id).where(command.c.intent_id == intent_id)
    return connection.execute(query).scalar()


def _unbound(column: Column[Any]) -> Column[Any]:
    return Column(column.name, column.type)


def hidden_quantities(connection: Connection, consent: Consent) -> list[int]:
    """The numbers of the quantities that may not leave the home."""
    return [number for number, name in _quantities(connection) if not may_leave(name, consent)]


def _quantities(connection: Connection) -> list[tuple[int, str]]:
    return [(row.id, row.name) for row in connection.execute(select(quantity.c.id, quantity.c.name))]


_NEXT_READINGS = (
    select(observation).where(observation.c.id > bindparam("after")).order_by(observation.c.id).limit(bindparam("most"))
)


def _readings(connection: Connection, after: int, consent: Consent) -> Waiting | None:
    known = numbering.read(connection)
    rows = connection.execute(_NEXT_READINGS, {"after": known.own(after), "most": MOST_READINGS}).all()
    if not rows:
        return None
    hidden = set(hidden_quantities(connection, consent))
    kept = [row for row in rows if row.quantity_id not in hidden]
    readings = columns(kept)
    readings = replace(readings, id=known.out_all(readings.id))
    batch = Batch(after=after, upto=known.out(rows[-1].id), body=pack_readings(readings))
    return Waiting(lane=Lane.READINGS, batch=batch, count=len(readings))


def columns(rows: Sequence[Any]) -> Readings:
    """Observation rows as columns; a quality that was not said is 1."""
    number, device, its_quantity, at, value, quality = list(zip(*rows, strict=True)) or [()] * 6
    return Readings(
        id=np.array(number, np.int64),
        device=np.array(device, np.int32),
        quantity=np.array(its_quantity, np.int16),
        at=np.array(at, np.int64),
        value=np.array(value, np.float64),
        quality=np.array([1.0 if one is None else one for one in quality], np.float32),
    )


def behind(connection: Connection) -> int:
    """How many notes and readings the centre lacks."""
    notes = connection.execute(select(func.count()).select_from(outbox)).scalar_one()
    return int(notes) + readings_behind(connection)


def readings_behind(connection: Connection) -> int:
    """How many readings the centre lacks."""
    newest = numbering.read(connection).out(newest_reading(connection))
    return max(0, newest - have(connection, Lane.READINGS))


def newest_reading(connection: Connection) -> int:
    """The number of the newest reading; 0: there is none."""
    return int(connection.execute(select(func.max(observation.c.id))).scalar() or 0)
