"""Bytes that are almost frames: random ones, and valid ones that were spoilt, the same for a seed."""

from collections.abc import Callable, Sequence
from random import Random

LONGEST = 600
"""Longer than any notification (512 bytes) or advertisement (255)."""

_EDGES = (0x00, 0x01, 0x7F, 0x80, 0xFF)
_MOST_CHANGES = 6
_LONGEST_RANDOM = 48

Mutation = Callable[[bytearray, Random], None]


def anything(rng: Random) -> bytes:
    """Random bytes, mostly few."""
    return rng.randbytes(rng.randrange(LONGEST if rng.random() < 0.02 else _LONGEST_RANDOM))


def spoilt(frames: Sequence[bytes], rng: Random) -> bytes:
    """A valid frame with a few changes, or the beginning of one and the end of another."""
    data = bytearray(rng.choice(frames))
    for _ in range(rng.randrange(_MOST_CHANGES)):
        rng.choice(_MUTATIONS)(data, rng)
    if rng.random() < 0.1:
        data += rng.choice(frames)[rng.randrange(8) :]
    return bytes(data[:LONGEST])


def _flip(data: bytearray, rng: Random) -> None:
    if data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _overwrite(data: bytearray, rng: Random) -> None:
    if data:
        data[rng.randrange(len(data))] = rng.choice(_EDGES) if rng.random() < 0.5 else rng.randrange(256)


def _insert(data: bytearray, rng: Random) -> None:
    at = rng.randrange(len(data) + 1)
    data[at:at] = rng.randbytes(rng.randrange(1, 9))


def _cut_out(data: bytearray, rng: Random) -> None:
    at = rng.randrange(len(data) + 1)
    del data[at : at + rng.randrange(1, 9)]


def _cut_off(data: bytearray, rng: Random) -> None:
    del data[rng.randrange(len(data) + 1) :]


def _repeat(data: bytearray, rng: Random) -> None:
    at = rng.randrange(len(data) + 1)
    data[at:at] = data[at : at + rng.randrange(1, 17)] * rng.randrange(1, 9)


_MUTATIONS: Sequence[Mutation] = (_flip, _flip, _overwrite, _overwrite, _insert, _cut_out, _cut_off, _repeat)
