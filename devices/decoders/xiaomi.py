"""Xiaomi and Linptech sensors (MiBeacon, service data 0xFE95): smoke, pressure, presence, doors, leaks, buttons.

The library `xiaomi-ble` decrypts and reads the objects. What is decided here is which frames may be read at all. Every
frame has a number; that of an encrypted one is four bytes long. Old frames are not refused, for some makers draw the
upper three bytes by chance; only the very bytes that were heard lately are known as the same frame.

Older devices encrypt without a check (MiBeacon 2 and 3): a wrong key gives wrong values and nobody can tell. They are
refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devices.heard import Latest
from devices.kinds import DeviceSetup, SetupError
from devices.model import DecodeError, Frame, Observation, Quantity, Reading, Trigger, TriggerKind

if TYPE_CHECKING:
    from devices.mibeacon import Parser

SOURCE = "advert:fe95"
KEY_SIZE = 16
YIELDS: frozenset[Quantity | TriggerKind] = frozenset(
    {
        Quantity.BATTERY_PERCENT,
        Quantity.BATTERY_LOW,
        Quantity.TEMPERATURE_C,
        Quantity.HUMIDITY_PERCENT,
        Quantity.ILLUMINANCE_LX,
        Quantity.MOTION,
        Quantity.OPEN,
        Quantity.LEFT_OPEN,
        Quantity.OCCUPIED,
        Quantity.SMOKE,
        Quantity.WET,
        TriggerKind.PRESS,
        TriggerKind.DOUBLE_PRESS,
        TriggerKind.LONG_PRESS,
    }
)

PRODUCTS: Mapping[str, int] = {
    "xiaomi_smoke": 0x0997,
    "linptech_pressure": 0x3F4C,
    "linptech_presence": 0x6A0F,
    "xiaomi_door": 0x098B,
    "linptech_flood": 0x3F0F,
    "xiaomi_button": 0x5968,
}
"""The product number of each kind of device."""

_LEAST = 5
_ENCRYPTED, _MAC_INSIDE, _OBJECT_INSIDE, _MESH = 1 << 3, 1 << 4, 1 << 6, 1 << 7
_VERSION_SHIFT, _OLDEST, _OLDEST_CHECKED = 12, 2, 4
_MAC = slice(5, 11)
_COUNTER = slice(-7, -4)


@dataclass(slots=True)
class Xiaomi:
    """One device's decoder: its key, and its latest frames."""

    device: str
    key: bytes | None
    parser: "Parser"
    _latest: Latest = field(default_factory=Latest, init=False)

    def __call__(self, frame: Frame) -> list[Observation]:
        """What a new frame says; nothing for one that was heard lately, or that only says that the device is there."""
        control = _control_of(frame)
        is_new = self._latest.take(frame) is None
        said = self._said(frame, self._parse(frame, control)) if is_new and control & _OBJECT_INSIDE else []
        self._latest.keep(frame, numbered=True)
        return said

    def _parse(self, frame: Frame, control: int) -> str:
        """Let the library read the frame. Returns its number."""
        encrypted = bool(control & _ENCRYPTED)
        if encrypted and control >> _VERSION_SHIFT < _OLDEST_CHECKED:
            raise DecodeError("its encryption is of the old sort, under which a wrong key cannot be noticed")
        if encrypted and self.key is None:
            raise DecodeError("it is encrypted, and the device's key is not known")
        if not encrypted and self.key is not None:
            raise DecodeError("it is not encrypted although the device has a key, so it may be somebody else's")
        self.parser.parse(frame)
        if encrypted and self.parser.decryption_failed:
            raise DecodeError("it cannot be decrypted: the key is wrong, or it was sent from another address")
        packet = frame.payload[4]
        return f"{packet}/{frame.payload[_COUNTER].hex()}" if encrypted else str(packet)

    def _said(self, frame: Frame, token: str) -> list[Observation]:
        readings: list[Observation] = [
            Reading(device=self.device, quantity=quantity, value=value, at=frame.at)
            for quantity, value in self.parser.values.items()
        ]
        presses = self.parser.presses
        return readings + [
            Trigger(device=self.device, kind=kind, at=frame.at, token=token, button=button) for kind, button in presses
        ]


def _control_of(frame: Frame) -> int:
    """The frame's flags. Refuses what is no frame of this device."""
    payload = frame.payload
    if len(payload) < _LEAST:
        raise DecodeError(f"a frame has at least {_LEAST} bytes, got {payload.hex() or 'none'}")
    control = int.from_bytes(payload[:2], "little")
    if control & _MESH or control >> _VERSION_SHIFT < _OLDEST:
        raise DecodeError(f"a mesh frame or one older than version {_OLDEST}: {payload.hex()}")
    if control & _MAC_INSIDE and payload[_MAC][::-1].hex(":").upper() != frame.address.upper():
        raise DecodeError("the address in it is not the one that it was sent from")
    return control


def product_of(payload: bytes) -> int:
    """The product number that a frame bears, encrypted or not.

    >>> hex(product_of(bytes.fromhex("58598b09a3")))
    '0x98b'
    """
    return int.from_bytes(payload[2:4], "little")


def make(setup: DeviceSetup) -> Xiaomi:
    """The decoder for a declared device, with its key where it has one."""
    from devices.mibeacon import Parser  # noqa: PLC0415 -- slow to load, and most homes have no such sensor

    if setup.key is not None and len(setup.key) != KEY_SIZE:
        raise SetupError(f"device {setup.name}: the key must be {KEY_SIZE} bytes ({2 * KEY_SIZE} hex digits)")
    return Xiaomi(setup.name, setup.key, Parser(setup.key))
