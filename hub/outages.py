"""Notices a channel that stays away: a modem pulled out, a loudspeaker that is gone. A blink is nobody's alarm."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from devices.model import LinkEvent, LinkState

GRACE = timedelta(minutes=2)


@dataclass(slots=True)
class Outages:
    """Remembers which channels are down, since when and why, and which have come back."""

    _down: dict[str, LinkEvent] = field(default_factory=dict, init=False)
    _told: set[str] = field(default_factory=set, init=False)
    _back: set[str] = field(default_factory=set, init=False)

    def note(self, event: LinkEvent) -> None:
        """A channel went up or down."""
        if event.state is LinkState.UP:
            self._down.pop(event.subject, None)
            self._told.discard(event.subject)
            self._back.add(event.subject)
        else:
            self._down.setdefault(event.subject, event)
            self._back.discard(event.subject)

    def overdue(self, now: datetime) -> list[LinkEvent]:
        """How those began that have lasted too long and were not told yet."""
        late = [event for subject, event in self._down.items() if now - event.at >= GRACE and subject not in self._told]
        self._told.update(event.subject for event in late)
        return late

    def returned(self) -> frozenset[str]:
        """Those that have come up since this was asked last."""
        back, self._back = self._back, set()
        return frozenset(back)
