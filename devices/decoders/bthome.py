"""BTHome advertisements (service data 0xFCD2), plain and encrypted: buttons, motion, doors, smoke, climate.

The library `bthome-ble` reads the objects and decrypts. It is kept from deciding what is a repetition, for its rule
(the same packet number within four seconds) forgets a press that BlueZ replays later, and drops a press from a button
whose numbers began anew. Here a frame is a repetition when all its bytes are those of one heard lately.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bthome_ble import BTHomeBluetoothDeviceData
from sensor_state_data import BaseDeviceClass, BinarySensorDeviceClass, SensorDeviceClass, Units

from devices.advert_info import blank_info
from devices.heard import Latest
from devices.kinds import DeviceSetup, SetupError
from devices.model import DecodeError, Frame, Observation, Quantity, Reading, Trigger, TriggerKind

SOURCE = "advert:fcd2"
KEY_SIZE = 16

_SERVICE = "0000fcd2-0000-1000-8000-00805f9b34fb"
_MAC_SIZE, _COUNTER_AND_CHECK = 6, 8
_ENCRYPTED, _MAC_INSIDE, _VERSION_SHIFT, _VERSION = 0x01, 0x02, 5, 2
_COUNTER_MAY_RESTART_BELOW = 100
_SAME_PRESS = timedelta(seconds=10)
"""A press without any number, heard again within this of its last hearing, is the same press, still on the air."""

_MEASURES: Mapping[tuple[BaseDeviceClass, Units | None], tuple[Quantity, float]] = {
    (SensorDeviceClass.BATTERY, Units.PERCENTAGE): (Quantity.BATTERY_PERCENT, 1.0),
    (SensorDeviceClass.TEMPERATURE, Units.TEMP_CELSIUS): (Quantity.TEMPERATURE_C, 1.0),
    (SensorDeviceClass.HUMIDITY, Units.PERCENTAGE): (Quantity.HUMIDITY_PERCENT, 1.0),
    (SensorDeviceClass.PRESSURE, Units.PRESSURE_MBAR): (Quantity.PRESSURE_HPA, 1.0),
    (SensorDeviceClass.ILLUMINANCE, Units.LIGHT_LUX): (Quantity.ILLUMINANCE_LX, 1.0),
    (SensorDeviceClass.POWER, Units.POWER_WATT): (Quantity.POWER_W, 1.0),
    (SensorDeviceClass.ROTATION, Units.DEGREE): (Quantity.ROTATION_DEG, 1.0),
    (SensorDeviceClass.DISTANCE, Units.LENGTH_MILLIMETERS): (Quantity.DISTANCE_CM, 0.1),
    (SensorDeviceClass.DISTANCE, Units.LENGTH_METERS): (Quantity.DISTANCE_CM, 100.0),
    (SensorDeviceClass.MASS, Units.MASS_KILOGRAMS): (Quantity.WEIGHT_KG, 1.0),
    (SensorDeviceClass.MASS, Units.MASS_POUNDS): (Quantity.WEIGHT_KG, 0.45359237),
}
_STATES: Mapping[BaseDeviceClass | None, Quantity] = {
    BinarySensorDeviceClass.MOTION: Quantity.MOTION,
    BinarySensorDeviceClass.OPENING: Quantity.OPEN,
    BinarySensorDeviceClass.DOOR: Quantity.OPEN,
    BinarySensorDeviceClass.WINDOW: Quantity.OPEN,
    BinarySensorDeviceClass.GARAGE_DOOR: Quantity.OPEN,
    BinarySensorDeviceClass.OCCUPANCY: Quantity.OCCUPIED,
    BinarySensorDeviceClass.PRESENCE: Quantity.OCCUPIED,
    BinarySensorDeviceClass.SMOKE: Quantity.SMOKE,
    BinarySensorDeviceClass.CO: Quantity.CARBON_MONOXIDE,
    BinarySensorDeviceClass.GAS: Quantity.GAS,
    BinarySensorDeviceClass.MOISTURE: Quantity.WET,
    BinarySensorDeviceClass.VIBRATION: Quantity.VIBRATION,
    BinarySensorDeviceClass.TAMPER: Quantity.TAMPERED,
    BinarySensorDeviceClass.POWER: Quantity.SWITCHED_ON,
    BinarySensorDeviceClass.BATTERY: Quantity.BATTERY_LOW,
}
_PRESSES: Mapping[str, TriggerKind] = {
    "press": TriggerKind.PRESS,
    "double_press": TriggerKind.DOUBLE_PRESS,
    "triple_press": TriggerKind.TRIPLE_PRESS,
    "long_press": TriggerKind.LONG_PRESS,
    "long_double_press": TriggerKind.LONG_PRESS,
    "long_triple_press": TriggerKind.LONG_PRESS,
    "hold_press": TriggerKind.HOLD_PRESS,
}

YIELDS = frozenset({quantity for quantity, _ in _MEASURES.values()} | {*_STATES.values()} | {*_PRESSES.values()})


class _Parser(BTHomeBluetoothDeviceData):
    """The library's parser, with its findings taken as they come: it would hand out old values along with new ones."""

    def __init__(self, key: bytes | None) -> None:
        super().__init__(key)
        self.packet: str | None = None
        self.values: dict[Quantity, float] = {}
        self.presses: list[tuple[TriggerKind, str | None]] = []

    def begin(self) -> None:
        """Forget the last frame, and what the library would judge repetitions by."""
        self.packet = None
        self.values = {}
        self.presses = []
        self.packet_id = None
        self.last_service_info = None
        self.decryption_failed = True

    @property
    def understood(self) -> bool:
        """Whether there was anything in the frame that the library knows."""
        return self.last_service_info is not None

    def update_sensor(self, *_: object, **found: Any) -> None:
        """Take a measure; the first where a device has two of a sort."""
        device_class, value = found["device_class"], found["native_value"]
        if device_class is SensorDeviceClass.PACKET_ID:
            self.packet = str(int(value))
        elif (known := _MEASURES.get((device_class, found["native_unit_of_measurement"]))) is not None:
            quantity, factor = known
            self.values.setdefault(quantity, round(value * factor, 4))

    def update_binary_sensor(self, *_: object, **found: Any) -> None:
        """Take a state."""
        if (quantity := _STATES.get(found["device_class"])) is not None:
            self.values.setdefault(quantity, float(found["native_value"]))

    def fire_event(self, key: str, event_type: str, *_: object, **__: object) -> None:
        """Take a press; which button, where there are several (`button_2`)."""
        if key.startswith("button") and (kind := _PRESSES.get(event_type)) is not None:
            self.presses.append((kind, key.partition("_")[2] or None))

    def update_signal_strength(self, native_value: float) -> None:
        """The hub keeps the signal with the frame."""


