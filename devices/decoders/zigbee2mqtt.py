"""What Zigbee2MQTT publishes of a Zigbee device: one JSON object with all that it knows of it, at each change.

It says again what it knew before along with what is new, so an old value is told as if it were new; for a state (open,
occupied) that is true all the same, and presses are not kept there.
"""

from collections.abc import Callable, Mapping

from devices.kinds import DeviceSetup
from devices.model import DecodeError, Frame, Observation, Quantity, Reading, Trigger, TriggerKind
from devices.mqtt import fields_of, number_of, press_of, yes_or_no

Convert = Callable[[object, str], float]


def _yes(value: object, name: str) -> float:
    return float(yes_or_no(value, name))


def _no(value: object, name: str) -> float:
    return float(not yes_or_no(value, name))


FIELDS: Mapping[str, tuple[Quantity, Convert]] = {
    "occupancy": (Quantity.MOTION, _yes),
    "presence": (Quantity.OCCUPIED, _yes),
    "contact": (Quantity.OPEN, _no),  # contact: the two halves are together
    "water_leak": (Quantity.WET, _yes),
    "smoke": (Quantity.SMOKE, _yes),
    "carbon_monoxide": (Quantity.CARBON_MONOXIDE, _yes),
    "gas": (Quantity.GAS, _yes),
    "vibration": (Quantity.VIBRATION, _yes),
    "tamper": (Quantity.TAMPERED, _yes),
    "state": (Quantity.SWITCHED_ON, _yes),
    "power": (Quantity.POWER_W, number_of),
    "temperature": (Quantity.TEMPERATURE_C, number_of),
    "humidity": (Quantity.HUMIDITY_PERCENT, number_of),
    "pressure": (Quantity.PRESSURE_HPA, number_of),
    "illuminance": (Quantity.ILLUMINANCE_LX, number_of),
    "battery": (Quantity.BATTERY_PERCENT, number_of),
    "battery_low": (Quantity.BATTERY_LOW, _yes),
}
YIELDS: frozenset[Quantity | TriggerKind] = frozenset(
    {quantity for quantity, _ in FIELDS.values()} | {*TriggerKind} - {TriggerKind.FALL}
)
_WORDS_ALLOWED = frozenset({"state"})
"""A lock or a cover has a state of its own words, which is not ours to read."""


def decode(device: str, frame: Frame) -> list[Observation]:
    """What one message says. A field without a value is not known yet, and says nothing."""
    fields = fields_of(frame.payload)
    readings: list[Observation] = [
        Reading(device=device, quantity=quantity, value=convert(fields[name], name), at=frame.at)
        for name, (quantity, convert) in FIELDS.items()
        if fields.get(name) is not None and not _other_words(name, fields[name])
    ]
    return readings + _presses(device, frame, fields.get("action"))


def _other_words(name: str, value: object) -> bool:
    return name in _WORDS_ALLOWED and str(value).lower() not in ("on", "off")


def _presses(device: str, frame: Frame, action: object) -> list[Observation]:
    if action is None:
        return []
    if not isinstance(action, str):
        raise DecodeError("action must be a word")
    press = press_of(action)
    return [] if press is None else [Trigger(device=device, kind=press[0], at=frame.at, button=press[1])]


def make(setup: DeviceSetup) -> Callable[[Frame], list[Observation]]:
    """The decoder for a declared device."""
    return lambda frame: decode(setup.name, frame)
