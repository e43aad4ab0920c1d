"""Recorded beat-to-beat intervals with labels, as `../shared/data/README.md` describes their files, in windows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analytics.vitals.rhythm_features import Intervals


class BeatsError(ValueError):
    """A file that holds no intervals in this format: which, and what is wrong."""


class Label(IntEnum):
    """What people who read the ECG said of a beat."""

    SINUS = 0
    """Sinus rhythm, or whatever else is none of the others."""
    FIBRILLATION = 1
    FLUTTER = 2
    OTHER = 3
    NOISY = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Record:
    """One person's record: intervals in seconds, and a label for each."""

    name: str
    beats: Intervals
    labels: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Window:
    """A run of intervals, and the label of most of them."""

    record: str
    beats: Intervals
    label: Label
    pure: bool


def records(path: Path) -> list[Record]:
    """Every record of a file, in its order. Raises `BeatsError`."""
    try:
        with np.load(path, allow_pickle=False) as file:
            found = list(_records({name: file[name] for name in file.files}))
    except (OSError, ValueError, KeyError, EOFError) as wrong:
        raise BeatsError(f"{path} holds no recorded heartbeats: it is no .npz file of them, or damaged") from wrong
    if not found:
        raise BeatsError(f"{path} holds no records")
    return found


def _records(file: dict[str, NDArray[np.generic]]) -> Iterator[Record]:
    for name, (start, end) in zip(file["record"].tolist(), pairwise(file["offset"].astype(np.int64)), strict=True):
        beats = file["rr_ms"][start:end].astype(np.float64) / 1000
        yield Record(name=str(name), beats=beats, labels=file["label"][start:end].astype(np.int64))


def windows(record: Record, count: int) -> Iterator[Window]:
    """Windows of this many beats one after another, none overlapping; what is left at the end is left out."""
    for start in range(0, len(record.beats) - count + 1, count):
        labels = record.labels[start : start + count]
        votes = np.bincount(labels, minlength=len(Label))
        most = int(votes.argmax())
        beats = record.beats[start : start + count]
        yield Window(record=record.name, beats=beats, label=Label(most), pure=votes[most] == count)


def all_windows(some: Sequence[Record], count: int) -> list[Window]:
    """The windows of every record."""
    return [window for record in some for window in windows(record, count)]
