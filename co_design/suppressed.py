"""Counts of people, without those so small that they point at somebody."""

from collections.abc import Mapping

LEAST = 5
"""A group of fewer is not counted out loud."""
FEW = "fewer than 5"


def suppressed(counts: Mapping[str, int], least: int = LEAST) -> dict[str, int | None]:
    """The counts, small ones as None. Where only one is hidden, so is the next smallest: else the total would tell it.

    >>> suppressed({"resident": 6, "family": 9, "neighbour": 1})
    {'resident': None, 'family': 9, 'neighbour': None}
    >>> suppressed({"resident": 6, "family": 0})
    {'resident': 6, 'family': 0}
    """
    small = {name for name, count in counts.items() if 0 < count < least}
    if len(small) == 1:
        others = [name for name, count in counts.items() if count >= least]
        small |= set(sorted(others, key=lambda name: counts[name])[:1])
    return {name: None if name in small else count for name, count in counts.items()}


def few(count: int) -> int | str:
    """One count as it is told outside the home."""
    return FEW if 0 < count < LEAST else count


def said(count: int | None) -> int | str:
    """A count as people read it."""
    return FEW if count is None else count
