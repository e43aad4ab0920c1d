import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.metamotion import COMMAND_SOURCE, make, parse, writes
from devices.kinds import DeviceSetup
from devices.model import DecodeError, SampleBlock
from devices.simulated.frames_metamotion import Sample, packet
from tests.devices.builders import MAC, frame

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


def test_a_lost_packet_is_rows_of_nothing_once_it_is_certain() -> None:
    decode = make(setup())
    rows = []
    for number in range(60):
        if number != 20:
            for block in decode(frame(packet([STILL] * 3), after_s=number * 0.06)):
                assert isinstance(block, SampleBlock)
                rows += [bool(row) for row in np.isnan(block.acceleration_g[:, 0])]
    assert rows == [False] * 60 + [True] * 3 + [False] * 117


@given(
    samples=st.lists(st.tuples(*[st.floats(-8, 8)] * 3), min_size=3, max_size=3),
    range_g=st.sampled_from([2.0, 4.0, 8.0, 16.0]),
)
def test_what_the_simulated_sensor_sends_is_read_back(samples: list[Sample], range_g: float) -> None:
    read = parse(packet(samples, range_g), range_g)
    assert read is not None
    np.testing.assert_allclose(read, np.clip(samples, -range_g, range_g), atol=range_g / 2**15)
