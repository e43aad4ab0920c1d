"""A made-up recording in the format of the real ones, small enough to learn from in a test."""

from pathlib import Path

import numpy as np

from tests.analytics.falls.movement import Samples, a_fall, still, walking

SUBJECTS = ("SA01", "SA02", "SE01", "U03")


def trial(subject: int, turn: int, *, is_fall: bool) -> Samples:
    dice = np.random.default_rng([subject, turn, is_fall])
    if is_fall:
        return a_fall(before_s=4.0, after_s=4.0, hardness=dice.uniform(0.5, 1.5))
    return np.concatenate([still(2.0), walking(6.0, dice.uniform(0.8, 1.8)), still(2.0)])


def write(path: Path, rate_hz: int = 50, *, timed: bool = False) -> Path:
    """Every subject falls and walks four times; those whose names say that they are old only walk."""
    parts, subjects, falls = [], [], []
    for number, subject in enumerate(SUBJECTS):
        for turn in range(8):
            is_fall = turn % 2 == 0 and not subject.startswith("SE")
            parts.append(trial(number, turn, is_fall=is_fall))
            subjects.append(subject)
            falls.append(is_fall)
    times = np.where(falls, 4.2, np.nan) if timed else np.full(len(falls), np.nan)
    np.savez(
        path,
        acc_mg=np.round(np.concatenate(parts) * 1000).astype(np.int16),
        offset=np.cumsum([0, *(len(part) for part in parts)]),
        fs=np.int64(rate_hz),
        subject=np.array(subjects),
        activity=np.array(["F01" if fall else "D01" for fall in falls]),
        trial=np.arange(len(falls)),
        is_fall=np.array(falls),
        fall_start_s=times,
        fall_end_s=times + 0.8,
    )
    return path
