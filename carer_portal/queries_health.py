"""What a clinician looks at: the score, the newest values with their quality, what was kept out, the limits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, func, select

from analytics.settings import DEFAULTS, number, resolve
from analytics.vitals.news2 import Parameter, Scale, Score, score
from carer_portal import wording_alarm
from carer_portal.queries_days import MEASURED
from carer_portal.sight import Look
from devices.model import Quantity
from hub.model import Provenance
from hub.store import devices, settings
from hub.store.rollups import hour_of, reach
from hub.store.schema import from_us, observation, observation_hour, rejection, to_us

COUNTS_FOR: Final = timedelta(hours=24)
"""Older values do not count in the score here: a page is no monitor."""
SHOWN_FOR: Final = timedelta(days=7)
BELIEVED: Final = 0.7
PARTS: Final[Mapping[Quantity, Parameter]] = MappingProxyType(
    {
        Quantity.RESPIRATION_PER_MIN: Parameter.RESPIRATION,
        Quantity.SPO2_PERCENT: Parameter.SPO2,
        Quantity.OXYGEN_GIVEN: Parameter.OXYGEN,
        Quantity.SYSTOLIC_MMHG: Parameter.SYSTOLIC,
        Quantity.HEART_RATE_BPM: Parameter.PULSE,
        Quantity.PULSE_BPM: Parameter.PULSE,
        Quantity.ALERT: Parameter.CONSCIOUSNESS,
        Quantity.BODY_TEMPERATURE_C: Parameter.TEMPERATURE,
    }
)
CLINICAL: Final = ("abnormal_", "news2.", "irregular_", "unusual_vitals.")
"""The beginnings of the keys of settings that a clinician has to do with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """The newest value of one quantity."""

    quantity: Quantity
    value: float
    at: datetime
    believed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A setting with where it comes from, and when it is to be looked at again. `decided`: by people, for this home."""

    decided: bool
    words: str
    value: str
    provenance: str
    review_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The page; None for what this viewer may not know."""

    score: Score | None
    values: tuple[Value, ...] | None
    kept_out: tuple[tuple[str, int], ...] | None
    limits: tuple[Limit, ...]


def health(connection: Connection, look: Look) -> Health:
    """As this viewer may know it."""
    newest = list(_newest(connection, look))
    numbers = look.sight.may("vitals")
    return Health(
        score=_score(connection, look, newest) if look.sight.may("news2") else None,
        values=tuple(one for one in newest if one.quantity in MEASURED) if numbers else None,
        kept_out=_kept_out(connection, look) if numbers else None,
        limits=tuple(_limits(connection)) if look.sight.bands or look.sight.may("news2") else (),
    )


def _newest(connection: Connection, look: Look) -> Iterator[Value]:
    """The newest value of each quantity of the last week, found through the sparse index of hours."""
    kinds = {n: one for n, one in devices.quantities(connection).items() if one in {*MEASURED, *PARTS}}
    numbers = [number for name, number in devices.ids(connection).items() if name in look.household.devices]
    since = select(func.min(observation_hour.c.first_id)).where(
        observation_hour.c.hour >= hour_of(look.now - SHOWN_FOR)
    )
    first = connection.scalar(since)
    start = reach(connection) if first is None else first - 1
    last = (
        select(func.max(observation.c.id))
        .where(observation.c.id > start, observation.c.quantity_id.in_(kinds), observation.c.device_id.in_(numbers))
        .group_by(observation.c.quantity_id)
    )
    rows = connection.execute(select(observation).where(observation.c.id.in_(last)).order_by(observation.c.at)).all()
    for row in rows:
        believed = row.quality is None or row.quality >= BELIEVED
        yield Value(quantity=kinds[row.quantity_id], value=row.value, at=from_us(row.at), believed=believed)


def _score(connection: Connection, look: Look, newest: list[Value]) -> Score:
    known = resolve(settings.in_force(connection))
    scale = Scale.TWO if number(known, "news2.spo2_scale") >= 1.5 else Scale.ONE
    counted = (one for one in newest if one.believed and look.now - one.at <= COUNTS_FOR and one.quantity in PARTS)
    return score({PARTS[one.quantity]: one.value for one in counted}, scale)


def _kept_out(connection: Connection, look: Look) -> tuple[tuple[str, int], ...]:
    counted = select(rejection.c.reason, func.count().label("n")).where(rejection.c.at > to_us(look.now - SHOWN_FOR))
    rows = connection.execute(counted.group_by(rejection.c.reason).order_by(func.count().desc()))
    return tuple((row.reason, row.n) for row in rows)


def _limits(connection: Connection) -> Iterator[Limit]:
    decided = settings.current(connection)
    for key, spec in sorted(DEFAULTS.items()):
        if not key.startswith(CLINICAL):
            continue
        chosen = decided.get(key)
        value = spec.value if chosen is None else chosen.value
        provenance = Provenance.DEFAULT if chosen is None else chosen.provenance
        because = spec.source if chosen is None else chosen.because
        yield Limit(
            decided=provenance is not Provenance.DEFAULT,
            words=spec.words,
            value=f"{value:g} {spec.unit}" if isinstance(value, float) else str(value),
            provenance=f"{wording_alarm.PROVENANCES[provenance]}: {because}",
            review_at=None if chosen is None else chosen.review_at,
        )
