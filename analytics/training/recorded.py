"""Recorded trials of falls and of daily life, as `../shared/data/README.md` describes their files."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class TrialsError(ValueError):
    """A file that holds no trials in this format: which, and what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """One trial. `acceleration_g` is float32 (n, 3); the fall's times are None where the source gives none."""

    number: int
    subject: str
    activity: str
    is_fall: bool
    rate_hz: float
    acceleration_g: NDArray[np.float32]
    fall_s: tuple[float, float] | None


def trials(path: Path) -> list[Trial]:
    """Every trial of a file, in its order. Raises `TrialsError`."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return list(_trials({name: file[name] for name in file.files}))
    except (OSError, ValueError, KeyError, EOFError) as wrong:
        raise TrialsError(f"{path} holds no recorded trials: it is no .npz file of them, or damaged") from wrong


def _trials(file: dict[str, NDArray[np.generic]]) -> Iterator[Trial]:
    offsets = file["offset"].astype(np.int64)
    samples = file["acc_mg"]
    for number, (start, end) in enumerate(pairwise(offsets)):
        falls = (float(file["fall_start_s"][number]), float(file["fall_end_s"][number]))
        yield Trial(
            number=number,
            subject=str(file["subject"][number]),
            activity=str(file["activity"][number]),
            is_fall=bool(file["is_fall"][number]),
            rate_hz=float(file["fs"]),
            acceleration_g=samples[start:end].astype(np.float32) / np.float32(1000),
            fall_s=None if np.isnan(falls).any() else falls,
        )
