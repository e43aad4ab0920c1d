"""What was heard, read back to rebuild the detectors at start, and what was kept out of them."""

import heapq
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, false, or_, select

from devices.model import Quantity, Reading, Trigger, TriggerKind
from hub.store import devices
from hub.store.rollups import within
from hub.store.schema import from_us, observation, sensor_event, to_us

Stored = tuple[int, Reading | Trigger]
"""A number and what was heard under it."""

_CHUNK = 5_000
_COLUMNS = ("id", "device_id", "quantity_id", "at", "value", "quality")


def past(connection: Connection, since: Mapping[Quantity | TriggerKind, datetime], until: datetime) -> Iterator[Stored]:
    """What was heard of these quantities and triggers, each from its own time on, in the order it was heard in.

    Reads on while it is iterated over; the connection must stay open for as long.
    """
    names = devices.names(connection)
    readings = _readings(connection, since, until, names)
    triggers = _triggers(connection, since, until, names)
    return heapq.merge(readings, triggers, key=lambda stored: stored[0])


def _readings(
    connection: Connection,
    since: Mapping[Quantity | TriggerKind, datetime],
    until: datetime,
    names: Mapping[int, str],
) -> Iterator[Stored]:
    quantities = devices.quantities(connection)
    starts = {number: since[one] for number, one in quantities.items() if one in since}
    if not starts:
        return
    wanted = or_(
        *(and_(observation.c.quantity_id == n, observation.c.at >= to_us(start)) for n, start in starts.items())
    )
    span = within(connection, min(starts.values()), until)
    query = select(*(observation.c[name] for name in _COLUMNS)).where(span, wanted).order_by(observation.c.id)
    for number, device, quantity, at, value, quality in _rows(connection, query):  # unpacked: a year is a million rows
        yield (
            number,
            Reading(
                device=names[device],
                quantity=quantities[quantity],
                value=value,
                at=from_us(at),
                quality=1.0 if quality is None else quality,
            ),
        )


def _triggers(
    connection: Connection,
    since: Mapping[Quantity | TriggerKind, datetime],
    until: datetime,
    names: Mapping[int, str],
) -> Iterator[Stored]:
    event = sensor_event.c
    starts = {kind: start for kind, start in since.items() if isinstance(kind, TriggerKind)}
    wanted = [and_(event.kind == kind, event.at >= to_us(start)) for kind, start in starts.items()]
    query = select(sensor_event).where(or_(false(), *wanted), event.at < to_us(until)).order_by(event.id)
    for row in _rows(connection, query):
        device, kind = names[row.device_id], TriggerKind(row.kind)
        yield row.id, Trigger(device=device, kind=kind, at=from_us(row.at), token=row.token)


def _rows(connection: Connection, query: Select[*tuple[Any, ...]]) -> Iterator[Row[*tuple[Any, ...]]]:
    return iter(connection.execute(query.execution_options(yield_per=_CHUNK)))
