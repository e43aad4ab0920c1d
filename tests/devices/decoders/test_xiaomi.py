import logging
from collections.abc import Mapping
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.xiaomi import PRODUCTS, Xiaomi, make
from devices.kinds import DeviceSetup, SetupError
from devices.mibeacon import YIELDS as LIBRARY_YIELDS
from devices.model import DecodeError, Frame, Quantity, TriggerKind
from devices.registry import KINDS
from devices.simulated.frames_xiaomi import CLOSED, LEFT_OPEN, OPENED, Sender, service_data
from tests.devices.builders import MAC, frame, triggers, values

KEY = bytes(range(16))
DOOR = Sender(kind="xiaomi_door", mac=MAC, key=KEY)
BUTTON = Sender(kind="xiaomi_button", mac=MAC, key=KEY)


class Vector(NamedTuple):
    """A public test suite's frame, what it says, and how it is made."""

    kind: str
    mac: str
    key: str
    payload: str
    said: Mapping[Quantity, float]
    number: int
    told: Mapping[str, int]


VECTORS = (
    Vector(
        "xiaomi_smoke",
        "54:EF:44:E3:9C:BC",
        "5b51a7c91cde6707c9ef18dfda143a58",
        "5859970966bc9ce344ef5401081205000000715ebe90",
        {Quantity.SMOKE: 1.0},
        0x66,
        {"smoke": 1},
    ),
    Vector(
        "linptech_pressure",
        "A4:C1:38:BE:EF:12",
        "8b72476b60fe2a0b63bf58d588fe4ea1",
        "58594c3f1012efbe38c1a47f7b3e9500000035019b75",
        {Quantity.OCCUPIED: 1.0},
        0x10,
        {"pressure": 1},
    ),
    Vector(
        "linptech_pressure",
        "A4:C1:38:BE:EF:12",
        "8b72476b60fe2a0b63bf58d588fe4ea1",
        "58594c3f1312efbe38c1a418e36bcb000000e6fab951",
        {Quantity.OCCUPIED: 0.0},
        0x13,
        {"pressure": 0},
    ),
    Vector(
        "linptech_presence",
        "E8:B5:27:74:91:EE",
        "068a081b4e5aa7295ebf263585adf4f1",
        "58590f6a11ee917427b5e83567ac0e1c0000f681b610",
        {Quantity.OCCUPIED: 1.0},
        0x1C11,
        {"occupancy": 1},
    ),
    Vector(
        "linptech_flood",
        "A4:C1:38:B9:4C:67",
        "33ede53321bc73c790a8daae4581f3d5",
        "58590f3f4a674cb938c1a4d6e57b83040000d01e0b4b",
        {Quantity.WET: 0.0},
        0x44A,
        {"flood": 0},
    ),
    Vector(
        "xiaomi_button",
        "08:B9:5F:20:6E:11",
        "59ba8eef0f5351bb09d6896762d5afa5",
        "5859685952116e205fb9083026548d020000ce31cfc3",
        {},
        0x252,
        {"press": 0},
    ),
)
EVERY_VECTOR = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.payload[4:10])


def decoder(mac: str = MAC, key: bytes | None = KEY) -> Xiaomi:
    return make(DeviceSetup(name="it", kind="xiaomi", address=mac, key=key))


def heard(payload: bytes | str, mac: str = MAC, after_s: float = 0.0) -> Frame:
    return frame(payload, "advert:fe95", address=mac, after_s=after_s)


@EVERY_VECTOR
def test_what_a_public_frame_says_is_read(vector: Vector) -> None:
    setup = DeviceSetup(name="it", kind=vector.kind, address=vector.mac, key=bytes.fromhex(vector.key))
    observations = KINDS[vector.kind].make_decoder(setup)(heard(vector.payload, vector.mac))
    assert values(observations) == vector.said


@EVERY_VECTOR
def test_the_simulated_sensor_sends_the_public_frame_to_the_last_bit(vector: Vector) -> None:
    sender = Sender(kind=vector.kind, mac=vector.mac, key=bytes.fromhex(vector.key))
    assert service_data(sender, vector.number, vector.told).hex() == vector.payload


