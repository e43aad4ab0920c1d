"""Walk tests: what a device says while somebody walks the rooms with it is written down, and calls nobody.

Kept in memory only, so that a hub that is started again, or changes over to another household, takes every press for
what it says. It ends by itself.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from analytics.plain import duration
from devices.model import Observation, Trigger
from devices.spelling import unknown
from hub.intents import RefusedError, WalkTest
from hub.repeats import token_of
from hub.store.schema import sensor_event, to_us
from hub.store.writer import Store
from hub.supervisor import describe

log = logging.getLogger(__name__)

REASON = "somebody tried it out in a walk test"


class Walks:
    """The devices that are tried out now. `devices` are the store's numbers of those that are declared."""

    def __init__(self, store: Store, devices: Mapping[str, int]) -> None:
        self._store = store
        self._devices = devices
        self._until: dict[str, datetime] = {}

    def act(self, _: Connection, asked: WalkTest, _by: str, now: datetime) -> str:
        """Begin, or end, as somebody asks. Raises `RefusedError`."""
        if asked.device not in self._devices:
            raise RefusedError(f"{unknown('device', asked.device, self._devices)}.")
        if not asked.minutes:
            self._until.pop(asked.device, None)
            return f"The walk test with {asked.device} is over: what it says counts again."
        length = timedelta(minutes=asked.minutes)
        self._until[asked.device] = now + length
        log.warning("%s is tried out for %s, as somebody asked: it calls nobody then", asked.device, duration(length))
        return f"For {duration(length)} what {asked.device} says calls nobody."

    def heard(self, observations: Iterable[Observation]) -> Iterable[Observation]:
        """What counts; what belongs to a test is written down as that."""
        return [one for one in observations if not self._is_test(one)] if self._until else observations

    def _is_test(self, one: Observation) -> bool:
        until = self._until.get(one.device)
        if until is None or not isinstance(one, Trigger):
            return False
        if one.at >= until:
            del self._until[one.device]
            return False
        self._write(one)
        return True

    def _write(self, trigger: Trigger) -> None:
        row = {
            "id": self._store.next_id(),
            "device_id": self._devices[trigger.device],
            "kind": trigger.kind.value,
            "at": to_us(trigger.at),
            "token": token_of(trigger),
            "reason": REASON,
        }
        written = self._store.submit(lambda connection: connection.execute(insert(sensor_event).values(**row)))
        written.add_done_callback(_look_at)


def _look_at(written: asyncio.Future[Any]) -> None:
    if not written.cancelled() and (error := written.exception()) is not None:
        log.error("a press of a walk test could not be written down: %s", describe(error))
