"""Knows a replayed press from a new one, also across a restart of the hub."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from devices.model import Trigger

SAME_PRESS = timedelta(hours=1)
"""A device's own number of a press, heard again within this, is that press once more: the radio repeats old adverts.

No longer, because devices count to 255 and begin again: a press must not be lost to one of yesterday.
"""
REMEMBERED = 500

Mark = tuple[str, str, str]
"""Device, kind, token as stored."""


def token_of(trigger: Trigger) -> str | None:
    """The device's number of this press, and of which button where it has several."""
    if trigger.token is None or trigger.button is None:
        return trigger.token
    return f"{trigger.token}#{trigger.button}"


class Repeats:
    """Remembers which presses were taken lately. `past` are those of before the start, oldest first."""

    def __init__(self, past: Iterable[tuple[Mark, datetime]] = ()) -> None:
        self._taken: dict[Mark, datetime] = {}
        for mark, at in past:
            self._remember(mark, at)

    def is_repeat(self, trigger: Trigger) -> bool:
        """Whether this press was taken before; if not, it is from now on. One without a number is always new."""
        token = token_of(trigger)
        if token is None:
            return False
        mark = (trigger.device, trigger.kind, token)
        before = self._taken.get(mark)
        if before is not None and abs(trigger.at - before) < SAME_PRESS:
            return True
        self._remember(mark, trigger.at)
        return False

    def _remember(self, mark: Mark, at: datetime) -> None:
        self._taken.pop(mark, None)
        self._taken[mark] = at
        if len(self._taken) > REMEMBERED:
            del self._taken[next(iter(self._taken))]
