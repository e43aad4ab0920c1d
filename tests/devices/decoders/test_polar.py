import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.polar import (
    ACCELERATION,
    CONTROL_SOURCE,
    DATA_SOURCE,
    Polar,
    factor_of,
    make,
    parse,
    start_command,
    writes,
)
from devices.kinds import DeviceSetup, SetupError
from devices.model import DecodeError, Observation, SampleBlock
from devices.simulated.frames_polar import Sample, answer, compressed, packet
from tests.devices.builders import MAC, frame

SETUP = DeviceSetup(name="strap", kind="polar", address=MAC)
PUBLIC = "02" + "0094357700000000" + "01" + "f7ffffffe703" + "f8fffeffe503"
PUBLIC_COMPRESSED = "02" + "6500000000000000" + "81" + "f1ff1400f003" + "06017b0f08"
SAMPLES = st.lists(st.tuples(*[st.integers(-8000, 8000)] * 3), min_size=1, max_size=300)
SECOND = 1_000_000_000


def block_of(observations: list[Observation]) -> SampleBlock:
    (block,) = observations
    assert isinstance(block, SampleBlock)
    return block


def decode(decoder: Polar, payload: bytes | str, after_s: float = 0.0) -> list[Observation]:
    return decoder(frame(payload, DATA_SOURCE, after_s=after_s))


def test_a_public_packet_is_read() -> None:
    packet_read = parse(bytes.fromhex(PUBLIC), None)
    assert packet_read.last_s == 2.0
    assert packet_read.counts.tolist() == [[-9, -1, 999], [-8, -2, 997]]
    block = block_of(decode(make(SETUP), PUBLIC))
    assert (block.device, block.rate_hz, block.range_g) == ("strap", 50.0, 8.0)
    np.testing.assert_allclose(block.acceleration_g, [[-0.009, -0.001, 0.999], [-0.008, -0.002, 0.997]], rtol=1e-6)


def test_the_simulated_strap_sends_the_public_packet() -> None:
    assert packet([(-9, -1, 999), (-8, -2, 997)], 2 * SECOND).hex() == PUBLIC


def test_a_public_compressed_packet_is_read() -> None:
    assert parse(bytes.fromhex(PUBLIC_COMPRESSED), None).counts.tolist() == [[-15, 20, 1008], [-20, 17, 1008]]


def test_a_public_compressed_packet_of_fractions_needs_the_factor() -> None:
    """The beginning of one: a first sample and one of differences of ten bits."""
    payload = bytes.fromhex("02" + "0094357700000000" + "80" + "7107f06a9e8d" + "0a01" + "be5cbe3a")
    with pytest.raises(DecodeError, match="has not said what one is worth"):
        parse(payload, None)
    read = parse(payload, 2.44e-4)
    assert read.counts.tolist() == [[1905, 27376, -29282], [1905 + 190, 27376 - 105, -29282 - 85]]
    assert read.counts[0] * read.g_per_count == pytest.approx([0.46482, 6.679744, -7.144808])


def test_the_factor_is_learnt_from_what_the_control_point_answers() -> None:
    decoder = make(SETUP)
    assert decoder(frame(answer(factor=2.44e-4), CONTROL_SOURCE)) == []
    assert decoder(frame(answer(), CONTROL_SOURCE)) == []  # an answer without one does not take it away
    block = block_of(decode(decoder, compressed([(1000, -1000, 4000)], SECOND, frame_type=0x80)))
    assert block.acceleration_g[0] == pytest.approx([0.244, -0.244, 0.976])


def test_eight_bits_are_read() -> None:
    assert parse(bytes.fromhex("02" + "00" * 8 + "00" + "ff0180"), None).counts.tolist() == [[-1, 1, -128]]


@pytest.mark.parametrize(
    ("options", "command"),
    [
        ({}, "02020001320001011000020108" + "00"),
        ({"rate_hz": "200"}, "02020001c80001011000020108" + "00"),
        ({"rate_hz": "25", "range_g": "2"}, "02020001190001011000020102" + "00"),
        ({"rate_hz": "52.0"}, "02020001340001011000020108" + "00"),
    ],
)
def test_the_stream_is_asked_for_at_the_rate_and_range_that_were_declared(
    options: dict[str, str], command: str
) -> None:
    setup = DeviceSetup(name="strap", kind="polar", address=MAC, options=options)
    assert start_command(setup).hex() == command
    assert writes(setup) == ((CONTROL_SOURCE, start_command(setup)),)


