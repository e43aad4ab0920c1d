"""Asks a channel what came back and how far messages have got: a hub behind a home router cannot be called.

Often while people are answering, ever less often afterwards.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from devices.model import Clock
from hub.escalation import inbound, results
from hub.escalation.context import Context, Fault
from hub.model import Channel, Evidence, Inbound, NotificationState
from hub.supervisor import back_off_s, describe

log = logging.getLogger(__name__)

RHYTHM = ((60.0, 1.0), (600.0, 3.0), (3600.0, 10.0))
"""Until so many seconds after the last message went out, replies are fetched every so many seconds."""
IDLE_S = 30.0
OVERLAP = timedelta(minutes=10)
"""Providers' lists are read again from so long before the newest message seen: they are not strictly in order."""
FIRST_LOOK_BACK = timedelta(days=1)
FOLLOW_S = 3600.0
"""How long a message's way is followed."""
FAILURES_UNTIL_FAULT = 3
REMEMBERED = 1000

Work = Callable[[Context], object]
Transact = Callable[[Work], Awaitable[object]]


def interval_s(quiet_s: float) -> float:
    """How long to wait until the next look, so long after the last message went out.

    >>> interval_s(30.0), interval_s(86400.0)
    (1.0, 30.0)
    """
    return next((every for until, every in RHYTHM if quiet_s < until), IDLE_S)


@dataclass(slots=True, kw_only=True)
class Followed:
    """A message on its way, and when to ask for it next."""

    provider_id: str
    since_s: float
    next_s: float


class Listener:
    """Follows one of the hub's channels. Replies sent before `heard_until` are known already."""

    def __init__(self, channel: Channel, clock: Clock, transact: Transact, heard_until: datetime | None) -> None:
        self._channel = channel
        self._clock = clock
        self._transact = transact
        self._since = (heard_until or clock.now() - FIRST_LOOK_BACK) - OVERLAP
        self._seen: dict[str, None] = {}
        self._followed: dict[int, Followed] = {}
        self._last_sent_s = clock.boot_s()  # a hub that starts may have been asking people just before
        self._stirred = asyncio.Event()
        self._failures = 0

    def sent(self) -> None:
        """A message went out: answers may come soon."""
        self._last_sent_s = self._clock.boot_s()
        self._stirred.set()

    def follow(self, number: int, provider_id: str) -> None:
        """Follow a message, by its number and the provider's, until it arrives."""
        now_s = self._clock.boot_s()
        self._followed[number] = Followed(provider_id=provider_id, since_s=now_s, next_s=now_s + 1.0)
        self._stirred.set()

    async def run(self) -> None:
        """Look, and look again, until cancelled."""
        while True:
            self._stirred.clear()
            await self.look()
            await nap(self._clock, self._stirred, back_off_s(self._failures) if self._failures else self._wait_s())

    def _wait_s(self) -> float:
        """Until the next look for replies, or at a message that is followed."""
        now_s = self._clock.boot_s()
        looks = [way.next_s - now_s for way in self._followed.values()]
        return min([interval_s(now_s - self._last_sent_s), *looks])

    async def look(self) -> None:
        """Fetch what came back, and ask after the messages that are due."""
        try:
            await self._take_all(await self._channel.inbound(self._since))
            for number in [one for one, way in self._followed.items() if way.next_s <= self._clock.boot_s()]:
                await self._ask_after(number)
        except Exception as error:  # noqa: BLE001 -- whatever a channel raises, the alarms go on; its reason is logged
            await self._failed(error)
        else:
            self._failures = 0

    async def _take_all(self, messages: Sequence[Inbound]) -> None:
        """Take each new message in; one that cannot be taken is tried again next time, and holds up no other."""
        for message in messages:
            if message.provider_id in self._seen:
                continue
            try:
                await self._transact(partial(_take, message))
            except Exception as error:  # noqa: BLE001 -- the next message may be the one that saves; it is logged
                log.warning("a reply by %s could not be taken in: %s", self._channel.name, describe(error))
            else:
                self._remember(message)

    def _remember(self, message: Inbound) -> None:
        self._seen[message.provider_id] = None
        while len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self._since = max(self._since, message.at - OVERLAP)

    async def _ask_after(self, number: int) -> None:
        """Ask how far a message has got, and when to ask next: after half its age again."""
        way = self._followed[number]
        evidence = await self._channel.status(way.provider_id)
        age_s = self._clock.boot_s() - way.since_s
        way.next_s = self._clock.boot_s() + max(1.0, age_s / 2)
        if evidence is not None:
            await self._transact(lambda ctx: results.reported(ctx, number, evidence))
        if evidence is None or age_s > FOLLOW_S or not is_under_way(evidence):
            del self._followed[number]

    async def _failed(self, error: Exception) -> None:
        self._failures += 1
        log.warning("%s cannot be asked (%d in a row): %s", self._channel.name, self._failures, describe(error))
        if self._failures == FAILURES_UNTIL_FAULT:
            because = f"Answers by {self._channel.name} cannot be fetched."
            fault = Fault(subject=f"replies {self._channel.name}", because=because)
            await self._transact(lambda ctx: ctx.faults.append(fault))


def _take(message: Inbound, ctx: Context) -> bool:
    return inbound.take(ctx, message)


def is_under_way(evidence: Evidence) -> bool:
    """Whether more will be heard of a message."""
    return not evidence.negative and evidence.state in (NotificationState.ACCEPTED, NotificationState.SENT)


async def nap(clock: Clock, woken: asyncio.Event, seconds: float) -> None:
    """Wait for so long on this clock, or until woken."""
    waits = [asyncio.ensure_future(clock.sleep(max(0.0, seconds))), asyncio.ensure_future(woken.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
