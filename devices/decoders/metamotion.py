"""MbientLab's MetaMotion (with the accelerometer BMI160): acceleration, one sample or three in a packet.

The packets bear neither a time nor a number. The sensor's own oscillator, which may be wrong by 1 %, is therefore known
only by counting its samples, and lost ones only by the time that is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from devices.kinds import DeviceSetup, Write
from devices.model import DecodeError, Frame, Observation, Quantity
from devices.streams.gaps import ArrivalGaps, Samples
from devices.streams.options import chosen
from devices.streams.stream import Stream

COMMAND, NOTIFY = "326a9001-85cb-9195-d9dd-464cfbbae75a", "326a9006-85cb-9195-d9dd-464cfbbae75a"
COMMAND_SOURCE, SOURCE = f"gatt:{COMMAND}", f"gatt:{NOTIFY}"
ACCELEROMETER, SINGLE, PACKED = 0x03, 0x04, 0x1C
_RATES: Mapping[float, int] = {50.0: 0x07, 25.0: 0x06, 100.0: 0x08, 200.0: 0x09}
_RANGES: Mapping[float, int] = {8.0: 0x08, 2.0: 0x03, 4.0: 0x05, 16.0: 0x0C}
"""The number of each rate and range in the sensor's settings; the first is the usual one."""
RATES_HZ, RANGES_G = tuple(_RATES), tuple(_RANGES)
YIELDS = frozenset({Quantity.CLOCK_DRIFT_PPM})

_CONFIGURE, _ENABLE, _START = 0x03, 0x02, 0x01
_NORMAL_FILTER = 0x20
_COUNTS = 1 << 15
_SAMPLE_SIZE = 6
_SAMPLES: Mapping[int, int] = {SINGLE: 1, PACKED: 3}


def writes(setup: DeviceSetup) -> tuple[Write, ...]:
    """What is written once the hub listens: rate and range, three samples a packet, on, and go."""
    rate, span = _RATES[chosen(setup, "rate_hz", RATES_HZ)], _RANGES[chosen(setup, "range_g", RANGES_G)]
    commands = ((_CONFIGURE, _NORMAL_FILTER | rate, span), (PACKED, 1), (_ENABLE, 1, 0), (_START, 1))
    return tuple((COMMAND_SOURCE, bytes([ACCELEROMETER, *command])) for command in commands)


def parse(payload: bytes, range_g: float) -> Samples | None:
    """The samples of a packet, in g; None in one of another module of the board."""
    if len(payload) < 2:
        raise DecodeError(f"a packet names its module and its register, got {payload.hex() or 'none'}")
    count = _SAMPLES.get(payload[1])
    if payload[0] != ACCELEROMETER or count is None:
        return None
    if len(payload) != 2 + count * _SAMPLE_SIZE:
        raise DecodeError(f"{count} samples have {count * _SAMPLE_SIZE} bytes, got {payload[2:].hex() or 'none'}")
    counts = np.frombuffer(payload, "<i2", offset=2).reshape(-1, 3)
    return (counts * (range_g / _COUNTS)).astype(np.float32)


@dataclass(slots=True)
class MetaMotion:
    """One sensor's decoder."""

    stream: Stream
    _gaps: ArrivalGaps = field(init=False)

    def __post_init__(self) -> None:
        self._gaps = ArrivalGaps(self.stream.rate_hz)

    def __call__(self, frame: Frame) -> list[Observation]:
        """The blocks that can be told by now: none while it is not certain whether something was lost."""
        samples = parse(frame.payload, self.stream.range_g)
        if samples is None:
            return []
        return [
            observation
            for timed in self._gaps.take(samples, frame.at)
            for observation in self.stream.block(timed.samples, timed.last_s, timed.missing, timed.heard)
        ]


def make(setup: DeviceSetup) -> MetaMotion:
    """The decoder for a declared sensor, at its rate and range."""
    rate_hz, range_g = chosen(setup, "rate_hz", RATES_HZ), chosen(setup, "range_g", RANGES_G)
    return MetaMotion(Stream(setup.name, rate_hz, range_g))
