import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.mr60 import FALL, HEART, Mr60, parse, split
from devices.model import DecodeError, Quantity, Trigger, TriggerKind
from devices.simulated.frames_mr60 import breath, fall, framed, heart_rate, presence
from tests.devices.builders import frame, values
from tests.fakes import START

FALLEN = "01000000010e02f301fe"


def test_a_fall_is_read() -> None:
    assert Mr60("radar")(frame(FALLEN)) == [Trigger(device="radar", kind=TriggerKind.FALL, at=START)]


def test_the_simulated_radar_sends_what_is_described() -> None:
    assert fall(fallen=True).hex() == FALLEN


def test_a_fall_is_told_once_for_as_long_as_somebody_lies_there() -> None:
    decode = Mr60("radar")
    states = [True, True, True, False, False, True]
    assert [len(decode(frame(fall(fallen=state)))) for state in states] == [1, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("there", [True, False])
def test_presence_is_read(there: bool) -> None:
    assert values(Mr60("radar")(frame(presence(there=there)))) == {Quantity.OCCUPIED: float(there)}


def test_presence_is_passed_on_when_it_changes_and_now_and_then() -> None:
    decode = Mr60("radar")
    said = [decode(frame(presence(there=second < 30), after_s=second)) for second in range(60)]
    assert sum(map(len, said)) == 6


def test_what_is_of_no_use_says_nothing() -> None:
    assert Mr60("radar")(frame(framed(0x0A13, bytes(4)))) == []


@pytest.mark.parametrize("data", [b"", b"\x02", b"\x01\x00"])
def test_a_fall_that_is_neither_yes_nor_no_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError, match="expected one byte"):
        Mr60("radar")(frame(framed(FALL, data)))


@pytest.mark.parametrize("at", range(10))
def test_a_frame_with_any_wrong_byte_is_refused(at: int) -> None:
    spoilt = bytearray.fromhex(FALLEN)
    spoilt[at] ^= 0x10
    with pytest.raises(DecodeError, match="not one whole frame"):
        parse(bytes(spoilt))


@given(noise=st.binary(max_size=20), cut=st.integers(0, 9), number=st.integers(0, 0xFFFF))
def test_frames_are_found_in_noise_and_across_reads(noise: bytes, cut: int, number: int) -> None:
    wanted = framed(FALL, b"\x01", number)
    buffer = bytearray(noise + wanted[:cut])
    found = split(buffer)
    buffer += wanted[cut:]
    found += split(buffer)
    assert wanted in found


def test_a_frame_that_claims_too_much_is_no_frame() -> None:
    claims = framed(FALL, bytes(2000))
    buffer = bytearray(claims[:1100])
    assert split(buffer) == []
    assert len(buffer) < 1100


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (breath(14.5), {Quantity.RESPIRATION_PER_MIN: 14.5}),
        (heart_rate(63.25), {Quantity.HEART_RATE_BPM: 63.25}),
        (breath(0.0), {}),
        (heart_rate(-1.0), {}),
        (heart_rate(math.nan), {}),
        (breath(math.inf), {}),
    ],
)
def test_breath_and_heart_are_read(payload: bytes, said: dict[Quantity, float]) -> None:
    assert values(Mr60("bed")(frame(payload))) == said


@pytest.mark.parametrize("data", [b"", b"\x00\x00\x68", bytes(8)])
def test_a_rate_of_the_wrong_size_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError, match="expected a rate of 4 bytes"):
        Mr60("bed")(frame(framed(HEART, data)))
