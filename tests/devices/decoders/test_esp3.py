import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.esp3 import Esp3, crc8, make, parse, sender_of, split
from devices.kinds import DeviceSetup, Sender, SetupError
from devices.model import DecodeError, Quantity, TriggerKind
from devices.simulated.frames_esp3 import contact, packet, rocker_press, rocker_release, telegram, temperature
from tests.devices.builders import frame, triggers, values

ROCKER = "55000707017af650002989793001ffffffff37009d"
CONTACT = "55000707017ad50801825dab0001ffffffff360053"
TEMPERATURE = "55000a0701eba5000055080181b7440001ffffffff2d0075"
ID = "0029A1B2"


def device(profile: str | None = None) -> Esp3:
    options = {} if profile is None else {"profile": profile}
    return make(DeviceSetup(name="sender", kind="esp3", address=ID, options=options))


@pytest.mark.parametrize("profile", [None, "F6-02-01", "f6-02-01"])
def test_a_push_on_a_rocker_is_a_call(profile: str | None) -> None:
    (press,) = triggers(device(profile)(frame(ROCKER)))
    assert (press.device, press.kind, press.button, press.token) == ("sender", TriggerKind.PRESS, "BI", None)


@pytest.mark.parametrize("profile", [None, "D5-00-01"])
def test_a_door_is_open(profile: str | None) -> None:
    assert values(device(profile)(frame(CONTACT))) == {Quantity.OPEN: 1.0}


@pytest.mark.parametrize("profile", [None, "A5-02-05"])
def test_a_room_has_a_temperature(profile: str | None) -> None:
    assert values(device(profile)(frame(TEMPERATURE))) == {Quantity.TEMPERATURE_C: 26.67}


@pytest.mark.parametrize(
    ("payload", "sender"),
    [
        (ROCKER, Sender(address="00298979", signal_dbm=-55)),
        (CONTACT, Sender(address="01825DAB", signal_dbm=-54)),
        (TEMPERATURE, Sender(address="0181B744", signal_dbm=-45)),
        (packet(bytes.fromhex("f65000298979") + b"\x30").hex(), Sender(address="00298979")),
        (packet(b"\0", kind=2).hex(), None),
    ],
)
def test_every_telegram_names_its_sender(payload: str, sender: Sender | None) -> None:
    assert sender_of(bytes.fromhex(payload)) == sender


@pytest.mark.parametrize("button", ["AI", "A0", "BI", "B0"])
def test_each_end_of_a_rocker_is_told_apart(button: str) -> None:
    (press,) = triggers(device()(frame(rocker_press(ID, button))))
    assert press.button == button


def test_letting_go_is_no_call() -> None:
    assert device()(frame(rocker_release(ID))) == []


def test_a_whole_hand_on_the_rocker_is_a_call() -> None:
    (press,) = triggers(device()(frame(telegram(0xF6, b"\x70", ID, status=0x20))))
    assert press.button is None


def test_a_bow_moved_without_a_button_is_no_call() -> None:
    assert device()(frame(telegram(0xF6, b"\x10", ID, status=0x20))) == []


def test_a_telegram_that_a_repeater_sent_again_counts_once() -> None:
    decode = device()
    assert len(decode(frame(rocker_press(ID)))) == 1
    assert decode(frame(rocker_press(ID), after_s=0.1)) == []
    assert decode(frame(rocker_release(ID), after_s=0.3)) == []
    assert len(decode(frame(rocker_press(ID), after_s=0.4))) == 1
    assert len(decode(frame(rocker_press(ID), after_s=1.5))) == 1


@pytest.mark.parametrize("payload", [telegram(0xD5, b"\x00", ID), telegram(0xA5, bytes(4), ID)])
def test_a_device_that_introduces_itself_says_nothing(payload: bytes) -> None:
    assert device()(frame(payload)) == []


@pytest.mark.parametrize("is_open", [False, True])
def test_what_the_simulated_contact_sends_is_read_back(is_open: bool) -> None:
    assert values(device()(frame(contact(ID, is_open=is_open)))) == {Quantity.OPEN: is_open}


@given(st.floats(0, 40))
def test_what_the_simulated_thermometer_sends_is_read_back(celsius: float) -> None:
    said = values(device()(frame(temperature(ID, celsius))))
    assert said[Quantity.TEMPERATURE_C] == pytest.approx(celsius, abs=40 / 255 / 2 + 0.006)


@pytest.mark.parametrize(
    ("payload", "profile", "reason"),
    [
        (b"", None, "not one whole packet"),
        (bytes.fromhex(ROCKER)[:-1], None, "not one whole packet"),
        (bytes.fromhex(ROCKER) + b"\0", None, "not one whole packet"),
        (b"\x54" + bytes.fromhex(ROCKER)[1:], None, "not one whole packet"),
        (bytes.fromhex(ROCKER)[:-1] + b"\0", None, "not one whole packet"),
        (packet(b"\0", kind=2), None, "not a radio telegram"),
        (packet(bytes(6)), None, "not a radio telegram"),
        (telegram(0xD2, b"\1\2\3", ID), None, "a telegram D2 with 010203"),
        (bytes.fromhex(CONTACT), "F6-02-01", "a telegram D5 with 08"),
        (telegram(0xF6, b"\1\2", ID), "F6-02-01", "a telegram F6 with 0102"),
    ],
)
def test_anything_else_is_refused(payload: bytes, profile: str | None, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        device(profile)(frame(payload))


def test_a_profile_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(
        SetupError, match="device sender: profile 'A5-99-99' is not known; known are A5-02-05, D5-00-01"
    ):
        device("A5-99-99")


def test_packets_are_found_in_a_noisy_stream() -> None:
    rocker, door = bytes.fromhex(ROCKER), bytes.fromhex(CONTACT)
    wrong_data, wrong_header = bytearray(rocker), bytearray(rocker)
    wrong_data[10] ^= 1
    wrong_header[5] ^= 1
    assert split(bytearray(b"\x55\x00")) == []
    buffer = bytearray(b"\x55\x55\x00" + rocker + wrong_data + door + wrong_header + rocker + door[:8])
    assert split(buffer) == [rocker, door, rocker]
    assert buffer == door[:8]


def test_noise_that_claims_a_long_packet_does_not_hold_up_a_call() -> None:
    """On a quiet line the rest of it would never come, and a press would lie behind it for hours."""
    claim = bytes([0x00, 60, 10, 0x01])
    buffer = bytearray(bytes([0x55]) + claim + bytes([crc8(claim)]))
    assert split(buffer) == []
    buffer += bytes.fromhex(ROCKER)
    assert split(buffer) == [bytes.fromhex(ROCKER)]
    assert buffer == b""


@given(st.binary(min_size=1, max_size=64), st.binary(max_size=16))
def test_a_packet_stands_alone(data: bytes, optional: bytes) -> None:
    made = packet(data, optional)
    buffer = bytearray(made)
    assert split(buffer) == [made]
    assert buffer == b""


@given(st.binary(max_size=14), st.integers(0, 0xFFFFFFFF), st.integers(0, 255), st.integers(-255, 0))
def test_a_telegram_is_read_as_it_was_made(data: bytes, sender: int, status: int, signal_dbm: int) -> None:
    name = f"{sender:08X}"
    made = telegram(0xD2, b"\1" + data, name, status=status, signal_dbm=signal_dbm)
    read = parse(made)
    assert (read.data, read.sender, read.status, read.signal_dbm) == (b"\1" + data, name, status, signal_dbm)
