"""A home with every kind of sensor, and observations of it, in few words."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.model import Answer, Detector, Finding, Home, Sensor, Settings, SettingValue
from analytics.settings import resolve
from devices.model import Observation, Quantity, Reading, Trigger, TriggerKind

LONDON = ZoneInfo("Europe/London")

KITCHEN = "kitchen_motion"
HALL = "hall_motion"
FRIDGE = "fridge_door"
FRONT = "front_door"
BACK = "back_door"
BED = "bed_mat"
CHAIR = "chair_mat"
KETTLE = "kettle_plug"
PENDANT = "pendant"
STRAP = "chest_strap"
OXIMETER = "oximeter"
VISITOR_WATCH = "visitor_watch"
RADAR = "bathroom_radar"
BELT = "beat_belt"
SMOKE_ALARM = "smoke_alarm"
THERMOMETER = "bedroom_climate"
OVEN = "oven_plug"
SCALE = "scale"

SENSORS = (
    Sensor(device=KITCHEN, kind="pir", name="kitchen_motion", room="kitchen"),
    Sensor(device=HALL, kind="pir", name="hall_motion", room="hall"),
    Sensor(device=FRIDGE, kind="contact", name="fridge_door", room="kitchen"),
    Sensor(device=FRONT, kind="contact", name="front_door", room="hall", outer_door=True),
    Sensor(device=BACK, kind="contact", name="back_door", room="kitchen", outer_door=True),
    Sensor(device=BED, kind="pressure", name="bed_mat", room="bedroom", bed=True),
    Sensor(device=CHAIR, kind="pressure", name="chair_mat", room="living room"),
    Sensor(device=KETTLE, kind="plug", name="kettle_plug", room="kitchen"),
    Sensor(device=PENDANT, kind="button", name="pendant", answers={TriggerKind.DOUBLE_PRESS: Answer.FINE}),
    Sensor(device=STRAP, kind="heart_rate", name="chest_strap", person="margaret"),
    Sensor(device=OXIMETER, kind="oximeter", name="oximeter"),
    Sensor(device=VISITOR_WATCH, kind="heart_rate", name="watch", person="joan"),
    Sensor(device=SCALE, kind="scale", name="scale", room="bathroom"),
    Sensor(device=SMOKE_ALARM, kind="smoke", name="smoke_alarm", room="hall"),
    Sensor(device=THERMOMETER, kind="climate", name="bedroom_climate", room="bedroom"),
    Sensor(device=OVEN, kind="plug", name="oven_plug", room="scullery"),
    Sensor(device=BELT, kind="heart_rate", name="belt"),
    Sensor(device=RADAR, kind="radar", name="bathroom_radar", room="bathroom"),
)

HOME = Home(
    id="hh-1",
    tz=LONDON,
    resident="margaret",
    resident_name="Margaret",
    sensors={sensor.device: sensor for sensor in SENSORS},
)


def local(text: str, day: str = "2026-11-24") -> datetime:
    """A time on the home's clock, as an instant; Tuesday 24 November 2026 unless another day is given."""
    return datetime.fromisoformat(f"{day} {text}").replace(tzinfo=LONDON).astimezone(UTC)


def reading(device: str, quantity: Quantity, value: float, at: datetime, quality: float = 1.0) -> Reading:
    return Reading(device=device, quantity=quantity, value=value, at=at, quality=quality)


def motion(at: datetime, device: str = KITCHEN, value: float = 1.0) -> Reading:
    return reading(device, Quantity.MOTION, value, at)


def door(at: datetime, value: float, device: str = FRONT) -> Reading:
    return reading(device, Quantity.OPEN, value, at)


def bed(at: datetime, value: float) -> Reading:
    return reading(BED, Quantity.OCCUPIED, value, at)


def press(at: datetime, kind: TriggerKind = TriggerKind.PRESS, token: str | None = None) -> Trigger:
    return Trigger(device=PENDANT, kind=kind, at=at, token=token)


def settings(**changes: float | str) -> Settings:
    """The defaults with changes at version 1; a key's dot is written as two underscores."""
    return resolve({key.replace("__", "."): SettingValue(value=value, version=1) for key, value in changes.items()})


def numbered(observations: Iterable[Observation]) -> list[tuple[Observation, int]]:
    return [(observation, number) for number, observation in enumerate(observations, start=1)]


def run(
    detector: Detector, observations: Iterable[Observation], until: datetime | None = None, first_number: int = 1
) -> list[Finding]:
    """What a detector finds, called as the engine calls it but with nothing in between."""
    found: list[Finding] = []
    for number, observation in enumerate(observations, start=first_number):
        found += ticks(detector, observation.at)
        found += detector.update(observation, number)
    return found + (ticks(detector, until) if until else [])


def ticks(detector: Detector, until: datetime) -> list[Finding]:
    found: list[Finding] = []
    while (due := detector.due) is not None and due <= until:
        found += detector.tick(due)
    return found


def series(
    device: str, quantity: Quantity, values: Iterable[float], start: datetime, step: timedelta
) -> list[Observation]:
    """Readings of one sensor at even distances."""
    return [reading(device, quantity, value, start + turn * step) for turn, value in enumerate(values)]


def at_quality(observations: Iterable[Observation], quality: float) -> list[Observation]:
    return [replace(one, quality=quality) if isinstance(one, Reading) else one for one in observations]
