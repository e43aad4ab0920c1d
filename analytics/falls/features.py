"""What surrounds a knock, in numbers that hold at any body site, whichever way round the device is worn.

Nothing here knows an axis: only how strong the acceleration is, how it changes, and by what angle its direction turned.
A window is 6 seconds before the peak and 3 after it, at 50 Hz.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HZ = 50
BEFORE, AFTER = 6 * HZ, 3 * HZ
WINDOW = BEFORE + 1 + AFTER
NOISE_G = 0.01
"""What a modest sensor's own noise moves a sample by."""


SPANS_S: Mapping[str, tuple[float, float]] = {
    "earlier": (-6, -3),
    "before": (-3, -1),
    "falling": (-1, -0.06),
    "around": (-1, 0.5),
    "impact": (-0.26, 0.26),
    "aftermath": (0.26, 1),
    "settled": (1, 3),
    "just_before": (-1.2, -0.7),
    "just_after": (0.4, 0.9),
    "settled_first": (1, 2),
    "settled_last": (2, 3),
    "strides_before": (-3, -0.5),
    "strides_after": (0.5, 3),
}
"""What is looked at, in seconds from the peak."""
SPANS = {name: slice(BEFORE + round(start * HZ), BEFORE + round(end * HZ)) for name, (start, end) in SPANS_S.items()}
_STARTS = np.array([span.start for span in SPANS.values()])
_ENDS = np.array([span.stop for span in SPANS.values()])
_LENGTHS = (_ENDS - _STARTS)[:, None]

DIRECTIONS: Mapping[str, int] = {
    "peak_g": 1,
    "impact_rms": 1,
    "impact_jerk_max": 1,
    "impact_jerk": 1,
    "low_g_min": 0,
    "low_g_area": 1,
    "low_g_lag_s": 0,
    "down_min": 0,
    "earlier_jerk": 0,
    "earlier_max": -1,
    "before_jerk": 0,
    "before_max": -1,
    "before_spread": 0,
    "falling_jerk": 0,
    "aftermath_jerk": 0,
    "aftermath_max": 0,
    "settled_jerk": -1,
    "settled_jerk_median": -1,
    "settled_max": -1,
    "settled_std": -1,
    "settled_spread": -1,
    "settled_drift_deg": -1,
    "tilt_deg": 1,
    "tilt_fast_deg": 1,
    "sideways_max": 0,
    "sideways_rms": 0,
    "speed_down": 0,
    "speed_lost": 0,
    "strides_before": -1,
    "strides_after": -1,
    "impact_width_s": 0,
    "active_s": 0,
    "turning": 0,
    "impact_pitch": 0,
    "jerk_after_before": -1,
    "jerk_impact_after": 1,
    "jerk_impact_before": 1,
    "peak_to_before": 1,
    "peak_to_after": 1,
    "peak_to_aftermath": 1,
}
"""Every feature, in order, and which way it may count: 1 the more the likelier a fall, -1 the less, 0 as it comes."""
NAMES = tuple(DIRECTIONS)


