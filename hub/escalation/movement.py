"""The movement that a finding rests on, as an alarm's story tells it: how strong, when, drawn in a line. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from devices.model import SampleBlock

STEP_S = 0.25
"""One stroke of the drawing."""
LEVELS = "▁▂▃▄▅▆▇█"
LEVEL_G = 0.5
"""Between one height and the next; the highest stands for all that is stronger."""
LOST = "·"


def described(block: SampleBlock | None) -> dict[str, Any] | None:
    """How long it is, when it was strongest and how strong, and its strength in steps; None where none was kept."""
    if block is None or not len(block.acceleration_g):
        return None
    strength = np.linalg.norm(block.acceleration_g.astype(np.float64), axis=1)
    step = max(1, round(block.rate_hz * STEP_S))
    peak = int(np.argmax(np.nan_to_num(strength, nan=0.0)))
    return {
        "device": block.device,
        "at": block.at,
        "seconds": round(len(strength) / block.rate_hz, 2),
        "peak_at": block.at + timedelta(seconds=peak / block.rate_hz),
        "peak_g": round(float(np.nan_to_num(strength[peak], nan=0.0)), 2),
        "step_s": STEP_S,
        "strength_g": [_strongest(strength[start : start + step]) for start in range(0, len(strength), step)],
    }


def drawn(strengths: Sequence[float | None]) -> str:
    """A line of strokes: 1 g, which is rest, is low; what was lost is a dot.

    >>> drawn([1.0, 0.2, 3.6, 9.0, None])
    '▃▁██·'
    """
    return "".join(LOST if one is None else LEVELS[min(int(one / LEVEL_G), len(LEVELS) - 1)] for one in strengths)


def _strongest(part: Any) -> float | None:
    known = part[np.isfinite(part)]
    return round(float(known.max()), 2) if known.size else None
