"""Channels with work of their own: a modem to be watched, a prompt to be said again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from devices.model import LinkEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What such a channel is given by the hub.

    `report` hears whether it works, and if not, why, in words that end a sentence. `is_asked` says whether the resident
    is still being asked about an alarm.
    """

    report: Callable[[LinkEvent], None]
    is_asked: Callable[[int], bool]


@runtime_checkable
class Attended(Protocol):
    """A channel that does more than send. It is there for sending while `run` runs."""

    name: str

    async def run(self, around: Around) -> None:
        """Do its own work until cancelled."""
        ...
