"""What can happen to an alarm, and what a decision about it says. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from analytics.model import Finding
from hub.model import Alarm, AlarmState, Cause, Purpose


class EventKind(StrEnum):
    """What can happen to an alarm."""

    OPENED = "opened"
    RELATED = "related"
    DUE = "due"
    EMPTY = "empty"  # the step that was just reached has nobody who can be told
    FINE = "fine"
    RETURNED = "returned"
    HELP = "help"
    GOING = "going"
    CANNOT = "cannot"
    ARRIVED = "arrived"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. `by` is who said it; `finding` and `severity` come with RELATED, `outcome` with CLOSE.

    `earlier_cancels` comes with FINE: how often the resident has cancelled this kind of alarm lately.
    """

    kind: EventKind
    by: str | None = None
    outcome: str = ""
    finding: Finding | None = None
    severity: int = 0
    earlier_cancels: int = 0


class Tell(StrEnum):
    """Who is to be told something."""

    PROMPT = "prompt"  # the resident: are you all right?
    STEP = "step"  # the people of the alarm's step
    STAND_DOWN = "stand_down"  # those already told: somebody is going
    BACKUP = "backup"  # the second who says "going": who is going
    CLOSED = "closed"  # those already told: it is over
    LOUD = "loud"  # everybody, and the siren


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done, and why.

    `after` is the alarm as it is to be stored, `changed` whether that differs from before; `wait` is how long until
    its next timer (None: the timer stays as it was). Pending messages of the purposes in `withdraw` are superseded.
    `fault` is a sentence that becomes a fault of its own.
    """

    after: Alarm
    cause: Cause
    detail: str
    changed: bool = True
    wait: timedelta | None = None
    tell: tuple[Tell, ...] = ()
    withdraw: frozenset[Purpose] = frozenset()
    fault: str | None = None

    @property
    def state(self) -> AlarmState:
        """The state it is to be in."""
        return self.after.state

    @property
    def next_at(self) -> datetime | None:
        """When the clock next has something to say; None once it is closed."""
        return self.after.next_at

    @property
    def next_reason(self) -> str | None:
        """What happens then."""
        return self.after.next_reason


Rule = Callable[[Alarm, Event, datetime], Decision]
"""What one event does in one state."""
