"""The hub's line to its centre: sends what waits, hears what has arrived, takes requests. It may be down for a month.

A batch is on its way until the centre says that it is committed there; the broker's own receipt means nothing here.
"""

import asyncio
import json
import logging
import ssl
from collections.abc import Callable, Mapping
from typing import Any

import aiomqtt
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from devices.model import Clock
from hub.household.model import Household
from hub.intents import IntentKind, request
from hub.live import LiveHousehold
from hub.store.schema import alarm, fault
from hub.store.writer import Store
from hub.supervisor import describe
from hub.sync import outbox, wire
from hub.sync.membership import Membership
from hub.sync.outbox import Waiting
from hub.sync.renewal import Renewal
from hub.sync.wire import Lane

LOOK_EVERY_S = 0.2
BEAT_EVERY_S, BEAT_IN_ALARM_S = 60.0, 15.0
READINGS_EVERY_S = 300.0
READINGS_AT_ONCE = 2_000
"""Readings are sent in few large batches; so many that wait are not kept waiting longer."""
ANSWER_WITHIN_S = 10.0
PAPERS_EVERY_S = 3600.0
"""So often it is looked whether the certificate lasts, and another is asked for where it does not."""
RETRY_S = (1.0, 2.0, 5.0, 15.0, 30.0)
_CONSENT = "consent"

log = logging.getLogger(__name__)


