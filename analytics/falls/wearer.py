"""One wearable as the detector follows it: its stream, what was found like a fall, and whether it still moves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.falls.features import NAMES, features, may_be_a_fall
from analytics.falls.resample import usable
from analytics.falls.stream import Knock, Stream
from analytics.falls.table import shipped
from analytics.falls.trees import Trees
from devices.model import SampleBlock

PATIENCE = timedelta(seconds=5)
"""A stream that brings nothing for this long, or for twice the length of its blocks, has ended."""
SETTLES = timedelta(seconds=4)
"""So long after the knock a body may take to come to rest."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fallen:
    """A knock and how much it is like a fall, in log-odds; its features by name."""

    knock: Knock
    likeness: float
    features: dict[str, float]

    @property
    def at(self) -> datetime:
        """When its peak was."""
        return self.knock.at


def judge(knock: Knock, trees: Trees | None = None) -> Fallen | None:
    """How much a knock is like a fall, by the shipped trees unless others are given; None where it is plainly none."""
    if not may_be_a_fall(knock.window):
        return None
    row = features(knock.window[None])
    likeness = float((trees or shipped().trees).score(row)[0])
    return Fallen(knock=knock, likeness=likeness, features=dict(zip(NAMES, row[0].tolist(), strict=True)))


Judge = Callable[[Knock], Fallen | None]


@dataclass(slots=True)
class Wearer:
    """One wearable: its stream, and for how long it was worn."""

    judge: Judge = judge
    _stream: Stream | None = None
    _ends_at: datetime | None = None
    _worn_s: int = 0

    @property
    def due(self) -> datetime | None:
        """When the stream has ended if nothing more comes."""
        return self._ends_at

    def take(self, block: SampleBlock) -> Iterator[Fallen]:
        """Take its next block; the knocks that can now be judged."""
        if len(block.acceleration_g) == 0 or not usable(block.rate_hz):
            return
        if self._stream is None or not self._stream.follows(block):
            yield from self.close()
            self._stream = Stream(block)
        yield from self._judged(self._stream.take(block))
        length = timedelta(seconds=len(block.acceleration_g) / block.rate_hz)
        self._ends_at = self._stream.ends_at + max(PATIENCE, 2 * length)

    def close(self) -> Iterator[Fallen]:
        """Nothing more comes: judge what still waits."""
        stream, self._stream, self._ends_at = self._stream, None, None
        if stream is not None:
            yield from self._judged(stream.close())
            self._worn_s += stream.take_worn_s()

    def still(self, since: datetime, length: timedelta) -> bool | None:
        """Whether nothing has moved since soon after this knock, for so long; None: that is not known yet."""
        stream = self._stream
        if stream is None or stream.began_at > since or stream.moved_at > since + SETTLES:
            return False
        return True if stream.looked_at >= since + length else None

    def take_worn_min(self, at_least: float) -> float:
        """The minutes it was worn since this was asked last; 0 while they are fewer than `at_least`."""
        if self._stream is not None:
            self._worn_s += self._stream.take_worn_s()
        if self._worn_s < at_least * 60:
            return 0.0
        minutes, self._worn_s = self._worn_s / 60, 0
        return minutes

    def _judged(self, knocks: Iterator[Knock]) -> Iterator[Fallen]:
        return (fallen for knock in knocks if (fallen := self.judge(knock)) is not None)
