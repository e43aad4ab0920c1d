"""Whether what the hub hears with works: a radio, a serial port, a broker."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from devices.model import LinkEvent, LinkState
from devices.supervision.model import Bad, Fine, Verdict
from devices.supervision.patience import FLOOR_S, INTERVALS, LEARNT_S
from devices.supervision.record import Record
from devices.supervision.rhythm import FEWEST, Rhythm
from devices.supervision.rules import Scene
from devices.supervision.signals import fell_everywhere

GRACE_S = 120.0
"""A blink of a receiver is nobody's alarm."""
WORKS_AGAIN = "It works again."


@dataclass(slots=True, kw_only=True)
class Receiver:
    """One receiver: when it went down, and when anything was last heard through it, a stranger's frames included."""

    subject: str
    title: str
    since_s: float
    at: datetime | None = None
    rhythm: Rhythm = field(default_factory=Rhythm)
    _sender: str | None = field(default=None, init=False)
    _several: bool = field(default=False, init=False)
    _down: LinkEvent | None = field(default=None, init=False)
    _down_s: float = field(default=0.0, init=False)
    _up: bool = field(default=False, init=False)
    _fell_at: datetime | None = field(default=None, init=False)

    def hear(self, sender: str, at: datetime, now_s: float) -> None:
        """Anything was heard through it."""
        self._several = self._several or self._sender not in (None, sender)
        self._sender = sender
        if self.at is not None:
            self.rhythm.add(now_s - self.since_s)
        self.since_s, self.at = now_s, at

    def change(self, event: LinkEvent, now_s: float) -> bool:
        """Its link has changed; whether it has come back, so that everything begins anew."""
        if event.state is LinkState.DOWN:
            if self._down is None:
                self._down, self._down_s = event, now_s
            return False
        back = self._down is not None or not self._up
        self._down, self._up = None, True
        if back:
            self.since_s = now_s
        return back

    @property
    def is_up(self) -> bool:
        """Whether nothing is known to be wrong with it."""
        return self._down is None

    @property
    def due_s(self) -> float | None:
        """When it has been away for too long."""
        return None if self._down is None else self._down_s + GRACE_S

    def down(self, scene: Scene) -> Verdict:
        """It was pulled out, switched off, or is out of reach."""
        if self._down is None:
            return Fine(outcome=WORKS_AGAIN) if self._up else None
        if scene.now_s - self._down_s < GRACE_S:
            return None
        why = f" ({self._down.detail})" if self._down.detail else ""
        because = f"The hub hears nothing through {self.title}{why}."
        return Bad(since=self._down.at, because=because)

    def deaf(self, scene: Scene, overdue: int) -> Verdict:
        """It says that it works, and nothing comes through it, not even from strangers.

        `overdue` of its devices should have been heard by now. One alone is more likely lost itself, unless it is as
        silent about all the others, of which it usually hears more.
        """
        silent_s = scene.now_s - self.since_s
        if silent_s < FLOOR_S:
            return Fine(outcome=WORKS_AGAIN) if self.at is not None else None
        unusual = self._learnt and silent_s >= INTERVALS * self.rhythm.interval_s
        if not self.is_up or not (overdue > 1 or (overdue == 1 and self._several and unusual)):
            return None
        since = scene.ago(self.since_s)
        because = f"Nothing at all has come through {self.title} since {scene.when(since)}, though it seems to work."
        return Bad(since=since, because=because)

    def weak(self, scene: Scene, records: Iterable[Record]) -> Verdict:
        """Everything in its place is heard more weakly than usual."""
        falls = [fall for record in records if (fall := record.signal.fell_db) is not None]
        fell_db = fell_everywhere(falls)
        if fell_db is None:
            self._fell_at = None
            return Fine(outcome="The sensors are heard as strongly as usual again.") if falls else None
        self._fell_at = self._fell_at or scene.now
        because = (
            f"Since {scene.when(self._fell_at)} all sensors are heard more weakly through {self.title} (by"
            f" {fell_db:.0f} dB): the hub was moved, or something disturbs the radio."
        )
        return Bad(since=self._fell_at, because=because)

    @property
    def _learnt(self) -> bool:
        return self.rhythm.total_s >= LEARNT_S and self.rhythm.gaps >= FEWEST
