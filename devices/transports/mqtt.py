"""Hears what others publish at an MQTT broker. A broker that goes away is reported, and connected to again.

Retained messages are not news. A broker hands them out at every subscription, whoever knows how old: a press of last
week would call for help, and a sensor that is long dead would seem alive.
"""

import json
import logging
from collections.abc import Callable, Collection

import aiomqtt

from devices.model import Clock, Frame, LinkEvent, LinkState
from devices.mqtt import LARGEST_PAYLOAD, SOURCE, Broker

RETRY_S = (0.5, 1.0, 2.0, 5.0)
"""The waits before a lost broker is tried again; the last one from then on."""
KEEP_ALIVE_S = 15
ANSWER_S = 10.0
MOST_WAITING = 1_000
"""So many messages may wait to be taken; the loop takes thousands a second."""
BRIDGE = "bridge/state"
OFFLINE = "Zigbee2MQTT is not running"

_LOG = logging.getLogger(__name__)

Deliver = Callable[[Frame], None]
Report = Callable[[LinkEvent], None]


class MqttTransport:
    """One broker. Its frames bear their topic. `bridges` are the base topics of Zigbee2MQTT, whose end is told."""

    def __init__(
        self,
        clock: Clock,
        broker: Broker,
        topics: Collection[str],
        *,
        bridges: Collection[str] = (),
        password: str | None = None,
    ) -> None:
        self.name = f"broker {broker.url}"
        self._clock = clock
        self._broker = broker
        self._topics = frozenset(topics)
        self._bridges = {f"{base}/{BRIDGE}": base for base in bridges}
        self._password = password
        self._offline: set[str] = set()
        self._told: tuple[LinkState, str] | None = None

    async def run(self, deliver: Deliver, report: Report) -> None:
        """Deliver every message that is new, and report every change of the broker, until cancelled."""
        tries = 0
        while True:
            try:
                async with self._client() as client:  # one that was lost cannot connect again: a new one each time
                    await self._subscribe(client)
                    tries = 0
                    self._offline.clear()
                    self._tell(report)
                    async for message in client.messages:
                        self._take(message, deliver, report)
            except aiomqtt.MqttError as error:
                self._tell(report, f"the broker does not answer ({error})")
            await self._clock.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
            tries += 1

    def _client(self) -> aiomqtt.Client:
        return aiomqtt.Client(
            self._broker.host,
            self._broker.port,
            username=self._broker.user,
            password=self._password,
            tls_params=aiomqtt.TLSParameters() if self._broker.tls else None,
            keepalive=KEEP_ALIVE_S,
            timeout=ANSWER_S,
            max_queued_incoming_messages=MOST_WAITING,
            logger=_LOG,
        )

    async def _subscribe(self, client: aiomqtt.Client) -> None:
        wanted = [(topic, 1) for topic in sorted(self._topics | self._bridges.keys())]
        if wanted:
            await client.subscribe(wanted)

    def _take(self, message: aiomqtt.Message, deliver: Deliver, report: Report) -> None:
        topic, payload = message.topic.value, message.payload
        if len(payload) > LARGEST_PAYLOAD:
            return
        if topic in self._bridges:
            self._bridge(self._bridges[topic], payload, report)
        elif topic in self._topics and not message.retain:
            deliver(Frame(address=topic, source=SOURCE, payload=payload, at=self._clock.now()))

    def _bridge(self, base: str, payload: bytes, report: Report) -> None:
        """Zigbee2MQTT has come or gone. This it says in a retained message, which is true until it says otherwise."""
        if is_online(payload):
            self._offline.discard(base)
        else:
            self._offline.add(base)
        self._tell(report, OFFLINE if self._offline else "")

    def _tell(self, report: Report, trouble: str = "") -> None:
        """Report what is new, not each vain attempt."""
        told = (LinkState.DOWN if trouble else LinkState.UP, trouble)
        if self._told != told:
            self._told = told
            report(LinkEvent(subject=self._broker.url, state=told[0], at=self._clock.now(), detail=trouble))


def is_online(payload: bytes) -> bool:
    """What Zigbee2MQTT says of itself: the word alone in older versions.

    >>> is_online(b'{"state":"online"}'), is_online(b"offline")
    (True, False)
    """
    try:
        said = json.loads(payload)
    except (ValueError, RecursionError):
        said = payload.decode(errors="replace")
    return (said.get("state") if isinstance(said, dict) else said) == "online"
