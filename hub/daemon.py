"""The hub as it runs in a home: one store, what it listens with, and one watch after another."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from analytics.settings import SettingError
from devices.kinds import SetupError
from devices.model import Clock, Frame, LinkEvent, LinkState
from hub import degraded
from hub.arrangement import Arrangement, arrange
from hub.ears import Ear, Ears
from hub.household import HouseholdError, export
from hub.lock import only_hub
from hub.router import UnknownKindError
from hub.store import learnt
from hub.store.errors import StoreCorruptError, StoreError
from hub.store.resilient import ResilientStore
from hub.store.writer import Store, log_trouble
from hub.supervisor import Failure, Supervisor, Work, describe
from hub.sync.membership import MembershipError, folder_of, load, trust
from hub.vigil import Vigil
from hub.watch import Base, Given, Watch

logger = logging.getLogger(__name__)

_CALLED = {"radio": "Bluetooth, by which the home's wireless sensors are heard,"}

MOST_HELD = 10_000
"""As many frames wait while the hub changes over to a new arrangement: minutes of a busy home."""

ANOTHER_WATCH_S = 0.1
"""So soon after one watch has ended, or before the first, there may be another."""

UNUSABLE = (HouseholdError, SettingError, SetupError, UnknownKindError)
"""What is raised where the database declares no home that this version can watch."""


async def run(
    db: Path, clock: Clock, given: Given, stop: asyncio.Event, ready: Callable[[], None] = lambda: None
) -> None:
    """Run a hub until told to stop; all that it took is durable then. `ready` is called when it listens.

    Where its disk does not let it, it goes on in memory. Raises `AlreadyRunningError` or `StoreError` where the
    database cannot be had at all, and one of `UNUSABLE`.
    """
    loop = asyncio.get_running_loop()
    troubles: asyncio.Queue[StoreError | None] = asyncio.Queue()

    def on_trouble(trouble: StoreError | None) -> None:
        loop.call_soon_threadsafe(troubles.put_nowait, trouble)

    with only_hub(db):
        store = ResilientStore.open(db, also=given.migrations, on_trouble=on_trouble)
        try:
            await _declared(store, clock)
            with store.reading() as connection:
                vigil = Vigil(clock, learnt.kept(connection))
            base = Base(store=store, clock=clock, given=given, vigil=vigil)
            await Hub(base, troubles, line_to_centre(db, store, clock)).run(stop, ready)
        finally:
            await store.close()


async def _declared(store: ResilientStore, clock: Clock) -> None:
    """See to it that a hub whose database was lost knows its home. Raises what was wrong with the database."""
    lost = store.held
    if not isinstance(lost, StoreCorruptError):
        return
    try:
        await store.submit(lambda connection: degraded.restore(connection, store.path, clock.now()))
    except HouseholdError:
        store.give_up()
        raise lost from None


def line_to_centre(db: Path, store: Store, clock: Clock) -> Work | None:
    """The line to the centre that this home has joined; None: it has joined none, or its papers cannot be read."""
    folder = folder_of(db)
    try:
        joined = load(folder)
    except MembershipError as error:
        logger.warning("%s", error)
        return None
    if joined is None:
        return None
    from hub.sync.renewal import Renewal  # noqa: PLC0415 -- takes its time, and most homes have joined no centre
    from hub.sync.uplink import Uplink  # noqa: PLC0415 -- the same

    return Uplink(store, clock, joined, lambda: trust(folder), renewal=Renewal(folder, clock.now)).run


class Hub:
    """Changes over from one arrangement to the next without losing a frame."""

    def __init__(self, base: Base, troubles: asyncio.Queue[StoreError | None], line: Work | None = None) -> None:
        self._base = base
        self._line = line
        self._troubles = troubles
        self._watch: Watch | None = None
        self._held: deque[Frame] = deque(maxlen=MOST_HELD)
        self._outdated = asyncio.Event()
        self._supervisor = Supervisor(base.clock, self._part_failed)
        self._ears = Ears(self._supervisor, base.clock, self._deliver, self._report)

    async def run(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Watch until told to stop."""
        self._supervisor.start("the store's trouble", self._tell_troubles)
        if self._line is not None:
            self._supervisor.start("the line to the centre", self._line)
        try:
            await self._change_over(*await self._arrangement())
            ready()
            while await self._next_of(stop):
                await self._follow()
        finally:
            await self._supervisor.stop()
            if self._watch is not None:
                await self._watch.end()

    async def _next_of(self, stop: asyncio.Event) -> bool:
        """Wait until there is a new arrangement (True), or it is time to stop."""
        waits = [asyncio.create_task(one.wait()) for one in (stop, self._outdated)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return not stop.is_set()

    async def _follow(self) -> None:
        """Change over to what the database says now; what cannot be used changes nothing."""
        self._outdated.clear()
        try:
            arrangement, ears = await self._arrangement()
        except UNUSABLE as error:
            logger.warning("what was changed cannot be used, and the hub goes on as before: %s", describe(error))
            return
        await self._change_over(arrangement, ears)
        logger.info("the hub follows a new arrangement: %s", dict(arrangement.versions))

    async def _arrangement(self) -> tuple[Arrangement, Sequence[Ear]]:
        """What the database says now, and what it takes to hear its devices. Raises one of `UNUSABLE`."""
        arrangement = await self._base.store.submit(arrange)
        return arrangement, self._base.given.ears(arrangement.household.devices.values())

    async def _change_over(self, arrangement: Arrangement, ears: Sequence[Ear]) -> None:
        before, self._watch = self._watch, None  # from here on frames are held
        if before is not None:
            await before.end()
        await self._base.store.submit(lambda _: None)  # every reading is stored before the past is read
        degraded.keep_copy(self._base.store.path, await self._base.store.submit(export))
        watch = Watch(self._base, arrangement, self._outdated.set)
        watch.begin()
        self._watch = watch
        while self._held:
            watch.deliver(self._held.popleft())
        await self._ears.listen(ears)

    def _deliver(self, frame: Frame) -> None:
        if self._watch is None:
            self._held.append(frame)
        else:
            self._watch.deliver(frame)

    def _report(self, event: LinkEvent) -> None:
        level = logging.INFO if event.state is LinkState.UP else logging.WARNING
        subject = _CALLED.get(event.subject, event.subject)
        logger.log(level, "%s is %s%s", subject, event.state, f": {event.detail}" if event.detail else "")
        self._base.vigil.link(event)
        if self._watch is not None:
            self._watch.report(event)

    def _part_failed(self, failure: Failure) -> None:
        if self._watch is not None:
            self._watch.faults.failed(failure.part, failure.reason)

    async def _tell_troubles(self) -> None:
        """Of a disk that failed an earlier hub and does not fail this one, it is told that it is well."""
        if self._troubles.empty():
            await self._tell(await self._next_watch(), None)
        while True:
            trouble = await self._troubles.get()
            log_trouble(trouble)
            await self._tell(await self._next_watch(), trouble)

    async def _next_watch(self) -> Watch:
        while (watch := self._watch) is None:
            await self._base.clock.sleep(ANOTHER_WATCH_S)
        return watch

    async def _tell(self, watch: Watch, trouble: StoreError | None) -> None:
        """Let people know that the disk fails the hub, or no longer does."""
        known = trouble is None or type(trouble) in degraded.SAYS
        work = degraded.well if trouble is None else degraded.failed(trouble)
        now = self._base.clock.now()
        try:
            if known:
                await self._base.store.submit(lambda connection: watch.escalation.look_after(connection, work, now))
                await watch.look_at_faults()
        except StoreError as error:
            logger.warning("what is wrong with the disk cannot be kept: %s", describe(error))
            known = False
        if trouble is not None and not known:
            watch.faults.failed("the database", type(trouble).__name__)
