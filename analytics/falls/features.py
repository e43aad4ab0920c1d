"""What surrounds a knock, in numbers that hold at any body site, whichever way round the device is worn.

Nothing here knows an axis: only how strong the acceleration is, how it changes, and by what angle its direction turned.
A window is 6 seconds before the peak and 3 after it, at 50 Hz.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

HZ = 50
BEFORE, AFTER = 6 * HZ, 3 * HZ
WINDOW = BEFORE + 1 + AFTER
_NOISE_G = np.float32(0.01)


def _span(start_s: float, end_s: float) -> slice:
    return slice(BEFORE + round(start_s * HZ), BEFORE + round(end_s * HZ))


EARLIER, SECONDS_BEFORE, LAST_SECOND = _span(-6, -3), _span(-3, -1), _span(-1, -0.06)
IMPACT, AFTERMATH, SETTLED = _span(-0.26, 0.26), _span(0.26, 1), _span(1, 3)
AROUND, SPECTRUM = _span(-1, 0.5), _span(-1, 0.28)
STRIDES_BEFORE, STRIDES_AFTER = _span(-3, -0.5), _span(0.5, 3)
JUST_BEFORE, JUST_AFTER = _span(-1.2, -0.7), _span(0.4, 0.9)
FIRST_HALF, SECOND_HALF = _span(1, 2), _span(2, 3)

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
    "centroid_hz": 0,
    "jerk_after_before": -1,
    "jerk_impact_after": 1,
    "jerk_impact_before": 1,
    "peak_to_before": 1,
    "peak_to_after": 1,
    "peak_to_aftermath": 1,
}
"""Every feature, in order, and which way it may count: 1 the more the likelier a fall, -1 the less, 0 as it comes."""
NAMES = tuple(DIRECTIONS)


def features(windows: Floats) -> Floats:
    """Of each window (n, 451, 3), one row in the order of `NAMES`."""
    strength = _length(windows)
    steps = _length(np.diff(windows, axis=1))
    parts = {
        **_impact(strength, steps),
        **_falling(windows, strength),
        **_quiet(windows, strength, steps),
        **_turned(windows, strength),
        **_rhythm(strength),
    }
    parts |= _ratios(parts)
    return np.stack([parts[name] for name in NAMES], axis=1).astype(np.float32)


def _length(vectors: Floats) -> Floats:
    squared: Floats = np.einsum("...i,...i->...", vectors, vectors)
    return np.sqrt(squared)


def _impact(strength: Floats, steps: Floats) -> dict[str, Floats]:
    impact, jerk, around = strength[:, IMPACT], steps[:, IMPACT], strength[:, AROUND]
    peak = impact.max(axis=1)
    half = 1 + (peak - 1) / 2
    return {
        "peak_g": peak,
        "impact_rms": np.sqrt(np.square(impact - 1).mean(axis=1)),
        "impact_jerk_max": jerk.max(axis=1),
        "impact_jerk": jerk.mean(axis=1),
        "impact_width_s": (around > half[:, None]).sum(axis=1) / np.float32(HZ),
        "active_s": (np.abs(around - 1) > 0.35).sum(axis=1) / np.float32(HZ),
        "centroid_hz": _centroid(strength[:, SPECTRUM]),
    }


def _centroid(strength: Floats) -> Floats:
    """Where the energy around the peak lies, in Hz."""
    power = np.square(np.abs(np.fft.rfft(strength - strength.mean(axis=1, keepdims=True), axis=1)))
    hertz = np.fft.rfftfreq(strength.shape[1], 1 / HZ)
    weighed: Floats = (power @ hertz) / (power.sum(axis=1) + 1e-9)
    return weighed


def _falling(windows: Floats, strength: Floats) -> dict[str, Floats]:
    """Free fall: less than 1 g before the impact, and the speed that it gives."""
    falling = strength[:, LAST_SECOND]
    up = _unit(windows[:, SECONDS_BEFORE].mean(axis=1))
    along = np.einsum("nti,ni->nt", windows[:, AROUND], up)
    sideways = np.sqrt(np.maximum(0, np.square(strength[:, AROUND]) - np.square(along)))
    down = along[:, : falling.shape[1]]
    return {
        "low_g_min": falling.min(axis=1),
        "low_g_area": np.maximum(0, 1 - falling).sum(axis=1) / HZ,
        "low_g_lag_s": (falling.shape[1] - falling.argmin(axis=1)) / np.float32(HZ),
        "down_min": along.min(axis=1),
        "sideways_max": sideways.max(axis=1),
        "sideways_rms": np.sqrt(np.square(sideways).mean(axis=1)),
        "speed_down": np.maximum(0, np.cumsum(1 - down, axis=1).max(axis=1)) / HZ,
        "speed_lost": np.maximum(0, np.cumsum(1 - falling, axis=1).max(axis=1)) / HZ,
    }


def _quiet(windows: Floats, strength: Floats, steps: Floats) -> dict[str, Floats]:
    """How lively it was before and after."""
    settled = steps[:, SETTLED]
    return {
        "earlier_jerk": steps[:, EARLIER].mean(axis=1),
        "earlier_max": strength[:, EARLIER].max(axis=1),
        "before_jerk": steps[:, SECONDS_BEFORE].mean(axis=1),
        "before_max": strength[:, SECONDS_BEFORE].max(axis=1),
        "before_spread": _spread(windows[:, SECONDS_BEFORE]),
        "falling_jerk": steps[:, LAST_SECOND].mean(axis=1),
        "aftermath_jerk": steps[:, AFTERMATH].mean(axis=1),
        "aftermath_max": strength[:, AFTERMATH].max(axis=1),
        "settled_jerk": settled.mean(axis=1),
        "settled_jerk_median": _median(settled),
        "settled_max": strength[:, SETTLED].max(axis=1),
        "settled_std": strength[:, SETTLED].std(axis=1),
        "settled_spread": _spread(windows[:, SETTLED]),
    }


def _median(values: Floats) -> Floats:
    middle = values.shape[1] // 2
    return np.partition(values, middle, axis=1)[:, middle]


def _spread(vectors: Floats) -> Floats:
    return np.sqrt(vectors.var(axis=1).sum(axis=1))


def _turned(windows: Floats, strength: Floats) -> dict[str, Floats]:
    """By how much the direction of gravity turned, and how much it turned about on the way."""
    mean = {span: windows[:, where].mean(axis=1) for span, where in _DIRECTIONS_OF.items()}
    directions = windows[:, AROUND] / np.maximum(strength[:, AROUND], 0.3)[:, :, None]
    return {
        "tilt_deg": _angle(mean["before"], mean["after"]),
        "tilt_fast_deg": _angle(mean["just_before"], mean["just_after"]),
        "settled_drift_deg": _angle(mean["first_half"], mean["second_half"]),
        "turning": _length(np.diff(directions, axis=1)).sum(axis=1),
    }


_DIRECTIONS_OF = {
    "before": SECONDS_BEFORE,
    "after": SETTLED,
    "just_before": JUST_BEFORE,
    "just_after": JUST_AFTER,
    "first_half": FIRST_HALF,
    "second_half": SECOND_HALF,
}


def _unit(vectors: Floats) -> Floats:
    return vectors / np.maximum(_length(vectors), 1e-6)[:, None]


def _angle(one: Floats, other: Floats) -> Floats:
    cosine = np.einsum("ni,ni->n", _unit(one), _unit(other))
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def _rhythm(strength: Floats) -> dict[str, Floats]:
    """How many peaks nearly as strong came before and after: steps and jumps come in rows, a fall comes alone."""
    enough = np.maximum(1.25, 1 + (strength[:, IMPACT].max(axis=1) - 1) / 2)
    return {
        "strides_before": _peaks(strength[:, STRIDES_BEFORE], enough),
        "strides_after": _peaks(strength[:, STRIDES_AFTER], enough),
    }


def _peaks(strength: Floats, enough: Floats) -> Floats:
    middle = strength[:, 1:-1]
    tops = (middle > strength[:, :-2]) & (middle >= strength[:, 2:]) & (middle > enough[:, None])
    return tops.sum(axis=1).astype(np.float32)


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
    return np.log(jerk + _NOISE_G)
