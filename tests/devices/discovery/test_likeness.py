"""Every kind is known again by what a device of it says, where it can be."""

from itertools import islice
from random import Random

import pytest

from devices.discovery.likeness import RULES, guesses
from devices.discovery.model import Found
from devices.kinds import Path
from devices.model import Frame, Quantity, TriggerKind
from devices.registry import KINDS
from devices.simulated.voices.body import Body
from devices.simulated.voices.table import speak
from tests.devices.simulated.voices.test_table import setup_of
from tests.fakes import START

SPEAK_BY_THEIR_WORDS = [
    *("bthome", "shelly_button", "shelly_motion", "shelly_door", "xiaomi_smoke", "linptech_pressure"),
    *("linptech_presence", "xiaomi_door", "linptech_flood", "xiaomi_button", "switchbot_contact", "switchbot_motion"),
    *("switchbot_leak", "ruuvitag", "ld2410", "mr60_fall", "mr60_vitals", "c1001", "cms50d"),
    *("enocean_rocker", "enocean_contact", "enocean_temperature", "zigbee2mqtt", "zigbee2mqtt_button"),
]
SERVICES = {"heart_rate": "180d", "pulse_oximeter": "1822", "blood_pressure": "1810", "thermometer": "1809"}
NAMES = {"polar": "Polar H10 1234", "metamotion": "MetaWear", "shelly_button": "SBBT-002C", "shelly_door": "SBDW-002C"}


def found(name: str, frames: int = 800) -> Found:
    setup, rng = setup_of(name), Random(7)  # noqa: S311 -- the same in each run, and no secret
    every_s = 3600.0 if name == "shelly_button" else 1.0
    said = islice(speak(Body(setup=setup, rng=rng, start=START, at_most_every_s=every_s)), frames)
    latest = {(frame.source, frame.payload): frame for frame in said if frame.source in KINDS[name].sources}
    return Found(path=KINDS[name].path, address=setup.address, count=frames, frames=tuple(latest.values()))


def kinds_of(one: Found) -> list[str]:
    return [guess.kind for guess in guesses(one)]


def test_there_is_a_rule_for_every_kind() -> None:
    assert RULES.keys() == KINDS.keys()


@pytest.mark.parametrize("name", SPEAK_BY_THEIR_WORDS)
def test_a_device_is_known_by_what_it_says(name: str) -> None:
    assert kinds_of(found(name, 12 if name.endswith("rocker") else 800))[0] == name


@pytest.mark.parametrize(("name", "service"), SERVICES.items())
def test_what_one_connects_to_is_known_by_the_service_that_it_offers(name: str, service: str) -> None:
    heard = Found(path=Path.ADVERT, address="C0:00:00:00:00:01", count=1, services=frozenset({service}))
    assert kinds_of(heard) == [name]


@pytest.mark.parametrize(("kind", "name"), NAMES.items())
def test_some_are_known_by_their_own_name(kind: str, name: str) -> None:
    assert kinds_of(Found(path=Path.ADVERT, address="C0:00:00:00:00:01", count=1, name=name))[0] == kind


def test_a_secret_frame_is_known_by_its_format_alone() -> None:
    secret = Frame(address="A4:C1:38:00:00:02", source="advert:fcd2", payload=bytes.fromhex("4587b9"), at=START)
    heard = Found(path=Path.ADVERT, address=secret.address, count=1, frames=(secret,))
    assert kinds_of(heard) == ["bthome"]
    assert guesses(heard)[0].because == "it speaks BTHome"


def test_noise_is_nothing() -> None:
    for path, source in ((Path.SERIAL, "serial"), (Path.MQTT, "mqtt"), (Path.ADVERT, "advert:company:0969")):
        noise = Frame(address="x", source=source, payload=b"\x07\xff", at=START)
        assert kinds_of(Found(path=path, address="x", count=1, frames=(noise,))) == []


def test_what_its_system_says_of_it_counts_as_said() -> None:
    door = Found(path=Path.MQTT, address="zigbee2mqtt/door", count=0, tells=frozenset({Quantity.OPEN}))
    button = Found(path=Path.MQTT, address="zigbee2mqtt/pendant", count=0, tells=frozenset({TriggerKind.PRESS}))
    assert kinds_of(door) == ["zigbee2mqtt"]
    assert kinds_of(button) == ["zigbee2mqtt_button", "zigbee2mqtt"]
    assert guesses(button)[0].because == "it tells of press"


def test_a_state_that_was_announced_is_known_before_it_is_said() -> None:
    state = Found(path=Path.MQTT, address="ha/hall/state", count=0, options={"device_class": "motion"})
    assert kinds_of(state) == ["home_assistant"]
