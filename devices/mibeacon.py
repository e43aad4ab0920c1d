"""The library `xiaomi-ble` behind a narrow door: it reads and decrypts one MiBeacon frame, and hands on what it found.

It stands apart from its decoder because it is slow to load (it brings a client for its maker's cloud, which is never
called), and most homes have no such sensor.
"""

import logging
import math
from collections.abc import Mapping
from typing import Any

from sensor_state_data import BaseDeviceClass, BinarySensorDeviceClass, SensorDeviceClass, Units
from xiaomi_ble import XiaomiBluetoothDeviceData
from xiaomi_ble.const import ExtendedBinarySensorDeviceClass

from devices.advert_info import blank_info
from devices.model import DecodeError, Frame, Quantity, TriggerKind

_SERVICE = "0000fe95-0000-1000-8000-00805f9b34fb"
_MEASURES: Mapping[tuple[BaseDeviceClass | None, Units | None], Quantity] = {
    (SensorDeviceClass.BATTERY, Units.PERCENTAGE): Quantity.BATTERY_PERCENT,
    (SensorDeviceClass.TEMPERATURE, Units.TEMP_CELSIUS): Quantity.TEMPERATURE_C,
    (SensorDeviceClass.HUMIDITY, Units.PERCENTAGE): Quantity.HUMIDITY_PERCENT,
    (SensorDeviceClass.ILLUMINANCE, Units.LIGHT_LUX): Quantity.ILLUMINANCE_LX,
}
"""Not the voltage: the library makes it up from the charge."""
_STATES: Mapping[BaseDeviceClass | None, Quantity] = {
    BinarySensorDeviceClass.MOTION: Quantity.MOTION,
    BinarySensorDeviceClass.OPENING: Quantity.OPEN,
    BinarySensorDeviceClass.DOOR: Quantity.OPEN,
    BinarySensorDeviceClass.OCCUPANCY: Quantity.OCCUPIED,
    BinarySensorDeviceClass.SMOKE: Quantity.SMOKE,
    BinarySensorDeviceClass.MOISTURE: Quantity.WET,
    BinarySensorDeviceClass.BATTERY: Quantity.BATTERY_LOW,
    ExtendedBinarySensorDeviceClass.DOOR_LEFT_OPEN: Quantity.LEFT_OPEN,
}
_PRESSES: Mapping[str, TriggerKind] = {
    "press": TriggerKind.PRESS,
    "double_press": TriggerKind.DOUBLE_PRESS,
    "long_press": TriggerKind.LONG_PRESS,
}

YIELDS = frozenset({*_MEASURES.values(), *_STATES.values(), *_PRESSES.values()})


class Parser(XiaomiBluetoothDeviceData):
    """The library's parser, with its findings taken as they come: it would hand out old values along with new ones."""

    def __init__(self, key: bytes | None) -> None:
        # It warns of every single frame that it cannot read; here that is a DecodeError, which the hub counts.
        logging.getLogger("xiaomi_ble").setLevel(logging.CRITICAL)
        super().__init__(key)
        self._info = blank_info()
        self.values: dict[Quantity, float] = {}
        self.presses: list[tuple[TriggerKind, str | None]] = []

    def parse(self, frame: Frame) -> None:
        """Read one frame into `values` and `presses`. Raises `DecodeError` where the library cannot."""
        self.values, self.presses = {}, []
        self.decryption_failed = True
        self.last_service_info = None
        self._info.address = frame.address
        self._info.service_data = {_SERVICE: frame.payload}
        try:
            self.update(self._info)
        except (LookupError, ArithmeticError, TypeError, ValueError) as error:
            raise DecodeError(f"the library cannot read {frame.payload.hex()}: {error!r}") from error
        if self.last_service_info is None:
            raise DecodeError(f"not a frame of a product that is known: {frame.payload.hex()}")

    def update_sensor(self, *_: object, **found: Any) -> None:
        """Take a measure. A float from the air may be none."""
        quantity = _MEASURES.get((found["device_class"], found["native_unit_of_measurement"]))
        if quantity is not None and math.isfinite(found["native_value"]):
            self.values[quantity] = round(float(found["native_value"]), 4)

    def update_binary_sensor(self, *_: object, **found: Any) -> None:
        """Take a state."""
        if (quantity := _STATES.get(found["device_class"])) is not None:
            self.values[quantity] = float(bool(found["native_value"]))

    def fire_event(self, key: str, event_type: str, *_: object, **__: object) -> None:
        """Take a press, and which button where there are several (`button_left`); motion that is told as an event."""
        if key == "motion":
            self.values[Quantity.MOTION] = 1.0
        elif key.startswith("button") and (kind := _PRESSES.get(event_type)) is not None:
            self.presses.append((kind, key.partition("_")[2] or None))

    def update_signal_strength(self, native_value: float) -> None:
        """The hub keeps the signal with the frame."""
