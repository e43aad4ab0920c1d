"""Finds whole frames in a serial stream that may be noisy, torn and joined, in bounded memory."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Fit(Enum):
    """What the bytes at one place are, where they are no whole frame."""

    NO_FRAME = "no frame starts here"
    UNFINISHED = "the start of a frame whose end has not come"


Measure = Callable[[bytes], int | Fit]
"""The length of the whole, checked frame that the bytes begin with, or why there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Splitter:
    """Takes whole frames off the front of a buffer: the `split` of a device kind.

    `sync` is what every frame starts with; `longest` bounds what is kept of an unfinished one. A start that claims a
    long frame may be noise, and on a quiet line its end would never come; so whole frames behind it are looked for,
    and where there is one, it was noise.
    """

    sync: bytes
    longest: int
    measure: Measure

    def __call__(self, buffer: bytearray) -> list[bytes]:
        """The whole frames, in order. What may still become a frame stays in the buffer."""
        frames: list[bytes] = []
        kept = at = self._next_sync(buffer, 0)
        while at < len(buffer):
            length = self._measure_at(buffer, at)
            if isinstance(length, int):
                frames.append(bytes(buffer[at : at + length]))
                kept = at = self._next_sync(buffer, at + length)
                continue
            following = self._next_sync(buffer, at + 1)
            if length is Fit.NO_FRAME and kept == at:
                kept = following
            at = following
        del buffer[:kept]
        return frames

    def _measure_at(self, buffer: bytearray, at: int) -> int | Fit:
        window = bytes(buffer[at : at + self.longest])
        length = self.measure(window)
        return Fit.NO_FRAME if length is Fit.UNFINISHED and len(window) == self.longest else length

    def _next_sync(self, buffer: bytearray, start: int) -> int:
        """Where the next frame may start, counting a sync that is cut off by the end of the buffer."""
        found = buffer.find(self.sync, start)
        if found >= 0:
            return found
        for cut in range(min(len(self.sync) - 1, len(buffer) - start), 0, -1):
            if buffer.endswith(self.sync[:cut]):
                return len(buffer) - cut
        return len(buffer)
