"""The Seeed MR60FDA2 radar: somebody there, and somebody fallen.

A frame is 01, a running number, the length, the type (16 bits each, big-endian), a check byte of these, the data, and a
check byte of the data; a check byte is the inverted XOR. The radar sends much that is of no use here (point clouds, its
own settings): such frames are read and say nothing.
"""

import struct
from dataclasses import dataclass, field
from functools import reduce
from operator import xor

from devices.framing import Fit, Splitter
from devices.kinds import DeviceSetup
from devices.model import DecodeError, Frame, Observation, Quantity, Reading, Trigger, TriggerKind
from devices.thinning import Thinner

START = b"\x01"
HEADER = struct.Struct(">cHHH")
"""Start, running number, length of the data, type."""
FALL, PRESENCE = 0x0E02, 0x0F09
EVERY_S = 10.0

_DATA_AT = HEADER.size + 1
_LONGEST = 1024

YIELDS: frozenset[Quantity | TriggerKind] = frozenset({TriggerKind.FALL, Quantity.OCCUPIED})


def check(data: bytes) -> int:
    """The check byte of a header or of the data.

    >>> hex(check(bytes.fromhex("01000000010e02")))
    '0xf3'
    """
    return ~reduce(xor, data, 0) & 0xFF


def _measure(data: bytes) -> int | Fit:
    """How long the frame is that `data` starts with: both check bytes must be right."""
    if len(data) < _DATA_AT:
        return Fit.UNFINISHED
    if data[HEADER.size] != check(data[: HEADER.size]):
        return Fit.NO_FRAME
    end = _DATA_AT + HEADER.unpack_from(data)[2]
    if len(data) < end + 1:
        return Fit.UNFINISHED if end < _LONGEST else Fit.NO_FRAME
    return end + 1 if data[end] == check(data[_DATA_AT:end]) else Fit.NO_FRAME


split = Splitter(sync=START, longest=_LONGEST, measure=_measure)


def parse(payload: bytes) -> tuple[int, bytes]:
    """The type of a frame, and its data."""
    if not payload.startswith(START) or _measure(payload) != len(payload):
        raise DecodeError(f"not one whole frame: {payload.hex()}")
    return HEADER.unpack_from(payload)[3], payload[_DATA_AT:-1]


@dataclass(slots=True)
class Mr60:
    """One radar's decoder. The radar says "fallen" for as long as somebody lies there; a fall is told once."""

    device: str
    _fallen: bool = field(default=False, init=False)
    _thinner: Thinner = field(default_factory=lambda: Thinner(EVERY_S), init=False)

    def __call__(self, frame: Frame) -> list[Observation]:
        """A fall that begins, or whether somebody is there."""
        kind, data = parse(frame.payload)
        if kind not in (FALL, PRESENCE):
            return []
        if len(data) != 1 or data[0] > 1:
            raise DecodeError(f"expected one byte, 0 or 1, got {data.hex() or 'none'}")
        return self._fall(frame, fallen=bool(data[0])) if kind == FALL else self._presence(frame, data[0])

    def _fall(self, frame: Frame, *, fallen: bool) -> list[Observation]:
        begins, self._fallen = fallen and not self._fallen, fallen
        return [Trigger(device=self.device, kind=TriggerKind.FALL, at=frame.at)] if begins else []

    def _presence(self, frame: Frame, there: int) -> list[Observation]:
        reading = Reading(device=self.device, quantity=Quantity.OCCUPIED, value=float(there), at=frame.at)
        return [reading] if self._thinner.passes(reading) else []


def make(setup: DeviceSetup) -> Mr60:
    """The decoder for a declared radar."""
    return Mr60(setup.name)
