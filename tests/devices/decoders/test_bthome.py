import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.bthome import BTHome, make
from devices.kinds import DeviceSetup, SetupError
from devices.model import DecodeError, Frame, Quantity, TriggerKind
from devices.simulated.frames_bthome import PRESSES, Seal, service_data
from tests.devices.builders import MAC, frame, triggers, values

BUTTON_KEY = bytes.fromhex("90bffd73cb6b26ef58a7a8eba9232036")
BUTTON_MAC = "B4:35:22:F5:3D:A4"
SEALED_PRESS = "450aeb84467f85ba0100003188788c"
MOTION_KEY = bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")
MOTION_MAC = "54:48:E6:8F:80:A5"
PRESS = "40005201643a01"


def sealed(counter: int, packet: int | None = None, **fields: float) -> bytes:
    return service_data(fields, packet, Seal(key=BUTTON_KEY, mac=BUTTON_MAC, counter=counter))


def from_button(payload: bytes | str, after_s: float = 0.0) -> Frame:
    return frame(payload, "advert:fcd2", address=BUTTON_MAC, after_s=after_s)


def test_a_press_carries_the_devices_own_number() -> None:
    observations = BTHome("button")(frame(PRESS))
    (press,) = triggers(observations)
    assert (press.device, press.kind, press.token, press.button) == ("button", TriggerKind.PRESS, "82", None)
    assert values(observations) == {Quantity.BATTERY_PERCENT: 100.0}


def test_a_beacon_without_a_press_is_no_press() -> None:
    observations = BTHome("button")(frame("440023015e3a00"))
    assert triggers(observations) == []
    assert values(observations) == {Quantity.BATTERY_PERCENT: 94.0}


def test_an_encrypted_press_is_read() -> None:
    (press,) = triggers(BTHome("button", BUTTON_KEY)(from_button(SEALED_PRESS)))
    assert (press.kind, press.token) == (TriggerKind.PRESS, "7/442"), "packet 7, encryption counter 442"


def test_an_encrypted_motion_is_read() -> None:
    decode = BTHome("hall", MOTION_KEY)
    said = decode(frame("4187b90011223372b0231f", "advert:fcd2", address=MOTION_MAC))
    assert values(said) == {Quantity.MOTION: 1.0}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("401100", {Quantity.OPEN: 0.0}),
        ("402d01", {Quantity.OPEN: 1.0}),
        ("401701", {Quantity.CARBON_MONOXIDE: 1.0}),
        ("402901", {Quantity.SMOKE: 1.0}),
        ("4002ca0903bf13", {Quantity.TEMPERATURE_C: 25.06, Quantity.HUMIDITY_PERCENT: 50.55}),
        ("4005138a14", {Quantity.ILLUMINANCE_LX: 13460.67}),
        ("403f020c", {Quantity.ROTATION_DEG: 307.4}),
        ("40400c00", {Quantity.DISTANCE_CM: 1.2}),
        ("40414e00", {Quantity.DISTANCE_CM: 780.0}),
        ("40065e1f", {Quantity.WEIGHT_KG: 80.3}),
        ("40073e1d", {Quantity.WEIGHT_KG: 33.9559}),
        ("400f01", {}),  # a state that means nothing to this house
        ("40120800", {}),  # carbon dioxide is not kept
        ("40f0010c", {}),  # what sort of device it is
        ("4045150145fa00", {Quantity.TEMPERATURE_C: 27.7}),  # of two of a sort, the first
        ("4021016500ffff", {Quantity.MOTION: 1.0}),  # an object of tomorrow ends what can be read
    ],
)
def test_what_is_measured_is_read(payload: str, expected: dict[Quantity, float]) -> None:
    assert values(BTHome("sensor")(frame(payload))) == expected


@pytest.mark.parametrize(("name", "kind"), [(name, TriggerKind(name)) for name in PRESSES if name != "none"])
def test_every_way_of_pressing_is_told_apart(name: str, kind: TriggerKind) -> None:
    (press,) = triggers(BTHome("button")(frame(service_data({"button": PRESSES[name]}))))
    assert press.kind is kind


