from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders import esp3, ld2410
from devices.framing import Fit, Splitter
from devices.simulated.frames_esp3 import rocker_press, temperature
from devices.simulated.frames_ld2410 import Target, report

SPLITTERS = {"ld2410": ld2410.split, "esp3": esp3.split}
FRAMES = {
    "ld2410": [report(), report(moving=Target(distance_cm=120, energy_percent=80))],
    "esp3": [rocker_press("0029A1B2"), temperature("01825DAB", 21.0)],
}
KINDS = pytest.mark.parametrize("kind", sorted(SPLITTERS))


def in_pieces(split: Splitter, stream: bytes, cuts: list[int]) -> tuple[list[bytes], bytearray]:
    buffer, found = bytearray(), list[bytes]()
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    for start, end in pairwise(edges):
        buffer += stream[start:end]
        found += split(buffer)
    return found, buffer


@KINDS
@given(st.binary(max_size=2000))
def test_any_bytes_leave_a_bounded_rest(kind: str, noise: bytes) -> None:
    split = SPLITTERS[kind]
    buffer = bytearray(noise)
    split(buffer)
    assert len(buffer) < split.longest
    rest = bytes(buffer)
    assert split(buffer) == []
    assert buffer == rest


@KINDS
@given(picks=st.lists(st.integers(0, 1), max_size=8), cuts=st.lists(st.integers(0, 500), max_size=30))
def test_however_a_stream_is_cut_every_frame_is_found(kind: str, picks: list[int], cuts: list[int]) -> None:
    frames = [FRAMES[kind][pick] for pick in picks]
    found, rest = in_pieces(SPLITTERS[kind], b"".join(frames), cuts)
    assert found == frames
    assert rest == b""


@KINDS
@given(picks=st.lists(st.tuples(st.integers(0, 1), st.binary(max_size=30)), min_size=1, max_size=8))
def test_noise_between_frames_costs_no_frame(kind: str, picks: list[tuple[int, bytes]]) -> None:
    """The noise has no sync byte: what pretends to be a frame is another test's."""
    clean = [(FRAMES[kind][pick], noise.replace(b"\x55", b"").replace(b"\xf4", b"")) for pick, noise in picks]
    stream = b"".join(noise + frame for frame, noise in clean)
    found, rest = in_pieces(SPLITTERS[kind], stream, list(range(0, len(stream), 7)))
    assert found == [frame for frame, _ in clean]
    assert rest == b""


@KINDS
def test_a_frame_that_comes_byte_by_byte_is_found_with_its_last(kind: str) -> None:
    frame = FRAMES[kind][0]
    buffer = bytearray()
    for byte in frame[:-1]:
        buffer.append(byte)
        assert SPLITTERS[kind](buffer) == []
    buffer.append(frame[-1])
    assert SPLITTERS[kind](buffer) == [frame]


@KINDS
def test_a_torn_frame_does_not_cost_the_next(kind: str) -> None:
    frame, following = FRAMES[kind]
    for size in range(len(frame)):
        buffer = bytearray(frame[:size] + following)
        assert SPLITTERS[kind](buffer) == [following]
        assert buffer == b""


def test_a_frame_that_never_ends_is_given_up_at_the_longest_length() -> None:
    split = Splitter(sync=b"a", longest=5, measure=lambda _: Fit.UNFINISHED)
    buffer = bytearray(b"a1234567a12")
    assert split(buffer) == []
    assert buffer == b"a12"


def test_a_sync_that_is_cut_off_is_kept() -> None:
    split = Splitter(sync=b"abc", longest=9, measure=lambda data: 4 if len(data) >= 4 else Fit.UNFINISHED)
    buffer = bytearray(b"....ab")
    assert split(buffer) == []
    assert buffer == b"ab"
    buffer += b"c!"
    assert split(buffer) == [b"abc!"]