class Uplink:
    """One hub's line. `trust` is asked for anew at each connection, as certificates change."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        membership: Membership,
        trust: Callable[[], ssl.SSLContext | None],
        readings_every_s: float = READINGS_EVERY_S,
        renewal: Renewal | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._membership = membership
        self._trust = trust
        self._readings_every_s = readings_every_s
        self._household = LiveHousehold()
        self._again_at_s: dict[Lane, float] = {}
        self._asked_of: set[Lane] = set()
        self._answered = asyncio.Event()
        self._readings_due_s = 0.0
        self._renewal = renewal
        self._papers_due_s = 0.0
        self._beat_due_s = 0.0
        self.connected = False

    async def run(self) -> None:
        """Keep the line up, until cancelled."""
        await self._store.submit(self._begin)
        tries = 0
        while True:
            try:
                async with self._client() as client:
                    topics = (wire.answers(self._hub), wire.commands(self._hub), wire.papers(self._hub))
                    await client.subscribe([(topic, 1) for topic in topics])
                    tries, self.connected = 0, True
                    self._again_at_s.clear()
                    await self._talk(client)
            except aiomqtt.MqttError as error:
                log.info("the centre cannot be reached: %s", describe(error))
            self.connected = False
            await self._clock.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
            tries += 1

    @property
    def _hub(self) -> str:
        return self._membership.hub

    def _client(self) -> aiomqtt.Client:
        return aiomqtt.Client(
            self._membership.host,
            self._membership.port,
            identifier=self._hub,
            tls_context=self._trust(),
            protocol=aiomqtt.ProtocolVersion.V5,
            will=aiomqtt.Will(wire.gone(self._hub), qos=1),
            keepalive=30,
            logger=log,
        )

    def _begin(self, connection: Connection) -> None:
        outbox.begin(connection)
        query = upsert(outbox.cursor).values(lane=_CONSENT, upto=self._household(connection).consent.revision)
        connection.execute(query.on_conflict_do_nothing())

    async def _talk(self, client: aiomqtt.Client) -> None:
        """Speak and listen until one of both fails."""
        tasks = [asyncio.create_task(self._tell(client)), asyncio.create_task(self._listen(client))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _tell(self, client: aiomqtt.Client) -> None:
        while True:
            await self._follow_consent()
            for lane in Lane:
                if (found := self._next(lane)) is not None:
                    await self._send(client, found)
            await self._beat(client)
            await self._ask_for_papers(client)
            await self._pause()

    async def _send(self, client: aiomqtt.Client, found: Waiting) -> None:
        now_s = self._clock.boot_s()
        self._again_at_s[found.lane] = now_s + ANSWER_WITHIN_S
        if found.lane is Lane.ALARMS:  # an alarm may have opened: from now on the centre expects to hear more often
            self._beat_due_s = min(self._beat_due_s, now_s + BEAT_IN_ALARM_S)
        await self._store.submit(lambda connection: outbox.sending(connection, found.lane, found.batch.upto))
        await client.publish(wire.up(self._hub, found.lane), wire.pack(found.batch), qos=1)

    async def _pause(self) -> None:
        """Wait a moment, or until the centre has said something."""
        self._answered.clear()
        waits = [asyncio.create_task(self._answered.wait()), asyncio.create_task(self._nap())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _nap(self) -> None:
        await self._clock.sleep(LOOK_EVERY_S)

    def _next(self, lane: Lane) -> Waiting | None:
        """The batch to send now, unless one is on its way."""
        if self._clock.boot_s() < self._again_at_s.get(lane, 0.0):
            return None
        with self._store.reading() as connection:
            if lane not in self._asked_of:  # this database may be an older copy of the one that the centre knew
                return outbox.question(connection, lane)
            if lane is Lane.READINGS and not self._readings_are_due(connection):
                return None
            return outbox.waiting(connection, lane, self._household(connection).consent)

    def _readings_are_due(self, connection: Connection) -> bool:
        now_s = self._clock.boot_s()
        waiting = outbox.readings_behind(connection)
        if now_s < self._readings_due_s and waiting < READINGS_AT_ONCE:
            return False
        self._readings_due_s = now_s + self._readings_every_s
        return True

    async def _follow_consent(self) -> None:
        """What was told while more was allowed is told again, as it may be seen now."""
        with self._store.reading() as connection:
            household = self._household(connection)
            told = connection.execute(select(outbox.cursor.c.upto).where(outbox.cursor.c.lane == _CONSENT)).scalar_one()
        if told != household.consent.revision:
            await self._store.submit(lambda connection: self._tell_anew(connection, household))

    def _tell_anew(self, connection: Connection, household: Household) -> None:
        outbox.forget(connection, household.consent)
        moved = outbox.cursor.update().where(outbox.cursor.c.lane == _CONSENT)
        connection.execute(moved.values(upto=household.consent.revision))

    async def _beat(self, client: aiomqtt.Client) -> None:
        now_s = self._clock.boot_s()
        if now_s < self._beat_due_s:
            return
        with self._store.reading() as connection:
            state = _state(connection)
        self._beat_due_s = now_s + (BEAT_IN_ALARM_S if state["alarms"] else BEAT_EVERY_S)
        said = json.dumps(state | {"at": self._clock.now().timestamp()})
        await client.publish(wire.beat(self._hub), said, qos=1)

    async def _ask_for_papers(self, client: aiomqtt.Client) -> None:
        now_s = self._clock.boot_s()
        if self._renewal is None or now_s < self._papers_due_s:
            return
        self._papers_due_s = now_s + PAPERS_EVERY_S
        if (asked := self._renewal.request()) is not None:
            await client.publish(wire.asks_papers(self._hub), asked, qos=1)

    async def _listen(self, client: aiomqtt.Client) -> None:
        """Hear the centre, until it gives a new certificate: with that, the line is made anew."""
        async for message in client.messages:
            try:
                said = json.loads(message.payload)
                if message.topic.value == wire.answers(self._hub):
                    await self._heard(Lane(said["lane"]), int(said["upto"]))
                elif message.topic.value == wire.papers(self._hub):
                    if self._renewal is not None and self._renewal.take(said):
                        return
                else:
                    await self._asked(said)
            except (ValueError, KeyError, TypeError) as error:
                log.warning("what the centre said cannot be read: %s", describe(error))

    async def _heard(self, lane: Lane, upto: int) -> None:
        await self._store.submit(lambda connection: outbox.heard(connection, lane, upto))
        self._again_at_s.pop(lane, None)
        self._asked_of.add(lane)
        if lane is Lane.READINGS:
            self._readings_due_s = min(self._readings_due_s, await self._more_readings_s())
        self._answered.set()

    async def _more_readings_s(self) -> float:
        """When the next readings are sent: at once where a large heap of them waits."""
        with self._store.reading() as connection:
            heap = outbox.behind(connection) >= READINGS_AT_ONCE
        return self._clock.boot_s() if heap else self._readings_due_s

    async def _asked(self, said: Mapping[str, Any]) -> None:
        await self._store.submit(lambda connection: take_command(connection, said, self._clock))


def take_command(connection: Connection, said: Mapping[str, Any], clock: Clock) -> None:
    """Pass a request of the centre on to the hub, once. Raises `KeyError` and `ValueError` for what is none."""
    number = int(said["id"])
    known = select(outbox.command.c.id).where(outbox.command.c.id == number)
    if connection.execute(known).first() is None:
        intent_id = request(connection, IntentKind(said["kind"]), said["payload"], str(said["by"]), clock.now())
        connection.execute(outbox.command.insert().values(id=number, intent_id=intent_id))


def _state(connection: Connection) -> dict[str, int]:
    """How the hub is, in numbers that tell nothing of the resident."""
    open_alarms = select(func.count()).select_from(alarm).where(alarm.c.closed_at.is_(None))
    open_faults = select(func.count()).select_from(fault).where(fault.c.closed_at.is_(None))
    return {
        "alarms": connection.execute(open_alarms).scalar_one(),
        "faults": connection.execute(open_faults).scalar_one(),
        "behind": outbox.behind(connection),
    }