@pytest.mark.parametrize(
    ("code", "kinds"), [(0x05, [TriggerKind.LONG_PRESS]), (0x06, [TriggerKind.LONG_PRESS]), (0x81, [])]
)
def test_letting_go_is_no_press_and_a_longer_one_is_a_long_one(code: int, kinds: list[TriggerKind]) -> None:
    assert [press.kind for press in triggers(BTHome("button")(frame(bytes([0x44, 0x3A, code]))))] == kinds


def test_turning_a_dial_is_no_call() -> None:
    assert BTHome("dial")(frame("403c0103")) == []


def test_a_device_with_several_buttons_says_which() -> None:
    (press,) = triggers(BTHome("remote")(frame("4400093a003a013a00")))
    assert press.button == "2"


def test_old_values_do_not_come_back_with_new_ones() -> None:
    decode = BTHome("sensor")
    assert values(decode(frame("400001012d"))) == {Quantity.BATTERY_PERCENT: 45.0}
    assert values(decode(frame("4000022101", after_s=30))) == {Quantity.MOTION: 1.0}


@pytest.mark.parametrize("after_s", [0.1, 3.9, 5, 600, 86_400])
def test_a_press_that_bluez_replays_stays_one_press(after_s: float) -> None:
    decode = BTHome("button")
    assert len(triggers(decode(frame(PRESS)))) == 1
    assert decode(frame(PRESS, after_s=after_s)) == []


def test_an_encrypted_press_that_is_replayed_stays_one_press() -> None:
    decode = BTHome("button", BUTTON_KEY)
    payload = sealed(7, button=1)  # no packet number: the encryption counter is the device's own count
    (press,) = triggers(decode(from_button(payload)))
    assert (press.kind, press.token) == (TriggerKind.PRESS, "7")
    assert decode(from_button(payload, after_s=600)) == []


def test_a_replay_after_other_frames_stays_one_press() -> None:
    """Some devices send two or three frames by turns."""
    decode = BTHome("button")
    heard = [frame(service_data({"button": 1}, packet=9)), frame(service_data({"battery": 80}, packet=10))]
    assert sum(len(triggers(decode(each))) for each in heard * 5) == 1


def test_two_presses_are_two_however_fast() -> None:
    decode = BTHome("button")
    presses = [triggers(decode(frame(service_data({"button": 1}, packet=n), after_s=n / 10))) for n in (254, 255, 256)]
    assert [press.token for (press,) in presses] == ["254", "255", "0"]


def test_a_press_counts_although_the_numbers_began_anew() -> None:
    """A changed battery starts them anywhere; the library alone would take this one for an old frame."""
    decode = BTHome("button")
    decode(frame(service_data({"button": 1}, packet=120)))
    assert len(triggers(decode(frame(service_data({"button": 1}, packet=3), after_s=2)))) == 1


def test_a_press_without_any_number_is_one_while_it_is_on_the_air() -> None:
    decode = BTHome("button")
    unnumbered = service_data({"battery": 90, "button": 1})
    first, *rest = (decode(frame(unnumbered, after_s=n)) for n in (0, 2, 9, 18))
    assert len(triggers(first)) == 1
    assert [triggers(repeated) for repeated in rest] == [[], [], []]
    assert values(rest[0]) == {Quantity.BATTERY_PERCENT: 90.0}, "what it measures may be as it was"


@pytest.mark.parametrize("after_s", [10, 3600, -5])
def test_a_press_without_any_number_counts_again_later_or_after_the_clock_was_set_back(after_s: float) -> None:
    decode = BTHome("button")
    unnumbered = service_data({"button": 1})
    decode(frame(unnumbered))
    assert len(triggers(decode(frame(unnumbered, after_s=after_s)))) == 1


def test_only_a_few_frames_are_remembered() -> None:
    decode = BTHome("button")
    decode(frame(PRESS))
    for packet in range(8):
        decode(frame(service_data({"battery": 50}, packet=packet)))
    assert len(triggers(decode(frame(PRESS)))) == 1


def test_an_old_encrypted_frame_sent_again_is_refused_as_such() -> None:
    decode = BTHome("button", BUTTON_KEY)
    decode(from_button(sealed(5000, button=1)))
    with pytest.raises(DecodeError, match="its counter went back from 5000 to 4000"):
        decode(from_button(sealed(4000, button=1)))
    assert len(triggers(decode(from_button(sealed(5001, button=1))))) == 1


