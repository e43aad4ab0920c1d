"""Reads events in the plain form in which they are compared with other hubs: `ts,sensor_id,kind,value`."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from analytics.model import Sensor
from analytics.places import sensor_of
from devices.model import Observation, Quantity, Reading, Trigger, TriggerKind

COLUMNS = ["ts", "sensor_id", "kind", "value"]

ALIASES: Mapping[str, Quantity] = {
    "battery": Quantity.BATTERY_PERCENT,
    "bed": Quantity.OCCUPIED,
    "chair": Quantity.OCCUPIED,
    "co": Quantity.CARBON_MONOXIDE,
    "contact": Quantity.OPEN,
    "door": Quantity.OPEN,
    "heart_rate": Quantity.HEART_RATE_BPM,
    "humidity": Quantity.HUMIDITY_PERCENT,
    "illuminance": Quantity.ILLUMINANCE_LX,
    "leak": Quantity.WET,
    "light": Quantity.ILLUMINANCE_LX,
    "occupancy": Quantity.OCCUPIED,
    "pir": Quantity.MOTION,
    "power": Quantity.POWER_W,
    "presence": Quantity.OCCUPIED,
    "pressure": Quantity.PRESSURE_HPA,
    "pulse": Quantity.HEART_RATE_BPM,
    "spo2": Quantity.SPO2_PERCENT,
    "switch": Quantity.SWITCHED_ON,
    "temperature": Quantity.TEMPERATURE_C,
    "window": Quantity.OPEN,
}
"""What other hubs call a quantity. Our own names, those of `devices.model`, are always known."""
TRIGGER_ALIASES: Mapping[str, TriggerKind] = {"button": TriggerKind.PRESS, "panic": TriggerKind.PRESS}
WORDS: Mapping[str, float] = {
    **dict.fromkeys(("on", "true", "open", "occupied", "detected"), 1.0),
    **dict.fromkeys(("off", "false", "closed", "clear", "free"), 0.0),
}


class EventError(ValueError):
    """The file cannot be read as events; says the line and the reason."""


Make = Callable[[str, datetime, str], Observation]
"""Sensor, time and value to an observation."""


def _reading(quantity: Quantity) -> Make:
    def make(sensor: str, at: datetime, value: str) -> Observation:
        return Reading(device=sensor, quantity=quantity, value=_number(value), at=at)

    return make


def _trigger(kind: TriggerKind) -> Make:
    def make(sensor: str, at: datetime, _: str) -> Observation:
        return Trigger(device=sensor, kind=kind, at=at)

    return make


MAKERS: Mapping[str, Make] = {
    **{name: _reading(quantity) for name, quantity in ALIASES.items()},
    **{name: _trigger(kind) for name, kind in TRIGGER_ALIASES.items()},
    **{quantity.value: _reading(quantity) for quantity in Quantity},
    **{kind.value: _trigger(kind) for kind in TriggerKind},
}


def observations(path: Path) -> Iterator[Observation]:
    """What the file's sensors said, line by line. Raises `EventError`."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.reader(file)
        if next(rows, None) != COLUMNS:
            raise EventError(f"{path}: the first line must be {','.join(COLUMNS)}")
        instant = _instant
        for row in rows:
            try:
                ts, sensor, kind, value = row
                make = MAKERS[kind]
                yield make(sensor, instant(ts), value)
            except (ValueError, KeyError) as error:
                raise EventError(f"{path}, line {rows.line_num}: {_reason(row, error)}") from error


def sensors(path: Path) -> dict[str, Sensor]:
    """Every sensor in the file; what it is, is guessed from its name. Raises `EventError`."""
    return {name: sensor_of(name) for name in _names(observations(path))}


def _names(heard: Iterable[Observation]) -> list[str]:
    return list(dict.fromkeys(one.device for one in heard))


def _instant(text: str) -> datetime:
    """Seconds since 1970, or ISO 8601; UTC where it names no zone."""
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except ValueError:
        told = datetime.fromisoformat(text)
        return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        if (known := WORDS.get(text.lower())) is not None:
            return known
        raise


def _reason(row: list[str], error: Exception) -> str:
    if len(row) != len(COLUMNS):
        return f"expected {len(COLUMNS)} columns, got {len(row)}"
    if isinstance(error, KeyError):
        return f"{row[2]!r} is no kind of event that is known: {', '.join(sorted(MAKERS))}"
    return str(error)
