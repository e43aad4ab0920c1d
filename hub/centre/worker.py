"""A worker of the centre: shares what hubs publish with the others, commits it, and only then answers.

It may be killed at any moment. What it had not committed was not answered, so the hub sends it again, to whoever is
there.
"""

import asyncio
import json
import logging
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime

import aiomqtt
from sqlalchemy import Connection, Engine, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from devices.model import Clock
from hub.centre import schema
from hub.centre.authority import Authority
from hub.centre.ingest import Arrived, Have, ingest, set_aside
from hub.centre.metrics import WorkersFigures
from hub.centre.renewals import grant
from hub.store.columns import to_us
from hub.supervisor import describe
from hub.sync import wire
from hub.sync.wire import Lane, WireError

GROUP = "centre"
MOST_AT_ONCE = 8
"""So many batches share one transaction: more would keep an alarm that comes meanwhile waiting."""
MOST_MESSAGES = 500
COMPANY_S = 0.05
"""What is no alarm waits so long for company, as each transaction costs the same."""
AGAIN_S = 2.0
COMMANDS_EVERY_S = 1.0
_LARGEST = 8 * 1024 * 1024

log = logging.getLogger(__name__)

_UNSENT = text(
    "SELECT command.id, hub.name, command.kind, command.payload, command.by FROM command"
    " JOIN hub ON hub.id = command.hub_id WHERE command.done_at IS NULL AND hub.revoked_at IS NULL"
    " AND command.sent_at IS NULL ORDER BY command.id LIMIT 100"
    " FOR UPDATE OF command SKIP LOCKED"
)
_BEATS = text(
    "UPDATE hub SET beat_at = :at, beat = CAST(told.said AS jsonb), gone_at = NULL"
    " FROM unnest(CAST(:hubs AS text[]), CAST(:said AS text[])) AS told(hub, said) WHERE hub.name = told.hub"
)
_SEND_AGAIN = text(  # a hub that beats may have been away when they were sent
    "UPDATE command SET sent_at = NULL FROM hub WHERE hub.id = command.hub_id AND hub.name = ANY(:hubs)"
    " AND command.done_at IS NULL"
)
_GONE = text("UPDATE hub SET gone_at = :at WHERE name = ANY(:hubs)")


