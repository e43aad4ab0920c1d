from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.metamotion import COMMAND_SOURCE, body_of, make, samples_of, writes
from devices.kinds import DeviceSetup
from devices.model import DecodeError, Frame, SampleBlock
from devices.simulated.frames_metamotion import Sample, packet
from tests.devices.builders import MAC, frame
from tests.fakes import START

SINGLE = "030416c494a22ad0"
PACKED = "031c62b7530de9fd16d04d0e57028affa1050a01"
STILL: Sample = (0.0, 0.0, 1.0)


def setup(**options: str) -> DeviceSetup:
    return DeviceSetup(name="wrist", kind="metamotion", address=MAC, options=options)


@pytest.mark.parametrize(
    ("payload", "range_g", "expected"),
    [
        (SINGLE, "4", [[-1.872, -2.919, -1.495]]),
        (PACKED, "8", [[-4.539, 0.833, -0.131], [-2.995, 0.894, 0.146], [-0.029, 0.352, 0.065]]),
    ],
)
def test_a_public_packet_is_read(payload: str, range_g: str, expected: list[list[float]]) -> None:
    (block,) = make(setup(range_g=range_g))(frame(payload))
    assert isinstance(block, SampleBlock)
    assert (block.device, block.rate_hz, block.range_g) == ("wrist", 50.0, float(range_g))
    np.testing.assert_allclose(block.acceleration_g, expected, atol=0.0006)


@pytest.mark.parametrize(
    ("options", "commands"),
    [
        ({}, ["03032708", "031c01", "03020100", "030101"]),
        ({"rate_hz": "200", "range_g": "16"}, ["0303290c", "031c01", "03020100", "030101"]),
        ({"rate_hz": "25", "range_g": "2"}, ["03032603", "031c01", "03020100", "030101"]),
        ({"rate_hz": "100", "range_g": "4"}, ["03032805", "031c01", "03020100", "030101"]),
    ],
)
def test_the_stream_is_asked_for_at_the_rate_and_range_that_were_declared(
    options: dict[str, str], commands: list[str]
) -> None:
    assert [(source, value.hex()) for source, value in writes(setup(**options))] == [
        (COMMAND_SOURCE, command) for command in commands
    ]


@pytest.mark.parametrize("payload", ["1101", "03ff", "0b84150c0000000c00000000"])
def test_what_other_modules_say_is_passed_over(payload: str) -> None:
    assert make(setup())(frame(payload)) == []


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("", "names its module and its register, got none"),
        ("03", "names its module and its register, got 03"),
        ("0304", "1 samples have 6 bytes, got none"),
        (SINGLE + "00", "1 samples have 6 bytes"),
        (PACKED[:-2], "3 samples have 18 bytes"),
    ],
)
def test_what_is_no_packet_is_refused(payload: str, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        make(setup())(frame(payload))


def told(frames: Iterable[Frame]) -> list[SampleBlock]:
    decode = make(setup())
    return [block for each in frames for block in decode(each) if isinstance(block, SampleBlock)]


def test_a_lost_packet_is_rows_of_nothing_once_it_is_certain() -> None:
    heard = [frame(packet([STILL] * 3), after_s=number * 0.06) for number in range(60) if number != 20]
    rows = [bool(row) for block in told(heard) for row in np.isnan(block.acceleration_g[:, 0])]
    assert rows[:170] == [False] * 60 + [True] * 3 + [False] * 107


def test_packets_are_put_together_for_a_quarter_of_a_second() -> None:
    """The first goes on at once, and nothing is lost of the others."""
    blocks = told(frame(packet([(number / 100, 0.0, 1.0)] * 3), after_s=number * 0.06) for number in range(101))
    assert [len(block.acceleration_g) for block in blocks] == [3] + [15] * 20
    first_g = np.concatenate([block.acceleration_g for block in blocks])[::3, 0]
    np.testing.assert_allclose(first_g, [number / 100 for number in range(101)], atol=0.001)
    assert [round((block.at - START).total_seconds(), 3) for block in blocks[:3]] == [-0.04, 0.02, 0.32]


def test_packets_that_all_come_at_one_moment_do_not_wait_for_ever() -> None:
    blocks = told(frame(packet([STILL] * 3)) for _ in range(200))
    assert [len(block.acceleration_g) for block in blocks] == [3, 64 * 3, 64 * 3, 64 * 3]


def test_a_clock_that_is_set_back_does_not_keep_packets_waiting() -> None:
    blocks = told(frame(packet([STILL] * 3), after_s=after_s) for after_s in (0, 0.1, -3600, -3599.9))
    assert [len(block.acceleration_g) for block in blocks] == [3, 6]


@given(
    samples=st.lists(st.tuples(*[st.floats(-8, 8)] * 3), min_size=3, max_size=3),
    range_g=st.sampled_from([2.0, 4.0, 8.0, 16.0]),
)
def test_what_the_simulated_sensor_sends_is_read_back(samples: list[Sample], range_g: float) -> None:
    body = body_of(packet(samples, range_g))
    assert body is not None
    np.testing.assert_allclose(samples_of(body, range_g), np.clip(samples, -range_g, range_g), atol=range_g / 2**15)
