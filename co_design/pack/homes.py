"""Made-up homes for a challenge: four weeks of somebody's days, and one collapse that nobody but the file knows of.

Nothing in them comes from a real home. They follow a simple day, so a detector that does well here has shown only that
it works at all.
"""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 28
LEARNT_AFTER = 21
UNFOUND = timedelta(hours=36)
"""Somebody comes by only after this; the recording ends there."""

Row = tuple[datetime, str, str, int]
"""When, which sensor, what it measures, and the value."""

DAY: tuple[tuple[int, int, tuple[str, ...]], ...] = (
    (7, 9, ("bathroom", "kitchen", "kitchen", "hall")),
    (9, 12, ("living", "kitchen", "living", "bathroom")),
    (12, 14, ("kitchen", "living")),
    (14, 18, ("living", "living", "living", "bathroom", "kitchen")),
    (18, 22, ("living", "kitchen", "living", "bathroom")),
)
"""From which hour until which, in which rooms, by how likely."""
PAUSES_MIN = {"living": (5, 110), "kitchen": (2, 20), "bathroom": (3, 15), "hall": (1, 5)}
"""How long nothing moves after a sign from each room: somebody watches the snooker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUp:
    """One home: what its sensors said, and when its resident collapsed."""

    name: str
    rows: tuple[Row, ...]
    collapsed_at: datetime


def made_up(name: str, seed: int) -> MadeUp:
    """One home; the same seed makes the same home."""
    chance = random.Random(seed)  # noqa: S311 -- a repeatable home, no secret
    rows = [row for day in range(DAYS) for row in _day(chance, FIRST_DAY + timedelta(days=day))]
    late = [row[0] for row in rows if row[0] > FIRST_DAY + timedelta(days=LEARNT_AFTER)]
    last = chance.choice(late[: len(late) * 3 // 4])
    collapsed_at = last + timedelta(minutes=1)
    return MadeUp(name=name, rows=tuple(row for row in rows if row[0] <= last), collapsed_at=collapsed_at)


def _day(chance: random.Random, day: datetime) -> Iterator[Row]:
    at = day + timedelta(hours=DAY[0][0], minutes=chance.uniform(0, 60))
    while at < day + timedelta(hours=DAY[-1][1]):
        rooms = next(rooms for start, end, rooms in DAY if start <= (at - day) / timedelta(hours=1) < end)
        room = chance.choice(rooms)
        yield at, f"{room}/pir", "motion", 1
        at += timedelta(minutes=chance.uniform(*PAUSES_MIN[room]))


def as_csv(home: MadeUp) -> str:
    """The rows as `alongside replay` and `alongside evaluate silence` read them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("at", "device", "quantity", "value"))
    writer.writerows((at.isoformat(timespec="seconds"), *rest) for at, *rest in home.rows)
    return out.getvalue()
