"""The same trial as another device, on another part of the body, would have recorded it. Every draw is seeded.

Two recordings are two devices on two body sites. What these variants add is what a third would differ in: how fast it
samples, where it clips, how soft its strap is; and an arm or a leg, which turns, knocks against things, hops and flails
as a trunk never does.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.spatial.transform import Rotation

from analytics.falls.features import HZ

Floats = NDArray[np.float64]
Dice = np.random.Generator
Variant = Callable[[Floats, int | None, Dice], Floats]
"""Takes a trial in g (n, 3), where its fall is (None: there is none), and the dice."""

GRAVITY = 9.81


def direction(dice: Dice) -> Floats:
    """Any direction, each as likely."""
    drawn = dice.normal(size=3)
    return drawn / np.linalg.norm(drawn)


def as_it_is(trial: Floats, fall: int | None, dice: Dice) -> Floats:
    """As it was recorded."""
    del fall, dice
    return trial


def other_device(trial: Floats, fall: int | None, dice: Dice) -> Floats:
    """Another device at the same place: turned, softer or harder, slower, noisier, clipping elsewhere."""
    del fall
    turned = trial @ Rotation.from_rotvec(direction(dice) * dice.uniform(0, np.pi)).as_matrix().T
    slow = uniform_filter1d(turned, HZ + 1, axis=0, mode="nearest")
    x = slow + (turned - slow) * dice.uniform(0.8, 1.3)
    if dice.random() < 0.4:
        share = dice.uniform(0.15, 0.5)
        x = (1 - share) * x + share * uniform_filter1d(x, 3, axis=0, mode="nearest")
    x = _slower(x, float(dice.choice([20, 25, 32, 50, 50, 50])))
    x = x * dice.uniform(0.96, 1.04) + dice.normal(size=3) * 0.03
    x += dice.normal(size=x.shape) * dice.choice([0, 0.01, 0.02])
    limit = dice.choice([2, 4, 4, 4])
    return np.clip(x, -limit, limit)


def _slower(x: Floats, rate_hz: float) -> Floats:
    if rate_hz >= HZ:
        return x
    times = np.arange(len(x)) / HZ
    seldom = np.arange(0, times[-1] + 1 / rate_hz, 1 / rate_hz)
    kept = [np.interp(seldom, times, axis) for axis in x.T]
    return np.stack([np.interp(times, seldom, axis) for axis in kept], axis=1)


def on_a_limb(trial: Floats, fall: int | None, dice: Dice) -> Floats:
    """The device on an arm or a leg of the same person."""
    times = np.arange(len(trial)) / HZ
    turning = _gestures(times, dice)
    x = Rotation.from_rotvec(turning).apply(trial) + _swing(turning, dice)
    return x + (_flail(times, fall / HZ, dice) if fall is not None else _doings(trial, times, dice))


def on_a_limb_by_another_device(trial: Floats, fall: int | None, dice: Dice) -> Floats:
    """Both at once."""
    return other_device(on_a_limb(trial, fall, dice), fall, dice)


def _gestures(times: Floats, dice: Dice) -> Floats:
    """Smooth turns, some of them back again, as a rotation vector over time."""
    turning = np.zeros((len(times), 3))
    rate, at = float(dice.choice([0.05, 0.2, 0.5, 1.0])), 0.0
    while (at := at + dice.exponential(1 / rate)) < times[-1]:
        length, angle = dice.uniform(0.25, 1.2), np.radians(dice.uniform(20, 110))
        share = _smooth((times - at) / length)
        if dice.random() < 0.5:
            share = share - _smooth((times - at - length - dice.uniform(0, 2)) / length)
        turning += np.outer(share * angle, direction(dice))
    return turning


def _smooth(share: Floats) -> Floats:
    inside = np.clip(share, 0, 1)
    return inside * inside * (3 - 2 * inside)


def _swing(turning: Floats, dice: Dice) -> Floats:
    """What a hand at the end of a turning arm accelerates by."""
    speed = np.gradient(turning, 1 / HZ, axis=0)
    arm = direction(dice) * dice.uniform(0.25, 0.6)
    inward = np.cross(speed, np.cross(speed, arm))
    return np.clip((np.cross(np.gradient(speed, 1 / HZ, axis=0), arm) + inward) / GRAVITY, -3, 3)


def _flail(times: Floats, at: float, dice: Dice) -> Floats:
    """A limb in a fall: thrown about, striking the ground by itself."""
    strength = dice.uniform(0.1, 0.9) * (_bump(times, at - 0.2, 0.3) + _bump(times, at + 0.4, 0.35))
    x = _tremor(len(times), dice) * strength[:, None]
    for _ in range(int(dice.integers(0, 3))):
        x += np.outer(_knock(times, at + dice.uniform(-0.4, 0.7), 4.0, dice), direction(dice))
    return x


def _doings(trial: Floats, times: Floats, dice: Dice) -> Floats:
    """What limbs do on an ordinary day: knock, clap, hop."""
    what = dice.choice(["nothing", "knocks", "hops", "both"])
    x = np.zeros_like(trial)
    if what in {"knocks", "both"}:
        x += _series(times, 12, (0.25, 1.2), dice, lambda at, d: np.outer(_knock(times, at, 8.0, d), direction(d)))
    if what in {"hops", "both"}:
        up = trial.mean(axis=0) / max(0.1, float(np.linalg.norm(trial.mean(axis=0))))
        x += _series(times, 15, (0.5, 1.5), dice, lambda at, d: np.outer(_hop(times, at, d), up))
    return x


def _series(
    times: Floats, every_s: float, gap_s: tuple[float, float], dice: Dice, make: Callable[[float, Dice], Floats]
) -> Floats:
    """Doings at random times, some of them several in a row."""
    x = np.zeros((len(times), 3))
    for _ in range(1 + int(dice.poisson(times[-1] / every_s))):
        start, gap = dice.uniform(0, times[-1]), dice.uniform(*gap_s)
        for turn in range(int(dice.choice([1, 1, 2, 5]))):
            x += make(start + turn * gap, dice)
    return x


def _knock(times: Floats, at: float, strongest: float, dice: Dice) -> Floats:
    """A short swing, the knock, and how it rings."""
    strength, hertz, fades = dice.uniform(1.0, strongest), dice.uniform(6, 20), dice.uniform(0.01, 0.06)
    swing, length, after = dice.uniform(0.3, 1.8), dice.uniform(0.1, 0.25), times - at
    rings = strength * np.exp(-np.maximum(after, 0) / fades) * np.cos(2 * np.pi * hertz * after)
    swings = swing * np.sin(np.pi * (after + length) / length)
    return np.where(after >= 0, rings, np.where(after > -length, -swings, 0.0))


def _hop(times: Floats, at: float, dice: Dice) -> Floats:
    """Pushing off, in the air, landing."""
    aloft, lands = dice.uniform(0.1, 0.4), dice.uniform(0.03, 0.08)
    push = dice.uniform(0.2, 1.2) * _bump(times, at - aloft - 0.15, 0.08)
    air = dice.uniform(0.4, 0.95) * ((times < at) & (times > at - aloft))
    return push - air + dice.uniform(0.8, 5) * _bump(times, at + lands, lands)


def _bump(times: Floats, middle: float, width: float) -> Floats:
    return np.exp(-(((times - middle) / width) ** 2) / 2)


def _tremor(length: int, dice: Dice) -> Floats:
    """Movement between 1 and 6 Hz, of strength 1."""
    rough = dice.normal(size=(length, 3))
    band = uniform_filter1d(rough, 7, axis=0, mode="nearest") - uniform_filter1d(rough, HZ, axis=0, mode="nearest")
    tremor: Floats = band / band.std()
    return tremor


VARIANTS: dict[str, Variant] = {
    "as recorded": as_it_is,
    "other device": other_device,
    "other device again": other_device,
    "on a limb": on_a_limb,
    "on a limb, by another device": on_a_limb_by_another_device,
}
LIMB = ("as recorded", "other device", "other device again")
"""What a recording made on a limb teaches."""
TRUNK = ("as recorded", "other device", "on a limb", "on a limb, by another device")
"""What a recording made on the trunk teaches: the limb is only imagined."""
