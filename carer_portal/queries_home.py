"""What the home's sensors said last, as far as this viewer may know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from analytics.model import Settings
from analytics.settings import number
from carer_portal import wording
from carer_portal.latest import DOORS, MEASURED, MOVED, Latest, Names, latest, since
from carer_portal.model import Band, Door, Movement, Vital
from carer_portal.sight import Sight
from devices.model import Quantity, TriggerKind
from devices.registry import KINDS
from hub.household.model import Household
from hub.store.devices import ids
from hub.store.schema import from_us, sensor_event

VITAL_SHOWN_FOR: Final = timedelta(days=1)
LIMITS: Final[Mapping[Quantity, tuple[str, str | None]]] = {
    Quantity.HEART_RATE_BPM: ("abnormal_pulse.low_bpm", "abnormal_pulse.high_bpm"),
    Quantity.PULSE_BPM: ("abnormal_pulse.low_bpm", "abnormal_pulse.high_bpm"),
    Quantity.SPO2_PERCENT: ("abnormal_spo2.low_percent", None),
}
"""Which settings bound a vital sign, at and beyond which it is out of range. Same limits, same sign."""

Seen = tuple[datetime, str]
"""When somebody was seen, and by which sensor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensors:
    """The home's sensors, and what they are called for this viewer."""

    household: Household
    sight: Sight
    names: Names

    def room(self, key: str) -> str | None:
        """Where it is, if that may be told."""
        return self.household.devices[key].room if self.sight.may("room") else None

    def title(self, key: str) -> str:
        """Its own name, which tells where it is; without consent for rooms only what it is."""
        kind = KINDS[self.household.devices[key].kind]
        may_say = self.sight.may("room")
        return wording.capital(self.household.home.sensors[key].name if may_say else kind.title)


def sensors(connection: Connection, household: Household, sight: Sight) -> Sensors:
    """The sensors that the household declares now."""
    names = {number: name for name, number in ids(connection).items() if name in household.devices}
    return Sensors(household=household, sight=sight, names=names)


def last_seen(connection: Connection, home: Sensors) -> Seen | None:
    """When somebody was seen last: movement, a door, a bed or chair, or a press of a button."""
    seen = [(one.at, one.device) for one in latest(connection, home.names, MOVED)]
    press = select(sensor_event).where(sensor_event.c.kind != TriggerKind.FALL)
    newest = connection.execute(press.order_by(sensor_event.c.at.desc()).limit(1)).one_or_none()
    if newest is not None and newest.device_id in home.names:
        seen.append((from_us(newest.at), home.names[newest.device_id]))
    return max(seen, default=None)


def movement(home: Sensors, seen: Seen | None) -> Movement | None:
    """What this viewer may know of when and where somebody was seen."""
    when, where = home.sight.may("time"), home.sight.may("room")
    if seen is None or not (when or where):
        return None
    return Movement(at=seen[0] if when else None, room=home.room(seen[1]))


def vitals(connection: Connection, home: Sensors, settings: Settings, now: datetime) -> tuple[Vital, ...]:
    """The newest believable value of each vital sign and where it lies; nothing older than a day."""
    if not home.sight.bands:
        return ()
    fresh = (one for one in latest(connection, home.names, MEASURED) if now - one.at <= VITAL_SHOWN_FOR)
    by_sign = {LIMITS[one.quantity]: one for one in sorted(fresh, key=lambda one: one.at)}
    return tuple(_vital(one, home.sight, settings) for _, one in sorted(by_sign.items(), key=lambda pair: pair[0][0]))


def _vital(one: Latest, sight: Sight, settings: Settings) -> Vital:
    return Vital(
        quantity=one.quantity,
        at=one.at if sight.may("time") else None,
        value=one.value if sight.may("vitals") else None,
        band=_band(one, settings),
    )


def _band(one: Latest, settings: Settings) -> Band:
    low, high = LIMITS[one.quantity]
    if one.value <= number(settings, low):
        return Band.BELOW
    return Band.ABOVE if high is not None and one.value >= number(settings, high) else Band.WITHIN


def doors(connection: Connection, home: Sensors) -> tuple[Door, ...]:
    """The outer doors: open or closed, and since when where that can be told."""
    if not home.sight.may("room"):
        return ()
    outer = {one.device for one in home.household.home.sensors.values() if one.outer_door}
    known = (one for one in latest(connection, home.names, DOORS) if one.device in outer)
    return tuple(
        Door(
            name=home.title(one.device),
            open=one.value > 0,
            since=since(connection, one) if home.sight.may("time") else None,
        )
        for one in sorted(known, key=lambda one: one.device)
    )
