"""A stretch of a home's past through the detectors, as the hub runs them live: the same past, the same findings."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from analytics.engine import Engine
from analytics.model import Detector, Finding, Home, Settings
from devices.model import Observation

Heard = tuple[int, Observation]
"""The number of what was heard, and what."""
Detectors = Callable[[Home, Settings], Iterable[Detector]]


def replayed(engine: Engine, past: Iterable[Heard], until: datetime | None = None) -> Iterator[Finding]:
    """What is found in this past; then, where `until` is told, by the passing of time until then.

    Without it a recording ends with its last observation: that nothing comes after it is no silence.
    """
    for number, observation in past:
        yield from engine.feed(observation, number)
    if until is not None:
        yield from engine.advance(until)
