"""MbientLab's MetaMotion (with the accelerometer BMI160): acceleration, one sample or three in a packet.

The packets bear neither a time nor a number. The sensor's own oscillator, which may be wrong by 1 %, is therefore known
only by counting its samples, and lost ones only by the time that is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from devices.kinds import DeviceSetup, Write
from devices.model import DecodeError, Frame, Observation, Quantity
from devices.streams.gaps import ArrivalGaps, Samples, Timed
from devices.streams.options import chosen
from devices.streams.stream import Stream

COMMAND, NOTIFY = "326a9001-85cb-9195-d9dd-464cfbbae75a", "326a9006-85cb-9195-d9dd-464cfbbae75a"
COMMAND_SOURCE, SOURCE = f"gatt:{COMMAND}", f"gatt:{NOTIFY}"
ACCELEROMETER, SINGLE, PACKED = 0x03, 0x04, 0x1C
_RATES: Mapping[float, int] = {50.0: 0x07, 25.0: 0x06, 100.0: 0x08, 200.0: 0x09}
_RANGES: Mapping[float, int] = {8.0: 0x08, 2.0: 0x03, 4.0: 0x05, 16.0: 0x0C}
"""The number of each rate and range in the sensor's settings; the first is the usual one."""
RATES_HZ, RANGES_G = tuple(_RATES), tuple(_RANGES)
BLOCK = timedelta(milliseconds=250)
YIELDS = frozenset({Quantity.CLOCK_DRIFT_PPM})

_CONFIGURE, _ENABLE, _START = 0x03, 0x02, 0x01
_NORMAL_FILTER = 0x20
_COUNTS = 1 << 15
_SAMPLE_SIZE = 6
_MOST_WAITING = 64
_SAMPLES: Mapping[int, int] = {SINGLE: 1, PACKED: 3}


def writes(setup: DeviceSetup) -> tuple[Write, ...]:
    """What is written once the hub listens: rate and range, three samples a packet, on, and go."""
    rate, span = _RATES[chosen(setup, "rate_hz", RATES_HZ)], _RANGES[chosen(setup, "range_g", RANGES_G)]
    commands = ((_CONFIGURE, _NORMAL_FILTER | rate, span), (PACKED, 1), (_ENABLE, 1, 0), (_START, 1))
    return tuple((COMMAND_SOURCE, bytes([ACCELEROMETER, *command])) for command in commands)


def body_of(payload: bytes) -> bytes | None:
    """The samples of a packet, as they are; None in one of another module of the board."""
    if len(payload) < 2:
        raise DecodeError(f"a packet names its module and its register, got {payload.hex() or 'none'}")
    count = _SAMPLES.get(payload[1])
    if payload[0] != ACCELEROMETER or count is None:
        return None
    if len(payload) != 2 + count * _SAMPLE_SIZE:
        raise DecodeError(f"{count} samples have {count * _SAMPLE_SIZE} bytes, got {payload[2:].hex() or 'none'}")
    return payload[2:]


def samples_of(bodies: bytes, range_g: float) -> Samples:
    """The samples of one or more packets, in g."""
    counts = np.frombuffer(bodies, "<i2").reshape(-1, 3)
    return (counts * (range_g / _COUNTS)).astype(np.float32)


@dataclass(slots=True)
class MetaMotion:
    """One sensor's decoder. Up to sixty packets a second are put together, as each would wake the whole hub.

    The first goes on at once, and then whatever has come, every `BLOCK`.
    """

    stream: Stream
    _gaps: ArrivalGaps = field(init=False)
    _waiting: list[tuple[bytes, datetime]] = field(default_factory=list, init=False)
    _told: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._gaps = ArrivalGaps(self.stream.rate_hz)

    def __call__(self, frame: Frame) -> list[Observation]:
        """The blocks that can be told by now: none while it is not certain whether something was lost."""
        body = body_of(frame.payload)
        if body is None:
            return []
        self._waiting.append((body, frame.at))
        too_soon = self._told is not None and timedelta(0) <= frame.at - self._told < BLOCK
        if too_soon and len(self._waiting) < _MOST_WAITING:
            return []
        self._told = frame.at
        waiting, self._waiting = self._waiting, []
        timed = [packet for body, at in waiting for packet in self._gaps.take(body, len(body) // _SAMPLE_SIZE, at)]
        return [said for run in _unbroken(timed) for said in self._block(run)]

    def _block(self, run: list[Timed]) -> list[Observation]:
        samples = samples_of(b"".join(packet.body for packet in run), self.stream.range_g)
        return self.stream.block(samples, run[-1].last_s, run[0].missing, run[-1].heard)


def _unbroken(timed: list[Timed]) -> list[list[Timed]]:
    """Packets between which nothing was lost."""
    runs: list[list[Timed]] = []
    for packet in timed:
        if packet.missing or not runs:
            runs.append([])
        runs[-1].append(packet)
    return runs


def make(setup: DeviceSetup) -> MetaMotion:
    """The decoder for a declared sensor, at its rate and range."""
    rate_hz, range_g = chosen(setup, "rate_hz", RATES_HZ), chosen(setup, "range_g", RANGES_G)
    return MetaMotion(Stream(setup.name, rate_hz, range_g))
