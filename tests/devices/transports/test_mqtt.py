"""A real Mosquitto: what is new is heard, what is old is not, and its death is told and survived."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Collection
from pathlib import Path

import aiomqtt
import pytest

from devices.model import LinkState
from devices.mqtt import LARGEST_PAYLOAD, Broker
from devices.simulated.mosquitto import BrokerError, Mosquitto
from devices.transports.mqtt import MqttTransport, is_online
from tests.devices.ble_rig import CLOCK, Ear, open_files, until

HALL = "zigbee2mqtt/hall motion"
BUTTON = "zigbee2mqtt/button"
BRIDGE = "zigbee2mqtt/bridge/state"
PRESS = b'{"action":"single"}'


@pytest.fixture
async def mosquitto(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    async with Mosquitto(tmp_path, CLOCK.sleep) as running:
        yield running


@contextlib.asynccontextmanager
async def listening(broker: Broker, *, bridges: Collection[str] = (), up: bool = True) -> AsyncIterator[Ear]:
    ear = Ear()
    transport = MqttTransport(CLOCK, broker, (HALL, BUTTON), bridges=bridges)
    running = asyncio.create_task(transport.run(ear.frames.append, ear.links.append))
    try:
        if up:
            await until(lambda: ear.is_up(broker.url))
        yield ear
        assert not running.done()
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def publish(broker: Broker, topic: str, payload: bytes, *, retain: bool = False) -> None:
    async with aiomqtt.Client(broker.host, broker.port) as client:
        await client.publish(topic, payload, qos=1, retain=retain)


async def test_what_is_published_is_heard_under_its_topic(mosquitto: Mosquitto) -> None:
    async with listening(mosquitto.broker) as ear:
        await publish(mosquitto.broker, HALL, b'{"occupancy":true}')
        await until(lambda: bool(ear.frames))
    (frame,) = ear.frames
    assert (frame.address, frame.source, frame.payload) == (HALL, "mqtt", b'{"occupancy":true}')


async def test_what_nobody_declared_is_not_even_asked_for(mosquitto: Mosquitto) -> None:
    async with listening(mosquitto.broker) as ear:
        await publish(mosquitto.broker, "zigbee2mqtt/neighbour", b"{}")
        await publish(mosquitto.broker, HALL, b"{}")
        await until(lambda: bool(ear.frames))
    assert [frame.address for frame in ear.frames] == [HALL]


async def test_a_retained_press_is_never_a_press(mosquitto: Mosquitto) -> None:
    await publish(mosquitto.broker, BUTTON, PRESS, retain=True)
    async with listening(mosquitto.broker) as ear:
        await publish(mosquitto.broker, HALL, b"{}")
        await until(lambda: bool(ear.frames))
        assert [frame.address for frame in ear.frames] == [HALL]
        # a state that is published anew is news, though the broker keeps it for others
        await publish(mosquitto.broker, BUTTON, PRESS, retain=True)
        await until(lambda: len(ear.frames) == 2)
    assert ear.frames[-1].payload == PRESS


async def test_a_broker_that_is_killed_is_told_and_heard_again_when_it_is_back(mosquitto: Mosquitto) -> None:
    url = mosquitto.broker.url
    await publish(mosquitto.broker, BUTTON, PRESS, retain=True)
    async with listening(mosquitto.broker) as ear:
        await CLOCK.sleep(1.5)  # Mosquitto keeps what is retained once a second
        mosquitto.kill()
        await until(lambda: ear.is_down(url))
        await mosquitto.start()
        await until(lambda: ear.is_up(url))
        await publish(mosquitto.broker, HALL, b"{}")
        await until(lambda: bool(ear.frames))
    assert [frame.address for frame in ear.frames] == [HALL]
    assert [event.state for event in ear.links] == [LinkState.UP, LinkState.DOWN, LinkState.UP]
    assert "does not answer" in ear.details(url)[1]


async def test_a_broker_that_is_not_there_is_told_once_however_often_it_is_tried(mosquitto: Mosquitto) -> None:
    mosquitto.kill()
    async with listening(mosquitto.broker, up=False) as ear:
        await until(lambda: ear.is_down(mosquitto.broker.url))
        await CLOCK.sleep(1.6)  # two more vain attempts
        assert len(ear.links) == 1
        await mosquitto.start()
        await until(lambda: ear.is_up(mosquitto.broker.url))


async def test_deaths_leave_no_file_open(mosquitto: Mosquitto) -> None:
    async with listening(mosquitto.broker) as ear:
        before = open_files()
        for _ in range(4):
            mosquitto.kill()
            await until(lambda: ear.is_down(mosquitto.broker.url))
            await mosquitto.start()
            await until(lambda: ear.is_up(mosquitto.broker.url))
        assert open_files() <= before + 1


async def test_the_end_of_zigbee2mqtt_is_told(mosquitto: Mosquitto) -> None:
    await publish(mosquitto.broker, BRIDGE, b'{"state":"offline"}', retain=True)
    url = mosquitto.broker.url
    async with listening(mosquitto.broker, bridges=["zigbee2mqtt"]) as ear:
        await until(lambda: ear.is_down(url))
        assert ear.details(url)[-1] == "Zigbee2MQTT is not running"
        await publish(mosquitto.broker, BRIDGE, b'{"state":"online"}', retain=True)
        await until(lambda: ear.is_up(url))
        await publish(mosquitto.broker, BRIDGE, b"offline", retain=True)
        await until(lambda: ear.is_down(url))


async def test_more_than_any_sensor_says_is_left_alone(mosquitto: Mosquitto) -> None:
    async with listening(mosquitto.broker) as ear:
        await publish(mosquitto.broker, HALL, b" " * (LARGEST_PAYLOAD + 1))
        await publish(mosquitto.broker, HALL, b"{}")
        await until(lambda: bool(ear.frames))
    assert [frame.payload for frame in ear.frames] == [b"{}"]


async def test_a_flood_is_taken_in_order(mosquitto: Mosquitto) -> None:
    async with listening(mosquitto.broker) as ear:
        async with aiomqtt.Client(mosquitto.broker.host, mosquitto.broker.port) as client:
            for number in range(500):
                await client.publish(HALL, str(number).encode(), qos=1)
        await until(lambda: len(ear.frames) == 500)
    assert [frame.payload for frame in ear.frames] == [str(number).encode() for number in range(500)]


async def test_nothing_to_hear_is_no_fault(mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    links = Ear()
    transport = MqttTransport(CLOCK, mosquitto.broker, ())
    assert transport.name == f"broker {mosquitto.broker.url}"
    running = asyncio.create_task(transport.run(links.frames.append, links.links.append))
    await until(lambda: links.is_up(mosquitto.broker.url))
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(("payload", "online"), [(b"\xff", False), (b"[" * 20_000, False), (b'"online"', True)])
def test_what_zigbee2mqtt_says_of_itself(payload: bytes, online: bool) -> None:
    assert is_online(payload) is online


async def test_a_broker_that_cannot_start_says_where_to_look(tmp_path: Path) -> None:
    async with Mosquitto(tmp_path, CLOCK.sleep):
        pass
    gone = Mosquitto(tmp_path / "gone\nallow_nonsense", CLOCK.sleep)
    (tmp_path / "gone\nallow_nonsense").mkdir()
    with pytest.raises(BrokerError, match=r"mosquitto\.log"):
        await gone.start()
