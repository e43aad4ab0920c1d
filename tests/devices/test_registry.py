"""What holds for every kind of device."""

import itertools
import math
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices import mibeacon
from devices.kinds import DeviceKind, DeviceSetup, Path, SetupError
from devices.model import DecodeError, Observation, Quantity, Reading, SampleBlock, Trigger, TriggerKind
from devices.registry import KINDS, checked
from devices.registry_gatt import CHARACTERISTICS, read_characteristic
from tests.devices.builders import MAC, frame

assert mibeacon.YIELDS  # loaded here: it is slow, and what is timed below is the reading
ADDRESSES = {Path.ADVERT: MAC, Path.GATT: MAC, Path.SERIAL: "/dev/serial/by-id/radar", Path.MQTT: "zigbee2mqtt/hall"}
KEY = bytes(range(16))
OPTIONS = {"home_assistant": {"device_class": "temperature"}}
PORT = {"port": "/dev/serial/by-id/dongle"}
MOST_OBSERVATIONS = 300
"""No frame of any kind can say more: an advertisement has 255 bytes, a notification 512."""
MOST_SAMPLES = 4000
"""Ten seconds of lost ones at the highest rate, and a compressed packet of 512 bytes."""

EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def setup(kind: DeviceKind, **changes: object) -> DeviceSetup:
    address = "0029A1B2" if kind.sender_of else ADDRESSES[kind.path]
    options = PORT if kind.sender_of else OPTIONS.get(kind.name, {})
    return DeviceSetup(**{"name": "it", "kind": kind.name, "address": address, "options": options, **changes})  # type: ignore[arg-type]  # a test's shorthand


MAKERS_CHOICE = tuple(KINDS[name].make_decoder for name in ("bthome", "xiaomi", "zigbee2mqtt"))
"""What such a sensor says is its maker's choice, whatever it was declared as."""
BEGINNINGS = (
    b"\x40",
    b"\x44\x00\x01",
    b"\xf4\xf3\xf2\xf1",
    b"\x55\x00\x07\x07\x01\x7a\xf6",
    b"\x1f",
    b"\x00",
    b"\x40\x50\x97\x09\x01",
    b"\x64\x40\xda",
    b"\x73",
    b"\x05",
    b"\x53\x59\x84\x81\x00\x01",
    b"\x02" + bytes(8) + b"\x81",
    b"\x03\x1c",
    b'{"occupancy":',
    b'{"action":"single","battery":',
)


def said_by(observations: Iterable[Observation]) -> set[Quantity | TriggerKind]:
    """What was said, beside samples."""
    return {
        observation.quantity if isinstance(observation, Reading) else observation.kind
        for observation in observations
        if not isinstance(observation, SampleBlock)
    }


def check(observation: Observation, kind: DeviceKind) -> None:
    """What holds for whatever any decoder says."""
    assert observation.device == "it"
    if isinstance(observation, Reading):
        assert math.isfinite(observation.value)
        assert 0 <= observation.quality <= 1
    if isinstance(observation, SampleBlock):
        assert observation.rate_hz in kind.rates_hz
        assert observation.acceleration_g.dtype == np.float32
        assert observation.acceleration_g.shape == (len(observation.acceleration_g), 3)
        assert len(observation.acceleration_g) <= MOST_SAMPLES


@EVERY_KIND
@given(
    payloads=st.lists(st.binary(max_size=512) | st.integers(0, 255).map(lambda n: bytes([n]) * 40), max_size=5),
    keyed=st.booleans(),
)
def test_any_bytes_decode_or_raise_a_decode_error(kind: DeviceKind, payloads: list[bytes], keyed: bool) -> None:
    decode = kind.make_decoder(setup(kind, key=KEY if keyed else None))
    for number, payload in enumerate(payloads):
        for source in kind.sources:
            try:
                observations = decode(frame(payload, source, after_s=number))
            except DecodeError:
                continue
            assert len(observations) <= MOST_OBSERVATIONS
            for observation in observations:
                check(observation, kind)


@EVERY_KIND
@settings(deadline=1000, max_examples=5)
@given(payload=st.integers(0, 255).map(lambda byte: bytes([byte]) * 65_536) | st.just(bytes(range(256)) * 256))
def test_a_frame_of_any_length_is_dealt_with_in_bounded_time(kind: DeviceKind, payload: bytes) -> None:
    decode = kind.make_decoder(setup(kind))
    for source in kind.sources:
        with suppress(DecodeError):
            decode(frame(payload, source))
    if kind.split is not None:
        kind.split(bytearray(payload))


@EVERY_KIND
@given(body=st.binary(max_size=60))
def test_near_misses_decode_or_raise_a_decode_error(kind: DeviceKind, body: bytes) -> None:
    """Bytes that begin as a frame of some kind does."""
    decode = kind.make_decoder(setup(kind))
    for start, source in itertools.product(BEGINNINGS, kind.sources):
        try:
            observations = decode(frame(start + body, source))
        except DecodeError:
            continue
        for observation in observations:
            check(observation, kind)
        if kind.make_decoder not in MAKERS_CHOICE:
            assert said_by(observations) <= kind.yields


@pytest.mark.parametrize("source", CHARACTERISTICS)
@given(payload=st.binary(max_size=512))
def test_any_bytes_of_a_characteristic_decode_or_raise_a_decode_error(source: str, payload: bytes) -> None:
    try:
        observations = read_characteristic("it", frame(payload, source))
    except DecodeError:
        return
    assert len(observations) <= MOST_OBSERVATIONS