def test_a_door_that_is_left_open_is_open() -> None:
    decode = decoder("E4:AA:EC:81:21:AE", bytes.fromhex("017e52d2684779298709b117c0a75a7b"))
    said = decode(heard("58588b09a3ae2181ecaae40e2c553c040000d28a500c", "E4:AA:EC:81:21:AE"))
    assert values(said) == {Quantity.OPEN: 1.0, Quantity.LEFT_OPEN: 1.0}


def test_a_press_carries_the_devices_own_number_and_its_button() -> None:
    vector = VECTORS[-1]
    decode = decoder(vector.mac, bytes.fromhex(vector.key))
    (press,) = triggers(decode(heard(vector.payload, vector.mac)))
    assert (press.kind, press.button, press.token) == (TriggerKind.PRESS, "left", "82/020000")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("press", TriggerKind.PRESS),
        ("double_press", TriggerKind.DOUBLE_PRESS),
        ("long_press", TriggerKind.LONG_PRESS),
    ],
)
def test_every_way_of_pressing_is_told_apart(name: str, kind: TriggerKind) -> None:
    (press,) = triggers(decoder()(heard(service_data(BUTTON, 7, {name: 1}))))
    assert (press.kind, press.button) == (kind, "right")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (OPENED, {Quantity.OPEN: 1.0}),
        (CLOSED, {Quantity.OPEN: 0.0, Quantity.LEFT_OPEN: 0.0}),
        (LEFT_OPEN, {Quantity.OPEN: 1.0, Quantity.LEFT_OPEN: 1.0}),
    ],
)
def test_a_door_is_read(state: int, said: dict[Quantity, float]) -> None:
    assert values(decoder()(heard(service_data(DOOR, 1, {"opening": state})))) == said


def test_old_values_do_not_come_back_with_new_ones() -> None:
    decode = decoder()
    assert values(decode(heard(service_data(DOOR, 1, {"battery": 80})))) == {Quantity.BATTERY_PERCENT: 80.0}
    assert values(decode(heard(service_data(DOOR, 2, {"battery_low": 1})))) == {Quantity.BATTERY_LOW: 1.0}


def test_charge_and_voltage_of_an_old_sensor_are_not_made_up() -> None:
    """Object 0x100a is a charge; the library adds a voltage to it that nobody measured."""
    plain = Sender(kind="xiaomi_door", mac=MAC)
    payload = service_data(plain, 1, {"battery": 1})[:11] + bytes.fromhex("0a100150")
    assert values(decoder(key=None)(heard(payload))) == {Quantity.BATTERY_PERCENT: 80.0}


def test_motion_that_is_told_as_an_event_is_motion() -> None:
    assert values(decoder(key=None)(heard("4050dd0301" + "03000100"))) == {Quantity.MOTION: 1.0}


@pytest.mark.parametrize(
    "payload",
    [
        "4050e10401" + "011003" + "010000",  # a cube that is turned
        "40508b0901" + "181001" + "01",
    ],
)
def test_what_means_nothing_to_this_house_is_passed_over(payload: str) -> None:
    assert decoder(key=None)(heard(payload)) == []


@pytest.mark.parametrize(
    ("lux", "said"),
    [("00002041", {Quantity.MOTION: 1.0, Quantity.ILLUMINANCE_LX: 10.0}), ("0000c07f", {Quantity.MOTION: 1.0})],
)
def test_a_brightness_that_is_no_number_is_no_reading(lux: str, said: dict[Quantity, float]) -> None:
    assert values(decoder(key=None)(heard("40508b0901" + "084a04" + lux))) == said


@pytest.mark.parametrize("after_s", [0.1, 4, 600])
def test_a_press_that_is_sent_or_replayed_again_stays_one_press(after_s: float) -> None:
    decode = decoder()
    pressed = service_data(BUTTON, 300, {"press": 0})
    assert len(triggers(decode(heard(pressed)))) == 1
    assert decode(heard(pressed, after_s=after_s)) == []


def test_two_presses_are_two_however_fast() -> None:
    decode = decoder()
    presses = [triggers(decode(heard(service_data(BUTTON, 254 + n, {"press": 0}), after_s=n / 10))) for n in range(3)]
    assert [press.token for (press,) in presses] == ["254/000000", "255/000000", "0/010000"]


