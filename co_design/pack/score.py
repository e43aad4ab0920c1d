"""How good a detector of silence is on a pack: collapses that it asks about, how soon, and questions for nothing."""

import csv
import importlib.util
import io
import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from analytics.engine import Engine
from analytics.model import Detector, Home
from analytics.recordings import Recording, RecordingError, Refusals, recordings

TRUTH, HOMES = "truth.csv", "homes"
IN_TIME = timedelta(hours=12)
MONTH = timedelta(days=30)

Make = Callable[[Home], Detector]


class PackError(ValueError):
    """This is no pack, or no detector, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Of how many collapses how many were asked about within twelve hours, how soon (the median), and how often not."""

    homes: int
    noticed: int
    median_hours: float | None
    needless_a_month: float
    failures: int


def score(homes: Iterable[Recording], collapses: Mapping[str, datetime], make: Make) -> Score:
    """Run a detector over every home that the truth names."""
    each = [_home(one, collapses[one.name], make) for one in homes if one.name in collapses]
    hours = [delay / timedelta(hours=1) for delay, *_ in each if delay is not None and delay <= IN_TIME]
    months = sum((days for *_, days, _ in each), timedelta()) / MONTH
    return Score(
        homes=len(each),
        noticed=len(hours),
        median_hours=round(statistics.median(hours), 2) if hours else None,
        needless_a_month=round(sum(needless for _, needless, *_ in each) / months, 2) if months else 0.0,
        failures=sum(failed for *_, failed in each),
    )


def _home(recording: Recording, collapsed_at: datetime, make: Make) -> tuple[timedelta | None, int, timedelta, int]:
    """The delay, how often it asked before, over how long, and how often it failed."""
    engine = Engine([make(recording.home)], on_failure=lambda *_: None)
    found = [finding for one in recording.observations for finding in engine.feed(one)]
    found += engine.advance(collapsed_at + IN_TIME)
    after = [one.at for one in found if one.at >= collapsed_at]
    needless = sum(one.at < collapsed_at for one in found)
    begins = recording.observations[0].at
    return min(after) - collapsed_at if after else None, needless, collapsed_at - begins, engine.failures.total()


def read(pack: Path, now: datetime) -> tuple[list[Recording], dict[str, datetime]]:
    """The homes and the truth of a pack. Raises `PackError`."""
    try:
        text = (pack / TRUTH).read_text(encoding="utf-8")
        truth = {row["home"]: datetime.fromisoformat(row["collapsed_at"]) for row in csv.DictReader(io.StringIO(text))}
        return list(recordings(pack / HOMES, now, Refusals())), truth
    except (OSError, KeyError, ValueError, RecordingError) as error:
        raise PackError(f"{pack} is no challenge pack: {error}") from error


def load(file: Path) -> Make:
    """The `make` of somebody's detector. It runs with all rights of whoever runs it. Raises `PackError`."""
    spec = importlib.util.spec_from_file_location("challenger", file)
    if spec is None or spec.loader is None:
        raise PackError(f"{file} is not Python")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever their code does, they are told in a sentence
        raise PackError(f"{file} cannot be loaded: {type(error).__name__}: {error}") from error
    make: Any = getattr(module, "make", None)
    if not callable(make):
        raise PackError(f"{file} has no function make(home)")
    found: Make = make
    return found
