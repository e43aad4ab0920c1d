"""From what devices say to what is stored and what is noticed.

Ordinary readings are stored in batches. A deliberate call, and whatever a detector finds, is committed at once, with
the readings before it. What is impossible is kept out of the detectors, with its reason.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime

from analytics.engine import Engine
from analytics.gate import plausible
from analytics.model import Finding, Home
from devices.model import Clock, Observation, Reading, Trigger
from hub.catalogue import Catalogue
from hub.ingest import Call, Ingest, Urgent
from hub.rejections import Rejections
from hub.repeats import Repeats
from hub.store.rows import to_row
from hub.store.writer import Store

LONGEST_NAP_S = 1.0
"""A detector's moment is met within this, also when the wall clock is set or an observation brings it forward."""


class Calls:
    """Knows what a trigger means in this home, and whether it was heard before."""

    def __init__(self, home: Home, catalogue: Catalogue, repeats: Repeats) -> None:
        self._sensors = home.sensors
        self._device_ids = catalogue.devices
        self._repeats = repeats

    def is_repeat(self, trigger: Trigger) -> bool:
        """Whether it was heard before."""
        return self._repeats.is_repeat(trigger)

    def of(self, trigger: Trigger, number: int) -> Call:
        """The trigger with its number and its meaning."""
        meaning = self._sensors[trigger.device].means(trigger.kind)
        return Call(number=number, device_id=self._device_ids[trigger.device], trigger=trigger, meaning=meaning)


class Pipeline:
    """Takes observations in the order in which they were heard."""

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        engine: Engine,
        ingest: Ingest,
        calls: Calls,
        rejections: Rejections,
    ) -> None:
        self._store = store
        self._device_ids = catalogue.devices
        self._quantity_ids = catalogue.quantities
        self._engine = engine
        self._ingest = ingest
        self._calls = calls
        self._rejections = rejections

    def take(self, observations: Iterable[Observation], now: datetime) -> asyncio.Task[None] | None:
        """Take what was heard at this moment; the task, where something is urgent, ends when it is durable."""
        rows = []
        calls: list[Call] = []
        found: list[Finding] = []
        for observation in observations:
            if isinstance(observation, Reading):
                reason = plausible(observation, now)
                if reason is not None:
                    self._rejections.add(observation, reason, now)
                    continue
                number = self._store.next_id()
                device, quantity = self._device_ids[observation.device], self._quantity_ids[observation.quantity]
                rows.append(to_row(number, device, quantity, observation))
                found += self._engine.feed(observation, number)
            elif isinstance(observation, Trigger):
                self._take_trigger(observation, calls, found)
            else:
                found += self._engine.feed(observation)
        if rows:
            self._store.append(rows)
        return self._commit(calls, found, now)

    def advance(self, now: datetime) -> asyncio.Task[None] | None:
        """Let time pass for the detectors."""
        return self._commit((), self._engine.advance(now), now)

    def notice(self, findings: Sequence[Finding], now: datetime) -> asyncio.Task[None] | None:
        """Take what somebody other than a detector found."""
        return self._commit((), findings, now)

    async def tick(self, clock: Clock) -> None:
        """Let time pass, until cancelled: each detector's moment is met when it comes."""
        while True:
            now = clock.now()
            self.advance(now)
            due = self._engine.due
            nap_s = LONGEST_NAP_S if due is None else (due - now).total_seconds()
            await clock.sleep(min(LONGEST_NAP_S, nap_s))

    def _take_trigger(self, trigger: Trigger, calls: list[Call], found: list[Finding]) -> None:
        if self._calls.is_repeat(trigger):
            return
        number = self._store.next_id()
        calls.append(self._calls.of(trigger, number))
        found += self._engine.feed(trigger, number)

    def _commit(self, calls: Sequence[Call], findings: Sequence[Finding], now: datetime) -> asyncio.Task[None] | None:
        if not calls and not findings:
            return None
        return self._ingest.commit(Urgent(calls=calls, findings=findings, at=now))