@dataclass(frozen=True, slots=True)
class _Parts:
    """Windows (n, 451, 3) taken apart: strength and jerk over time, and means over every span.

    The jerk is how far the acceleration moves from one sample to the next, in g.
    """

    windows: Floats
    strength: Floats
    jerk: Floats
    direction: Mapping[str, Floats]
    mean_square: Mapping[str, Floats]
    mean: Mapping[str, Floats]
    mean_jerk: Mapping[str, Floats]

    @classmethod
    def of(cls, windows: NDArray[np.floating]) -> "_Parts":
        """Take windows apart."""
        wide = windows.astype(np.float64)
        squared = np.einsum("nti,nti->nt", wide, wide)
        strength, jerk = np.sqrt(squared), np.zeros_like(squared)
        jerk[:, :-1] = _length(wide[:, 1:] - wide[:, :-1])
        sums = np.zeros((len(wide), WINDOW + 1, 6))
        sums[:, 1:, :3], sums[:, 1:, 3], sums[:, 1:, 4], sums[:, 1:, 5] = wide, squared, strength, jerk
        np.cumsum(sums, axis=1, out=sums)
        means = (sums[:, _ENDS] - sums[:, _STARTS]) / _LENGTHS
        spans = list(SPANS)
        direction = {name: means[:, turn, :3] for turn, name in enumerate(spans)}
        others = [{name: means[:, turn, what] for turn, name in enumerate(spans)} for what in (3, 4, 5)]
        return cls(wide, strength, jerk, direction, *others)

    def strongest(self, span: str) -> Floats:
        """The strongest acceleration in a span."""
        highest: Floats = self.strength[:, SPANS[span]].max(axis=1)
        return highest

    def spread(self, span: str) -> Floats:
        """How far the acceleration strays from its mean, in any direction: root mean square."""
        middle = self.direction[span]
        spread: Floats = np.sqrt(np.maximum(0, self.mean_square[span] - np.einsum("ni,ni->n", middle, middle)))
        return spread


def features(windows: NDArray[np.floating]) -> Floats:
    """Of each window (n, 451, 3), one row in the order of `NAMES`."""
    parts = _Parts.of(windows)
    row = {**_impact(parts), **_falling(parts), **_quiet(parts), **_turned(parts), **_rhythm(parts)}
    row |= _ratios(row)
    return np.stack([row[name] for name in NAMES], axis=1)


LOUDER = 1.25
"""So much livelier than what follows is every impact of a fall in the recordings; most other knocks are not."""


def may_be_a_fall(window: NDArray[np.floating]) -> bool:
    """Whether a knock (451, 3) is worth a closer look: most, in walking and working, are as lively after as during."""
    return _lively(window, SPANS["impact"]) + NOISE_G > LOUDER * (_lively(window, SPANS["settled"]) + NOISE_G)


def _lively(window: NDArray[np.floating], span: slice) -> float:
    """How far the acceleration moves from one sample of this span to the next, on average."""
    steps = window[span.start + 1 : span.stop + 1] - window[span]
    return float(np.sqrt(np.einsum("ij,ij->i", steps, steps)).sum() / len(steps))


def _length(vectors: Floats) -> Floats:
    lengths: Floats = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))
    return lengths


def _impact(parts: _Parts) -> dict[str, Floats]:
    peak = parts.strongest("impact")
    around = parts.strength[:, SPANS["around"]]
    rms = np.sqrt(np.maximum(0, parts.mean_square["impact"] - 2 * parts.mean["impact"] + 1))
    return {
        "peak_g": peak,
        "impact_rms": rms,
        "impact_jerk_max": parts.jerk[:, SPANS["impact"]].max(axis=1),
        "impact_jerk": parts.mean_jerk["impact"],
        "impact_pitch": parts.mean_jerk["impact"] / (rms + NOISE_G),
        "impact_width_s": (around > (1 + peak[:, None]) / 2).sum(axis=1) / HZ,
        "active_s": (np.abs(around - 1) > 0.35).sum(axis=1) / HZ,
    }


def _falling(parts: _Parts) -> dict[str, Floats]:
    """Free fall: less than 1 g before the impact, and the speed that it gives."""
    falling = parts.strength[:, SPANS["falling"]]
    length = falling.shape[1]
    along = np.einsum("nti,ni->nt", parts.windows[:, SPANS["around"]], _unit(parts.direction["before"]))
    aside = np.sqrt(np.maximum(0, parts.strength[:, SPANS["around"]] ** 2 - along**2))
    missing = 1 - falling
    return {
        "low_g_min": falling.min(axis=1),
        "low_g_area": np.maximum(0, missing).sum(axis=1) / HZ,
        "low_g_lag_s": (length - falling.argmin(axis=1)) / HZ,
        "down_min": along.min(axis=1),
        "sideways_max": aside.max(axis=1),
        "sideways_rms": np.sqrt(np.einsum("nt,nt->n", aside, aside) / aside.shape[1]),
        "speed_down": np.maximum(0, np.cumsum(1 - along[:, :length], axis=1).max(axis=1)) / HZ,
        "speed_lost": np.maximum(0, np.cumsum(missing, axis=1).max(axis=1)) / HZ,
    }


