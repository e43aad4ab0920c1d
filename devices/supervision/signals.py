"""How strongly each device is heard, against how strongly it usually is.

When the signal of one falls, something stands before it. When it falls everywhere at once, it is the hub that was moved
(behind a television, into a cupboard), or something disturbs the radio.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

FELL_DB = 10.0
"""A wall costs 3 to 6 dB and a person in between as much; ten are a metal cupboard, or another floor."""
SHARE = 0.75
FEWEST_DEVICES = 3
SAMPLE_S = 60.0
RECENT = 3
LEARNT = 8
HALF_LIFE_S = 86_400.0
"""What a move has changed is the usual after a day or two, and the case is closed by then."""


@dataclass(slots=True)
class Signal:
    """One device's signal: a sample a minute, the usual, and the latest ones."""

    usual_dbm: float | None = None
    samples: int = 0
    _recent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT), init=False)
    _began_s: float | None = field(default=None, init=False)
    _total: float = field(default=0.0, init=False)
    _number: int = field(default=0, init=False)

    def take(self, dbm: float, now_s: float) -> None:
        """Learn from one frame."""
        if self._began_s is None:
            self._began_s = now_s
        elif now_s - self._began_s >= SAMPLE_S:
            self._sample(self._total / self._number, now_s - self._began_s)
            self._began_s, self._total, self._number = now_s, 0.0, 0
        self._total += dbm
        self._number += 1

    @property
    def fell_db(self) -> float | None:
        """By how much it is weaker than usual; None where that is not known yet."""
        if self.usual_dbm is None or self.samples < LEARNT or len(self._recent) < RECENT:
            return None
        return self.usual_dbm - median(self._recent)

    def _sample(self, dbm: float, took_s: float) -> None:
        self.samples = min(self.samples + 1, LEARNT)
        self._recent.append(dbm)
        # the first few are averaged; after that the usual follows slowly, by the time that a sample stands for
        share = max(1 / self.samples if self.samples < LEARNT else 0.0, 1 - 2 ** (-took_s / HALF_LIFE_S))
        before = dbm if self.usual_dbm is None else self.usual_dbm
        self.usual_dbm = before + share * (dbm - before)


def fell_everywhere(falls_db: Sequence[float]) -> float | None:
    """By how much the signal of most devices fell, if it did; from what each of them lost.

    >>> fell_everywhere([14.0, 12.0, 15.0, 1.0]), fell_everywhere([14.0, 1.0, 0.0])
    (13.0, None)
    """
    fell = sum(one >= FELL_DB for one in falls_db)
    if fell < FEWEST_DEVICES or fell < SHARE * len(falls_db):
        return None
    return median(falls_db)
