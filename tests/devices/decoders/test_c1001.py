import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.c1001 import HEART_RATE, IN_BED, QUESTIONS, framed, make, parse, split
from devices.kinds import DeviceSetup
from devices.model import DecodeError, Quantity
from devices.simulated.frames_c1001 import heart_rate, in_bed
from tests.devices.builders import frame, values

SETUP = DeviceSetup(name="bed", kind="c1001", address="/dev/radar")


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (in_bed(occupied=True), {Quantity.OCCUPIED: 1.0}),
        (in_bed(occupied=False), {Quantity.OCCUPIED: 0.0}),
        (in_bed(occupied=None), {}),
        (heart_rate(64), {Quantity.HEART_RATE_BPM: 64.0}),
        (heart_rate(0), {}),
        (heart_rate(255), {}),
        (framed((0x81, 0x82), b"\x0f"), {}),  # breath, which is not among what was described
    ],
)
def test_an_answer_is_read(payload: bytes, said: dict[Quantity, float]) -> None:
    assert values(make(SETUP)(frame(payload))) == said


def test_a_fall_is_not_read_for_its_frame_has_never_been_verified() -> None:
    assert make(SETUP)(frame(framed((0x83, 0x81), b"\x01"))) == []


def test_a_frame_is_written_as_it_is_described() -> None:
    """Head, control, command, length, data, sum, tail."""
    assert in_bed(occupied=True).hex() == "5359" + "84" + "81" + "0001" + "01" + "b3" + "5443"
    assert (framed(IN_BED, b"\x0f"), framed(HEART_RATE, b"\x0f")) == QUESTIONS


def test_who_lies_in_bed_is_told_when_it_changes_and_else_every_ten_seconds() -> None:
    decode = make(SETUP)
    course = [(0, True), (5, True), (6, False), (9, False), (16, False)]
    said = [bool(decode(frame(in_bed(occupied=there), after_s=second))) for second, there in course]
    assert said == [True, False, True, False, True]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "not one whole frame: "),
        (in_bed(occupied=True)[:-1], "not one whole frame"),
        (in_bed(occupied=True) + b"\0", "not one whole frame"),
        (b"SX" + in_bed(occupied=True)[2:], "not one whole frame"),
        (in_bed(occupied=True)[:-3] + b"\0TC", "not one whole frame"),
        (in_bed(occupied=True)[:-2] + b"TD", "not one whole frame"),
        (bytes.fromhex("53598481ffff") + bytes(300), "not one whole frame"),
        (framed(IN_BED, b""), "expected one byte, got none"),
        (framed(HEART_RATE, b"\x40\x41"), "expected one byte, got 4041"),
    ],
)
def test_what_is_no_answer_is_refused(payload: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        make(SETUP)(frame(payload))


@given(noise=st.binary(max_size=30), rate=st.integers(1, 254), cut=st.integers(0, 10))
def test_answers_are_found_between_noise(noise: bytes, rate: int, cut: int) -> None:
    torn = heart_rate(rate)[:cut]
    buffer = bytearray(noise + in_bed(occupied=True) + torn)
    found = split(buffer)
    buffer += heart_rate(rate)[cut:] + in_bed(occupied=False) * 3
    found += split(buffer)
    assert in_bed(occupied=False) in found
    assert [parse(each)[0] for each in found if parse(each)[0] == IN_BED].count(IN_BED) >= 3
