"""Hourly summaries of the observations, and the sparse index of which ids hold which hour.

Both are brought up to date by `update`, a job for the hub to submit every few minutes: from the rows that are new since
the last time, whatever hour they belong to. What is newer than that is found by its id.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, or_, select

from hub.store.changes import touch
from hub.store.dialect import upsert
from hub.store.schema import observation, observation_hour, rollup_hour, to_us

TOPIC = "observation"
HOUR_US = 3_600_000_000

_HOUR = (observation.c.at // HOUR_US).label("hour")


def hour_of(at: datetime) -> int:
    """The hour of an instant, counted from 1970, UTC."""
    return to_us(at) // HOUR_US


def update(connection: Connection) -> int:
    """Add the new observations to the summaries; the id up to which they now reach."""
    behind = reach(connection)
    newest = connection.scalar(select(func.max(observation.c.id))) or 0
    if newest > behind:
        _summarise(connection, behind)
        _index(connection, behind)
        touch(connection, TOPIC)
    return newest


def rebuild(connection: Connection) -> int:
    """Make the summaries anew from all observations, in case they are doubted."""
    connection.execute(delete(rollup_hour))
    connection.execute(delete(observation_hour))
    return update(connection)


def reach(connection: Connection) -> int:
    """The id up to which observations are summarised and indexed."""
    return connection.scalar(select(func.max(observation_hour.c.last_id))) or 0


def within(connection: Connection, start: datetime, end: datetime) -> ColumnElement[bool]:
    """The condition that an observation's time is from `start` to before `end`, found without reading the others.

    Right in whatever order the times came: an hour's row spans all its ids, and what is newer than the index is read.
    """
    hours = select(func.min(observation_hour.c.first_id), func.max(observation_hour.c.last_id)).where(
        observation_hour.c.hour.between(hour_of(start), hour_of(end))
    )
    first, last = connection.execute(hours).one()
    indexed = observation.c.id.between(first or 0, last or 0)
    new = observation.c.id > reach(connection)
    return and_(or_(indexed, new), observation.c.at >= to_us(start), observation.c.at < to_us(end))


def _summarise(connection: Connection, behind: int) -> None:
    key = observation.c.device_id, observation.c.quantity_id, _HOUR
    values = observation.c.value
    sums = (
        select(
            *key,
            func.count().label("n"),
            func.sum(values).label("total"),
            func.min(values).label("lowest"),
            func.max(values).label("highest"),
            func.max(observation.c.id).label("last_id"),
        )
        .where(observation.c.id > behind)
        .group_by(*key)
        .subquery()
    )
    last = observation.alias("last")
    columns = ("device_id", "quantity_id", "hour", "n", "total", "lowest", "highest", "last", "last_id")
    rows = select(*(last.c.value if name == "last" else sums.c[name] for name in columns))
    new = upsert(connection, rollup_hour).from_select(columns, rows.where(last.c.id == sums.c.last_id))
    old = rollup_hour.c
    merged = {
        "n": old.n + new.excluded.n,
        "total": old.total + new.excluded.total,
        "lowest": case((old.lowest <= new.excluded.lowest, old.lowest), else_=new.excluded.lowest),
        "highest": case((old.highest >= new.excluded.highest, old.highest), else_=new.excluded.highest),
        "last": new.excluded.last,
        "last_id": new.excluded.last_id,
    }
    connection.execute(new.on_conflict_do_update(index_elements=["device_id", "quantity_id", "hour"], set_=merged))


def _index(connection: Connection, behind: int) -> None:
    ids = func.min(observation.c.id).label("first_id"), func.max(observation.c.id).label("last_id")
    rows = select(_HOUR, *ids).where(observation.c.id > behind).group_by(_HOUR)
    new = upsert(connection, observation_hour).from_select(("hour", "first_id", "last_id"), rows)
    connection.execute(new.on_conflict_do_update(index_elements=["hour"], set_={"last_id": new.excluded.last_id}))
