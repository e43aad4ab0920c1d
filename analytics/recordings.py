"""Reads recorded days from files: research recordings and plain CSV, gzipped or not. A bad row never stops the rest."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import ClassVar, TextIO, cast
from zoneinfo import ZoneInfo

from analytics.formats import FORMATS, Format, Instant, Row, RowError, instant_in
from analytics.model import Home
from analytics.places import sensor_of
from devices.model import Observation

SUFFIXES = ("*.csv", "*.csv.gz")


class RecordingError(ValueError):
    """There is nothing at this path that can be replayed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One row that was left out."""

    file: str
    line: int
    reason: str


@dataclass(slots=True)
class Refusals:
    """The rows that were left out: how many, and the first of them."""

    SHOWN: ClassVar[int] = 100

    count: int = 0
    first: list[Refused] = field(default_factory=list)

    def add(self, file: Path, line: int, reason: str) -> None:
        """Count one; keep it if it is among the first."""
        self.count += 1
        if len(self.first) < self.SHOWN:
            self.first.append(Refused(file=file.name, line=line, reason=reason))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One home's recorded time: what its sensors said, in order of time."""

    name: str
    home: Home
    observations: Sequence[Observation]


def recordings(path: Path, now: datetime, refusals: Refusals, home: Home | None = None) -> Iterator[Recording]:
    """Every home recorded at this path: a file, or a folder with all below it.

    `home` says what is known of the sensors, and which clock times without a zone are of; without it both are guessed.
    Rows that cannot be used, or whose time lies after `now`, are added to `refusals`. Raises `RecordingError`.
    """
    known = [(file, form) for file in _files(path) if (form := _format(file)) is not None]
    if not known:
        headers = " or ".join(",".join(form.columns) for form in FORMATS)
        raise RecordingError(f"{path} holds nothing that can be replayed: no CSV file that begins with {headers}")
    for _, folder in groupby(known, key=lambda one: one[0].parent):
        shelf: dict[str, _Home] = {}
        for file, form in folder:
            tz = home.tz if home else ZoneInfo(form.tz)
            _Reader(file, form, tz, shelf).read(now, refusals)
        yield from (_recording(name, shelf.pop(name), home) for name in sorted(shelf))


@dataclass(slots=True)
class _Home:
    """What has been read of one home."""

    tz: ZoneInfo
    observations: list[Observation] = field(default_factory=list)


def _recording(name: str, read: _Home, home: Home | None) -> Recording:
    read.observations.sort(key=lambda one: one.at)
    devices = dict.fromkeys(one.device for one in read.observations)
    sensors = {device: sensor_of(device) for device in devices} | dict(home.sensors if home else {})
    guessed = Home(id=name, tz=read.tz, resident=name, resident_name=name, sensors=sensors)
    known = replace(home, sensors=sensors) if home else guessed
    return Recording(name=name, home=known, observations=read.observations)


def _files(path: Path) -> list[Path]:
    """The file itself, or all below the folder, folder by folder. Raises `RecordingError`."""
    if not path.exists():
        raise RecordingError(f"{path} does not exist")
    if path.is_file():
        return [path]
    return sorted((file for suffix in SUFFIXES for file in path.rglob(suffix)), key=lambda file: (file.parent, file))


def _format(file: Path) -> Format | None:
    """What the file's header says it is; None for what is no recording. Raises `RecordingError`."""
    try:
        with _opened(file) as text:
            header = tuple(next(csv.reader(text), ()))
    except (csv.Error, EOFError, OSError, zlib.error) as broken:
        raise RecordingError(f"{file} cannot be read ({broken})") from broken
    return next((form for form in FORMATS if form.columns == header), None)


def _opened(file: Path) -> TextIO:
    opener = gzip.open if file.suffix == ".gz" else open
    return cast(TextIO, opener(file, "rt", encoding="utf-8-sig", errors="replace", newline=""))


def _home_name(file: Path) -> str:
    """What a file is called, as the name of the home that it records."""
    return file.name.removesuffix(".gz").removesuffix(".csv").removesuffix("_events")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one file, row by row, to the homes on the shelf."""

    file: Path
    form: Format
    tz: ZoneInfo
    shelf: dict[str, _Home]

    def read(self, now: datetime, refusals: Refusals) -> None:
        """Read to the end, or to where the file breaks off."""
        instant = instant_in(self.tz, now)
        with _opened(self.file) as text:
            rows = csv.reader(text)
            try:
                next(rows)
                for row in filter(None, rows):
                    self._try(row, rows.line_num, instant, refusals)
            except (csv.Error, EOFError, OSError, zlib.error) as broken:
                refusals.add(self.file, rows.line_num + 1, f"the file breaks off here ({broken})")

    def _try(self, row: Row, line: int, instant: Instant, refusals: Refusals) -> None:
        try:
            self._take(row, instant)
        except RowError as wrong:
            refusals.add(self.file, line, str(wrong))

    def _take(self, row: Row, instant: Instant) -> None:
        if len(row) != len(self.form.columns):
            raise RowError(f"expected {len(self.form.columns)} columns, got {len(row)}")
        name = row[0] if self.form.names_home else _home_name(self.file)
        observations = self.form.read(row, instant)
        if name not in self.shelf:
            self.shelf[name] = _Home(self.tz)
        self.shelf[name].observations += observations
