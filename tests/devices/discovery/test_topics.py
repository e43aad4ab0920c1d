"""What is published at a broker tells which devices there are."""

import json

import pytest

from devices.discovery.model import Found
from devices.discovery.topics import devices_of
from devices.model import Quantity, TriggerKind
from tests.fakes import START

LIST = [
    {"friendly_name": "Coordinator", "type": "Coordinator", "definition": None},
    {
        "friendly_name": "hall motion",
        "type": "EndDevice",
        "definition": {
            "model": "RTCGQ11LM",
            "vendor": "Aqara",
            "exposes": [
                {"type": "numeric", "property": "battery"},
                {"type": "binary", "property": "occupancy"},
                {"type": "numeric", "property": "linkquality"},
            ],
        },
    },
    {
        "friendly_name": "plug",
        "definition": {"exposes": [{"type": "switch", "features": [{"type": "binary", "property": "state"}]}]},
    },
    {"friendly_name": "pendant", "definition": {"exposes": [{"type": "enum", "property": "action"}]}},
    {"friendly_name": "old", "disabled": True, "definition": {"exposes": [{"property": "contact"}]}},
    {"friendly_name": "lamp", "definition": {"exposes": [{"type": "light", "features": "none"}]}},
    "nonsense",
    {"friendly_name": 7, "definition": {"exposes": [{"property": "contact"}]}},
]


def found(messages: dict[str, object]) -> dict[str, Found]:
    said = {
        topic: value if isinstance(value, bytes) else json.dumps(value).encode() for topic, value in messages.items()
    }
    return {one.address: one for one in devices_of(said, {}, START)}


def test_zigbee2mqtt_lists_its_devices_and_what_they_tell() -> None:
    devices = found({"zigbee2mqtt/bridge/devices": LIST})
    assert {topic: one.tells for topic, one in devices.items()} == {
        "zigbee2mqtt/hall motion": {Quantity.BATTERY_PERCENT, Quantity.MOTION},
        "zigbee2mqtt/plug": {Quantity.SWITCHED_ON},
        "zigbee2mqtt/pendant": {TriggerKind.PRESS},
    }
    assert devices["zigbee2mqtt/hall motion"].name == "hall motion"


def test_its_base_topic_may_be_another() -> None:
    assert list(found({"house/z2m/bridge/devices": LIST[1:2]})) == ["house/z2m/hall motion"]
    heard = found({"house/z2m/bridge/state": b"online", "house/z2m/door": {"contact": True}})
    assert list(heard) == ["house/z2m/door"]


def test_a_device_that_was_heard_comes_with_what_it_said() -> None:
    devices = found({"zigbee2mqtt/bridge/devices": LIST, "zigbee2mqtt/plug": {"state": "ON"}})
    assert [frame.payload for frame in devices["zigbee2mqtt/plug"].frames] == [b'{"state": "ON"}']


def test_without_its_list_its_devices_are_known_by_what_they_say() -> None:
    devices = found({"zigbee2mqtt/door": {"contact": False}, "zigbee2mqtt/lamp": {"brightness": 3}, "other/x": b"1"})
    assert list(devices) == ["zigbee2mqtt/door"]


def test_an_announcement_to_home_assistant_fills_in_the_options() -> None:
    config = {
        "name": "Hall",
        "stat_t": "esp/hall",
        "dev_cla": "temperature",
        "unit_of_meas": "°F",
        "val_tpl": "{{ value_json.temp }}",
    }
    (one,) = found({"homeassistant/sensor/hall/config": config}).values()
    assert (one.address, one.name) == ("esp/hall", "Hall")
    assert one.options == {"device_class": "temperature", "unit": "°F", "field": "temp"}


def test_a_yes_or_no_may_have_its_own_words() -> None:
    config = {"state_topic": "esp/door", "device_class": "door", "payload_on": "OFFEN", "payload_off": "ZU"}
    (one,) = found({"homeassistant/binary_sensor/door/config": config}).values()
    assert one.options == {"device_class": "door", "on": "OFFEN", "off": "ZU"}


def test_of_a_battery_it_matters_whether_it_is_a_measure() -> None:
    config = {"state_topic": "esp/bat", "device_class": "battery"}
    (low,) = found({"homeassistant/binary_sensor/bat/config": config}).values()
    (level,) = found({"homeassistant/sensor/bat/config": config}).values()
    assert (low.options["device_class"], level.options["device_class"]) == ("battery_low", "battery")


def test_a_statestream_says_what_a_state_means_beside_it() -> None:
    messages: dict[str, object] = {
        "ha/binary_sensor/hall_motion/state": b"on",
        "ha/binary_sensor/hall_motion/device_class": b'"motion"',
        "ha/sensor/warmth/state": b"21.5",
        "ha/sensor/warmth/device_class": b"temperature",
        "ha/sensor/warmth/unit_of_measurement": b'"\xc2\xb0C"',
        "ha/sun/sun/state": b"above_horizon",
    }
    devices = found(messages)
    assert {one.address: one.options for one in devices.values()} == {
        "ha/binary_sensor/hall_motion/state": {"device_class": "motion"},
        "ha/sensor/warmth/state": {"device_class": "temperature", "unit": "°C"},
    }
    assert devices["ha/binary_sensor/hall_motion/state"].name == "hall motion"


@pytest.mark.parametrize(
    "messages",
    [
        {"homeassistant/sensor/x/config": b"not json"},
        {"homeassistant/sensor/x/config": {"state_topic": 5, "device_class": "motion"}},
        {"homeassistant/sensor/x/config": {"state_topic": "a/#", "device_class": "motion"}},
        {"homeassistant/sensor/x/config": {"state_topic": "a/b", "device_class": "monetary"}},
        {"zigbee2mqtt/bridge/devices": b"[" * 20_000},
        {"zigbee2mqtt/bridge/devices": {"friendly_name": "x"}},
        {"zigbee2mqtt/bridge/devices": [{"friendly_name": "x", "definition": {"exposes": 7}}]},
        {"zigbee2mqtt/x": b"\xff"},
    ],
)
def test_what_makes_no_sense_is_no_device(messages: dict[str, object]) -> None:
    assert found(messages) == {}


def test_groups_are_not_followed_for_ever() -> None:
    exposes: list[object] = [{"property": "contact"}]
    for _ in range(50):
        exposes = [{"features": exposes}]
    assert found({"zigbee2mqtt/bridge/devices": [{"friendly_name": "x", "definition": {"exposes": exposes}}]}) == {}
