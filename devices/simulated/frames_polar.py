"""Makes the packets of Polar's accelerometers, plain or compressed, and the answers of the control point."""

import struct
from collections.abc import Sequence

import numpy as np

from devices.decoders.polar import ACCELERATION, ANSWER, BITS, COMPRESSED, START

Sample = tuple[int, int, int]
"""Thousandths of g, along three axes."""

_HEADER = struct.Struct("<BQB")
_PLAIN_16, _COMPRESSED_16 = 1, COMPRESSED | 1
_MOST_IN_BLOCK = 255


def packet(samples_mg: Sequence[Sample], last_ns: int) -> bytes:
    """Plain samples of 16 bits; `last_ns` is the device's time of the last."""
    samples = np.asarray(samples_mg, np.int64).astype("<i2")
    header: bytes = _HEADER.pack(ACCELERATION, last_ns, _PLAIN_16)
    return header + samples.tobytes()


def compressed(samples_mg: Sequence[Sample], last_ns: int, *, frame_type: int = _COMPRESSED_16) -> bytes:
    """The first sample, then the differences in blocks of as many bits as the largest needs."""
    samples = np.asarray(samples_mg, np.int64)
    first: bytes = samples[0].astype("<i2").tobytes()
    steps = np.diff(samples, axis=0)
    blocks = [steps[start : start + _MOST_IN_BLOCK] for start in range(0, len(steps), _MOST_IN_BLOCK)]
    return _HEADER.pack(ACCELERATION, last_ns, frame_type) + first + b"".join(map(_block, blocks))


def answer(status: int = 0, factor: float | None = None) -> bytes:
    """What the control point says to the command to start; 0 is yes."""
    settings = b"" if factor is None else bytes([5, 1]) + struct.pack("<f", factor)
    return bytes([ANSWER, START, ACCELERATION, status, 0]) + settings


def _block(steps: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> bytes:
    """Two's complement in few bits, the lowest first."""
    low, high = int(steps.min()), int(steps.max())
    width = next(bits for bits in range(1, BITS + 1) if -(1 << (bits - 1)) <= low and high < 1 << (bits - 1))
    bits = steps.reshape(-1, 1) >> np.arange(width) & 1
    packed = np.packbits(bits.astype(np.uint8).ravel(), bitorder="little")
    return bytes([width, len(steps)]) + packed.tobytes()
