"""The newest reading of each sensor, found in bounded time however long the home's history is.

Observations are numbered as they come and have no index on time: the last rows are read backwards, and what is not
among them is looked up in the hour that the hourly rollups name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, and_, func, or_, select, true

from devices.model import Quantity
from hub.store.schema import from_us, observation, observation_hour, quantity, rollup_hour

RECENT_ROWS: Final = 20_000
"""How many rows back is looked directly: hours of a home with a pulse every second, a few milliseconds."""
BELIEVED: Final = 0.7
"""A reading that its own sensor believes in less is not shown as the person's; the detectors' default too."""

Names = Mapping[int, str]
"""The home's sensors: their number in the database, and their key in home.toml."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """The newest reading of one sensor and quantity."""

    device_id: int
    device: str
    quantity: Quantity
    at: datetime
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which readings are looked for; `hour` says which hours of the rollups can hold one."""

    quantities: tuple[Quantity, ...]
    row: ColumnElement[bool]
    hour: ColumnElement[bool]


MOVED: Final = Wanted(
    quantities=(Quantity.MOTION, Quantity.OCCUPIED, Quantity.OPEN),
    row=observation.c.value > 0,
    hour=rollup_hour.c.highest > 0,
)
DOORS: Final = Wanted(quantities=(Quantity.OPEN,), row=true(), hour=true())
MEASURED: Final = Wanted(
    quantities=(Quantity.HEART_RATE_BPM, Quantity.PULSE_BPM, Quantity.SPO2_PERCENT),
    row=or_(observation.c.quality.is_(None), observation.c.quality >= BELIEVED),
    hour=true(),
)

Series = tuple[int, int]
"""A sensor's number and a quantity's."""


def latest(connection: Connection, names: Names, wanted: Wanted) -> list[Latest]:
    """The newest wanted reading of each sensor and quantity."""
    kinds = select(quantity.c.id, quantity.c.name).where(quantity.c.name.in_(wanted.quantities))
    quantities = {row.id: Quantity(row.name) for row in connection.execute(kinds)}
    mine = and_(observation.c.device_id.in_(names), observation.c.quantity_id.in_(quantities), wanted.row)
    recent = _recent(connection, mine)
    missing = {(one, kind) for one in names for kind in quantities} - recent.keys()
    numbers = [*recent.values(), *_older(connection, missing, wanted)]
    rows = connection.execute(select(observation).where(observation.c.id.in_(numbers)).order_by(observation.c.id))
    return [
        Latest(
            device_id=row.device_id,
            device=names[row.device_id],
            quantity=quantities[row.quantity_id],
            at=from_us(row.at),
            value=row.value,
        )
        for row in rows
    ]


def since(connection: Connection, now: Latest) -> datetime | None:
    """When the present state began; None where that lies further back than is looked."""
    kind = select(quantity.c.id).where(quantity.c.name == now.quantity).scalar_subquery()
    its = and_(
        observation.c.id > _first_recent(), observation.c.device_id == now.device_id, observation.c.quantity_id == kind
    )
    other = select(func.max(observation.c.id)).where(its, observation.c.value != now.value).scalar_subquery()
    at = connection.execute(select(func.min(observation.c.at)).where(its, observation.c.id > other)).scalar()
    return None if at is None else from_us(at)


def _first_recent() -> ScalarSelect[int]:
    return select(func.max(observation.c.id) - RECENT_ROWS).scalar_subquery()


def _recent(connection: Connection, mine: ColumnElement[bool]) -> dict[Series, int]:
    series = observation.c.device_id, observation.c.quantity_id
    newest = select(*series, func.max(observation.c.id).label("id")).where(observation.c.id > _first_recent(), mine)
    rows = connection.execute(newest.group_by(*series))
    return {(row.device_id, row.quantity_id): row.id for row in rows}


def _older(connection: Connection, missing: Iterable[Series], wanted: Wanted) -> Iterator[int]:
    for device_id, quantity_id in sorted(missing):
        found = connection.execute(_in_its_last_hour(device_id, quantity_id, wanted)).scalar()
        if found is not None:
            yield found


def _in_its_last_hour(device_id: int, quantity_id: int, wanted: Wanted) -> Select[Any]:
    of_series = and_(rollup_hour.c.device_id == device_id, rollup_hour.c.quantity_id == quantity_id, wanted.hour)
    hour = select(rollup_hour.c.hour).where(of_series).order_by(rollup_hour.c.hour.desc()).limit(1).scalar_subquery()
    return select(func.max(observation.c.id)).where(
        observation_hour.c.hour == hour,
        observation.c.id.between(observation_hour.c.first_id, observation_hour.c.last_id),
        observation.c.device_id == device_id,
        observation.c.quantity_id == quantity_id,
        wanted.row,
    )
