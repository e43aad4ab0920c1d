"""Moments of the TIHM recording at which an alert could have come, and what was known of the home until then.

The recording's alerts bear the time in UTC, its sensors that of the clock on the wall: only then does an alert about a
blood pressure lie a quarter of an hour after the measurement. Alerts of agitation come at 8, 12 and 18 o'clock UTC.
"""

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analytics.recordings import Recording
from devices.model import Quantity, Reading

Floats = NDArray[np.float64]
LABELS = ("labels.csv.gz", "labels.csv")
COLUMNS = ["patient_id", "date", "type"]
ROOMS = ("kitchen", "lounge", "bedroom", "bathroom", "hallway", "front-door", "back-door", "fridge-door")
SLOTS_UTC = (8, 12, 18)
BEFORE_H = 6
REMEMBERED = 28
FEWEST_SIGNS = 20
"""In the day before; with fewer nothing was recorded."""
ANSWERED_H = 3
"""An alert about a measurement comes within so many hours after it."""
MEASURED = (Quantity.SYSTOLIC_MMHG, Quantity.DIASTOLIC_MMHG, Quantity.PULSE_BPM)
_HOUR = timedelta(hours=1)


class LabelsError(ValueError):
    """There are no alerts to be predicted at this path."""


@dataclass(frozen=True, slots=True)
class Case:
    """One moment of one patient: what was known, the bare counts for the baseline, and whether an alert came."""

    patient: str
    features: Floats
    counts: Floats
    alerted: bool


def alerts(folder: Path) -> Mapping[str, Mapping[str, list[datetime]]]:
    """By type and patient, when alerts came. Raises `LabelsError`."""
    path = next((folder / name for name in LABELS if (folder / name).exists()), None)
    if path is None:
        raise LabelsError(f"{folder} holds no {LABELS[0]}")
    found: dict[str, dict[str, list[datetime]]] = {}
    with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as text:
        rows = csv.reader(text)
        if next(rows, None) != COLUMNS:
            raise LabelsError(f"{path} does not begin with {','.join(COLUMNS)}")
        for patient, date, kind in rows:
            at = datetime.fromisoformat(date).replace(tzinfo=UTC)
            found.setdefault(kind, {}).setdefault(patient, []).append(at)
    return found


@dataclass(slots=True)
class _Hours:
    """How often each room's sensor spoke, hour by hour since the first day, and how often another than before."""

    first: datetime
    rooms: Floats
    changes: Floats

    @classmethod
    def of(cls, recording: Recording) -> "_Hours | None":
        known = {room: place for place, room in enumerate(ROOMS)}
        heard = [
            (one.at, known[one.device])
            for one in recording.observations
            if isinstance(one, Reading) and one.device in known and one.value
        ]
        if not heard:
            return None
        first = heard[0][0].replace(hour=0, minute=0, second=0, microsecond=0)
        hours = np.array([int((at - first) / _HOUR) for at, _ in heard])
        rooms = np.array([room for _, room in heard])
        counts, changes = np.zeros((hours[-1] + 1, len(ROOMS))), np.zeros(hours[-1] + 1)
        np.add.at(counts, (hours, rooms), 1)
        np.add.at(changes, hours[1:][rooms[1:] != rooms[:-1]], 1)
        return cls(first, counts, changes)

    def at(self, hour: int) -> datetime:
        """The moment at which an hour ends."""
        return self.first + hour * _HOUR


