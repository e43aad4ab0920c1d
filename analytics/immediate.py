"""For detectors that decide on what they hear alone, because time has nothing to add."""

from collections.abc import Iterable
from datetime import datetime

from analytics.model import Finding


class Immediate:
    """Never due."""

    __slots__ = ()

    @property
    def due(self) -> datetime | None:
        """Never."""
        return None

    def tick(self, now: datetime) -> Iterable[Finding]:
        """Nothing: it is never called."""
        del now
        return ()
