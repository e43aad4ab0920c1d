"""The Seeed MR60 radars: somebody there, somebody fallen (MR60FDA2), their breath and heart rate (MR60BHA2).

A frame is 01, a running number, the length, the type (16 bits each, big-endian), a check byte of these, the data, and a
check byte of the data; a check byte is the inverted XOR. The radar sends much that is of no use here (point clouds, its
own settings): such frames are read and say nothing.
"""

import math
import struct
from collections.abc import Mapping
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
FALL, PRESENCE, BREATH, HEART = 0x0E02, 0x0F09, 0x0A14, 0x0A15
RATE = struct.Struct("<f")
"""A rate is a float, and unlike the header little-endian. 0 stands for none."""
EVERY_S = 10.0

_DATA_AT = HEADER.size + 1
_LONGEST = 1024

_RATES: Mapping[int, Quantity] = {BREATH: Quantity.RESPIRATION_PER_MIN, HEART: Quantity.HEART_RATE_BPM}

FALL_YIELDS: frozenset[Quantity | TriggerKind] = frozenset({TriggerKind.FALL, Quantity.OCCUPIED})
VITALS_YIELDS: frozenset[Quantity | TriggerKind] = frozenset({Quantity.OCCUPIED, *_RATES.values()})
YIELDS = FALL_YIELDS | VITALS_YIELDS


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
        """A fall that begins, whether somebody is there, or a rate."""
        kind, data = parse(frame.payload)
        if kind in _RATES:
            return self._rate(frame, _RATES[kind], data)
        if kind not in (FALL, PRESENCE):
            return []
        if len(data) != 1 or data[0] > 1:
            raise DecodeError(f"expected one byte, 0 or 1, got {data.hex() or 'none'}")
        return self._fall(frame, fallen=bool(data[0])) if kind == FALL else self._presence(frame, data[0])

    def _fall(self, frame: Frame, *, fallen: bool) -> list[Observation]:
        begins, self._fallen = fallen and not self._fallen, fallen
        return [Trigger(device=self.device, kind=TriggerKind.FALL, at=frame.at)] if begins else []

    def _presence(self, frame: Frame, there: int) -> list[Observation]:
        return self._thinned(frame, Quantity.OCCUPIED, float(there))

    def _rate(self, frame: Frame, quantity: Quantity, data: bytes) -> list[Observation]:
        if len(data) != RATE.size:
            raise DecodeError(f"expected a rate of {RATE.size} bytes, got {data.hex() or 'none'}")
        (rate,) = RATE.unpack(data)
        value = round(rate, 2) if math.isfinite(rate) else 0.0
        return self._thinned(frame, quantity, value) if value > 0 else []

    def _thinned(self, frame: Frame, quantity: Quantity, value: float) -> list[Observation]:
        reading = Reading(device=self.device, quantity=quantity, value=value, at=frame.at)
        return [reading] if self._thinner.passes(reading) else []


def make(setup: DeviceSetup) -> Mr60:
    """The decoder for a declared radar."""
    return Mr60(setup.name)