@EVERY_KIND
def test_a_row_is_whole(kind: DeviceKind) -> None:
    assert KINDS[kind.name] is kind
    assert kind.sources
    assert kind.yields
    assert kind.silence_means
    assert kind.interval_s is None or kind.interval_s > 0
    prefixes = {Path.ADVERT: "advert:", Path.GATT: "gatt:", Path.SERIAL: "serial", Path.MQTT: "mqtt"}
    assert all(source.startswith(prefixes[kind.path]) for source in kind.sources)
    assert (kind.serial is not None) == (kind.split is not None) == (kind.path is Path.SERIAL)


@EVERY_KIND
def test_every_characteristic_that_a_kind_subscribes_to_is_known(kind: DeviceKind) -> None:
    """Those of 16 bits stand in the table; a maker's own are known to the kind alone."""
    if kind.path is Path.GATT:
        assert {source for source in kind.sources if len(source) == len("gatt:2a37")} <= set(CHARACTERISTICS)


@EVERY_KIND
def test_what_streams_is_started_when_it_connects(kind: DeviceKind) -> None:
    assert (kind.on_connect is not None) == bool(kind.rates_hz)
    for rate_hz in kind.rates_hz:
        assert kind.on_connect is not None
        writes = kind.on_connect(setup(kind, options={"rate_hz": f"{rate_hz:g}"}))
        assert all(name.startswith("gatt:") and value for name, value in writes)


def test_a_streaming_device_is_heard_by_its_other_characteristics_too() -> None:
    decode = KINDS["polar"].make_decoder(setup(KINDS["polar"]))
    (rate,) = decode(frame("0048", "gatt:2a37"))
    assert said_by([rate]) == {Quantity.HEART_RATE_BPM}
    (block,) = decode(frame("02009435770000000001f7ffffffe703f8fffeffe503", KINDS["polar"].sources[0]))
    assert isinstance(block, SampleBlock)


@EVERY_KIND
def test_a_well_declared_device_is_accepted_as_it_is(kind: DeviceKind) -> None:
    assert checked(setup(kind)) == setup(kind)


@pytest.mark.parametrize(
    ("kind", "address", "options", "expected"),
    [
        ("bthome", "a4:c1:38:00:00:02", {}, "A4:C1:38:00:00:02"),
        ("heart_rate", "a4-c1-38-00-00-02", {}, "A4:C1:38:00:00:02"),
        ("enocean_rocker", "0029a1b2", PORT, "0029A1B2"),
        ("esp3", "00:29:A1:B2", PORT, "0029A1B2"),
        ("ld2410", "/dev/serial/by-id/Radar", {}, "/dev/serial/by-id/Radar"),
    ],
)
def test_an_address_is_written_as_frames_bear_it(
    kind: str, address: str, options: dict[str, str], expected: str
) -> None:
    assert checked(DeviceSetup(name="it", kind=kind, address=address, options=options)).address == expected


@pytest.mark.parametrize(
    ("kind", "changes", "reason"),
    [
        ("bthome", {"address": "A4:C1:38"}, "device it: the address 'A4:C1:38' must be like A4:C1:38:00:00:02"),
        ("bthome", {"key": b"short"}, "device it: the key must be 16 bytes"),
        ("xiaomi", {"key": b"short"}, "device it: the key must be 16 bytes"),
        ("polar", {"options": {"rate_hz": "60"}}, "its rate_hz can be 25, 50, 52, 100, 200, not '60'"),
        ("metamotion", {"options": {"range_g": "3"}}, "its range_g can be 2, 4, 8, 16, not '3'"),
        ("ld2410", {"address": "ttyUSB0"}, "device it: the address must be a serial port's path"),
        ("esp3", {"options": {}}, "device it: say in `port` which serial port it is heard through"),
        ("esp3", {"address": "29A1B2"}, "device it: the address '29A1B2' must be its sender id, like 0029A1B2"),
        ("esp3", {"options": {**PORT, "profile": "F6-99-99"}}, "device it: profile 'F6-99-99' is not known"),
    ],
)
def test_a_badly_declared_device_is_refused_with_what_to_change(
    kind: str, changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(SetupError, match=reason):
        checked(setup(KINDS[kind], **changes))


def test_a_kind_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(SetupError, match="device it: there is no kind 'teapot'; there are blood_pressure, bthome,"):
        checked(DeviceSetup(name="it", kind="teapot", address=MAC))


def test_a_characteristic_that_is_not_known_is_refused() -> None:
    with pytest.raises(DecodeError, match="nothing is known of gatt:2a00"):
        read_characteristic("it", frame("00", "gatt:2a00"))


def test_a_heart_rate_strap_is_heard_through_two_characteristics() -> None:
    decode = KINDS["heart_rate"].make_decoder(setup(KINDS["heart_rate"]))
    (rate,) = decode(frame("0048", "gatt:2a37"))
    (charge,) = decode(frame("5a", "gatt:2a19"))
    assert isinstance(rate, Reading)
    assert isinstance(charge, Reading)
    assert (rate.value, charge.value) == (72.0, 90.0)


def test_what_is_slow_to_load_is_loaded_only_for_a_home_that_has_it() -> None:
    """The library for Xiaomi's sensors brings a client for a cloud that is never called."""
    program = "import sys, devices.registry; print('xiaomi_ble' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"


def test_a_kind_with_a_profile_of_its_own_needs_no_option() -> None:
    decode = KINDS["enocean_contact"].make_decoder(setup(KINDS["enocean_contact"]))
    with pytest.raises(DecodeError, match="not of this profile"):
        decode(frame("55000707017af650002989793001ffffffff37009d"))
    (door,) = decode(frame("55000707017ad50801825dab0001ffffffff360053"))
    assert not isinstance(door, Trigger)
