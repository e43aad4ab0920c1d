"""What the times between some thirty heartbeats show: how irregular they are, and whether they can be believed.

Every figure is of one window of intervals in seconds, and needs no more than those: no shape of the beats is known.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Intervals = NDArray[np.float64]
"""Times between beats, in seconds, in the order in which they came."""

_LEAST = 0.005
"""Added before a logarithm, so that a perfectly even pulse has one: half a percent, about what straps can resolve."""
_ALIKE_S = 0.03
"""Two intervals this close to each other count as alike in the entropy (Lake and Moorman 2011)."""
_CELL = 0.06
"""How finely pairs of intervals are told apart, as a share of the usual one."""
_FASTEST_S = 0.33
"""A shorter interval (over 180 a minute) is seldom a heartbeat in old age."""


def irregularity(beats: Intervals) -> dict[str, float]:
    """What tells a rhythm without any order (atrial fibrillation) from an even one, and from one with extra beats."""
    usual = float(np.median(beats))
    relative = beats / usual
    steps = np.diff(beats)
    sizes = np.abs(steps) / usual
    low, high = np.quantile(relative, (0.1, 0.9))
    nearest = _nearest_of_two(beats) / usual
    alike, alike_next = _alike(beats)
    return {
        "rate": -float(np.log(usual)),
        "steps_rms": _log(np.sqrt(np.mean(sizes**2))),
        "spread": _log(relative.std()),
        "range_80": _log(high - low),
        "interval_echo_1": _echo(beats, 1),
        "interval_echo_2": _echo(beats, 2),
        "step_echo_2": _echo(steps, 2),
        "nearest_median": _log(np.median(nearest)),
        "nearest_mean": _log(nearest.mean()),
        "entropy": float(np.log((alike + 1.0) / (alike_next + 0.5)) + np.log(2 * _ALIKE_S) - np.log(usual)),
        "alike": float(np.log((alike + 1.0) / _pairs(len(beats) - 1))),
        "cells": _cells(relative) / len(steps),
        "turns": float(np.mean(steps[1:] * steps[:-1] < 0)),
        "steps_under_50_ms": float(np.mean(np.abs(steps) < 0.05)),
        "steps_under_5_percent": float(np.mean(sizes < 0.05)),
    }


def disorder(beats: Intervals) -> dict[str, float]:
    """What tells intervals that no heart makes: beats that were missed, invented or counted twice."""
    usual = float(np.median(beats))
    relative = beats / usual
    logs = np.log(relative)
    spread = logs.std()
    shape = (logs - logs.mean()) / (spread + 0.001)
    thirds = [_log(part.std() / usual) for part in np.array_split(beats, 3)]
    return {
        "rate": -float(np.log(usual)),
        "spread": _log(relative.std()),
        "skew": float(np.mean(shape**3)),
        "tails": float(np.log(np.mean(shape**4) + 0.1)),
        "too_fast": float(np.mean(beats < _FASTEST_S)),
        "long": float(np.mean(relative > 1.7)),
        "short": float(np.mean(relative < 0.6)),
        "shortest": float(np.log(beats.min())),
        "longest": float(np.log(beats.max())),
        "split": float(np.mean(np.abs(relative[1:] + relative[:-1] - 1) < 0.12)),
        "doubled": float(np.mean(np.abs(relative - 2) < 0.15)),
        "unevenness": max(thirds) - min(thirds),
    }


def as_array(features: Mapping[str, float]) -> NDArray[np.float64]:
    """The figures in their order."""
    return np.array(list(features.values()))


def _log(value: float) -> float:
    return float(np.log(value + _LEAST))


def _echo(series: Intervals, lag: int) -> float:
    """How much a series resembles itself some places on: extra beats come in a fixed order, fibrillation in none."""
    centred = series - series.mean()
    return float(np.sum(centred[lag:] * centred[:-lag]) / (np.sum(centred**2) + 1e-6))


def _nearest_of_two(beats: Intervals) -> Intervals:
    """How far each interval is from the nearer of the two before it: little in any pattern, also of extra beats."""
    nearest: Intervals = np.minimum(np.abs(beats[2:] - beats[:-2]), np.abs(beats[2:] - beats[1:-1]))
    return nearest


def _alike(beats: Intervals) -> tuple[int, int]:
    """How many pairs of intervals are alike, and of how many of those the next intervals are alike, too."""
    close = np.abs(beats[:, None] - beats[None, :]) < _ALIKE_S
    pairs = np.triu(close[:-1, :-1], 1)
    return int(pairs.sum()), int((pairs & close[1:, 1:]).sum())


def _pairs(count: int) -> float:
    return count * (count - 1) / 2


def _cells(relative: Intervals) -> int:
    """How many different pairs of neighbours there are, as cells of a Poincaré plot with logarithmic axes."""
    bins = np.floor(np.log(relative) / _CELL).astype(np.int64)
    return len(set(zip(bins[1:].tolist(), bins[:-1].tolist(), strict=True)))
