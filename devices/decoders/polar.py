"""Polar's accelerometers (H10, OH1, Verity Sense): the measurement stream PMD, on two characteristics of Polar's own.

The stream is started by a command to the control point, which answers whether it will, and by what factor to multiply.
A packet is 02 (acceleration), the device's time of the last sample (nanoseconds, 64 bits), the frame type, the samples.
The H10 sends plain ones, the optical sensors also compressed ones: a first sample, then blocks of differences.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from devices.fields import Fields
from devices.kinds import DeviceSetup, Write
from devices.model import DecodeError, Frame, Observation, Quantity
from devices.streams.gaps import StampGaps
from devices.streams.options import chosen
from devices.streams.stream import Stream

CONTROL, DATA = "fb005c81-02e7-f387-1cad-8acd2d8df0c8", "fb005c82-02e7-f387-1cad-8acd2d8df0c8"
CONTROL_SOURCE, DATA_SOURCE = f"gatt:{CONTROL}", f"gatt:{DATA}"
RATES_HZ = (50.0, 25.0, 52.0, 100.0, 200.0)
RANGES_G = (8.0, 2.0, 4.0)
YIELDS = frozenset({Quantity.CLOCK_DRIFT_PPM})
ACCELERATION, ANSWER, FEATURES, START = 0x02, 0xF0, 0x0F, 0x02
COMPRESSED, BITS = 0x80, 16

_NS_PER_S = 1e9
_MG_PER_G = 1000
_SETTING_SIZES: Mapping[int, int] = {0: 2, 1: 2, 2: 2, 3: 4, 4: 1, 5: 4}
_FACTOR = 5
_REFUSALS: Mapping[int, str] = {
    1: "it does not know the command",
    2: "it has no accelerometer",
    3: "it cannot do this",
    5: "a setting is wrong",
    8: "it has no such rate",
    9: "it has no such range",
    12: "it is in a state that does not allow it",
    13: "it lies in its charger",
}
_ALREADY_RUNNING = 6
_Counts = NDArray[np.int64]


class Packet(NamedTuple):
    """The counts of each sample (n, 3), what one count is in g, and the device's time of the last, in seconds."""

    counts: _Counts
    g_per_count: float
    last_s: float


def start_command(setup: DeviceSetup) -> bytes:
    """What starts the stream, with the rate and the range that were declared."""
    rate, span = int(chosen(setup, "rate_hz", RATES_HZ)), int(chosen(setup, "range_g", RANGES_G))
    settings = ((0, rate), (1, BITS), (2, span))
    return bytes([START, ACCELERATION]) + b"".join(
        bytes([setting, 1]) + value.to_bytes(2, "little") for setting, value in settings
    )


def writes(setup: DeviceSetup) -> tuple[Write, ...]:
    """What is written once the hub listens."""
    return ((CONTROL_SOURCE, start_command(setup)),)


def factor_of(payload: bytes) -> float | None:
    """The factor in an answer of the control point; None where it has none. Raises `DecodeError` on a refusal."""
    fields = Fields(payload, "an answer of the control point")
    if fields.whole(1) == FEATURES:
        return None
    if payload[0] != ANSWER:
        raise DecodeError(f"not an answer of the control point: {payload.hex()}")
    command, measurement, status = fields.take(3)
    if (command, measurement) != (START, ACCELERATION) or status == _ALREADY_RUNNING:
        return None
    if status:
        raise DecodeError(f"it refuses to stream: {_REFUSALS.get(status, f'reason {status}')}")
    fields.take(min(fields.left, 1))  # whether more answers follow
    return _factor_in(fields)


def _factor_in(fields: Fields) -> float | None:
    factor = None
    while fields.left:
        setting, count = fields.take(2)
        size = _SETTING_SIZES.get(setting)
        if size is None:
            raise DecodeError(f"setting {setting} is not known")
        value = fields.take(size * count)
        if setting == _FACTOR and count:
            factor = float(np.frombuffer(value, "<f4")[0])
    if factor is not None and not 0 < factor <= 1:
        raise DecodeError(f"a factor of {factor:g} cannot be")
    return factor