def test_a_sensor_that_only_says_that_it_is_there_says_nothing() -> None:
    assert decoder()(heard(service_data(DOOR, 9, {}))) == []


@pytest.mark.parametrize(
    ("payload", "key", "reason"),
    [
        ("", KEY, "at least 5 bytes, got none"),
        ("58598b09", KEY, "at least 5 bytes, got 58598b09"),
        ("d0508b0901", KEY, "a mesh frame or one older than version 2"),
        ("40108b0901", KEY, "a mesh frame or one older than version 2"),
        ("5030" + "8b0901" + "060504030201", KEY, "the address in it is not the one that it was sent from"),
        ("5030" + "8b0901" + "0605", KEY, "the address in it is not the one that it was sent from"),
        ("48308b0901" + "00" * 12, KEY, "its encryption is of the old sort"),
        (service_data(DOOR, 1, {"opening": 0}), None, "it is encrypted, and the device's key is not known"),
        (
            service_data(Sender(kind="xiaomi_door", mac=MAC), 1, {"opening": 0}),
            KEY,
            "not encrypted although the device",
        ),
        (service_data(DOOR, 1, {"opening": 0}), bytes(16), "cannot be decrypted: the key is wrong"),
        (service_data(DOOR, 1, {"opening": 0})[:-2], KEY, "cannot be decrypted"),
        (service_data(DOOR, 1, {"opening": 0})[:12], KEY, "cannot be decrypted"),
        ("4050ffff01" + "191001" + "00", None, "not a frame of a product that is known"),
        ("40508b0901", None, "not a frame of a product that is known"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(payload: bytes | str, key: bytes | None, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        decoder(key=key)(heard(payload))


def test_what_the_library_stumbles_over_is_refused() -> None:
    with pytest.raises(DecodeError, match=r"the library cannot read .*KeyError"):
        decoder(key=None)(heard("4050613a01" + "0e5606" + "058080800000"))


@pytest.mark.parametrize("address", ["A4:C1:38:00:00:03", "/dev/ttyUSB0", ""])
def test_a_frame_from_another_address_is_refused(address: str) -> None:
    with pytest.raises(DecodeError, match="the address in it"):
        decoder()(heard(service_data(DOOR, 1, {"opening": 0}), mac=address))


def test_a_frame_that_cannot_be_read_is_not_logged_by_the_library(caplog: pytest.LogCaptureFixture) -> None:
    decode = decoder(key=bytes(16))
    with caplog.at_level(logging.INFO):
        for number in range(3):
            with pytest.raises(DecodeError):
                decode(heard(service_data(BUTTON, number, {"press": 0})))
    assert caplog.records == []


@pytest.mark.parametrize("size", [0, 12, 15, 17])
def test_a_key_of_the_wrong_length_is_refused_when_the_device_is_set_up(size: int) -> None:
    with pytest.raises(SetupError, match=r"device it: the key must be 16 bytes \(32 hex digits\)"):
        decoder(key=bytes(size))


def test_what_the_library_hands_on_is_what_the_row_says() -> None:
    """The table of what is yielded stands where it costs nothing to load; the library's door has the other."""
    assert KINDS["xiaomi"].yields == LIBRARY_YIELDS


@given(
    kind=st.sampled_from(["linptech_pressure", "linptech_presence", "linptech_flood", "xiaomi_smoke"]),
    number=st.integers(0, 2**32 - 1),
    state=st.integers(0, 1),
    keyed=st.booleans(),
)
def test_what_the_simulated_sensor_sends_is_read_back(kind: str, number: int, state: int, keyed: bool) -> None:
    told = {
        "linptech_pressure": ("pressure", Quantity.OCCUPIED),
        "linptech_presence": ("occupancy", Quantity.OCCUPIED),
        "linptech_flood": ("flood", Quantity.WET),
        "xiaomi_smoke": ("smoke", Quantity.SMOKE),
    }
    name, quantity = told[kind]
    key = KEY if keyed else None
    payload = service_data(Sender(kind=kind, mac=MAC, key=key), number, {name: state})
    assert values(decoder(key=key)(heard(payload))) == {quantity: float(state)}


def test_every_simulated_product_is_a_kind() -> None:
    assert set(PRODUCTS) <= set(KINDS)
