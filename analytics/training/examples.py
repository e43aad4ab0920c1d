"""Knocks of recorded trials and of their variants, each with what is known of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from analytics.falls.features import HZ, features
from analytics.falls.resample import RANGE_G, Resampler
from analytics.falls.stream import Knock, Stream
from analytics.training.recorded import Trial
from analytics.training.variants import Variant
from devices.model import SampleBlock

START = datetime(2000, 1, 1, tzinfo=UTC)
CLOSE_S = 0.3
"""A knock this near to the strongest moment of the fall is the fall; the others of a fall's trial teach nothing."""
AROUND_FALL_S = (-0.5, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """One row a knock. `is_fall` is False for every knock of a trial without one."""

    x: NDArray[np.float64]
    is_fall: NDArray[np.bool_]
    subject: NDArray[np.str_]

    def of(self, rows: NDArray[np.bool_]) -> "Examples":
        """Only these."""
        return Examples(self.x[rows], self.is_fall[rows], self.subject[rows])


def joined(parts: Iterable[Examples]) -> Examples:
    """One after another."""
    some = list(parts)
    return Examples(
        np.concatenate([one.x for one in some]),
        np.concatenate([one.is_fall for one in some]),
        np.concatenate([one.subject for one in some]),
    )


def examples(some: Sequence[Trial], variant: Variant, seed: int) -> Examples:
    """The knocks of these trials, as this variant of each. The seed and the trial's number decide every draw."""
    windows, falls, subjects = [], [], []
    for trial in some:
        common = at_common_rate(trial)
        strongest = fall_sample(trial, common) if trial.is_fall else None
        dice = np.random.default_rng([seed, trial.number])
        for knock in knocks_of(variant(common, strongest, dice)):
            at = (knock.at - START).total_seconds()
            if strongest is None or abs(at - strongest / HZ) < CLOSE_S:
                windows.append(knock.window)
                falls.append(trial.is_fall)
                subjects.append(trial.subject)
    return Examples(features(np.stack(windows)), np.array(falls), np.array(subjects))


def at_common_rate(trial: Trial) -> NDArray[np.float64]:
    """The trial at 50 Hz, not clipped where its device did not."""
    if trial.rate_hz == HZ:
        return trial.acceleration_g.astype(np.float64)
    return Resampler(trial.rate_hz).take(trial.acceleration_g).astype(np.float64)


def fall_sample(trial: Trial, samples: NDArray[np.float64]) -> int:
    """Where a fall was strongest, as far as every device could have seen it."""
    strength = np.linalg.norm(np.clip(samples, -RANGE_G, RANGE_G), axis=1)
    first, last = 0, len(strength)
    if trial.fall_s is not None:
        first = max(0, round((trial.fall_s[0] + AROUND_FALL_S[0]) * HZ))
        last = round((trial.fall_s[1] + AROUND_FALL_S[1]) * HZ)
    return first + int(strength[first:last].argmax())


def knocks_of(samples: NDArray[np.float64]) -> list[Knock]:
    """The knocks that the hub would find."""
    block = SampleBlock(device="", at=START, rate_hz=HZ, acceleration_g=samples.astype(np.float32))
    stream = Stream(block)
    return [*stream.take(block), *stream.close()]
