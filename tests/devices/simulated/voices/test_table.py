"""Every kind of device has a voice, whose frames its own decoder reads."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice, takewhile
from random import Random

import pytest

from devices.kinds import DeviceSetup, Path
from devices.model import Frame, Quantity, Reading, SampleBlock, Trigger
from devices.registry import KINDS, checked
from devices.simulated.voices.body import DAY_S, Body
from devices.simulated.voices.table import VOICES, speak
from tests.fakes import START

KEY = bytes(range(16))
A_WEEK = timedelta(days=7)
OPTIONS = {"home_assistant": {"device_class": "motion"}}
ADDRESSES = {
    Path.ADVERT: "A4:C1:38:00:00:02",
    Path.GATT: "A4:C1:38:00:00:02",
    Path.SERIAL: "/dev/serial/by-id/usb-radar",
    Path.MQTT: "zigbee2mqtt/hall",
}


def setup_of(name: str, options: Mapping[str, str] | None = None, key: bytes | None = None) -> DeviceSetup:
    kind = KINDS[name]
    shared = {"port": "/dev/serial/by-id/usb-dongle"} if kind.sender_of else {}
    address = "0029A1B2" if kind.sender_of else ADDRESSES[kind.path]
    known = {**OPTIONS.get(name, {}), **shared, **(options or {})}
    return checked(DeviceSetup(name=name, kind=name, address=address, key=key, options=known))


def body_of(setup: DeviceSetup, every_s: float = 1.0, dies_at: datetime | None = None, worn_s: float = DAY_S) -> Body:
    rng = Random(7)  # noqa: S311 -- the same in each run, and no secret
    return Body(setup=setup, rng=rng, start=START, at_most_every_s=every_s, dies_at=dies_at, worn_s=worn_s)


def said(setup: DeviceSetup, most: int = 400, dies_at: datetime | None = None) -> list[Frame]:
    """What it says first, however rarely it speaks."""
    body = body_of(setup, dies_at=dies_at)
    return list(takewhile(lambda frame: frame.at < START + 4 * A_WEEK, islice(speak(body), most)))


def test_every_kind_has_a_voice_and_none_is_left_over() -> None:
    assert VOICES.keys() == KINDS.keys()


@pytest.mark.parametrize("name", KINDS)
def test_what_it_says_is_in_order_and_read_by_its_own_decoder(name: str) -> None:
    setup, kind = setup_of(name), KINDS[name]
    frames, decode = said(setup), kind.make_decoder(setup)
    told = [one for frame in frames for one in decode(frame)]
    assert {frame.source for frame in frames} <= set(kind.sources)
    assert [frame.at for frame in frames] == sorted(frame.at for frame in frames)
    assert told, "it says nothing that is kept"
    kinds = {one.quantity if isinstance(one, Reading) else one.kind for one in told if not isinstance(one, SampleBlock)}
    assert kinds <= kind.yields
    assert all(one.device == name for one in told)


@pytest.mark.parametrize("name", ["shelly_button", "shelly_door", "xiaomi_door", "linptech_pressure", "xiaomi_button"])
def test_with_a_key_it_speaks_in_secret(name: str) -> None:
    setup = setup_of(name, key=KEY)
    open_setup = setup_of(name)
    frames, decode = said(setup), KINDS[name].make_decoder(setup)
    assert [one for frame in frames for one in decode(frame)]
    assert frames != said(open_setup)


@pytest.mark.parametrize("name", ["shelly_button", "xiaomi_button", "enocean_rocker", "zigbee2mqtt_button"])
def test_a_button_is_pressed_now_and_then(name: str) -> None:
    setup, decode = setup_of(name), KINDS[name].make_decoder(setup_of(name))
    body = body_of(setup, 3600.0)
    frames = takewhile(lambda frame: frame.at < START + 2 * A_WEEK, speak(body))
    assert [one for frame in frames for one in decode(frame) if isinstance(one, Trigger)]


@pytest.mark.parametrize(
    ("options", "quantity"),
    [
        ({"device_class": "temperature", "field": "temperature"}, Quantity.TEMPERATURE_C),
        ({"device_class": "door", "on": "OFFEN", "off": "ZU"}, Quantity.OPEN),
    ],
)
def test_a_state_of_home_assistant_is_told_as_it_was_declared(options: dict[str, str], quantity: Quantity) -> None:
    setup = setup_of("home_assistant", options)
    decode = KINDS["home_assistant"].make_decoder(setup)
    told = [one for frame in said(setup, 20) for one in decode(frame)]
    assert {one.quantity for one in told if isinstance(one, Reading)} == {quantity}


def test_a_button_of_home_assistant_is_pressed() -> None:
    setup = setup_of("home_assistant", {"device_class": "button"})
    decode = KINDS["home_assistant"].make_decoder(setup)
    assert all(isinstance(one, Trigger) for frame in said(setup, 3) for one in decode(frame))


@pytest.mark.parametrize(("profile", "frames"), [("F6-02-01", 2), ("A5-02-05", 20), ("D5-00-01", 20)])
def test_an_enocean_sender_speaks_by_its_profile(profile: str, frames: int) -> None:
    setup = setup_of("esp3", {"profile": profile})
    decode = KINDS["esp3"].make_decoder(setup)
    assert [one for frame in said(setup, frames) for one in decode(frame)]


def test_the_same_seed_says_the_same() -> None:
    assert said(setup_of("ruuvitag"), 50) == said(setup_of("ruuvitag"), 50)


def test_a_battery_is_empty_at_the_hour_of_its_death() -> None:
    death = START + timedelta(hours=2)
    setup = setup_of("shelly_button")
    told = [one for frame in said(setup, 118, dies_at=death) for one in KINDS["bthome"].make_decoder(setup)(frame)]
    levels = [one.value for one in told if isinstance(one, Reading) and one.quantity is Quantity.BATTERY_PERCENT]
    assert levels[0] == 15.0
    assert levels[-1] <= 2.0
    assert levels == sorted(levels, reverse=True)


@pytest.mark.parametrize("name", ["polar", "metamotion"])
def test_a_wearable_streams_while_it_is_worn(name: str) -> None:
    setup = setup_of(name)
    body = body_of(setup, 3600.0, worn_s=10.0)
    stream = [frame for frame in islice(speak(body), 400) if frame.source == KINDS[name].sources[0]]
    days = {frame.at.date() for frame in stream}
    assert len(days) >= 2
    assert all(frame.at.hour == 10 for frame in stream if frame.at.date() != START.date())
    all_day = body_of(setup, 3600.0)
    first = list(islice((frame for frame in speak(all_day) if frame.source == KINDS[name].sources[0]), 100))
    assert first[-1].at - first[0].at < timedelta(seconds=100)
