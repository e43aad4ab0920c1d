"""The newest reading of every device and quantity, found without reading the home's whole history.

What is older than the hourly summaries' reach is looked up in them; what is newer, a few minutes' rows, is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, select

from devices.model import Quantity, Reading
from hub.store import devices, rollups
from hub.store.schema import from_us, observation, rollup_hour

LOOKS_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """Its time and value; of an older one only the hour is known."""

    value: float
    at: datetime


Series = tuple[str, Quantity]
"""A device's key, and what it measures."""


def newest(connection: Connection, now: datetime) -> dict[Series, Newest]:
    """The newest reading of each series."""
    return {**dict(_summarised(connection, now)), **dict(_since(connection))}


def readings_between(connection: Connection, after: int, until: int) -> list[Reading]:
    """What was stored under the numbers after the one and up to the other."""
    names, quantities = devices.names(connection), devices.quantities(connection)
    new = observation.c.id > after, observation.c.id <= until
    return [
        Reading(device=names[row.device_id], quantity=quantities[row.quantity_id], value=row.value, at=from_us(row.at))
        for row in connection.execute(select(observation).where(*new).order_by(observation.c.id))
        if row.quantity_id in quantities
    ]


def _summarised(connection: Connection, now: datetime) -> Iterator[tuple[Series, Newest]]:
    hour = rollup_hour.c
    last = (
        select(hour.device_id, hour.quantity_id, func.max(hour.hour).label("hour"))
        .where(hour.hour > rollups.hour_of(now - LOOKS_BACK))
        .group_by(hour.device_id, hour.quantity_id)
        .subquery()
    )
    same = and_(hour.device_id == last.c.device_id, hour.quantity_id == last.c.quantity_id, hour.hour == last.c.hour)
    names, quantities = devices.names(connection), devices.quantities(connection)
    for row in connection.execute(select(rollup_hour).join(last, same)):
        if row.quantity_id in quantities:
            at = from_us(row.hour * rollups.HOUR_US)
            yield (names[row.device_id], quantities[row.quantity_id]), Newest(value=row.last, at=at)


def _since(connection: Connection) -> Iterator[tuple[Series, Newest]]:
    fresh = observation.c.id > rollups.reach(connection)
    series = observation.c.device_id, observation.c.quantity_id
    last = select(func.max(observation.c.id)).where(fresh).group_by(*series)
    names, quantities = devices.names(connection), devices.quantities(connection)
    for row in connection.execute(select(observation).where(observation.c.id.in_(last))):
        if row.quantity_id in quantities:
            yield (names[row.device_id], quantities[row.quantity_id]), Newest(value=row.value, at=from_us(row.at))