class Worker:
    """One of any number of workers. `trust` is how it proves itself to the broker.

    With an `authority` it also grants hubs new certificates; without one it leaves that to workers that have it.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        broker: tuple[str, int],
        trust: Callable[[], ssl.SSLContext | None],
        authority: Authority | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._broker = broker
        self._trust = trust
        self._authority = authority
        self._waiting: asyncio.Queue[aiomqtt.Message] = asyncio.Queue()
        self.figures = WorkersFigures()
        self.figures.waiting.set_function(self._count_waiting)

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Work until cancelled; a broker or a database that is away is waited for. `ready`: it is subscribed."""
        while True:
            try:
                async with self._client() as client:
                    topics = wire.everything_up(GROUP, with_papers=self._authority is not None)
                    await client.subscribe([(topic, 1) for topic in topics])
                    ready()
                    await self._work(client)
            except aiomqtt.MqttError as error:
                self.figures.away("broker")
                log.warning("the broker cannot be reached: %s", describe(error))
            except OperationalError as error:
                self.figures.away("database")
                log.warning("the database cannot be reached: %s", describe(error))
            self._waiting = asyncio.Queue()  # what was not committed comes again
            await self._clock.sleep(AGAIN_S)

    def _count_waiting(self) -> float:
        return float(self._waiting.qsize())  # of today's queue: it is another after each reconnection

    def _client(self) -> aiomqtt.Client:
        host, port = self._broker
        return aiomqtt.Client(
            host, port, tls_context=self._trust(), protocol=aiomqtt.ProtocolVersion.V5, keepalive=15, logger=log
        )

    async def _work(self, client: aiomqtt.Client) -> None:
        tasks = [asyncio.create_task(one(client)) for one in (self._hear, self._take_in, self._command)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _hear(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            self._waiting.put_nowait(message)

    async def _take_in(self, client: aiomqtt.Client) -> None:
        while True:
            messages = [await self._waiting.get()]
            if not _is_urgent(messages[0]):
                await self._clock.sleep(COMPANY_S)
            while len(messages) < MOST_MESSAGES and not self._waiting.empty():
                messages.append(self._waiting.get_nowait())
            await self._take_all(client, messages)

    async def _take_all(self, client: aiomqtt.Client, messages: Sequence[aiomqtt.Message]) -> None:
        """Alarms first, each group as soon as it is committed; then the signs of life."""
        arrived = urgent_first([one for one in map(_batch_of, messages) if one is not None])
        alarms = [one for one in arrived if one.lane is Lane.ALARMS]
        others = arrived[len(alarms) :]
        for group in (alarms, *(others[at : at + MOST_AT_ONCE] for at in range(0, len(others), MOST_AT_ONCE))):
            if group:
                await self._answer(client, await asyncio.to_thread(self._commit, group))
        if len(arrived) < len(messages):
            await asyncio.to_thread(self._note_signs, messages)
            await self._renew(client, messages)

    async def _renew(self, client: aiomqtt.Client, messages: Sequence[aiomqtt.Message]) -> None:
        named = [(*_named(message), message.payload) for message in messages]
        asked = {hub: payload for hub, what, payload in named if what == wire.PAPERS}
        if self._authority is None or not asked:
            return
        granted = await asyncio.to_thread(grant, self._engine, self._authority, asked, self._clock.now())
        for hub, answer in granted.items():
            await client.publish(wire.papers(hub), answer, qos=1)

    async def _answer(self, client: aiomqtt.Client, found: Sequence[Have]) -> None:
        for have in found:
            said = json.dumps({"lane": have.lane, "upto": have.upto})
            await client.publish(wire.answers(have.hub), said, qos=1)

    def _commit(self, arrived: Sequence[Arrived]) -> list[Have]:
        now = self._clock.now()
        self.figures.took(arrived)
        try:
            with self.figures.commit_s.time(), self._engine.begin() as connection:
                return ingest(connection, arrived, now)
        except OperationalError:
            raise
        except DBAPIError as error:
            log.error("what hubs sent could not be stored together: %s", describe(error))  # noqa: TRY400
            return [have for one in arrived for have in self._alone(one, now)]

    def _alone(self, one: Arrived, now: datetime) -> list[Have]:
        """Take one batch in by itself; what the database refuses is set aside."""
        try:
            with self._engine.begin() as connection:
                return ingest(connection, [one], now)
        except OperationalError:
            raise
        except DBAPIError as error:
            with self._engine.begin() as connection:
                return set_aside(connection, one, describe(error), now)

    def _note_signs(self, messages: Sequence[aiomqtt.Message]) -> None:
        """Note which hubs are there, and which are gone."""
        now_us = to_us(self._clock.now())
        named = [(*_named(message), message.payload) for message in messages]
        beats = {hub: _document(said) for hub, what, said in named if what == "beat"}
        gone = [hub for hub, what, _ in named if what == "gone"]
        self.figures.heard("beat", len(beats))
        self.figures.heard("gone", len(gone))
        with self._engine.begin() as connection:
            if beats:
                said = {"hubs": list(beats), "said": list(beats.values()), "at": now_us}
                connection.execute(_BEATS, said)
                connection.execute(_SEND_AGAIN, {"hubs": list(beats)})
            if gone:
                connection.execute(_GONE, {"hubs": gone, "at": now_us})

    async def _command(self, client: aiomqtt.Client) -> None:
        """Send what hubs are asked to do; again with each of a hub's beats, until it has said what became of it."""
        while True:
            for hub, said in await asyncio.to_thread(self._commands):
                await client.publish(wire.commands(hub), said, qos=1)
            await self._clock.sleep(COMMANDS_EVERY_S)

    def _commands(self) -> list[tuple[str, str]]:
        now_us = to_us(self._clock.now())
        with self._engine.begin() as connection:
            rows = connection.execute(_UNSENT).mappings().all()
            if rows:
                sent = update(schema.command).where(schema.command.c.id.in_([row["id"] for row in rows]))
                connection.execute(sent.values(sent_at=now_us))
        keys = ("id", "kind", "payload", "by")
        return [(row["name"], json.dumps({key: row[key] for key in keys})) for row in rows]


def urgent_first(arrived: Sequence[Arrived]) -> list[Arrived]:
    """Alarms before all else, within a transaction too; a hub's own order stays."""
    return sorted(arrived, key=lambda one: list(Lane).index(one.lane))


def hub_number(connection: Connection, name: str) -> int | None:
    """The centre's number of a hub."""
    found: int | None = connection.execute(select(schema.hub.c.id).where(schema.hub.c.name == name)).scalar()
    return found


def _named(message: aiomqtt.Message) -> tuple[str, str]:
    try:
        return wire.sender(message.topic.value)
    except WireError:
        return "", ""


def _is_urgent(message: aiomqtt.Message) -> bool:
    return message.topic.value.endswith(f"/up/{Lane.ALARMS}")


def _batch_of(message: aiomqtt.Message) -> Arrived | None:
    hub, what = _named(message)
    room, _, lane = what.partition("/")
    if room != "up" or lane not in set(Lane) or len(message.payload) > _LARGEST:
        return None
    return Arrived(hub=hub, lane=Lane(lane), payload=message.payload)


def _document(payload: bytes) -> str | None:
    """What a hub says of itself, where it is a document."""
    try:
        return json.dumps(json.loads(payload))
    except (ValueError, RecursionError):
        return None
