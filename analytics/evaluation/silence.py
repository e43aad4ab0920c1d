"""How soon a collapse is noticed by silence, and how often somebody is asked needlessly, on recorded homes."""

import copy
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import numpy as np

from analytics.detectors.inactivity import BUDGET, Inactivity
from analytics.engine import Engine
from analytics.localtime import instant
from analytics.model import SettingValue
from analytics.recordings import Recording
from analytics.settings import number, resolve
from analytics.signs import Sign, Signs
from devices.model import Observation

LEARNING = timedelta(days=14)
COLLAPSES = 30
FOLLOWED = timedelta(hours=48)
MORNING = time(5, 0)
"""The first sign of somebody after this is taken for getting up."""
FEWEST_SIGNS = 10
"""A day with fewer signs of somebody tells nothing of when they were up."""
GRACE = timedelta(seconds=30)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Collapse:
    """A made-up collapse: when, the last sign before it, and how long until it was asked about (None: two days)."""

    at: datetime
    last: datetime
    delay_h: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One home after its two weeks of learning."""

    name: str
    days: int
    needless: int
    gaps_h: Sequence[float]
    collapses: Sequence[Collapse]


@dataclass(slots=True)
class _Signs:
    """When somebody showed, and whether they were then out."""

    at: list[datetime] = field(default_factory=list)
    out: list[bool] = field(default_factory=list)

    @classmethod
    def of(cls, recording: Recording) -> "_Signs":
        made, signs, door = cls(), Signs(recording.home, number(resolve({}), "home.appliance_w")), None
        for observation in recording.observations:
            sign = signs.read(observation)
            if sign is None:
                continue
            door = observation.at if sign is not Sign.INSIDE else door
            made.at.append(observation.at)
            made.out.append(door is not None and observation.at - door <= GRACE)
        return made


def judge(some: Sequence[Recording], per_month: float, seed: int, progress: Progress) -> list[Judged]:
    """Every home that was recorded for longer than the learning takes."""
    judged = []
    for place, recording in enumerate(some):
        begins = recording.observations[0].at + LEARNING
        if recording.observations[-1].at > begins:
            progress(recording.name)
            judged.append(_home(recording, begins, per_month, np.random.default_rng([seed, place])))
    return judged


def _home(recording: Recording, begins: datetime, per_month: float, dice: np.random.Generator) -> Judged:
    signs = _Signs.of(recording)
    moments = _moments(signs, recording, begins, dice)
    detector = Inactivity(recording.home, resolve({BUDGET: SettingValue(value=per_month, version=1)}))
    watched = [one for one in recording.observations if one.at <= signs.at[-1]]  # what comes after it is no silence
    found, collapses = _run(detector, watched, moments)
    gaps = [
        (until - since).total_seconds() / 3600
        for since, until in zip(signs.at, signs.at[1:], strict=False)
        if since >= begins
    ]
    tz = recording.home.tz
    return Judged(
        name=recording.name,
        days=len({at.astimezone(tz).date() for at in signs.at if at >= begins}),
        needless=sum(at >= begins for at in found),
        gaps_h=gaps,
        collapses=[Collapse(at, _before(signs, at), delay) for at, delay in collapses],
    )


def _before(signs: _Signs, at: datetime) -> datetime:
    return signs.at[bisect_right(signs.at, at) - 1]


def _moments(signs: _Signs, recording: Recording, begins: datetime, dice: np.random.Generator) -> list[datetime]:
    """Moments in waking hours at which nobody was out: from the first sign after five to the last of the day."""
    waking = _waking(signs, recording, begins)
    moments: list[datetime] = []
    for _ in range(100 * COLLAPSES if waking else 0):
        first, last = waking[int(dice.integers(len(waking)))]
        at = first + (last - first) * float(dice.random())
        if not signs.out[bisect_right(signs.at, at) - 1]:
            moments.append(at)
        if len(moments) == COLLAPSES:
            break
    return sorted(moments)


def _waking(signs: _Signs, recording: Recording, begins: datetime) -> list[tuple[datetime, datetime]]:
    tz, days = recording.home.tz, dict[date, list[datetime]]()
    for at in signs.at:
        day = at.astimezone(tz).date()
        if at >= begins and at >= instant(day, MORNING, tz):
            days.setdefault(day, []).append(at)
    return [(of[0], of[-1]) for of in days.values() if len(of) >= FEWEST_SIGNS]


def _run(
    detector: Inactivity, observations: Sequence[Observation], moments: Sequence[datetime]
) -> tuple[list[datetime], list[tuple[datetime, float | None]]]:
    """What the detector asks about in these observations; from each moment on, when it would ask were that the end."""
    engine, left = Engine([detector]), iter([*moments, observations[-1].at + FOLLOWED])
    found: list[datetime] = []
    collapses: list[tuple[datetime, float | None]] = []
    moment = next(left)
    for number_, observation in enumerate(observations):
        while observation.at > moment:
            collapses.append((moment, _delay_h(detector, moment)))
            moment = next(left)
        found += [one.at for one in engine.feed(observation, number_)]
    return found, collapses


def _delay_h(detector: Inactivity, moment: datetime) -> float | None:
    """How long after this moment the detector asks when nothing more is heard; 0 where it has asked already."""
    alone = copy.copy(detector)  # letting time pass changes nothing but when it is due
    if alone.due is None:
        return 0.0
    asked = next(_asked(alone, moment + FOLLOWED), None)
    return None if asked is None else max(0.0, (asked - moment).total_seconds() / 3600)


def _asked(detector: Inactivity, until: datetime) -> Iterator[datetime]:
    while (due := detector.due) is not None and due <= until:
        yield from (one.at for one in detector.tick(due))
