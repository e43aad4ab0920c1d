"""One watch: the hub's work for as long as the household and its settings stay as they are."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from analytics.engine import Engine
from analytics.model import Detector, Finding, Home, Settings
from analytics.registry import build
from analytics.settings import number
from analytics.signs import Signs
from analytics.vitals.quality import QualityGate
from devices.kinds import DeviceSetup
from devices.model import Clock, Frame, LinkEvent, Observation
from hub import pauses
from hub.adapters import BY_TWILIO, close
from hub.arrangement import Arrangement
from hub.attendance import Attendance
from hub.auditor_watch import AuditorWatch
from hub.canary import Canary
from hub.device_faults import DeviceFaults
from hub.ears import Ear, needed
from hub.escalation.service import Escalation
from hub.faults import Faults
from hub.homecoming import Homecoming, still_out
from hub.household.model import Household
from hub.ingest import Ingest
from hub.intents import CloseFault, Handler, IntentKind, WalkTest, checked, handler_table
from hub.ledger import BEAT_S, Ledger
from hub.live import LiveHousehold
from hub.lookout import Lookout
from hub.model import Channel
from hub.pauses import Pause
from hub.pipeline import Calls, Parts, Pipeline
from hub.rebuild import Rebuilt, presses, rebuild
from hub.rejections import Rejections
from hub.repeats import Repeats
from hub.router import Router
from hub.store import rollups
from hub.store.errors import StoreError
from hub.store.writer import Store
from hub.supervisor import Failure, Supervisor, describe
from hub.vigil import Vigil
from hub.walks import Walks
from hub.wishes import HANDLERS as WISHES

logger = logging.getLogger(__name__)

SUMMARISE_EVERY_S = 300.0
END_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a hub is given by whoever puts the rooms together.

    `adapters` makes a household's channels, with a sentence for each that cannot be had; `labelled` is told of each
    new label's number, in its transaction; `migrations` are other rooms'; `ears` says what it takes to hear devices;
    `detectors` makes what notices; `handlers` carry out what only other rooms' pages ask for.
    """

    adapters: Callable[[Household], tuple[Mapping[str, Channel], tuple[str, ...]]]
    labelled: Callable[[Connection, int, datetime], object]
    migrations: Sequence[Path] = ()
    ears: Callable[[Iterable[DeviceSetup]], Sequence[Ear]] = needed
    detectors: Callable[[Home, Settings], Iterable[Detector]] = build
    handlers: Mapping[str, Handler] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What stays when the arrangement changes."""

    store: Store
    clock: Clock
    given: Given
    vigil: Vigil


class Watch:
    """Takes frames in, keeps the detectors' time, and sees to alarms. Begun once, ended once."""

    def __init__(self, base: Base, arrangement: Arrangement, outdated: Callable[[], None]) -> None:
        self._store = base.store
        self._clock = base.clock
        self._vigil = base.vigil
        self._arrangement = arrangement
        self._outdated = outdated
        self._pause: Pause | None = None
        self._early: list[Finding] = []
        self._pipeline: Pipeline | None = None
        self.faults = Faults(self._clock, self._notice)
        self._supervisor = Supervisor(self._clock, self._part_failed)
        self._channels, lacking = base.given.adapters(arrangement.household)
        self._lacking = (*arrangement.lacking, *lacking)
        self.escalation = Escalation(self._store, self._clock, self._channels, LiveHousehold())
        self._given = base.given
        self._ingest = Ingest(self._store, self._clock, self.escalation, self._part_failed)
        self._device_faults = DeviceFaults(
            self._store, self._clock, self._vigil, self.escalation, arrangement.household
        )
        self._router = Router(arrangement.routes, partial(self._broke, "the reader of"), self._vigil)
        self._rejections = Rejections()
        self._walks = Walks(self._store, arrangement.catalogue.devices)
        self._ledger = Ledger(self._store, self._clock, arrangement.catalogue)
        self._attendance = Attendance(self._store, self._clock, self._ledger.report, self.escalation, self._part_failed)

    def begin(self) -> None:
        """Rebuild what the detectors know, tell what nobody was told, and start every part."""
        now = self._clock.now()
        household = self._arrangement.household
        self._vigil.expect(household, self._given.ears(household.devices.values()))
        with self._store.reading() as connection:
            self._pause = pauses.current(connection, now)
        if self._pause is not None:
            self._vigil.rest()
        rebuilt, pipeline = self._look_back(now)
        self._pipeline = pipeline
        self._attendance.begin(self._channels.values())
        for part, work in {
            "the alarms": self.escalation.run,
            "the detectors' time": lambda: pipeline.tick(self._clock),
            "the hub's own record": lambda: self._ledger.keep(self._router, self._rejections),
            "requests from the pages": self._lookout().run,
            "the hourly summaries": self._summarise,
            "the watch on the devices": self._device_faults.run,
            "the watch on the auditor": AuditorWatch(self._store, self._clock, self.escalation).run,
            "the test text and its answer": Canary(self._store, self._clock, self.escalation).run,
            "the pause that the resident made": self._end_pause,
            **self._hooks(),
        }.items():
            self._supervisor.start(part, work)
        for sentence in self._lacking:
            logger.warning("%s", sentence)
            self.faults.tell(sentence, f"{sentence}.")
        pipeline.notice([*rebuilt.to_tell, *self._early], now)

    def deliver(self, frame: Frame) -> asyncio.Task[None] | None:
        """Take a frame; the task, where it holds something urgent, ends when that is durable."""
        observations = self._router.read(frame)
        return self.take(observations, frame.at) if observations else None

    def take(self, observations: Iterable[Observation], at: datetime) -> asyncio.Task[None] | None:
        """Take observations that were read elsewhere, as `deliver` does."""
        if self._pause is not None:
            observations = pauses.heard(observations)
        return None if self._pipeline is None else self._pipeline.take(self._walks.heard(observations), at)

    def report(self, event: LinkEvent) -> None:
        """Take a change of a link."""
        self._ledger.report(event)

    async def look_at_faults(self) -> None:
        """Look at once, not within half a minute, whether people are to be told of a fault. Raises `StoreError`."""
        await self._device_faults.look()

    async def end(self) -> None:
        """Stop every part, make durable what was taken, and let go of the channels."""
        await self._supervisor.stop()
        await self._attendance.end()  # after the alarms, whose last calls need it
        close(self._channels)
        try:
            async with asyncio.timeout(END_WITHIN_S):
                await self._ingest.drained()
                await self._ledger.write(self._router, self._rejections)
                await self._device_faults.keep()
        except (StoreError, TimeoutError) as error:
            logger.error("the database did not take everything before the end: %s", describe(error))  # noqa: TRY400

    def _look_back(self, now: datetime) -> tuple[Rebuilt, Pipeline]:
        home, catalogue = self._arrangement.household.home, self._arrangement.catalogue
        signs = Signs(home, number(self._arrangement.settings, "home.appliance_w"))
        with self._store.reading() as connection:
            rebuilt = rebuild(connection, self._engine, now)
            calls = Calls(home, catalogue, Repeats(presses(connection, now)))
            homecoming = Homecoming(signs, still_out(connection))
        parts = Parts(
            store=self._store,
            catalogue=catalogue,
            engine=rebuilt.engine,
            ingest=self._ingest,
            calls=calls,
            homecoming=homecoming,
            gate=QualityGate(home),
            rejections=self._rejections,
            mind=self._vigil.take,
        )
        return rebuilt, Pipeline(parts)

    def _engine(self) -> Engine:
        detectors = self._given.detectors(self._arrangement.household.home, self._arrangement.settings)
        if self._pause is not None:
            detectors = [one for one in detectors if one.name in pauses.DETECTORS]
        return Engine(detectors, partial(self._broke, "the detector"))

    def _lookout(self) -> Lookout:
        return Lookout(self._store, self._clock, self._handlers(), self._arrangement.versions, self._outdated)

    def _handlers(self) -> Mapping[str, Handler]:
        acts = self.escalation
        own = handler_table(
            acknowledge=acts.acknowledge, close=acts.close, resident=acts.resident, labelled=self._given.labelled
        )
        return {**self._given.handlers, **WISHES, **own} | {
            IntentKind.CLOSE_FAULT: checked(CloseFault, self._device_faults.close),
            IntentKind.WALK_TEST: checked(WalkTest, self._walks.act),
        }

    def _hooks(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """The address for Twilio's reports, where the household has one and this hub speaks with Twilio."""
        policy = self._arrangement.household.twilio
        if policy.public_url is None or not any(one.name in BY_TWILIO for one in self._channels.values()):
            return {}
        from hub.hooks import Hooks, gate  # noqa: PLC0415 -- slow to load, and few homes have a public address

        return {"reports by Twilio": Hooks(self.escalation, self._clock, gate(policy.public_url, policy.port)).run}

    async def _end_pause(self) -> None:
        """See to it that a pause that runs out is over then: the database changes, and with it the arrangement."""
        until = None if self._pause is None else self._pause.until
        while until is None or self._clock.now() < until:
            await self._clock.sleep(BEAT_S)
        await self._store.submit(partial(pauses.end, now=self._clock.now()))
        await asyncio.Event().wait()

    async def _summarise(self) -> None:
        while True:
            await self._store.submit(rollups.update)
            await self._clock.sleep(SUMMARISE_EVERY_S)

    def _notice(self, finding: Finding) -> None:
        """Take a finding of the hub's own; before the pipeline is there it waits."""
        if self._pipeline is None:
            self._early.append(finding)
        else:
            self._pipeline.notice([finding], finding.at)

    def _part_failed(self, failure: Failure) -> None:
        self.faults.failed(failure.part, failure.reason)

    def _broke(self, what: str, which: str, error: Exception) -> None:
        self.faults.failed(f"{what} {which}", describe(error))
