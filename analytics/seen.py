"""What detectors remember of an observation, to show it later as evidence."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from analytics.model import Evidence
from devices.model import Reading, Trigger


class Seen(NamedTuple):
    """One observation and the store's number of it."""

    observation: Reading | Trigger
    number: int | None

    @property
    def at(self) -> datetime:
        """When the hub heard it."""
        return self.observation.at

    def evidence(self) -> Evidence:
        """As a finding shows it."""
        heard = self.observation
        if isinstance(heard, Reading):
            return Evidence(device=heard.device, what=heard.quantity, value=heard.value, at=heard.at, id=self.number)
        return Evidence(device=heard.device, what=heard.kind, value=None, at=heard.at, id=self.number)


def as_evidence(seen: Iterable[Seen | None]) -> tuple[Evidence, ...]:
    """Each observation once, in the order given; what is None was never seen."""
    return tuple(dict.fromkeys(one.evidence() for one in seen if one is not None))
