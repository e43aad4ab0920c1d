"""From what devices say to what is stored and what is noticed.

Ordinary readings are stored in batches. A deliberate call, and whatever a detector finds, is committed at once, with
the readings before it. What is impossible or ill measured is kept out of the detectors, with its reason.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from analytics.engine import Engine
from analytics.model import Finding, Home
from analytics.vitals.quality import QualityGate
from devices.model import Clock, Observation, Reading, Trigger
from hub.catalogue import Catalogue
from hub.homecoming import Homecoming
from hub.ingest import Call, Ingest, Urgent
from hub.rejections import Rejections
from hub.repeats import Repeats
from hub.store.rows import Row, to_row
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a pipeline is put together from. `mind` learns from what is believed of what a device says."""

    store: Store
    catalogue: Catalogue
    engine: Engine
    ingest: Ingest
    calls: Calls
    homecoming: Homecoming
    gate: QualityGate
    rejections: Rejections
    mind: Callable[[Observation], None]


class Pipeline:
    """Takes observations in the order in which they were heard."""

    def __init__(self, parts: Parts) -> None:
        self._store = parts.store
        self._device_ids = parts.catalogue.devices
        self._quantity_ids = parts.catalogue.quantities
        self._engine = parts.engine
        self._engine.number = parts.store.next_id
        self._ingest = parts.ingest
        self._calls = parts.calls
        self._homecoming = parts.homecoming
        self._gate = parts.gate
        self._rejections = parts.rejections
        self._mind = parts.mind

    def take(self, observations: Iterable[Observation], now: datetime) -> asyncio.Task[None] | None:
        """Take what was heard at this moment; the task, where something is urgent, ends when it is durable."""
        rows: list[Row] = []
        calls: list[Call] = []
        found: list[Finding] = []
        returned = False
        heard = list(observations)
        self._gate.note(heard)
        for observation in heard:
            if isinstance(observation, Reading):
                if not self._take_reading(observation, now, rows, found):
                    continue
            elif isinstance(observation, Trigger):
                if not self._take_trigger(observation, calls, found):
                    continue
            else:
                found += self._engine.feed(observation)
                rows += self._derived()
            self._mind(observation)
            returned |= self._homecoming.is_shown_by(observation)
        if rows:
            self._store.append(rows)
        if calls or found or returned:
            return self._commit(Urgent(calls=calls, findings=found, returned=returned, at=now))
        return None

    def advance(self, now: datetime) -> asyncio.Task[None] | None:
        """Let time pass for the detectors."""
        found = self._engine.advance(now)
        if rows := self._derived():
            self._store.append(rows)
        return self.notice(found, now)

    def notice(self, findings: Sequence[Finding], now: datetime) -> asyncio.Task[None] | None:
        """Take what was found, by the passing of time or by somebody other than a detector."""
        return self._commit(Urgent(findings=findings, at=now)) if findings else None

    async def tick(self, clock: Clock) -> None:
        """Let time pass, until cancelled: each detector's moment is met when it comes."""
        while True:
            now = clock.now()
            self.advance(now)
            due = self._engine.due
            nap_s = LONGEST_NAP_S if due is None else (due - now).total_seconds()
            await clock.sleep(min(LONGEST_NAP_S, nap_s))

    def _derived(self) -> list[Row]:
        """What detectors made of samples or heartbeats: stored like any reading, to be known again after a restart."""
        derived, self._engine.derived = self._engine.derived, []
        return [
            to_row(number, self._device_ids[reading.device], self._quantity_ids[reading.quantity], reading)
            for reading, number in derived
            if number is not None
        ]

    def _take_reading(self, reading: Reading, now: datetime, rows: list[Row], found: list[Finding]) -> bool:
        reason = self._gate.refusal(reading, now)
        if reason is not None:
            self._rejections.add(reading, reason, now)
            return False
        number = self._store.next_id()
        rows.append(to_row(number, self._device_ids[reading.device], self._quantity_ids[reading.quantity], reading))
        found += self._engine.feed(reading, number)
        if self._engine.derived:
            rows += self._derived()
        return True

    def _take_trigger(self, trigger: Trigger, calls: list[Call], found: list[Finding]) -> bool:
        if self._calls.is_repeat(trigger):
            return False
        number = self._store.next_id()
        calls.append(self._calls.of(trigger, number))
        found += self._engine.feed(trigger, number)
        return True

    def _commit(self, urgent: Urgent) -> asyncio.Task[None]:
        self._homecoming.expect(urgent.findings)
        return self._ingest.commit(urgent)
