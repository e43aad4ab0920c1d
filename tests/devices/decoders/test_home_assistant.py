"""Home Assistant's states: each class, each unit, as text or in a field, and what is no state."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.home_assistant import CLASSES, MEASURES, STATES, YIELDS, make
from devices.kinds import DeviceSetup, SetupError
from devices.model import DecodeError, Frame, Observation, Quantity, Reading, Trigger, TriggerKind
from tests.fakes import START

TOPIC = "homeassistant/binary_sensor/hall_motion/state"


def heard(payload: bytes, **options: str) -> list[Observation]:
    read = make(DeviceSetup(name="hall", kind="home_assistant", address=TOPIC, options=options))
    return list(read(Frame(address=TOPIC, source="mqtt", payload=payload, at=START)))


def value(payload: bytes, **options: str) -> tuple[Quantity, float]:
    (reading,) = heard(payload, **options)
    assert isinstance(reading, Reading)
    return reading.quantity, reading.value


@pytest.mark.parametrize("device_class", STATES)
def test_each_state(device_class: str) -> None:
    assert value(b"on", device_class=device_class) == (STATES[device_class], 1.0)
    assert value(b"off", device_class=device_class) == (STATES[device_class], 0.0)


@pytest.mark.parametrize("device_class", MEASURES)
def test_each_measure(device_class: str) -> None:
    assert value(b"12.5", device_class=device_class) == (MEASURES[device_class][0], 12.5)


@pytest.mark.parametrize(
    ("device_class", "unit", "told", "expected"),
    [
        ("temperature", "°C", b"21.5", 21.5),
        ("temperature", "°F", b"70.7", 21.5),
        ("temperature", "K", b"294.65", 21.5),
        ("pressure", "Pa", b"101325", 1013.25),
        ("pressure", "kPa", b"101.325", 1013.25),
        ("power", "kW", b"2", 2000.0),
        ("weight", "lb", b"100", 45.3592),
        ("distance", "m", b"1.5", 150.0),
        ("distance", "mm", b"15", 1.5),
    ],
)
def test_units(device_class: str, unit: str, told: bytes, expected: float) -> None:
    assert value(told, device_class=device_class, unit=unit)[1] == pytest.approx(expected)


def test_a_state_has_no_unit() -> None:
    assert value(b"on", device_class="motion", unit="°C") == (Quantity.MOTION, 1.0)


def test_a_field_of_a_discovered_state() -> None:
    assert value(b'{"occupancy": true}', device_class="motion", field="occupancy") == (Quantity.MOTION, 1.0)


def test_its_own_words_for_yes_and_no() -> None:
    words = {"device_class": "door", "on": "ajar", "off": "shut"}
    assert value(b"ajar", **words)[1] == 1.0
    assert value(b"shut", **words)[1] == 0.0
    assert value(b"open", **words)[1] == 1.0


def test_a_press() -> None:
    (press,) = heard(b"double", device_class="button")
    assert press == Trigger(device="hall", kind=TriggerKind.DOUBLE_PRESS, at=START)
    assert heard(b"rotate", device_class="button") == []


@pytest.mark.parametrize("payload", [b"unavailable", b"unknown", b"None", b"", b"perhaps", b"\xff"])
def test_what_is_no_state_is_refused(payload: bytes) -> None:
    with pytest.raises(DecodeError):
        heard(payload, device_class="motion")


@pytest.mark.parametrize("payload", [b"on", b"{}", b'{"occupancy": null}', b'{"occupancy": []}'])
def test_a_field_that_is_not_there_is_refused(payload: bytes) -> None:
    with pytest.raises(DecodeError):
        heard(payload, device_class="motion", field="occupancy")


@pytest.mark.parametrize("options", [{}, {"device_class": "teapot"}, {"device_class": "temperature", "unit": "mile"}])
def test_options_that_cannot_be_used_are_refused_when_it_is_declared(options: dict[str, str]) -> None:
    with pytest.raises(SetupError, match="device hall: "):
        heard(b"on", **options)


@given(
    st.sampled_from(CLASSES),
    st.binary(max_size=200) | st.text(max_size=50).map(str.encode) | st.floats().map(lambda one: repr(one).encode()),
    st.booleans(),
)
def test_anything_decodes_or_is_refused(device_class: str, payload: bytes, in_field: bool) -> None:
    options = {"device_class": device_class} | ({"field": "it"} if in_field else {})
    with suppress(UnicodeDecodeError):
        payload = json.dumps({"it": payload.decode()}).encode() if in_field else payload
    try:
        found = heard(payload, **options)
    except DecodeError:
        return
    assert {one.quantity if isinstance(one, Reading) else one.kind for one in found} <= YIELDS  # type: ignore[union-attr]  # no samples
