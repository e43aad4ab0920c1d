"""How often the rule by which an uneven pulse is told would have been right, over whole records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.evaluation.figures import Figure, bootstrapped, share
from analytics.seen import Seen
from analytics.settings import DEFAULTS
from analytics.training.beats import Label, Record
from analytics.vitals.beat_minutes import BeatMinutes, minute_of
from analytics.vitals.rhythm import Rhythm, Table
from devices.model import Quantity, Reading

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
OF, IRREGULAR, EVERY_MIN = (
    round(float(DEFAULTS[f"irregular_pulse.{name}"].value)) for name in ("of", "irregular", "every_min")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """After one more minute was looked at: how many of the last few are of fibrillation, and whether it is told."""

    record: str
    fibrillation: int
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Minute:
    fibrillation: bool
    irregular: bool


def moments(record: Record, table: Table | None) -> list[Moment]:
    """Every moment of a record at which enough minutes are known."""
    seen = list(_minutes(record, table))
    found = []
    for end in range(OF, len(seen) + 1):
        last = seen[end - OF : end]
        told = sum(one.irregular for one in last) >= IRREGULAR
        found.append(Moment(record=record.name, fibrillation=sum(one.fibrillation for one in last), told=told))
    return found


def _minutes(record: Record, table: Table | None) -> Iterator[_Minute]:
    """The first minute of each stretch that can be judged, as the detector takes it."""
    gathered = BeatMinutes(table)
    known = -1
    ends = np.cumsum(record.beats)
    for place, (beat, end) in enumerate(zip(record.beats.tolist(), ends.tolist(), strict=True)):
        at = BEGIN + timedelta(seconds=end)
        heard = Reading(device=record.name, quantity=Quantity.BEAT_INTERVAL_S, value=beat, at=at)
        minute = gathered.take(Seen(heard, place), beat)
        if minute is None:
            continue
        stretch = minute_of(minute.last.at, timedelta(minutes=EVERY_MIN))
        if stretch > known:
            known, labels = stretch, record.labels[max(0, place - 60) : place]
            fibrillation = float(np.mean(labels == Label.FIBRILLATION)) > 0.5
            yield _Minute(fibrillation=fibrillation, irregular=minute.judged.rhythm is Rhythm.IRREGULAR)


def right(some: Sequence[Moment]) -> tuple[Figure, Figure]:
    """Told, where nearly all the minutes were of fibrillation; not told, where none was."""
    due = [one for one in some if one.fibrillation >= IRREGULAR]
    undue = [one for one in some if one.fibrillation == 0]
    return _share_of(due, told=True), _share_of(undue, told=False)


def _share_of(some: Sequence[Moment], *, told: bool) -> Figure:
    right_ones = np.array([one.told is told for one in some], dtype=np.bool_)
    return bootstrapped([one.record for one in some], lambda at: share(right_ones[at].sum(), len(at)))
