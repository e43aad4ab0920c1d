"""Made-up heartbeats for what the recordings have too little of: noise, extra beats, breathing, small slips.

From each stretch of real beats of one kind a few variants are made, always the same ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.training.beats import Label, Record
from analytics.vitals.rhythm_features import Intervals

STRETCH = 3
"""A variant is made of this many windows of beats, as missed beats make windows longer."""
EVERY = 2
"""One stretch begins in every second window."""
SEED = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MadeUp:
    """A window that nobody recorded. `how` says what was done to the beats."""

    record: str
    beats: Intervals
    label: Label
    how: str


def variants(record: Record, count: int, seed: int = SEED) -> Iterator[MadeUp]:
    """Variants of one record's beats, in windows of `count`."""
    dice = np.random.default_rng([seed, *record.name.encode()])
    for start in range(0, len(record.beats) - STRETCH * count + 1, EVERY * count):
        labels = record.labels[start : start + STRETCH * count]
        if np.all(labels == labels[0]) and labels[0] in (Label.SINUS, Label.FIBRILLATION):
            beats = np.clip(record.beats[start : start + STRETCH * count], 0.2, 5.0)
            for how, label, made in _made(beats, Label(labels[0]), count, dice):
                yield MadeUp(record=record.name, beats=np.clip(made, 0.2, 5.0), label=label, how=how)


def all_variants(some: Sequence[Record], count: int, seed: int = SEED) -> list[MadeUp]:
    """The variants of every record."""
    return [made for record in some for made in variants(record, count, seed)]


def _made(
    beats: Intervals, label: Label, count: int, dice: np.random.Generator
) -> Iterator[tuple[str, Label, Intervals]]:
    yield "small slips", label, slips(beats, dice)[:count]
    if label is Label.SINUS:
        yield "extra beats", label, ectopy(beats, dice)[:count]
        yield "deep breathing", label, breathing(beats[:count], dice)
    yield from _noise(beats, count, dice)


def _noise(beats: Intervals, count: int, dice: np.random.Generator) -> Iterator[tuple[str, Label, Intervals]]:
    """One kind of noise, drawn by lot."""
    lot = dice.random()
    if lot < 0.4:
        yield "no heart in it", Label.NOISY, chance(count, dice)
    elif lot < 0.7:
        wrong = invented(missed(beats, dice.uniform(0.15, 0.45), dice), dice.uniform(0.15, 0.5), dice)
        yield "missed and invented", Label.NOISY, wrong[:count]
    else:
        yield "lost for a while", Label.NOISY, partly(beats[:count], dice)


def slips(beats: Intervals, dice: np.random.Generator) -> Intervals:
    """Still readable: now and then a beat missed or invented, and each told a few milliseconds early or late."""
    lot = dice.random()
    if lot < 0.3:
        beats = missed(beats, dice.uniform(0.0, 0.06), dice)
    elif lot < 0.6:
        beats = invented(beats, dice.uniform(0.0, 0.06), dice)
    if dice.random() < 0.5:
        beats = beats + np.diff(dice.normal(0.0, dice.uniform(0.002, 0.015), len(beats) + 1))
    return beats


def missed(beats: Intervals, share: float, dice: np.random.Generator) -> Intervals:
    """A share of the beats was not noticed: their intervals run together."""
    ends = np.cumsum(beats)[dice.random(len(beats)) >= share]
    gaps: Intervals = np.diff(ends, prepend=0.0)
    return gaps


def invented(beats: Intervals, share: float, dice: np.random.Generator) -> Intervals:
    """In a share of the intervals a beat was counted that was none (a T wave, a knock)."""
    apart = (dice.random(len(beats)) < share) & (beats > 0.44)
    at = np.where(apart, dice.uniform(0.2, np.maximum(beats - 0.2, 0.21)), beats)
    both = np.stack([at, beats - at], axis=1).ravel()
    kept: Intervals = both[both > 0]
    return kept


def ectopy(beats: Intervals, dice: np.random.Generator) -> Intervals:
    """Extra beats that come too early, some with a full pause after them: now and then, up to every other beat."""
    share = dice.choice([0.05, 0.15, 0.3, 0.5])
    made = beats.copy()
    place = 0
    while place < len(made) - 1:
        if dice.random() >= share:
            place += 1
            continue
        usual = made[place]
        made[place] = usual * dice.uniform(0.5, 0.8)
        pause = usual - made[place] if dice.random() < 0.6 else dice.uniform(0.0, 0.3) * usual
        made[place + 1] += pause
        place += 2
    return made


def breathing(beats: Intervals, dice: np.random.Generator) -> Intervals:
    """An even pulse that speeds up with each breath in."""
    a_second, depth = dice.uniform(0.12, 0.35), dice.uniform(0.03, 0.15)
    phase = 2 * np.pi * (a_second * np.cumsum(beats) + dice.random())
    swung: Intervals = beats * (1 + depth * np.sin(phase))
    return swung


def chance(count: int, dice: np.random.Generator) -> Intervals:
    """What a detector of beats makes of noise alone: whatever comes after the shortest time that it allows."""
    shortest, mean, shape = dice.uniform(0.2, 0.3), dice.uniform(0.4, 1.2), dice.uniform(0.8, 3.0)
    rest = np.maximum(0.1, mean - shortest)
    drawn: Intervals = shortest + dice.gamma(shape, rest / shape, size=count)
    if dice.random() < 0.3:
        drawn[dice.integers(0, count, size=dice.integers(1, 6))] = dice.choice([0.2, 5.0])
    return drawn


def partly(beats: Intervals, dice: np.random.Generator) -> Intervals:
    """The contact is lost for a third to two thirds of the window."""
    count = len(beats)
    length = int(dice.integers(count // 3, 2 * count // 3))
    start = int(dice.integers(0, count - length + 1))
    made = beats.copy()
    made[start : start + length] = chance(length, dice)
    return made