def _quiet(parts: _Parts) -> dict[str, Floats]:
    """How lively it was before and after."""
    settled = parts.jerk[:, SPANS["settled"]]
    middle = settled.shape[1] // 2
    return {
        "earlier_jerk": parts.mean_jerk["earlier"],
        "earlier_max": parts.strongest("earlier"),
        "before_jerk": parts.mean_jerk["before"],
        "before_max": parts.strongest("before"),
        "before_spread": parts.spread("before"),
        "falling_jerk": parts.mean_jerk["falling"],
        "aftermath_jerk": parts.mean_jerk["aftermath"],
        "aftermath_max": parts.strongest("aftermath"),
        "settled_jerk": parts.mean_jerk["settled"],
        "settled_jerk_median": np.partition(settled, middle, axis=1)[:, middle],
        "settled_max": parts.strongest("settled"),
        "settled_std": np.sqrt(np.maximum(0, parts.mean_square["settled"] - parts.mean["settled"] ** 2)),
        "settled_spread": parts.spread("settled"),
    }


def _turned(parts: _Parts) -> dict[str, Floats]:
    """By how much the direction of gravity turned, and how much it turned about on the way."""
    mean, around = parts.direction, SPANS["around"]
    directions = parts.windows[:, around] / np.maximum(parts.strength[:, around], 0.3)[:, :, None]
    return {
        "tilt_deg": _angle(mean["before"], mean["settled"]),
        "tilt_fast_deg": _angle(mean["just_before"], mean["just_after"]),
        "settled_drift_deg": _angle(mean["settled_first"], mean["settled_last"]),
        "turning": _length(directions[:, 1:] - directions[:, :-1]).sum(axis=1),
    }


def _unit(vectors: Floats) -> Floats:
    return vectors / np.maximum(_length(vectors), 1e-6)[:, None]


def _angle(one: Floats, other: Floats) -> Floats:
    cosine = np.einsum("ni,ni->n", _unit(one), _unit(other))
    degrees: Floats = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return degrees


def _rhythm(parts: _Parts) -> dict[str, Floats]:
    """How many peaks nearly as strong came before and after: steps and jumps come in rows, a fall comes alone."""
    enough = np.maximum(1.25, (1 + parts.strongest("impact")) / 2)
    return {name: _peaks(parts.strength[:, SPANS[name]], enough) for name in ("strides_before", "strides_after")}


def _peaks(strength: Floats, enough: Floats) -> Floats:
    middle = strength[:, 1:-1]
    tops = (middle > strength[:, :-2]) & (middle >= strength[:, 2:]) & (middle > enough[:, None])
    counts: Floats = tops.sum(axis=1).astype(np.float64)
    return counts


def _ratios(parts: Mapping[str, Floats]) -> dict[str, Floats]:
    after, before = _log(parts["settled_jerk"]), _log(parts["before_jerk"])
    impact = _log(parts["impact_jerk"])
    beyond = {name: np.maximum(0, parts[name] - 0.9) + 0.05 for name in ("before_max", "settled_max", "aftermath_max")}
    peak = np.maximum(0, parts["peak_g"] - 0.9) + 0.05
    return {
        "jerk_after_before": after - before,
        "jerk_impact_after": impact - after,
        "jerk_impact_before": impact - before,
        "peak_to_before": np.log(peak / beyond["before_max"]),
        "peak_to_after": np.log(peak / beyond["settled_max"]),
        "peak_to_aftermath": np.log(peak / beyond["aftermath_max"]),
    }


def _log(jerk: Floats) -> Floats:
    logarithm: Floats = np.log(jerk + NOISE_G)
    return logarithm
