"""Zigbee2MQTT's messages: each field, each press, and whatever else may come."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.zigbee2mqtt import FIELDS, YIELDS, decode, make
from devices.kinds import DeviceSetup
from devices.model import DecodeError, Frame, Observation, Quantity, Reading, Trigger, TriggerKind
from devices.mqtt import LARGEST_PAYLOAD
from tests.fakes import START

TOPIC = "zigbee2mqtt/hall motion"


def heard(payload: bytes) -> list[Observation]:
    return decode("hall", Frame(address=TOPIC, source="mqtt", payload=payload, at=START))


def said(**fields: object) -> dict[Quantity, float]:
    return {one.quantity: one.value for one in heard(json.dumps(fields).encode()) if isinstance(one, Reading)}


def presses(action: object) -> list[tuple[TriggerKind, str | None]]:
    found = heard(json.dumps({"action": action}).encode())
    return [(one.kind, one.button) for one in found if isinstance(one, Trigger)]


def test_a_motion_sensors_message() -> None:
    assert said(battery=97, illuminance=12, linkquality=120, occupancy=True, voltage=3000, temperature=21.5) == {
        Quantity.MOTION: 1.0,
        Quantity.BATTERY_PERCENT: 97.0,
        Quantity.ILLUMINANCE_LX: 12.0,
        Quantity.TEMPERATURE_C: 21.5,
    }


@pytest.mark.parametrize(
    ("field", "value", "quantity", "expected"),
    [
        ("contact", True, Quantity.OPEN, 0.0),
        ("contact", False, Quantity.OPEN, 1.0),
        ("presence", True, Quantity.OCCUPIED, 1.0),
        ("water_leak", True, Quantity.WET, 1.0),
        ("smoke", False, Quantity.SMOKE, 0.0),
        ("carbon_monoxide", True, Quantity.CARBON_MONOXIDE, 1.0),
        ("gas", True, Quantity.GAS, 1.0),
        ("vibration", True, Quantity.VIBRATION, 1.0),
        ("tamper", True, Quantity.TAMPERED, 1.0),
        ("state", "ON", Quantity.SWITCHED_ON, 1.0),
        ("state", "OFF", Quantity.SWITCHED_ON, 0.0),
        ("power", 2000.4, Quantity.POWER_W, 2000.4),
        ("humidity", 50, Quantity.HUMIDITY_PERCENT, 50.0),
        ("pressure", 1013.2, Quantity.PRESSURE_HPA, 1013.2),
        ("battery_low", True, Quantity.BATTERY_LOW, 1.0),
    ],
)
def test_each_field(field: str, value: object, quantity: Quantity, expected: float) -> None:
    assert said(**{field: value}) == {quantity: expected}
    assert field in FIELDS


@pytest.mark.parametrize("fields", [{}, {"battery": None}, {"state": "LOCK"}, {"linkquality": 3}, {"action": ""}])
def test_what_says_nothing(fields: dict[str, object]) -> None:
    assert heard(json.dumps(fields).encode()) == []


@pytest.mark.parametrize(
    ("action", "kind", "button"),
    [
        ("single", TriggerKind.PRESS, None),
        ("double", TriggerKind.DOUBLE_PRESS, None),
        ("triple", TriggerKind.TRIPLE_PRESS, None),
        ("hold", TriggerKind.HOLD_PRESS, None),
        ("long", TriggerKind.LONG_PRESS, None),
        ("emergency", TriggerKind.PRESS, None),
        ("1_single", TriggerKind.PRESS, "1"),
        ("button_2_double", TriggerKind.DOUBLE_PRESS, "2"),
        ("single_left", TriggerKind.PRESS, "left"),
        ("arrow_right_click", TriggerKind.PRESS, "arrow_right"),
        ("on_press", TriggerKind.PRESS, "on"),
        ("on", TriggerKind.PRESS, "on"),
    ],
)
def test_presses(action: str, kind: TriggerKind, button: str | None) -> None:
    assert presses(action) == [(kind, button)]


@pytest.mark.parametrize(
    "action", ["release", "hold_release", "on_press_release", "brightness_move_up", "rotate", None]
)
def test_what_is_no_press(action: str | None) -> None:
    assert presses(action) == []


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"on",
        b"[]",
        b"\xff",
        b"{",
        b'{"battery": NaN}',
        b'{"battery": Infinity}',
        b'{"battery": true}',
        b'{"battery": []}',
        b'{"battery": "much"}',
        b'{"battery": ' + b"9" * 400 + b"}",
        b'{"battery": ' + b"9" * 5000 + b"}",
        b'{"occupancy": "perhaps"}',
        b'{"action": 1}',
        b"[" * LARGEST_PAYLOAD,
        b" " * (LARGEST_PAYLOAD + 1),
    ],
)
def test_what_cannot_be_read_is_refused(payload: bytes) -> None:
    with pytest.raises(DecodeError):
        heard(payload)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.binary(max_size=300) | st.dictionaries(st.sampled_from([*FIELDS, "action"]), JSON).map(json.dumps))
def test_anything_decodes_or_is_refused(payload: bytes | str) -> None:
    try:
        found = heard(payload.encode() if isinstance(payload, str) else payload)
    except DecodeError:
        return
    assert {one.quantity if isinstance(one, Reading) else one.kind for one in found} <= YIELDS  # type: ignore[union-attr]  # no samples


def test_it_is_made_for_a_declared_device() -> None:
    read = make(DeviceSetup(name="hall", kind="zigbee2mqtt", address=TOPIC))
    (reading,) = read(Frame(address=TOPIC, source="mqtt", payload=b'{"battery": 5}', at=START))
    assert reading == Reading(device="hall", quantity=Quantity.BATTERY_PERCENT, value=5.0, at=START)
