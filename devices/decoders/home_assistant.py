"""What Home Assistant publishes, and whoever announces itself to it: one state a topic, as text or in a JSON field.

It is `mqtt_statestream` (`homeassistant/binary_sensor/hall/state`, the payload `on`), or the `state_topic` of an MQTT
discovery message. What a state means is in the device's options, which `alongside devices add` fills in:

* `device_class`: what it is, in Home Assistant's word (`motion`, `door`, `temperature`, `button`, ...);
* `unit`: of a measure, where it is not the usual one (`°F`);
* `field`: the field of the JSON object, where the payload is one;
* `on`, `off`: what the payload says for yes and for no, where it is not one of the usual words.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from devices.kinds import DeviceSetup, SetupError
from devices.model import DecodeError, Frame, Observation, Quantity, Reading, Trigger, TriggerKind
from devices.mqtt import fields_of, number_of, press_of, text_of, yes_or_no

STATES: Mapping[str, Quantity] = {
    "motion": Quantity.MOTION,
    "moving": Quantity.MOTION,
    "occupancy": Quantity.OCCUPIED,
    "presence": Quantity.OCCUPIED,
    "door": Quantity.OPEN,
    "window": Quantity.OPEN,
    "opening": Quantity.OPEN,
    "garage_door": Quantity.OPEN,
    "smoke": Quantity.SMOKE,
    "carbon_monoxide": Quantity.CARBON_MONOXIDE,
    "gas": Quantity.GAS,
    "moisture": Quantity.WET,
    "vibration": Quantity.VIBRATION,
    "tamper": Quantity.TAMPERED,
    "power_state": Quantity.SWITCHED_ON,
    "plug": Quantity.SWITCHED_ON,
    "battery_low": Quantity.BATTERY_LOW,
}
Unit = tuple[float, float]
"""What a number in this unit is multiplied with, after what was added to it."""
_AS_IT_IS: Unit = (1.0, 0.0)
MEASURES: Mapping[str, tuple[Quantity, Mapping[str, Unit]]] = {
    "temperature": (Quantity.TEMPERATURE_C, {"°C": _AS_IT_IS, "°F": (5 / 9, -32.0), "K": (1.0, -273.15)}),
    "humidity": (Quantity.HUMIDITY_PERCENT, {"%": _AS_IT_IS}),
    "pressure": (Quantity.PRESSURE_HPA, {"hPa": _AS_IT_IS, "mbar": _AS_IT_IS, "kPa": (10.0, 0.0), "Pa": (0.01, 0.0)}),
    "atmospheric_pressure": (Quantity.PRESSURE_HPA, {"hPa": _AS_IT_IS, "mbar": _AS_IT_IS}),
    "illuminance": (Quantity.ILLUMINANCE_LX, {"lx": _AS_IT_IS}),
    "power": (Quantity.POWER_W, {"W": _AS_IT_IS, "kW": (1000.0, 0.0)}),
    "battery": (Quantity.BATTERY_PERCENT, {"%": _AS_IT_IS}),
    "weight": (Quantity.WEIGHT_KG, {"kg": _AS_IT_IS, "lb": (0.45359237, 0.0)}),
    "distance": (Quantity.DISTANCE_CM, {"cm": _AS_IT_IS, "m": (100.0, 0.0), "mm": (0.1, 0.0)}),
}
BUTTON = "button"
CLASSES = (*STATES, *MEASURES, BUTTON)
OPTIONS = frozenset({"device_class", "unit", "field", "on", "off"})
YIELDS: frozenset[Quantity | TriggerKind] = frozenset(
    {*STATES.values()} | {quantity for quantity, _ in MEASURES.values()} | {*TriggerKind} - {TriggerKind.FALL}
)
NOT_THERE = frozenset({"unavailable", "unknown", "none", ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One state of Home Assistant, and how it is read."""

    device: str
    device_class: str
    unit: Unit = _AS_IT_IS
    field: str | None = None
    on: str | None = None
    off: str | None = None

    def __call__(self, frame: Frame) -> list[Observation]:
        """What one message says."""
        value = self._value(frame.payload)
        if str(value).strip().lower() in NOT_THERE:
            raise DecodeError("Home Assistant says that it does not know the state")
        if self.device_class == BUTTON:
            press = press_of(str(value))
            return [] if press is None else [Trigger(device=self.device, kind=press[0], at=frame.at, button=press[1])]
        quantity, number = self._measured(value)
        return [Reading(device=self.device, quantity=quantity, value=number, at=frame.at)]

    def _value(self, payload: bytes) -> object:
        if self.field is None:
            return text_of(payload)
        fields = fields_of(payload)
        if fields.get(self.field) is None:
            raise DecodeError(f"there is no {self.field} in it")
        return fields[self.field]

    def _measured(self, value: object) -> tuple[Quantity, float]:
        if self.device_class in STATES:
            return STATES[self.device_class], float(self._is_on(value))
        factor, added = self.unit
        return MEASURES[self.device_class][0], round((number_of(value, self.device_class) + added) * factor, 4)

    def _is_on(self, value: object) -> bool:
        word = str(value).strip()
        if word in (self.on, self.off):
            return word == self.on
        return yes_or_no(value, self.device_class)


def make(setup: DeviceSetup) -> Entity:
    """The decoder for a declared device. Raises `SetupError`."""
    options = setup.options
    device_class = options.get("device_class", "")
    if device_class not in CLASSES:
        raise SetupError(f"device {setup.name}: its option `device_class` must be one of {', '.join(CLASSES)}")
    return Entity(
        device=setup.name,
        device_class=device_class,
        unit=_unit(setup, device_class),
        field=options.get("field"),
        on=options.get("on"),
        off=options.get("off"),
    )


def _unit(setup: DeviceSetup, device_class: str) -> Unit:
    unit = setup.options.get("unit")
    if unit is None or device_class not in MEASURES:
        return _AS_IT_IS
    known = MEASURES[device_class][1]
    if unit not in known:
        raise SetupError(f"device {setup.name}: the unit of {device_class} must be one of {', '.join(known)}")
    return known[unit]
