"""Made-up movement of a wearable: standing, walking, falling, lying; and how a device cuts it into blocks."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from devices.model import SampleBlock
from tests.analytics.builders import local

Samples = NDArray[np.float32]

WATCH = "watch"
START = local("14:02")
UP, ASIDE = np.array([0.1, -0.98, 0.15]), np.array([0.95, 0.1, 0.25])
NOISE_G = 0.004


def still(seconds: float, towards: NDArray[np.float64] = UP, rate_hz: float = 50.0) -> Samples:
    """Somebody who stands or lies still."""
    samples = round(seconds * rate_hz)
    noise = np.random.default_rng(samples).normal(size=(samples, 3)) * NOISE_G
    return (noise + towards).astype(np.float32)


def walking(seconds: float, strength: float = 0.35, rate_hz: float = 50.0) -> Samples:
    """Somebody who walks: two steps a second."""
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    bounce = strength * np.sin(4 * np.pi * times) + strength / 2 * np.sin(8 * np.pi * times)
    return (UP * (1 + bounce[:, None])).astype(np.float32)


def fall(hardness: float = 1.0, rate_hz: float = 50.0) -> Samples:
    """A fall: half a second of little weight while turning, the impact, a bounce."""
    weightless, impact = _line(0.5, rate_hz), _line(0.5, rate_hz)
    turning = UP * (1 - weightless)[:, None] + ASIDE * weightless[:, None]
    dropping = turning * (1 - 0.75 * np.sin(np.pi * weightless / 2))[:, None]
    rings = 5.0 * hardness * np.exp(-impact * 5) * np.cos(2 * np.pi * 5 * impact * 0.5)
    struck = ASIDE * (1 + rings)[:, None] + np.outer(rings, [0.1, 0.8, 0.3])
    return np.concatenate([dropping, struck]).astype(np.float32)


def _line(seconds: float, rate_hz: float) -> NDArray[np.float64]:
    return np.linspace(0, 1, round(seconds * rate_hz), endpoint=False)


def a_fall(
    before_s: float = 8.0, after_s: float = 30.0, hardness: float = 1.0, rate_hz: float = 50.0, *, lying: bool = True
) -> Samples:
    """Standing, falling, and then lying still or walking on. The impact is half a second after `before_s`."""
    after = still(after_s, ASIDE, rate_hz) if lying else walking(after_s, rate_hz=rate_hz)
    return np.concatenate([still(before_s, rate_hz=rate_hz), fall(hardness, rate_hz), after])


def blocks(
    samples: Samples,
    lengths: Sequence[int] = (25,),
    start: datetime = START,
    rate_hz: float = 50.0,
    device: str = WATCH,
) -> Iterator[SampleBlock]:
    """The samples in blocks of these lengths, again and again."""
    first, turn = 0, 0
    while first < len(samples):
        length = lengths[turn % len(lengths)]
        at = start + timedelta(seconds=first / rate_hz)
        yield SampleBlock(
            device=device, at=at, rate_hz=rate_hz, acceleration_g=samples[first : first + length], range_g=16.0
        )
        first, turn = first + length, turn + 1
