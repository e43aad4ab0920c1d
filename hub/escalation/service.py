"""The escalation of a hub: takes findings and answers in, keeps every alarm moving, and hands messages to channels.

One loop over indexed times, woken at once by new work: nothing is polled on the way from a finding to a call.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from analytics.model import Finding
from devices.model import Clock
from hub.escalation import admission, alarms, boot, inbound, keys, requests, results, sayings, transitions
from hub.escalation.claims import Turn, take_turn
from hub.escalation.context import Call, Context, Fault
from hub.escalation.dispatch import Dispatcher
from hub.escalation.keys import Pressed
from hub.escalation.listening import Listener, is_under_way, nap
from hub.escalation.sayings import Heard, Said
from hub.escalation.timers import Moment
from hub.escalation.transaction import carry_out
from hub.household.model import Household
from hub.intents import Acknowledge, Close, Resident
from hub.model import Channel, Evidence, Inbound
from hub.store.writer import Store
from hub.supervisor import Failure, Supervisor, describe

log = logging.getLogger(__name__)

T = TypeVar("T")

RETRY_S = 1.0
"""So long is waited after trouble in the loop itself."""
LONGEST_NAP_S = 30.0
"""The loop looks at the boot clock at least so often: a machine that was suspended does not count its sleep."""


class Escalation:
    """Everything from a finding to somebody at the door.

    `household` gives the household in force and is called in every transaction: it must be cheap. `channels` are the
    hub's adapters by name; what a household calls `sms` goes to the one that its `sms.primary` names.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        channels: Mapping[str, Channel],
        household: Callable[[Connection], Household],
        boot_id: str | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._adapters = frozenset(channels)
        self._household = household
        self._boot_id = boot_id or boot.this_boot()
        with store.reading() as connection:
            self._last_alive = boot.last_alive(connection)
            heard_until = boot.heard_until(connection, self._last_alive)
        self._listeners = {
            name: Listener(channel, clock, self._transact_and_look, heard_until) for name, channel in channels.items()
        }
        self._dispatcher = Dispatcher(channels, clock, self._transact, self._came_back)
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._fault_tasks: set[asyncio.Task[None]] = set()

    # Called inside a transaction, in the writer's thread.

    def admit(self, connection: Connection, findings: Sequence[Finding], now: datetime) -> list[int]:
        """T1: open or extend alarms for those findings that are new; which alarms they belong to.

        The first messages are claimed in the same transaction. It saves a commit on the way to the first call, and what
        T3 is for holds all the same: the claim is durable before anybody is called, or there is none.
        """
        loop = self._loop
        calls: list[Call] | None = None if loop is None else []
        belong = self._within(connection, lambda ctx: admission.admit(ctx, findings), now, calls)
        if loop is not None and calls:
            self._store.after_commit(lambda: loop.call_soon_threadsafe(self._hand_over, calls))
        return belong

    def fine(self, connection: Connection, _device: str, now: datetime) -> list[int]:
        """The resident says that all is well, by a button; which alarms that answers."""
        return self._asked(connection, sayings.fine, now)

    def returned(self, connection: Connection, now: datetime) -> list[int]:
        """The resident has been noticed back home; which alarms that answers."""
        return self._asked(connection, sayings.returned, now)

    def acknowledge(self, connection: Connection, asked: Acknowledge, by: str, now: datetime) -> str:
        """T6, from a page: somebody takes an alarm, cannot, or has arrived. Raises `RefusedError`."""
        return self._asked(connection, lambda ctx: requests.acknowledge(ctx, asked, by), now)

    def close(self, connection: Connection, asked: Close, by: str, now: datetime) -> str:
        """T6, from a page: somebody closes an alarm. Raises `RefusedError`."""
        return self._asked(connection, lambda ctx: requests.close(ctx, asked, by), now)

    def resident(self, connection: Connection, asked: Resident, _by: str, now: datetime) -> str:
        """From the page at home: the resident answers, or calls."""
        return self._asked(connection, lambda ctx: requests.resident(ctx, asked), now)

    def settle(self, connection: Connection, alarm_id: int, outcome: str, by: str | None, now: datetime) -> None:
        """What an alarm was about is over: end it, if it is open. `by` is None where the hub itself sees that."""
        self._asked(connection, lambda ctx: sayings.settle(ctx, alarm_id, outcome, by), now)

    def look_after(self, connection: Connection, work: Callable[[Context], T], now: datetime) -> T:
        """Do what another part of the hub has to do with messages or alarms, in its own transaction."""
        return self._asked(connection, work, now)

    # Called on the event loop.

    def committed(self) -> None:
        """Something new is durable: deal with it now."""
        self._woken.set()

    async def say(self, alarm_id: int, said: Said, by: str, outcome: str = "") -> Heard:
        """T6: somebody answers an alarm, and it is durable. Raises `UnknownAlarmError`."""
        return await self._transact_and_look(
            lambda ctx: sayings.say(ctx, alarms.get(ctx.connection, alarm_id), said, by, outcome)
        )

    async def hear(self, message: Inbound) -> None:
        """T5: somebody sent something, and it was reported to us; what was heard before counts once."""
        await self._transact_and_look(lambda ctx: inbound.take(ctx, message))

    async def told(self, evidence: Evidence) -> None:
        """T5: a provider says how far a message has got, without having been asked."""
        await self._transact_and_look(lambda ctx: results.told(ctx, evidence))

    async def pressed(self, key: Pressed) -> str | None:
        """T5: a key was pressed in a call; what to say then, or None where it means nothing.

        Raises `UnknownCallError`.
        """
        return await self._transact_and_look(lambda ctx: keys.press(ctx, key))

    async def run(self) -> None:
        """Take up where the hub stopped, then go on until cancelled."""
        for number, (adapter, provider_id) in (await self._transact(self._start)).items():
            self._listeners[adapter].follow(number, provider_id)
        self._loop = asyncio.get_running_loop()
        supervisor = Supervisor(self._clock, self._part_failed)
        supervisor.start("alarms", self._work)
        for name, listener in self._listeners.items():
            supervisor.start(f"answers by {name}", listener.run)
        try:
            await self._loop.create_future()  # until cancelled
        finally:
            self._loop = None
            await supervisor.stop()
            await self._dispatcher.stop()

    def _start(self, ctx: Context) -> dict[int, tuple[str, str]]:
        boot.start(ctx, self._last_alive)
        return boot.under_way(ctx)

    async def _work(self) -> None:
        while True:
            self._woken.clear()
            try:
                wait_s = await self.turn()
            except Exception as error:  # noqa: BLE001 -- the loop must go on; the reason is logged
                log.warning("the alarms could not be looked at: %s", describe(error))
                wait_s = RETRY_S
            if wait_s > 0:
                await nap(self._clock, self._woken, min(wait_s, LONGEST_NAP_S))

    async def turn(self) -> float:
        """Do everything that is due now; for how many seconds nothing more will be."""
        turn: Turn = await self._transact(lambda ctx: take_turn(ctx, self._dispatcher.in_flight))
        self._hand_over(turn.sends)
        self._dispatcher.look(turn.looks)
        if turn.alarms:
            advanced = [await self._advance(alarm_id) for alarm_id in turn.alarms]
            return 0.0 if all(advanced) else RETRY_S
        return LONGEST_NAP_S if turn.next_boot_s is None else turn.next_boot_s - self._clock.boot_s()

    def _hand_over(self, calls: Sequence[Call]) -> None:
        """Begin these calls, whose claims are durable. After the end they are left to the next start, which asks."""
        if self._loop is None:
            return
        self._dispatcher.send(calls)
        for call in calls:
            self._listeners[call.adapter].sent()

    async def _advance(self, alarm_id: int) -> bool:
        """T2 for one alarm, in a transaction of its own: one that cannot be moved holds up no other."""
        try:
            await self._transact(lambda ctx: transitions.advance(ctx, alarm_id))
        except Exception as error:  # noqa: BLE001 -- the other alarms go on; it is tried again, and logged
            log.warning("alarm %d could not be moved on: %s", alarm_id, describe(error))
            self._raise(Fault(subject=f"alarm {alarm_id}", because="An alarm could not be moved on."))
            return False
        return True

    def _came_back(self, call: Call, evidence: Evidence | None) -> None:
        """A call is done: there may be more to do, and a message to follow on its way."""
        if evidence is not None and evidence.provider_id is not None and is_under_way(evidence):
            self._listeners[call.adapter].follow(call.message.notification_id, evidence.provider_id)
        self._woken.set()

    def _part_failed(self, failure: Failure) -> None:
        """A part of the escalation itself has failed: that is a fault like any other."""
        because = f"A part of the hub does not work as it should: {failure.part}."
        self._raise(Fault(subject=failure.part, because=because))

    def _raise(self, fault: Fault) -> None:
        """Raise a fault in a transaction of its own, without waiting for it."""
        task = asyncio.create_task(self._transact_and_look(lambda ctx: ctx.faults.append(fault)))
        self._fault_tasks.add(task)
        task.add_done_callback(self._fault_told)

    def _fault_told(self, task: asyncio.Task[None]) -> None:
        self._fault_tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("a fault could not be raised: %s", describe(error))

    # Transactions.

    async def _transact(self, work: Callable[[Context], T]) -> T:
        return await self._store.submit(lambda connection: self._within(connection, work, self._clock.now()))

    async def _transact_and_look(self, work: Callable[[Context], T]) -> T:
        """A transaction after which there may be something to do."""
        result = await self._transact(work)
        self._woken.set()
        return result

    def _asked(self, connection: Connection, work: Callable[[Context], T], now: datetime) -> T:
        """As `_within`, and look at the alarms once it is durable."""
        result = self._within(connection, work, now)
        if (loop := self._loop) is not None:
            self._store.after_commit(lambda: loop.call_soon_threadsafe(self._woken.set))
        return result

    def _within(
        self, connection: Connection, work: Callable[[Context], T], now: datetime, calls: list[Call] | None = None
    ) -> T:
        """Carry out work in this transaction, at this moment and for the household as it is now."""
        ctx = Context(
            connection=connection,
            moment=Moment(now=now, boot_s=self._clock.boot_s(), boot_id=self._boot_id),
            household=self._household(connection),
            adapters=self._adapters,
            calls=calls,
        )
        return carry_out(ctx, work)