def parse(payload: bytes, factor: float | None) -> Packet:
    """The samples of a packet. Those of one compressed form mean nothing without the factor that was answered."""
    fields = Fields(payload, "a packet of samples")
    if fields.whole(1) != ACCELERATION:
        raise DecodeError(f"not acceleration: {payload.hex()}")
    last_s = fields.whole(8) / _NS_PER_S
    form = _FORMS.get(fields.whole(1))
    if form is None:
        raise DecodeError(f"frame type {payload[9]:#04x} is not known")
    if form.g_per_count is None and factor is None:
        raise DecodeError("it sends counts, and has not said what one is worth")
    g_per_count = (form.g_per_count or 1.0) * (factor or 1.0 if form.by_factor else 1.0)
    return Packet(form.read(fields), g_per_count, last_s)


def _plain(size: int) -> Callable[[Fields], _Counts]:
    def read(fields: Fields) -> _Counts:
        if not fields.left or fields.left % (3 * size):
            raise DecodeError(f"{fields.left} bytes are no whole samples of three times {size}")
        return np.frombuffer(fields.take(fields.left), f"<i{size}").reshape(-1, 3).astype(np.int64)

    return read


def _differences(fields: Fields) -> _Counts:
    """A first sample, then blocks of differences to the one before, each with its own width in bits."""
    first = np.frombuffer(fields.take(3 * BITS // 8), "<i2").astype(np.int64)
    blocks = [first[np.newaxis]]
    while fields.left:
        width, count = fields.take(2)
        if not 0 < width <= BITS or not count:
            raise DecodeError(f"a block of {count} differences of {width} bits cannot be")
        blocks.append(_unpacked(fields.take((3 * width * count + 7) // 8), width, count))
    return np.concatenate(blocks).cumsum(axis=0)


def _unpacked(packed: bytes, width: int, count: int) -> _Counts:
    """Signed numbers of `width` bits each, lowest bit first, in rows of three."""
    bits = np.unpackbits(np.frombuffer(packed, np.uint8), bitorder="little", count=3 * width * count)
    weights = 1 << np.arange(width, dtype=np.int64)
    weights[-1] = -weights[-1]
    return (bits.reshape(-1, width).astype(np.int64) @ weights).reshape(-1, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How one frame type is read, and what one count is worth: None where only the answered factor says it."""

    read: Callable[[Fields], _Counts]
    g_per_count: float | None = 1 / _MG_PER_G
    by_factor: bool = False


_FORMS: Mapping[int, _Form] = {
    0: _Form(read=_plain(1)),
    1: _Form(read=_plain(2)),
    COMPRESSED | 0: _Form(read=_differences, g_per_count=None, by_factor=True),
    COMPRESSED | 1: _Form(read=_differences, by_factor=True),
}


@dataclass(slots=True)
class Polar:
    """One sensor's decoder."""

    stream: Stream
    _gaps: StampGaps = field(init=False)
    _factor: float | None = field(default=None, init=False)
    _last_s: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._gaps = StampGaps(self.stream.rate_hz)

    def __call__(self, frame: Frame) -> list[Observation]:
        """The block of samples in a packet, or what the control point answered."""
        if frame.source == CONTROL_SOURCE:
            self._factor = factor_of(frame.payload) or self._factor
            return []
        packet = parse(frame.payload, self._factor)
        if packet.last_s == self._last_s:
            return []  # the same packet, heard twice
        self._last_s = packet.last_s
        missing = self._gaps.missing(len(packet.counts), packet.last_s)
        if missing is None:
            self.stream.restart(packet.last_s, frame.at)
        samples = (packet.counts * packet.g_per_count).astype(np.float32)
        return self.stream.block(samples, packet.last_s, missing or 0, frame.at)


def make(setup: DeviceSetup) -> Polar:
    """The decoder for a declared sensor, at its rate and range."""
    rate_hz, range_g = chosen(setup, "rate_hz", RATES_HZ), chosen(setup, "range_g", RANGES_G)
    return Polar(Stream(setup.name, rate_hz, range_g))
