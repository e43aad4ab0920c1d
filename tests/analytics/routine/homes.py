"""Made-up homes: days with a rhythm of their own, never the same twice."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from devices.model import Observation
from tests.analytics.builders import HALL, KITCHEN, local, motion

FIRST_DAY = "2026-01-12"
FIRST = local("00:00", FIRST_DAY)
NAP = 13 * 60, 14 * 60 + 30


def minutes_of(days: int, seed: int = 1) -> Iterator[int]:
    """When somebody shows, in minutes since the first midnight: up at about 7, a nap at 13, to bed at about 23."""
    dice = Random(seed)  # noqa: S311 -- a life that is made up, and the same each time
    for day in range(days):
        up, bed = (round(dice.gauss(clock, 15)) for clock in (7 * 60, 23 * 60))
        minute = up
        while minute < bed:
            if not NAP[0] < minute < NAP[1]:
                yield day * 1_440 + minute
            minute += 1 + round(dice.expovariate(1 / 12))


def life(days: int, seed: int = 1) -> list[Observation]:
    """The same as motion in two rooms."""
    return [
        motion(FIRST + timedelta(minutes=minute), (KITCHEN, HALL)[place % 2])
        for place, minute in enumerate(minutes_of(days, seed))
    ]


def write(folder: Path, days: int, homes: int = 2) -> Path:
    """A recording in the format of TIHM."""
    folder.mkdir(exist_ok=True)
    with (folder / "activity.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["patient_id", "location_name", "date"])
        for home in range(homes):
            for place, minute in enumerate(minutes_of(days, home)):
                at = datetime.fromisoformat(FIRST_DAY) + timedelta(minutes=minute)
                rows.writerow(
                    [
                        f"home{home}",
                        ("kitchen", "lounge", "front-door")[place % 40 % 3 if place % 40 < 3 else place % 2],
                        at.isoformat(sep=" "),
                    ]
                )
    return folder
