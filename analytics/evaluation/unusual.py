"""How often measurements are told as unusual in recorded homes, and how that goes with what clinicians verified."""

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from analytics.detectors.unusual_vitals import UnusualVitals
from analytics.engine import Engine
from analytics.evaluation.figures import Figure, bootstrapped, share
from analytics.recordings import Recording, Refusals, recordings
from analytics.settings import resolve
from analytics.vitals.quality import QualityGate
from analytics.vitals.vital import OF
from devices.model import Reading

VERIFIED: Mapping[str, str] = {
    "pulse": "Pulse",
    "systolic": "Blood pressure",
    "diastolic": "Blood pressure",
    "weight": "Weight",
    "temperature": "Body temperature",
}
"""Which of the recorded alerts are about which vital sign."""
NEAR = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """One vital sign in one home: on which days it was measured, told of as unusual, and verified by a clinician."""

    home: str
    vital: str
    measured: frozenset[date]
    told: tuple[date, ...]
    verified: frozenset[date]


def days(folder: Path, until: datetime) -> list[Days]:
    """Every home of TIHM 1.5 in which a vital sign was measured."""
    verified = _verified(folder / "labels.csv.gz")
    return [
        one for home in recordings(folder / "physiology.csv.gz", until, Refusals()) for one in _days(home, verified)
    ]


def _days(home: Recording, verified: Mapping[tuple[str, str], frozenset[date]]) -> Iterator[Days]:
    heard = list(_believed(home))
    engine = Engine([UnusualVitals(home.home, resolve({}))])
    found = [one for reading in heard for one in engine.feed(reading)]
    for vital, kind in VERIFIED.items():
        measured = frozenset(one.at.date() for one in heard if OF[one.quantity] == vital)
        if measured:
            told = tuple(one.at.date() for one in found if one.episode.split()[0] == vital)
            known = verified.get((home.name, kind), frozenset())
            yield Days(home=home.name, vital=vital, measured=measured, told=told, verified=known)


def _believed(home: Recording) -> Iterator[Reading]:
    gate = QualityGate(home.home)
    for one in home.observations:
        if isinstance(one, Reading) and one.quantity in OF and gate.refusal(one, one.at) is None:
            yield one


def _verified(path: Path) -> dict[tuple[str, str], frozenset[date]]:
    known: dict[tuple[str, str], set[date]] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            at = datetime.fromisoformat(row["date"]).date()
            known.setdefault((row["patient_id"], row["type"]), set()).add(at)
    return {key: frozenset(dates) for key, dates in known.items()}


def a_month(some: Sequence[Days]) -> Figure:
    """How many findings in 30 days on which it was measured."""
    told = np.array([len(one.told) for one in some])
    measured = np.array([len(one.measured) for one in some])
    return bootstrapped([one.home for one in some], lambda at: share(30 * told[at].sum(), measured[at].sum()))


def told_and_verified(some: Sequence[Days]) -> tuple[int, int]:
    """How many findings there were, and with how many a clinician had verified an alert within three days."""
    near = [_near(one, home.verified) for home in some for one in home.told]
    return len(near), sum(near)


def verified_and_told(some: Sequence[Days]) -> tuple[int, int]:
    """How many days had a verified alert, and with how many a finding came within three days."""
    near = [_near(one, home.told) for home in some for one in home.verified]
    return len(near), sum(near)


def _near(day: date, others: Sequence[date] | frozenset[date]) -> bool:
    return any(abs(day - other) <= NEAR for other in others)
