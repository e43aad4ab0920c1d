"""Many made-up homes on one MQTT connection: each speaks as a real hub does, one batch of a lane at a time."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiomqtt
import numpy as np

from devices.model import Clock
from hub.store.columns import to_us
from hub.sync import wire
from hub.sync.wire import Batch, Lane, Readings

AGAIN_AFTER_S = 3.0
_RETRY_S = 0.2
ALL = "+"

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Sending:
    """A lane of a home: what the centre has, and the batch that is on its way."""

    upto: int = 0
    payload: bytes | None = None
    end: int = 0
    rows: int = 0
    first_s: float = 0.0
    again_s: float = 0.0


@dataclass(slots=True, kw_only=True)
class Homes:
    """Homes by name, and how long each batch took until it was answered (seconds)."""

    clock: Clock
    broker: tuple[str, int]
    lanes: dict[tuple[str, Lane], Sending] = field(default_factory=dict)
    took_s: dict[Lane, list[float]] = field(default_factory=lambda: {lane: [] for lane in Lane})
    accepted: int = 0
    _client: aiomqtt.Client | None = None

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Keep a connection; a broker that is killed is connected to again."""
        up = asyncio.Event()
        task = asyncio.create_task(self._stay(up))
        try:
            await up.wait()
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _stay(self, up: asyncio.Event) -> None:
        while True:
            with contextlib.suppress(aiomqtt.MqttError):
                async with aiomqtt.Client(*self.broker, protocol=aiomqtt.ProtocolVersion.V5, logger=log) as client:
                    await client.subscribe(wire.answers(ALL), 1)
                    self._client = client
                    up.set()
                    async for message in client.messages:
                        self._answered(message)
            self._client = None
            await self.clock.sleep(_RETRY_S)

    def _answered(self, message: aiomqtt.Message) -> None:
        said = json.loads(message.payload)
        key = (wire.sender(message.topic.value)[0], Lane(said["lane"]))
        sending = self.lanes.get(key)
        if sending is None or sending.payload is None or said["upto"] != sending.end:
            return
        self.took_s[key[1]].append(self.clock.boot_s() - sending.first_s)
        self.accepted += sending.rows
        sending.upto, sending.payload = sending.end, None

    def is_free(self, home: str, lane: Lane) -> bool:
        """Whether nothing of this lane is on its way."""
        sending = self.lanes.get((home, lane))
        return sending is None or sending.payload is None

    async def send_readings(self, home: str, count: int) -> None:
        """Let a home's sensors have been heard so often since its last batch."""
        sending = self.lanes.setdefault((home, Lane.READINGS), Sending())
        body = wire.pack_readings(_made_up(sending.upto, count, to_us(self.clock.now())))
        await self._begin(home, Lane.READINGS, sending, body, count)

    async def send_alarm(self, home: str) -> None:
        """Let an alarm of a home have moved on."""
        sending = self.lanes.setdefault((home, Lane.ALARMS), Sending())
        row = {"id": 1, "kind": "fall", "state": "checking_in", "version": sending.upto, "opened_at": 0}
        await self._begin(home, Lane.ALARMS, sending, wire.pack_rows([("alarm", row)]), 1)

    async def beat(self, home: str) -> None:
        """Say that a home is there."""
        await self._publish(wire.beat(home), b'{"alarms":0,"faults":0,"behind":0}')

    async def send_again(self) -> None:
        """Send what was not answered in time."""
        now_s = self.clock.boot_s()
        for (home, lane), sending in self.lanes.items():
            if sending.payload is not None and now_s >= sending.again_s:
                sending.again_s = now_s + AGAIN_AFTER_S
                await self._publish(wire.up(home, lane), sending.payload)

    @property
    def on_their_way(self) -> int:
        """How many batches are not answered."""
        return sum(sending.payload is not None for sending in self.lanes.values())

    async def _begin(self, home: str, lane: Lane, sending: Sending, body: bytes, count: int) -> None:
        sending.end, sending.rows = sending.upto + count, count
        sending.payload = wire.pack(Batch(after=sending.upto, upto=sending.end, body=body))
        sending.first_s = self.clock.boot_s()
        sending.again_s = sending.first_s + AGAIN_AFTER_S
        await self._publish(wire.up(home, lane), sending.payload)

    async def _publish(self, topic: str, payload: bytes) -> None:
        if self._client is not None:
            with contextlib.suppress(aiomqtt.MqttError):  # it is sent again
                await self._client.publish(topic, payload, qos=1)


def _made_up(after: int, count: int, now_us: int) -> Readings:
    """Readings of forty sensors, a second apart."""
    number = np.arange(after + 1, after + count + 1, dtype=np.int64)
    return Readings(
        id=number,
        device=(number % 40).astype(np.int32),
        quantity=(number % 6).astype(np.int16),
        at=now_us - 1_000_000 * (after + count - number),
        value=np.round(20.0 + np.sin(number / 100.0), 1),
        quality=np.ones(count, np.float32),
    )
