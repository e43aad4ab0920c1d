"""Makes the packets of a MetaMotion's accelerometer: one sample, or three."""

from collections.abc import Sequence

import numpy as np

from devices.decoders.metamotion import ACCELEROMETER, PACKED, SINGLE

Sample = tuple[float, float, float]
"""In g, along three axes."""

_COUNTS = 1 << 15
_REGISTERS = {1: SINGLE, 3: PACKED}


def packet(samples_g: Sequence[Sample], range_g: float = 8.0) -> bytes:
    """One sample or three; beyond the range they clip, as in the sensor."""
    counts = np.clip(np.rint(np.asarray(samples_g) * (_COUNTS / range_g)), -_COUNTS, _COUNTS - 1)
    return bytes([ACCELEROMETER, _REGISTERS[len(samples_g)]]) + counts.astype("<i2").tobytes()