class BTHome:
    """One device's decoder: its key, its count, and its latest frames."""

    def __init__(self, device: str, key: bytes | None = None) -> None:
        # It warns of every single frame that it cannot read; here that is a DecodeError, which the hub counts.
        logging.getLogger("bthome_ble").setLevel(logging.CRITICAL)
        self._device = device
        self._key = key
        self._parser = _Parser(key)
        self._info = blank_info()
        self._counter = 0
        self._latest = Latest()

    def __call__(self, frame: Frame) -> list[Observation]:
        """What a new frame says; nothing for one that was heard before under the same number."""
        earlier = self._latest.take(frame)
        if earlier is not None and earlier.numbered:
            self._latest.keep(frame, numbered=True)
            return []
        counter = self._parse(frame)
        # The packet number has 8 bits, so a beacon runs through it within the hour; the counter never comes again.
        token = "/".join(filter(None, (self._parser.packet, counter))) or None
        self._latest.keep(frame, numbered=token is not None)
        still_on_air = earlier is not None and timedelta(0) <= frame.at - earlier.at < _SAME_PRESS
        return [*self._readings(frame), *([] if still_on_air else self._triggers(frame, token))]

    def _readings(self, frame: Frame) -> list[Observation]:
        return [
            Reading(device=self._device, quantity=quantity, value=value, at=frame.at)
            for quantity, value in self._parser.values.items()
        ]

    def _triggers(self, frame: Frame, token: str | None) -> list[Observation]:
        return [
            Trigger(device=self._device, kind=kind, at=frame.at, token=token, button=button)
            for kind, button in self._parser.presses
        ]

    def _parse(self, frame: Frame) -> str | None:
        """Let the library read the frame. Returns the encryption counter of an encrypted one."""
        counter = self._checked_counter(frame.payload)
        self._parser.begin()
        self._info.address = frame.address
        self._info.service_data = {_SERVICE: frame.payload}
        self._parser.update(self._info)
        if counter is not None:
            if self._parser.decryption_failed:
                raise DecodeError("it cannot be decrypted: the key is wrong, or it was sent from another address")
            self._counter = counter
        if not self._parser.understood:
            raise DecodeError(f"no object that is known in {frame.payload.hex()}")
        return None if counter is None else str(counter)

    def _checked_counter(self, payload: bytes) -> int | None:
        """Refuse what should not be read at all; the counter of an encrypted frame."""
        encrypted = bool(payload[:1]) and bool(payload[0] & _ENCRYPTED)
        least = 2 + (_MAC_SIZE if payload[:1] and payload[0] & _MAC_INSIDE else 0) + encrypted * _COUNTER_AND_CHECK
        if len(payload) < least:
            raise DecodeError(f"a frame like this has at least {least} bytes, got {payload.hex() or 'none'}")
        if payload[0] >> _VERSION_SHIFT != _VERSION:
            raise DecodeError(f"not version {_VERSION} of BTHome: {payload.hex()}")
        if not encrypted:
            if self._key is not None:
                raise DecodeError("it is not encrypted although the device has a key, so it may be somebody else's")
            return None
        return self._counter_of(payload)

    def _counter_of(self, payload: bytes) -> int:
        if self._key is None:
            raise DecodeError("it is encrypted, and the device's key is not known")
        counter = int.from_bytes(payload[-_COUNTER_AND_CHECK : -_COUNTER_AND_CHECK // 2], "little")
        if _COUNTER_MAY_RESTART_BELOW <= counter < self._counter:
            raise DecodeError(f"its counter went back from {self._counter} to {counter}: an old frame sent again")
        return counter


def make(setup: DeviceSetup) -> BTHome:
    """The decoder for a declared device, with its key where it has one."""
    if setup.key is not None and len(setup.key) != KEY_SIZE:
        raise SetupError(f"device {setup.name}: the key must be {KEY_SIZE} bytes ({2 * KEY_SIZE} hex digits)")
    return BTHome(setup.name, setup.key)
