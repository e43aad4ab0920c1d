"""Faults to order, for streams of frames: each is a small function of a stream, and `spoilt` puts several together.

    heard = spoilt(frames, noise(rng, 0.01), drops(rng, 0.1), duplicates(rng, 0.05))

They draw from the random numbers that they are given, so that the same seed spoils the same frames.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile
from random import Random

from devices.model import Frame

Fault = Callable[[Iterable[Frame]], Iterator[Frame]]

_PPM = 1e6


def spoilt(frames: Iterable[Frame], *faults: Fault) -> Iterator[Frame]:
    """The stream with these faults, in this order."""
    stream = iter(frames)
    for fault in faults:
        stream = fault(stream)
    return stream


def drops(rng: Random, share: float) -> Fault:
    """So many frames are never heard."""

    def fault(frames: Iterable[Frame]) -> Iterator[Frame]:
        return (frame for frame in frames if rng.random() >= share)

    return fault


def noise(rng: Random, share: float) -> Fault:
    """So many frames have one bit turned over."""

    def fault(frames: Iterable[Frame]) -> Iterator[Frame]:
        return (_turned(frame, rng) if frame.payload and rng.random() < share else frame for frame in frames)

    return fault


def truncation(rng: Random, share: float) -> Fault:
    """So many frames lose their end."""

    def fault(frames: Iterable[Frame]) -> Iterator[Frame]:
        return (_cut(frame, rng) if frame.payload and rng.random() < share else frame for frame in frames)

    return fault


def duplicates(rng: Random, share: float, after: timedelta = timedelta(0)) -> Fault:
    """So many frames are heard once more."""

    def fault(frames: Iterable[Frame]) -> Iterator[Frame]:
        for frame in frames:
            yield frame
            if rng.random() < share:
                yield replace(frame, at=frame.at + after)

    return fault


def waits(rng: Random, most: timedelta) -> Fault:
    """Each frame waits in the radio for up to so long, and none overtakes another."""

    def fault(frames: Iterable[Frame]) -> Iterator[Frame]:
        last: datetime | None = None
        for frame in frames:
            at = frame.at + rng.random() * most
            last = at if last is None else max(at, last)
            yield replace(frame, at=last)

    return fault


def drift(gain_ppm: float) -> Fault:
    """The device's clock gains so much, and so all that it does on time comes early: from its first frame on."""

    def fault(frames: Iterable[Frame]) -> Iterator[Frame]:
        start: datetime | None = None
        for frame in frames:
            start = frame.at if start is None else start
            yield replace(frame, at=start + (frame.at - start) / (1 + gain_ppm / _PPM))

    return fault


def dead_battery(at: datetime) -> Fault:
    """From this moment on nothing is heard: the stream ends, however much the device would have had to say."""

    def fault(frames: Iterable[Frame]) -> Iterator[Frame]:
        return takewhile(lambda frame: frame.at < at, frames)

    return fault


def _turned(frame: Frame, rng: Random) -> Frame:
    payload = bytearray(frame.payload)
    payload[rng.randrange(len(payload))] ^= 1 << rng.randrange(8)
    return replace(frame, payload=bytes(payload))


def _cut(frame: Frame, rng: Random) -> Frame:
    return replace(frame, payload=frame.payload[: rng.randrange(len(frame.payload))])