def test_a_rate_that_it_does_not_have_is_refused() -> None:
    with pytest.raises(SetupError, match="device strap: its rate_hz can be 25, 50, 52, 100, 200, not '60'"):
        make(DeviceSetup(name="strap", kind="polar", address=MAC, options={"rate_hz": "60"}))


@pytest.mark.parametrize(
    ("payload", "factor"),
    [
        ("0f0e" + "00" * 15, None),  # what it can do, which is read when the hub connects
        ("f002020000", None),
        ("f0020200", None),
        ("f003020000", None),  # it has stopped
        ("f002000000", None),  # the electrocardiogram
        ("f002020600", None),  # it was running already
        ("f002020000" + "0001c800" + "0501" + "000000" + "3f", 0.5),
        ("f002020000" + "0500", None),
    ],
)
def test_an_answer_is_read(payload: str, factor: float | None) -> None:
    assert factor_of(bytes.fromhex(payload)) == factor


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("", "an answer of the control point ends after 0"),
        ("f00202", "ends after 3 of at least 4 bytes"),
        ("aa020200", "not an answer of the control point"),
        ("f0020208", "it refuses to stream: it has no such rate"),
        ("f002020d00", "it refuses to stream: it lies in its charger"),
        ("f002026300", "it refuses to stream: reason 99"),
        ("f002020000" + "0901", "setting 9 is not known"),
        ("f002020000" + "0501" + "0000", "ends after 9"),
        ("f002020000" + "0501" + "0000c07f", "a factor of nan cannot be"),
        ("f002020000" + "0501" + "00000040", "a factor of 2 cannot be"),
    ],
)
def test_an_answer_that_is_a_refusal_or_none_is_told(payload: str, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        make(SETUP)(frame(payload, CONTROL_SOURCE))


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("", "a packet of samples ends after 0"),
        ("00" + "00" * 8 + "01" + "000000000000", "not acceleration"),
        ("02" + "00" * 7, "ends after 8 of at least 9 bytes"),
        ("02" + "00" * 8 + "02" + "00" * 9, "frame type 0x02 is not known"),
        ("02" + "00" * 8 + "01", "0 bytes are no whole samples"),
        ("02" + "00" * 8 + "01" + "00" * 7, "7 bytes are no whole samples of three times 2"),
        ("02" + "00" * 8 + "81" + "00" * 5, "ends after 15 of at least 16"),
        ("02" + "00" * 8 + "81" + "00" * 6 + "0601" + "7b0f", "ends after 20 of at least 21"),
        ("02" + "00" * 8 + "81" + "00" * 6 + "0001", "a block of 1 differences of 0 bits cannot be"),
        ("02" + "00" * 8 + "81" + "00" * 6 + "1101" + "00" * 9, "a block of 1 differences of 17 bits cannot be"),
        ("02" + "00" * 8 + "81" + "00" * 6 + "0600", "a block of 0 differences"),
    ],
)
def test_what_is_no_packet_is_refused(payload: str, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        decode(make(SETUP), payload)


def test_a_lost_packet_is_rows_of_nothing() -> None:
    decoder, size = make(SETUP), 36
    for number in (1, 2, 4):
        block = block_of(
            decode(decoder, packet([(0, 0, 1000)] * size, number * size * SECOND // 50), number * size / 50)
        )
    assert len(block.acceleration_g) == 2 * size
    assert np.isnan(block.acceleration_g[:size]).all()
    assert not np.isnan(block.acceleration_g[size:]).any()


def test_a_packet_that_is_heard_twice_counts_once() -> None:
    decoder = make(SETUP)
    assert decode(decoder, PUBLIC)
    assert decode(decoder, PUBLIC) == []


def test_a_clock_that_is_set_back_starts_anew() -> None:
    decoder = make(SETUP)
    block_of(decode(decoder, packet([(0, 0, 1000)] * 5, 900 * SECOND)))
    block = block_of(decode(decoder, packet([(0, 0, 1000)] * 5, SECOND), after_s=7.0))
    assert len(block.acceleration_g) == 5
    assert block.at == frame("", after_s=7.0 - 4 / 50).at


@given(samples=SAMPLES, last_ns=st.integers(0, 2**63))
def test_what_the_simulated_strap_sends_is_read_back(samples: list[Sample], last_ns: int) -> None:
    for payload in (packet(samples, last_ns), compressed(samples, last_ns)):
        assert parse(payload, None).counts.tolist() == [list(sample) for sample in samples]
        assert payload[0] == ACCELERATION
