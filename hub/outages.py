"""Notices a receiver that stays away: a radio switched off, a port pulled out. A blink of it is nobody's alarm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from devices.model import LinkEvent, LinkState

GRACE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A receiver that has been away for too long, in words, and why."""

    receiver: str
    reason: str


class Outages:
    """Remembers which receivers are down. Links to single devices are not its business: people walk about."""

    def __init__(self) -> None:
        self._receivers: Mapping[str, str] = {}
        self._down: dict[str, LinkEvent] = {}
        self._told: set[str] = set()

    def expect(self, receivers: Mapping[str, str]) -> None:
        """From now on these are needed: the subject of their link events, and what people call them."""
        self._receivers = receivers
        self._down = {subject: event for subject, event in self._down.items() if subject in receivers}
        self._told &= receivers.keys()

    def note(self, event: LinkEvent) -> None:
        """A link has changed."""
        if event.subject not in self._receivers:
            return
        if event.state is LinkState.UP:
            self._down.pop(event.subject, None)
            self._told.discard(event.subject)
        else:
            self._down.setdefault(event.subject, event)

    def overdue(self, now: datetime) -> list[Outage]:
        """Outages that have lasted too long and were not told yet."""
        late = [event for subject, event in self._down.items() if now - event.at >= GRACE and subject not in self._told]
        self._told.update(event.subject for event in late)
        return [Outage(receiver=self._receivers[event.subject], reason=event.detail) for event in late]
