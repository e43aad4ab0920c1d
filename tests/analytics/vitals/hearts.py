"""Made-up hearts: even, fluttering, fibrillating, and what is no heart at all."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Beats = NDArray[np.float64]


def even(count: int = 300, seed: int = 1, usual_s: float = 0.85) -> Beats:
    """A sinus rhythm that breathes a little."""
    dice = np.random.default_rng(seed)
    breath = 0.03 * np.sin(2 * np.pi * np.cumsum(np.full(count, usual_s)) / 4.0)
    beats: Beats = usual_s * (1 + breath) + dice.normal(0.0, 0.008, count)
    return beats


def fibrillating(count: int = 300, seed: int = 2, usual_s: float = 0.65) -> Beats:
    """Intervals without order, as broad as in fibrillation."""
    dice = np.random.default_rng(seed)
    beats: Beats = 0.36 + dice.gamma(4.0, (usual_s - 0.36) / 4.0, count)
    return beats


def knocks(count: int = 300, seed: int = 3) -> Beats:
    """What is no heart: times between knocks on a loose electrode."""
    dice = np.random.default_rng(seed)
    beats: Beats = 0.2 + dice.exponential(0.8, count)
    return beats


def write(path: Path, count: int = 1_500) -> Path:
    """Six people's records in the format of the recordings: three of them fibrillate for half of the time."""
    kinds = [("even", 0)] * 3 + [("both", 1)] * 3
    beats, labels, offsets, names = [], [], [0], []
    for person, (kind, _) in enumerate(kinds):
        own = even(count, seed=person, usual_s=0.7 + 0.06 * person)
        marks = np.zeros(len(own), np.uint8)
        if kind == "both":
            own = np.concatenate([own, fibrillating(count, seed=20 + person, usual_s=0.55 + 0.04 * person)])
            marks = np.concatenate([marks, np.ones(1_500, np.uint8)])
        beats.append((1_000 * own).astype(np.uint16))
        labels.append(marks)
        offsets.append(offsets[-1] + len(own))
        names.append(f"p{person}")
    np.savez(
        path,
        rr_ms=np.concatenate(beats),
        label=np.concatenate(labels),
        offset=np.array(offsets, np.int64),
        record=np.array(names),
    )
    return path
