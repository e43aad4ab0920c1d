"""The formats of recordings: what a file's header means, and how one row becomes observations."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from analytics.places import quantity_of
from devices.model import Observation, Quantity, Reading, Trigger, TriggerKind

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Before this, a device's clock had not been set."""
UNUSED_VITALS = frozenset({"Total body water", "O/E - muscle mass", "Skin Temperature"})
VITALS: dict[tuple[str, str], Quantity] = {
    ("Body Temperature", "Cel"): Quantity.BODY_TEMPERATURE_C,
    ("Systolic blood pressure", "mm[Hg]"): Quantity.SYSTOLIC_MMHG,
    ("Diastolic blood pressure", "mm[Hg]"): Quantity.DIASTOLIC_MMHG,
    ("Heart rate", "beats/min"): Quantity.PULSE_BPM,
    ("Body weight", "kg"): Quantity.WEIGHT_KG,
}
"""What a home's health devices are called in TIHM, with the unit that must be beside it."""


class RowError(ValueError):
    """One row cannot be used: why."""


Row = list[str]
Instant = Callable[[str], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One kind of file, known by its header. `read` says what a row holds; its first column may name the home."""

    columns: tuple[str, ...]
    tz: str
    names_home: bool
    read: Callable[[Row, Instant], Iterable[Observation]]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise RowError(f"expected a number, got {text!r}") from None


def _activity(row: Row, instant: Instant) -> Iterable[Observation]:
    """TIHM: a location and a time, no value. Of a door it says only that it was used: opened and closed at once."""
    _, location, date = row
    quantity = quantity_of(location)
    if quantity is None:
        raise RowError(f"no sensor is called {location!r}")
    at = instant(date)
    values = (1.0, 0.0) if quantity is Quantity.OPEN else (1.0,)
    return [Reading(device=location, quantity=quantity, value=value, at=at) for value in values]


def _physiology(row: Row, instant: Instant) -> Iterable[Observation]:
    """TIHM: one measurement that somebody took."""
    _, date, device_type, value, unit = row
    if device_type in UNUSED_VITALS:
        return ()
    quantity = VITALS.get((device_type, unit))
    if quantity is None:
        raise RowError(f"{device_type!r} in {unit!r} is not a measurement we know")
    return (Reading(device=device_type.lower(), quantity=quantity, value=_number(value), at=instant(date)),)


def _change(row: Row, instant: Instant) -> Iterable[Observation]:
    """The two single-resident homes: a sensor turned on (1) or off (0)."""
    at, sensor, value = row
    quantity = quantity_of(sensor)
    if quantity is None:
        raise RowError(f"no sensor is called {sensor!r}")
    return (Reading(device=sensor, quantity=quantity, value=_number(value), at=instant(at)),)


def _plain(row: Row, instant: Instant) -> Iterable[Observation]:
    """The project's own CSV: quantities and triggers by the names of `devices.model`; a trigger's value is ignored."""
    at, device, what, value = row
    if what in QUANTITIES:
        return (Reading(device=device, quantity=Quantity(what), value=_number(value), at=instant(at)),)
    if what in TRIGGERS:
        return (Trigger(device=device, kind=TriggerKind(what), at=instant(at)),)
    raise RowError(f"{what!r} is neither a quantity nor a press or fall")


QUANTITIES = frozenset(Quantity)
TRIGGERS = frozenset(TriggerKind)
FORMATS = (
    Format(columns=("patient_id", "location_name", "date"), tz="Europe/London", names_home=True, read=_activity),
    Format(
        columns=("patient_id", "date", "device_type", "value", "unit"),
        tz="Europe/London",
        names_home=True,
        read=_physiology,
    ),
    Format(columns=("at", "sensor", "value"), tz="Europe/Madrid", names_home=False, read=_change),
    Format(columns=("at", "device", "quantity", "value"), tz="Europe/London", names_home=False, read=_plain),
)


def instant_in(tz: ZoneInfo, now: datetime) -> Instant:
    """Reads times; a naive one is of the clock of `tz`. What lies after `now` or before `EARLIEST` is refused."""

    def instant(text: str) -> datetime:
        try:
            told = datetime.fromisoformat(text)
        except ValueError:
            raise RowError(f"expected a time, got {text!r}") from None
        at = (told if told.tzinfo else told.replace(tzinfo=tz)).astimezone(UTC)
        if not EARLIEST <= at <= now:
            raise RowError(f"{text} lies in the future" if at > now else f"{text} is from a clock that was not set")
        return at

    return instant
