"""Hands messages to channels, each in a task of its own: a slow or failing channel holds up no other.

What came of a call is committed before the message counts as done; a database in trouble is tried until it takes it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from devices.model import Clock
from hub.escalation import results
from hub.escalation.context import Call, Context
from hub.escalation.results import Refusal, Trouble
from hub.model import Channel, ChannelError, Evidence
from hub.store.errors import StoreError
from hub.supervisor import describe

log = logging.getLogger(__name__)

RETRY_S = 1.0
STOP_WITHIN_S = 5.0

T = TypeVar("T")
Work = Callable[[Context], object]
Transact = Callable[[Work], Awaitable[object]]
Answer = tuple[Work, Evidence | None]
"""What is to be committed, and what the channel said, if it took the message."""


class Dispatcher:
    """The calls that are under way. `transact` commits; `done` hears of each that has come back, and what was said."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        clock: Clock,
        transact: Transact,
        done: Callable[[Call, Evidence | None], None],
    ) -> None:
        self._channels = channels
        self._clock = clock
        self._transact = transact
        self._done = done
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self.stop_within_s = STOP_WITHIN_S

    @property
    def in_flight(self) -> frozenset[int]:
        """Messages whose call has not come back."""
        return frozenset(self._tasks)

    def send(self, calls: Sequence[Call]) -> None:
        """Begin to send these."""
        self._begin(self._send, calls)

    def look(self, calls: Sequence[Call]) -> None:
        """Begin to look these up."""
        self._begin(self._look, calls)

    def _begin(self, ask: Callable[[Call], Awaitable[Answer]], calls: Sequence[Call]) -> None:
        for call in calls:
            number = call.message.notification_id
            self._tasks[number] = asyncio.create_task(self._carry_out(ask, call), name=f"message {number}")

    async def stop(self) -> None:
        """Give calls under way a moment to come back; the others are looked up after the next start."""
        tasks = list(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=self.stop_within_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry_out(self, ask: Callable[[Call], Awaitable[Answer]], call: Call) -> None:
        number = call.message.notification_id
        evidence = None
        try:
            work, evidence = await ask(call)
            await self._persist(work)
        except Exception as error:  # noqa: BLE001 -- its timer brings the message back; the reason is logged
            log.warning("what came of message %d could not be kept: %s", number, describe(error))
        finally:
            del self._tasks[number]
            self._done(call, evidence)

    async def _send(self, call: Call) -> Answer:
        number, attempt = call.message.notification_id, call.attempt
        outcome = await self._ask(call, lambda channel: channel.send(call.message))
        if isinstance(outcome, Refusal):
            return (lambda ctx: results.refused(ctx, number, attempt, outcome)), None
        return (lambda ctx: results.accepted(ctx, number, attempt, outcome)), outcome

    async def _look(self, call: Call) -> Answer:
        number, attempt = call.message.notification_id, call.attempt
        outcome = await self._ask(call, lambda channel: channel.find(call.message))
        if isinstance(outcome, Refusal):
            return (lambda ctx: results.look_failed(ctx, number, attempt)), None
        if outcome is None:
            return (lambda ctx: results.not_found(ctx, number, attempt)), None
        return (lambda ctx: results.accepted(ctx, number, attempt, outcome)), outcome

    async def _ask(self, call: Call, ask: Callable[[Channel], Awaitable[T]]) -> T | Refusal:
        """What the channel says, or how it refused; whatever it raises stays with this message."""
        try:
            return await ask(self._channels[call.adapter])
        except ChannelError as error:
            refusal = results.refusal(error)
        except Exception as error:  # noqa: BLE001 -- a fault of the channel's, which is escalated; its reason is logged
            refusal = Refusal(trouble=Trouble.UNEXPECTED, reason=describe(error))
        log.warning("message %d by %s: %s", call.message.notification_id, call.adapter, self._loggable(refusal))
        return refusal

    @staticmethod
    def _loggable(refusal: Refusal) -> str:
        """A refusal without the provider's own words, which may hold a number."""
        return refusal.reason if refusal.trouble is Trouble.UNEXPECTED else f"not taken ({refusal.trouble})"

    async def _persist(self, work: Work) -> None:
        """Commit what came of a call, for as long as it takes."""
        while True:
            try:
                await self._transact(work)
            except StoreError as error:
                if error.permanent:
                    raise
                log.warning("the database does not take what came of a message: %s", describe(error))
                await self._clock.sleep(RETRY_S)
            else:
                return
