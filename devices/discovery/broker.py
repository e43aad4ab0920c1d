"""Listens to all that is published at an MQTT broker for a while, old messages included: they tell of devices, too."""

import asyncio
import contextlib
import logging
from collections import Counter
from dataclasses import replace

import aiomqtt

from devices.discovery.model import Found, Heard
from devices.discovery.topics import LIST, devices_of
from devices.model import Clock
from devices.mqtt import LARGEST_PAYLOAD, USUAL, Broker

MOST_TOPICS = 20_000
LARGEST_LIST = 4 << 20
"""Zigbee2MQTT tells all of its devices in one message, of some kilobytes each."""
ANSWER_S = 5.0

_LOG = logging.getLogger(__name__)


class Board:
    """The latest message of each topic, and how often each was published."""

    def __init__(self) -> None:
        self.messages: dict[str, bytes] = {}
        self.counts: Counter[str] = Counter()

    async def read(self, client: aiomqtt.Client) -> None:
        """Take what comes, until cancelled. Raises `MqttError` where the broker goes away."""
        async for message in client.messages:
            self._keep(message.topic.value, message.payload, news=not message.retain)

    def _keep(self, topic: str, payload: bytes, *, news: bool) -> None:
        largest = LARGEST_LIST if topic.endswith(LIST) else LARGEST_PAYLOAD
        if len(payload) <= largest and (topic in self.messages or len(self.messages) < MOST_TOPICS):
            self.messages[topic] = payload
            self.counts[topic] += news


async def listen(clock: Clock, broker: Broker, seconds: float, password: str | None = None) -> Heard:
    """Listen for so long."""
    board = Board()
    client = aiomqtt.Client(
        broker.host,
        broker.port,
        username=broker.user,
        password=password,
        tls_params=aiomqtt.TLSParameters() if broker.tls else None,
        timeout=ANSWER_S,
        logger=_LOG,
    )
    try:
        async with client:
            await client.subscribe("#", qos=1)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await board.read(client)
    except aiomqtt.MqttError as error:
        return Heard(troubles=(f"the MQTT broker {broker.url} does not answer ({error})",))
    found = devices_of(board.messages, board.counts, clock.now())
    return Heard(found=tuple(_through(broker, one) for one in found), listened=1)


def _through(broker: Broker, found: Found) -> Found:
    """With the option that says by which broker it is heard, where that is not the usual one."""
    user = f"{broker.user}@" if broker.user else ""
    address = broker.url.replace("://", f"://{user}", 1)
    return found if address == USUAL else replace(found, options={**found.options, "broker": address})
