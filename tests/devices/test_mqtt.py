"""Brokers, topics, and the words in payloads."""

import pytest

from devices.kinds import DeviceSetup, SetupError
from devices.mqtt import Broker, broker_of, is_topic
from devices.registry import checked


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("mqtt://localhost", Broker(host="localhost", port=1883)),
        ("mqtt://hub@192.0.2.7:1884/", Broker(host="192.0.2.7", port=1884, user="hub")),
        ("mqtts://broker.example", Broker(host="broker.example", port=8883, tls=True)),
        ("mqtt://[::1]:1883", Broker(host="::1", port=1883)),
    ],
)
def test_brokers(url: str, broker: Broker) -> None:
    assert broker_of(url) == broker
    assert broker_of(broker.url).url == broker.url


@pytest.mark.parametrize(
    "url", ["", "localhost", "http://localhost", "mqtt://", "mqtt://h:x", "mqtt://h:99999", "mqtt://[", "mqtt://h/base"]
)
def test_what_is_no_broker(url: str) -> None:
    with pytest.raises(ValueError, match="broker"):
        broker_of(url)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="secret mqtt_password") as refused:
        broker_of("mqtt://hub:hunter2@localhost")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("topic", ["", "#", "a/+/b", "a/#", "$SYS/x", "a\nb", "/a", "x" * 256, "a\0"])
def test_what_is_no_topic(topic: str) -> None:
    assert not is_topic(topic)
    with pytest.raises(SetupError, match="one topic"):
        checked(DeviceSetup(name="hall", kind="zigbee2mqtt", address=topic))


def test_a_device_behind_a_broker_is_declared_by_its_topic() -> None:
    setup = DeviceSetup(name="hall", kind="zigbee2mqtt", address="zigbee2mqtt/hall motion")
    assert checked(setup) == setup
    with pytest.raises(SetupError, match="device hall: the broker must be like"):
        checked(DeviceSetup(name="hall", kind="zigbee2mqtt", address="a/b", options={"broker": "nonsense"}))
