"""The resident lets the sensors rest: for an hour, for the night, until they say. Calls for help are heard still.

While it lasts, what sensors notice of the person is neither kept nor looked at. A device goes on being supervised,
since whoever presses a button must be heard: that it was heard at all, and its battery, tell nothing of the person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from devices.model import Observation, Quantity, Reading, Trigger, TriggerKind
from hub.store.changes import touch
from hub.store.schema import from_us, pause, to_us

TOPIC: Final = "pause"
OF_THE_DEVICE: Final = frozenset(
    {Quantity.BATTERY_PERCENT, Quantity.BATTERY_V, Quantity.BATTERY_LOW, Quantity.SIGNAL_DBM, Quantity.TAMPERED}
)
OF_DANGER: Final = frozenset({Quantity.SMOKE, Quantity.CARBON_MONOXIDE, Quantity.GAS, Quantity.WET})
"""What threatens the house is no observation of the person."""
NOTICED_BY_A_DEVICE: Final = frozenset({TriggerKind.FALL})
"""Triggers that are no deliberate act."""
DETECTORS: Final = frozenset({"calls_for_help", "home_danger"})
"""What goes on noticing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """One rest. `until` is None until they say; `ended` is when it was over."""

    started: datetime
    until: datetime | None
    ended: datetime | None = None


def begin(connection: Connection, until: datetime | None, by: str, now: datetime) -> None:
    """Let the sensors rest from now on; a pause that lasts already is replaced."""
    _close(connection, now)
    values = {"started_at": to_us(now), "until_at": None if until is None else to_us(until), "by": by}
    connection.execute(insert(pause).values(**values))
    touch(connection, TOPIC)


def end(connection: Connection, now: datetime) -> bool:
    """Listen again; False where nothing was resting."""
    ended = _close(connection, now)
    touch(connection, TOPIC)
    return ended


def current(connection: Connection, now: datetime) -> Pause | None:
    """The pause that lasts now."""
    lasts = or_(pause.c.until_at.is_(None), pause.c.until_at > to_us(now))
    return _newest(connection, pause.c.ended_at.is_(None) & lasts)


def latest_end(connection: Connection, now: datetime) -> datetime | None:
    """When the latest pause was over; what was known before it says nothing about now."""
    found = _newest(connection, pause.c.ended_at.is_not(None) | (pause.c.until_at <= to_us(now)))
    if found is None:
        return None
    return min(one for one in (found.ended, found.until) if one is not None)


def heard(observations: Iterable[Observation]) -> list[Observation]:
    """What is taken all the same."""
    return [one for one in observations if _is_heard(one)]


def _is_heard(observation: Observation) -> bool:
    if isinstance(observation, Trigger):
        return observation.kind not in NOTICED_BY_A_DEVICE
    return isinstance(observation, Reading) and observation.quantity in OF_THE_DEVICE | OF_DANGER


def _close(connection: Connection, now: datetime) -> bool:
    """End what lasts. One that ran out before keeps the moment when it did."""
    over = pause.c.until_at <= to_us(now)
    connection.execute(update(pause).where(pause.c.ended_at.is_(None), over).values(ended_at=pause.c.until_at))
    return connection.execute(update(pause).where(pause.c.ended_at.is_(None)).values(ended_at=to_us(now))).rowcount > 0


def _newest(connection: Connection, which: ColumnElement[bool]) -> Pause | None:
    row = connection.execute(select(pause).where(which).order_by(pause.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return Pause(
        started=from_us(row.started_at),
        until=None if row.until_at is None else from_us(row.until_at),
        ended=None if row.ended_at is None else from_us(row.ended_at),
    )
