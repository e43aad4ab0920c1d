"""The Contec CMS50D+ oximeter on its cable: sixty reports a second, of five bytes each.

Bit 7 is set in the first byte only. Older meters (firmware 4.5) speak like this by themselves; those with firmware 4.6
have another format and wait for a command, and are not understood.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from devices.kinds import DeviceSetup
from devices.model import DecodeError, Frame, Observation, Quantity, Reading
from devices.thinning import Thinner

SIZE = 5
SYNC = 0x80
FINGER_OUT, DROPPING = 0x10, 0x20
"""Bits of the first byte; its lower half is the strength of the signal."""
PROBE_ERROR, SEARCHING, PULSE_BIT = 0x10, 0x20, 0x40
"""Bits of the third byte; its lower half is a bar to be shown."""
EVERY_S = 1.0
"""The meter works out new values about once a second."""

YIELDS = frozenset({Quantity.SPO2_PERCENT, Quantity.PULSE_BPM, Quantity.SKIN_CONTACT})

_WEAK_SIGNAL = 3
_LOW = 0x7F
_MOST_SPO2 = 100
_NO_PULSE = frozenset({0, 0xFF})
_CAPS: Mapping[tuple[int, int], float] = {
    (0, FINGER_OUT): 0.0,
    (0, DROPPING): 0.3,  # the meter itself says that the value is falling while it measures
    (2, PROBE_ERROR): 0.0,
    (2, SEARCHING): 0.0,  # it has not found the pulse yet
}
"""How far a value is believed, by the byte and its bit."""


def split(buffer: bytearray) -> list[bytes]:
    """The whole reports at the front of the buffer, in order. What may still become one stays."""
    frames: list[bytes] = []
    at = 0
    while at < len(buffer):
        length = _length_at(buffer, at)
        if length == SIZE:
            frames.append(bytes(buffer[at : at + SIZE]))
        elif length and at + length == len(buffer):
            break
        at += length or 1
    del buffer[:at]
    return frames


def _length_at(buffer: bytearray, at: int) -> int:
    """How many bytes at this place belong together: 0 where no report starts, and fewer than five where it is torn."""
    if not buffer[at] & SYNC:
        return 0
    following = buffer[at + 1 : at + SIZE]
    return 1 + next((count for count, byte in enumerate(following) if byte & SYNC), len(following))


@dataclass(slots=True)
class Cms50d:
    """One meter's decoder."""

    device: str
    _thinner: Thinner = field(default_factory=lambda: Thinner(EVERY_S), init=False)

    def __call__(self, frame: Frame) -> list[Observation]:
        """Saturation and pulse about once a second, and whether there is a finger, when it changes."""
        report = frame.payload
        if len(report) != SIZE or [bool(byte & SYNC) for byte in report] != [True, False, False, False, False]:
            raise DecodeError(f"not one whole report: {report.hex() or 'no bytes'}")
        caps = [cap for (place, bit), cap in _CAPS.items() if report[place] & bit]
        quality = min([*caps, 0.3 if report[0] & 0x0F < _WEAK_SIGNAL else 1.0])
        readings = [
            Reading(device=self.device, quantity=quantity, value=float(value), at=frame.at, quality=quality)
            for quantity, value in _values(report)
        ]
        there = float(not report[0] & FINGER_OUT)
        readings.append(Reading(device=self.device, quantity=Quantity.SKIN_CONTACT, value=there, at=frame.at))
        return [reading for reading in readings if self._thinner.passes(reading)]


def _values(report: bytes) -> list[tuple[Quantity, int]]:
    """Those that are numbers: 127 % and 0 or 255 beats stand for none."""
    saturation, pulse = report[4] & _LOW, (report[2] & PULSE_BIT) << 1 | report[3] & _LOW
    values = [(Quantity.SPO2_PERCENT, saturation)] if 0 < saturation <= _MOST_SPO2 else []
    return values + ([] if pulse in _NO_PULSE else [(Quantity.PULSE_BPM, pulse)])


def make(setup: DeviceSetup) -> Cms50d:
    """The decoder for a declared meter."""
    return Cms50d(setup.name)
