"""Parts that fail, for tests of what goes on without them."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from analytics.model import Finding, Interest
from devices.model import Observation, Quantity


class Broken:
    """A detector that always fails."""

    name: ClassVar[str] = "broken"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = frozenset({Quantity.MOTION})
    lookback_s = 86_400.0
    due: datetime | None = None

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        raise ZeroDivisionError(observation, number)

    def tick(self, now: datetime) -> Iterable[Finding]:
        raise ZeroDivisionError(now)
