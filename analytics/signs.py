"""What the home's sensors say of somebody being there: movement indoors, an outer door used, somebody in bed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto

from analytics.model import Home, Interest
from devices.model import Observation, Quantity, Reading, Trigger, TriggerKind

STATE_KEPT = timedelta(days=1)
"""A state that was not heard of for this long is no longer known, and counts as no (closed, free, off, still)."""


class Sign(Enum):
    """What one observation shows."""

    INSIDE = auto()
    OPENED = auto()
    CLOSED = auto()


class Shows(Enum):
    """When a quantity shows that somebody is about."""

    WHILE_YES = auto()
    """Each time it says yes, and when it turns to no: until then there was movement."""
    ON_CHANGE = auto()
    """Only when it changes: somebody came, went, opened or switched; that it goes on shows nothing."""
    ON_RISE = auto()
    """Only when it begins: an appliance ends by itself."""


SIGNS: dict[Quantity, Shows] = {
    Quantity.MOTION: Shows.WHILE_YES,
    Quantity.OPEN: Shows.ON_CHANGE,
    Quantity.OCCUPIED: Shows.ON_CHANGE,  # a radar also sees somebody who lies on the floor
    Quantity.SWITCHED_ON: Shows.ON_CHANGE,
    Quantity.POWER_W: Shows.ON_RISE,
}
PRESSES = frozenset(TriggerKind) - {TriggerKind.FALL}
"""Somebody who presses a button is about. A fall that a device reports shows the contrary."""
LISTENS_TO: frozenset[Interest] = frozenset(SIGNS) | PRESSES


@dataclass(slots=True)
class _State:
    yes: bool
    since: datetime
    heard: datetime


@dataclass(slots=True)
class Signs:
    """Turns observations into signs, remembering the state of each sensor for a day."""

    home: Home
    appliance_w: float
    _states: dict[tuple[str, Quantity], _State] = field(default_factory=dict, init=False)
    _beds: tuple[tuple[str, Quantity], ...] = field(init=False)
    _outer_doors: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        sensors = self.home.sensors.values()
        self._beds = tuple((one.device, Quantity.OCCUPIED) for one in sensors if one.bed)
        self._outer_doors = frozenset(one.device for one in sensors if one.outer_door)

    def read(self, observation: Observation) -> Sign | None:
        """What this observation shows, None where it shows nothing of somebody being about."""
        if isinstance(observation, Reading):
            return self._read(observation)
        pressed = isinstance(observation, Trigger) and observation.kind in PRESSES
        return Sign.INSIDE if pressed else None

    def in_bed_until(self, now: datetime) -> datetime | None:
        """Until when a bed that says so is believed to be occupied, if it says so now."""
        if not self._beds:
            return None
        states = (self._states.get(bed) for bed in self._beds)
        ends = [state.since + STATE_KEPT for state in states if state is not None and state.yes]
        return max((end for end in ends if end > now), default=None)

    def _read(self, reading: Reading) -> Sign | None:
        shows = SIGNS.get(reading.quantity)
        if shows is None:
            return None
        yes = reading.value >= (self.appliance_w if shows is Shows.ON_RISE else 0.5)
        before = self._change(reading, yes=yes)
        if before is None or not _is_sign(shows, before=before, after=yes):
            return None
        if reading.device not in self._outer_doors:
            return Sign.INSIDE
        return _door_sign(reading.quantity, yes=yes)

    def _change(self, reading: Reading, *, yes: bool) -> bool | None:
        """Note the state; the state before, None for a reading that came late and tells nothing new."""
        key = (reading.device, reading.quantity)
        at = reading.at
        state = self._states.get(key)
        if state is None or at - state.heard > STATE_KEPT:
            self._states[key] = _State(yes, at, at)
            return False
        if at < state.heard:
            return None
        before = state.yes
        state.heard = at
        if yes is not before:
            state.yes, state.since = yes, at
        return before


def _is_sign(shows: Shows, *, before: bool, after: bool) -> bool:
    if shows is Shows.WHILE_YES:
        return before or after
    return (before != after) and (after or shows is Shows.ON_CHANGE)


def _door_sign(quantity: Quantity, *, yes: bool) -> Sign | None:
    """A sensor at an outer door speaks of the door; what else it says (a porch light, a bell) may be outside."""
    if quantity is not Quantity.OPEN:
        return None
    return Sign.OPENED if yes else Sign.CLOSED