def agitation(recording: Recording, came: Sequence[datetime]) -> Iterator[Case]:
    """Every slot at which an alert of agitation could have come."""
    hours, marked = _Hours.of(recording), {at.replace(minute=0, second=0, microsecond=0) for at in came}
    history: dict[int, list[Floats]] = {slot: [] for slot in SLOTS_UTC}
    for day in range(1, len(hours.rooms) // 24 + 1) if hours else ():
        for slot in SLOTS_UTC:
            ends = day * 24 + slot
            if hours is None or ends > len(hours.rooms) or hours.rooms[ends - 24 : ends].sum() < FEWEST_SIGNS:
                continue
            now = _window(hours, ends)
            yield Case(
                patient=recording.name,
                features=np.concatenate([_against(now, history[slot]), _day(hours, ends), [slot], np.log1p(now)]),
                counts=hours.rooms[ends - BEFORE_H : ends].sum(0),
                alerted=hours.at(ends) in marked,
            )
            history[slot].append(now)


def _window(hours: _Hours, ends: int) -> Floats:
    rooms = hours.rooms[ends - BEFORE_H : ends]
    by_room = rooms.sum(0)
    return np.concatenate([by_room, [by_room.sum(), hours.changes[ends - BEFORE_H : ends].sum()], rooms.sum(1)])


def _against(now: Floats, history: Sequence[Floats]) -> Floats:
    """How this window differs from the same hours of earlier days."""
    total = len(ROOMS)
    if not history:
        return np.concatenate([np.zeros(2 * len(now)), [0.5, 1.0, 0.0]])
    past = np.array(history[-REMEMBERED:])
    usual, spread = past.mean(0), past.std(0)
    apart = (now - usual) / (spread + np.sqrt(usual + 1) + 0.5)
    rank, most = float(np.mean(past[:, total] < now[total])), now[total] / (past[:, total].max() + 10)
    return np.concatenate([apart, np.log((now + 3) / (usual + 3)), [rank, most, len(past)]])


def _day(hours: _Hours, ends: int) -> Floats:
    """The last day against those before it, its night, and how restless the last hours were."""
    days = [hours.rooms[begin : begin + 24].sum() for begin in range(ends - 24, -1, -24)][:8]
    usual = float(np.mean(days[1:])) if days[1:] else days[0]
    night = hours.rooms[ends - ends % 24 - 1 : ends - ends % 24 + 5].sum()
    signs, changes = (one[ends - BEFORE_H : ends].sum() for one in (hours.rooms, hours.changes))
    return np.array([np.log((days[0] + 10) / (usual + 10)), np.log1p(days[0]), night, changes / (signs + 5)])


@dataclass(slots=True)
class _Session:
    """What was measured within one hour, all at once."""

    at: datetime
    values: dict[Quantity, float] = field(default_factory=dict)


def measured(recording: Recording, came: Sequence[datetime]) -> Iterator[Case]:
    """Every time that blood pressure and pulse were measured."""
    hours, history = _Hours.of(recording), list[Floats]()
    for session in _sessions(recording):
        now = np.array([session.values.get(quantity, np.nan) for quantity in MEASURED])
        if np.isnan(now).any():
            continue
        past = np.array(history[-REMEMBERED:]) if history else now[None, :]
        usual, spread = past.mean(0), past.std(0) + 5.0
        ends = session.at + ANSWERED_H * _HOUR
        yield Case(
            patient=recording.name,
            features=np.concatenate(
                [now, now - usual, (now - usual) / spread, past.max(0) - now, now - past.min(0), [len(history)]]
            ),
            counts=_counts(hours, session.at),
            alerted=any(session.at <= at < ends for at in came),
        )
        history.append(now)


def _counts(hours: _Hours | None, at: datetime) -> Floats:
    """How often each room's sensor spoke in the day before."""
    if hours is None:
        return np.zeros(len(ROOMS))
    ends = max(0, int((at - hours.first) / _HOUR))
    return np.asarray(hours.rooms[max(0, ends - 24) : ends].sum(0))


def _sessions(recording: Recording) -> Iterator[_Session]:
    session: _Session | None = None
    for one in recording.observations:
        if not isinstance(one, Reading) or one.quantity not in MEASURED:
            continue
        if session is not None and one.at - session.at < _HOUR and one.quantity not in session.values:
            session.values[one.quantity] = one.value
            continue
        if session is not None:
            yield session
        session = _Session(one.at, {one.quantity: one.value})
    if session is not None:
        yield session
