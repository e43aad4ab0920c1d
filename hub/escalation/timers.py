"""Timers on the boot clock, and what becomes of them when the machine restarts. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

HEARTBEAT_S = 5.0
"""How often the hub writes down both its clocks (`hub.ledger`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One instant on both clocks."""

    now: datetime
    boot_s: float
    boot_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """When something is due, on both clocks of the boot in which it was set."""

    at: datetime
    boot_s: float
    boot_id: str

    def is_due(self, moment: Moment) -> bool:
        """Whether it is due. Only for a timer of this boot: the wall clock has no say."""
        return self.boot_s <= moment.boot_s


def timer(moment: Moment, wait: timedelta) -> Timer:
    """A timer that is due after this wait."""
    return Timer(at=moment.now + wait, boot_s=moment.boot_s + wait.total_seconds(), boot_id=moment.boot_id)


def carried_over(old: Timer, last_alive: Moment | None, moment: Moment) -> Timer:
    """A timer of an earlier boot, set anew in this one: early rather than late.

    The time left is the lesser of what the wall clock says and what was left when the hub was last alive. If the wall
    clock does not show that time passed while the machine was off, it stood still or was set back: then nobody knows
    how long that was, and the timer is due at once.
    """
    if last_alive is None or last_alive.boot_id != old.boot_id or not _wall_clock_ran(last_alive, moment):
        return timer(moment, timedelta(0))
    by_wall = (old.at - moment.now).total_seconds()
    by_boot = old.boot_s - last_alive.boot_s
    return timer(moment, timedelta(seconds=max(0.0, min(by_wall, by_boot))))


def _wall_clock_ran(last_alive: Moment, moment: Moment) -> bool:
    """Whether the wall clock moved on by more than this boot and one heartbeat account for."""
    return (moment.now - last_alive.now).total_seconds() > moment.boot_s + HEARTBEAT_S
