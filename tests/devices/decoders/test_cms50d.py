import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.cms50d import make, split
from devices.kinds import DeviceSetup
from devices.model import DecodeError, Quantity
from devices.simulated.frames_cms50d import broken_probe, dropping, no_finger, report, searching
from tests.devices.builders import frame, qualities, values

SETUP = DeviceSetup(name="finger", kind="cms50d", address="/dev/oximeter")
GOOD = report(97, 64)


def test_a_report_is_written_as_it_is_described() -> None:
    """Bit 7 in the first byte only; bit 7 of the pulse is bit 6 of the third."""
    assert report(97, 64, signal=6, wave=40).hex() == "8628004061"
    assert report(97, 130, signal=6, wave=40).hex() == "8628400261"


@pytest.mark.parametrize(
    ("payload", "said", "quality"),
    [
        (GOOD, {Quantity.SPO2_PERCENT: 97.0, Quantity.PULSE_BPM: 64.0, Quantity.SKIN_CONTACT: 1.0}, 1.0),
        (report(88, 130), {Quantity.SPO2_PERCENT: 88.0, Quantity.PULSE_BPM: 130.0, Quantity.SKIN_CONTACT: 1.0}, 1.0),
        (
            report(97, 64, signal=2),
            {Quantity.SPO2_PERCENT: 97.0, Quantity.PULSE_BPM: 64.0, Quantity.SKIN_CONTACT: 1.0},
            0.3,
        ),
        (
            dropping(90, 64),
            {Quantity.SPO2_PERCENT: 90.0, Quantity.PULSE_BPM: 64.0, Quantity.SKIN_CONTACT: 1.0},
            0.3,
        ),
        (
            bytes.fromhex("9628106461"),
            {Quantity.SPO2_PERCENT: 97.0, Quantity.PULSE_BPM: 100.0, Quantity.SKIN_CONTACT: 0.0},
            0.0,
        ),
    ],
)
def test_a_report_is_read_and_believed_as_far_as_the_meter_does(
    payload: bytes, said: dict[Quantity, float], quality: float
) -> None:
    observations = make(SETUP)(frame(payload))
    assert values(observations) == said
    assert qualities(observations) == {quality}


@pytest.mark.parametrize(
    ("payload", "touching"), [(no_finger(), 0.0), (searching(), 1.0), (broken_probe(), 1.0), (report(0, 0), 1.0)]
)
def test_no_number_is_no_reading(payload: bytes, touching: float) -> None:
    assert values(make(SETUP)(frame(payload))) == {Quantity.SKIN_CONTACT: touching}


def test_sixty_reports_a_second_become_one() -> None:
    decode = make(SETUP)
    said = [reading for n in range(181) for reading in decode(frame(GOOD, after_s=n / 60))]
    assert sum(reading.quantity is Quantity.SPO2_PERCENT for reading in said) == 4  # type: ignore[union-attr]  # it says readings only


def test_a_finger_that_is_taken_out_is_told_at_once() -> None:
    decode = make(SETUP)
    decode(frame(GOOD))
    decode(frame(GOOD, after_s=1.0))
    assert values(decode(frame(no_finger(), after_s=2.0))) == {Quantity.SKIN_CONTACT: 0.0}


@pytest.mark.parametrize("payload", ["", "86280040", "862800406100", "0628004061", "8628804061", "8680004061"])
def test_what_is_no_report_is_refused(payload: str) -> None:
    with pytest.raises(DecodeError, match="not one whole report"):
        make(SETUP)(frame(payload))


def test_reports_are_found_between_torn_ones() -> None:
    buffer = bytearray(b"\x28\x00\x40" + GOOD + GOOD[:3] + GOOD + b"\x11\x22" + GOOD[:4])
    assert split(buffer) == [GOOD, GOOD]
    assert bytes(buffer) == GOOD[:4]
    buffer += GOOD[4:]
    assert split(buffer) == [GOOD]
    assert buffer == b""


@given(
    reports=st.lists(
        st.builds(report, st.none() | st.integers(0, 100), st.none() | st.integers(0, 254), signal=st.integers(0, 15))
    ),
    sizes=st.lists(st.integers(1, 7), min_size=1),
)
def test_every_report_is_found_however_it_is_torn(reports: list[bytes], sizes: list[int]) -> None:
    stream, buffer, found, at = b"".join(reports), bytearray(), list[bytes](), 0
    while at < len(stream):
        size = sizes[at % len(sizes)]
        buffer += stream[at : at + size]
        found += split(buffer)
        assert len(buffer) < 5
        at += size
    assert found == reports


@given(st.binary(max_size=300))
def test_noise_leaves_little_behind(noise: bytes) -> None:
    buffer = bytearray(noise)
    assert all(len(each) == 5 for each in split(buffer))
    assert len(buffer) < 5