def test_a_counter_may_start_anew_after_the_battery_was_changed() -> None:
    decode = BTHome("button", BUTTON_KEY)
    decode(from_button(sealed(5000, button=1)))
    assert len(triggers(decode(from_button(sealed(1, button=1))))) == 1


def test_garbage_does_not_make_an_old_frame_acceptable() -> None:
    decode = BTHome("button", BUTTON_KEY)
    decode(from_button(sealed(5000, button=1)))
    for counter in (5001, 5002):
        with pytest.raises(DecodeError, match="cannot be decrypted"):
            decode(from_button(b"\x45" + bytes(6) + counter.to_bytes(4, "little") + bytes(4)))
    with pytest.raises(DecodeError, match="its counter went back"):
        decode(from_button(sealed(4000, button=1)))


def test_a_frame_may_bring_its_own_address() -> None:
    """As some proxies need it; then that is the one it was encrypted with."""
    decode = BTHome("sensor")
    assert values(decode(frame("42a48d3db43522" + "2101"))) == {Quantity.MOTION: 1.0}


@pytest.mark.parametrize(
    ("payload", "key", "reason"),
    [
        ("", None, "at least 2 bytes, got none"),
        ("40", None, "at least 2 bytes, got 40"),
        ("42a48d3db435222101"[:14], None, "at least 8 bytes"),
        ("4112345678abcdef01", BUTTON_KEY, "at least 10 bytes"),
        ("202101", None, "not version 2"),
        ("4002", None, "no object that is known"),
        ("40ff0102", None, "no object that is known"),
        (SEALED_PRESS, None, "it is encrypted, and the device's key is not known"),
        (SEALED_PRESS, MOTION_KEY, "the key is wrong, or it was sent from another address"),
        (PRESS, BUTTON_KEY, "it is not encrypted although the device has a key"),
        ("4101" + "00000000" + "00000000", BUTTON_KEY, "cannot be decrypted"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(payload: str, key: bytes | None, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        BTHome("button", key)(from_button(payload))


@pytest.mark.parametrize("address", ["B4:35:22:F5:3D:A5", "/dev/ttyUSB0", ""])
def test_a_frame_from_another_address_cannot_be_decrypted(address: str) -> None:
    with pytest.raises(DecodeError, match="sent from another address"):
        BTHome("button", BUTTON_KEY)(frame(SEALED_PRESS, address=address))


def test_a_frame_that_cannot_be_read_is_not_logged_by_the_library(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        decode = BTHome("button", MOTION_KEY)
        for counter in range(3):
            with pytest.raises(DecodeError):
                decode(from_button(sealed(counter, button=1)))
    assert caplog.records == []


@pytest.mark.parametrize("size", [0, 15, 17])
def test_a_key_of_the_wrong_length_is_refused_when_the_device_is_set_up(size: int) -> None:
    setup = DeviceSetup(name="button", kind="bthome", address=MAC, key=bytes(size))
    with pytest.raises(SetupError, match=r"device button: the key must be 16 bytes \(32 hex digits\)"):
        make(setup)


@given(
    st.dictionaries(
        st.sampled_from(["battery", "motion", "window", "illuminance", "humidity"]), st.integers(0, 1), min_size=1
    ),
    st.none() | st.integers(0, 255),
    st.none() | st.integers(0, 2**32 - 1),
)
def test_what_the_simulated_sensor_sends_is_read_back(
    fields: dict[str, float], packet: int | None, counter: int | None
) -> None:
    seal = None if counter is None else Seal(key=BUTTON_KEY, mac=BUTTON_MAC, counter=counter)
    decode = BTHome("sensor", None if seal is None else BUTTON_KEY)
    said = values(decode(from_button(service_data(fields, packet, seal))))
    names = {
        "battery": Quantity.BATTERY_PERCENT,
        "motion": Quantity.MOTION,
        "window": Quantity.OPEN,
        "illuminance": Quantity.ILLUMINANCE_LX,
        "humidity": Quantity.HUMIDITY_PERCENT,
    }
    assert said == {names[name]: value for name, value in fields.items()}
