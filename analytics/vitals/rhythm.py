"""Whether a run of heartbeats is irregular in the way of atrial fibrillation: a screening, never a diagnosis."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.vitals.rhythm_features import Intervals, as_array, disorder, irregularity

PATH = Path(__file__).with_name("rhythm_table.json")
PART = 30
"""The table was learnt from runs of this many beats; a longer one is judged in parts of it, and their mean counts."""
FEWEST, MOST = 30, 120
"""How many beats make a window."""
SHORTEST_S, LONGEST_S = 0.2, 5.0
"""An interval outside is none of a heart: a beat that was counted twice or missed, or a device's mark for none."""
UNREADABLE = 0.1
"""A window with more than this share of impossible intervals is noise, whatever the others say."""


class Rhythm(StrEnum):
    """What a window shows."""

    REGULAR = "regular"
    """Nothing like atrial fibrillation: even, or uneven in some order."""
    IRREGULAR = "irregular"
    """Uneven without any order, as in atrial fibrillation."""
    NOISE = "noise"
    """Not to be believed: it says nothing of the heart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one window shows. `likeness` is the log-odds of fibrillation against all else, noise apart: 0 is even."""

    rhythm: Rhythm
    likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A weighted sum of figures: above zero it says yes."""

    names: tuple[str, ...]
    middle: NDArray[np.float64]
    scale: NDArray[np.float64]
    weight: NDArray[np.float64]
    bias: float

    def __call__(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum for each row of figures."""
        total: NDArray[np.float64] = (features - self.middle) / self.scale @ self.weight + self.bias
        return total

    def as_json(self) -> dict[str, Any]:
        """As it is kept in the table."""
        rows = zip(self.names, self.middle.tolist(), self.scale.tolist(), self.weight.tolist(), strict=True)
        return {"bias": self.bias, "features": {name: [middle, scale, weight] for name, middle, scale, weight in rows}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What was learnt: a line for fibrillation and one for noise, and where it comes from."""

    irregular: Line
    noise: Line
    about: Mapping[str, Any]


def read(text: str) -> Table:
    """A table from its JSON."""
    known = json.loads(text)
    return Table(irregular=_line(known["irregular"]), noise=_line(known["noise"]), about=known["about"])


def written(table: Table) -> str:
    """A table as JSON, one figure a line."""
    known = {"about": table.about, "irregular": table.irregular.as_json(), "noise": table.noise.as_json()}
    return json.dumps(known, indent=1).replace("[\n    ", "[").replace(",\n    ", ", ").replace("\n   ]", "]") + "\n"


@cache
def shipped() -> Table:
    """The table that ships."""
    return read(PATH.read_text(encoding="utf-8"))


def judge(intervals: Intervals, table: Table | None = None) -> Judged:
    """What `FEWEST` to `MOST` intervals, in seconds, show; by the shipped table unless another is given."""
    table = table or shipped()
    beats = readable(intervals)
    if beats is None:
        return Judged(rhythm=Rhythm.NOISE, likeness=0.0)
    parts = np.array_split(beats, max(1, len(beats) // PART))
    likeness = float(np.mean([table.irregular(as_array(irregularity(part))) for part in parts]))
    noise = float(np.mean([table.noise(as_array(disorder(part))) for part in parts]))
    return Judged(rhythm=rhythm_of(likeness, noise), likeness=likeness)


def readable(intervals: Intervals) -> Intervals | None:
    """The intervals that can be a heart's; None where too many cannot."""
    beats: Intervals = intervals[(intervals >= SHORTEST_S) & (intervals <= LONGEST_S)]
    return beats if len(beats) >= (1 - UNREADABLE) * len(intervals) else None


def rhythm_of(likeness: float, noise: float) -> Rhythm:
    """The class that these two sums mean."""
    if noise > 0:
        return Rhythm.NOISE
    return Rhythm.IRREGULAR if likeness > 0 else Rhythm.REGULAR


def _line(known: Mapping[str, Any]) -> Line:
    rows = np.array(list(known["features"].values()))
    return Line(
        names=tuple(known["features"]), middle=rows[:, 0], scale=rows[:, 1], weight=rows[:, 2], bias=known["bias"]
    )
