"""The fuzzer finds what escapes, and leaves no decoder out."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

import devices.decoders
from benchmarks import fuzz as fuzzing
from benchmarks.fuzz import Outcome, fuzz, report
from benchmarks.fuzz_inputs import LONGEST, anything, spoilt
from benchmarks.fuzz_targets import HAND_WRITTEN, LIBRARIES, TARGETS, Target
from devices.kinds import DeviceKind
from devices.model import DecodeError, Frame, Observation, Quantity, Reading, SampleBlock
from devices.registry import KINDS
from tests.devices.builders import frame

SCALE = next(target for target in TARGETS if target.decoder == "scale")
RADAR = next(target for target in TARGETS if target.decoder == "ld2410")
ROOT = Path(__file__).parents[2]


def named(target: Target) -> str:
    return f"{target.decoder}-{target.source[-4:]}-{target.kind}-{bool(target.key)}"


def with_decoder(target: Target, decode: Callable[[Frame], list[Observation]]) -> DeviceKind:
    return replace(KINDS[target.kind], make_decoder=lambda _: decode)


def fed(target: Target, decode: Callable[[Frame], list[Observation]], inputs: int = 50) -> Outcome:
    return fuzz(target, with_decoder(target, decode), inputs=inputs, seed=1)


@pytest.mark.parametrize("target", TARGETS, ids=named)
def test_no_input_escapes(target: Target) -> None:
    """A few of them; `make fuzz` has the others."""
    outcome = fuzz(target, KINDS[target.kind], inputs=500, seed=2)
    assert outcome.escaped == []
    assert outcome.inputs == outcome.read + outcome.refused == 500
    assert min(outcome.read, outcome.refused) > 10, "what is fed is neither all noise nor all as it should be"
    assert "500 inputs" in outcome.line()


@pytest.mark.parametrize("target", TARGETS, ids=named)
def test_every_target_begins_with_frames_that_can_be_read(target: Target) -> None:
    kind = KINDS[target.kind]
    assert target.source in kind.sources
    for payload in target.frames:
        decode = kind.make_decoder(fuzzing._setup(target))
        try:
            decode(frame(payload, target.source))
        except DecodeError:
            assert target.decoder in ("switchbot", "polar"), "the frames of other models, and a refusal to stream"


def test_no_decoder_is_left_out() -> None:
    files = {path.stem for path in Path(devices.decoders.__path__[0]).glob("*.py")} - {"__init__"}
    assert {target.decoder for target in TARGETS} == files
    assert {target.decoder for target in LIBRARIES} == {"bthome", "xiaomi", "ruuvitag"}
    assert {target.decoder for target in HAND_WRITTEN}.isdisjoint({target.decoder for target in LIBRARIES})


def test_an_error_that_escapes_is_told_with_its_input() -> None:
    def breaks_on_an_odd_byte(frame: Frame) -> list[Observation]:
        if frame.payload and frame.payload[0] % 2:
            raise IndexError("a byte too far")
        raise DecodeError("refused")

    outcome = fed(SCALE, breaks_on_an_odd_byte)
    assert outcome.escaped
    assert all(bytes.fromhex(how.split(":")[0])[0] % 2 for how in outcome.escaped)
    assert all("IndexError('a byte too far')" in how for how in outcome.escaped)
    assert outcome.refused + len(outcome.escaped) == outcome.inputs


def test_too_many_observations_of_one_frame_escape() -> None:
    def says_too_much(frame: Frame) -> list[Observation]:
        return [Reading(device="it", quantity=Quantity.WEIGHT_KG, value=70.0, at=frame.at)] * 601

    assert "601 observations and 0 samples" in fed(SCALE, says_too_much).escaped[0]


def test_too_many_samples_of_one_frame_escape() -> None:
    def says_too_much(frame: Frame) -> list[Observation]:
        block = SampleBlock(device="it", at=frame.at, rate_hz=50.0, acceleration_g=np.zeros((3001, 3), np.float32))
        return [block, block]

    assert "2 observations and 6002 samples" in fed(SCALE, says_too_much).escaped[0]


def test_a_buffer_that_is_never_emptied_escapes() -> None:
    kind = replace(KINDS["ld2410"], split=lambda _: [])
    outcome = fuzz(RADAR, kind, inputs=500, seed=1)
    assert "bytes are held back" in outcome.escaped[-1]


def test_the_same_seed_makes_the_same_inputs() -> None:
    def inputs(seed: int) -> list[bytes]:
        rng = Random(seed)  # noqa: S311 -- the inputs of the fuzzer
        return [anything(rng) for _ in range(100)] + [spoilt(RADAR.frames, rng) for _ in range(100)]

    assert inputs(1) == inputs(1) != inputs(2)
    assert max(map(len, inputs(1))) <= LONGEST


def test_it_runs_as_a_command_and_prints_its_counts() -> None:
    command = [sys.executable, "-m", "benchmarks.fuzz", "--inputs", "500", "--jobs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    *lines, total = done.stdout.splitlines()
    assert len(lines) == len(TARGETS)
    assert total == f"{len(TARGETS) * 20} inputs in all, 0 escaped"


def test_an_escape_ends_the_command_with_one(capsys: pytest.CaptureFixture[str]) -> None:
    escaped = Outcome("scale 2a9d", inputs=3, escaped=[f"{number:02x}: IndexError()" for number in range(9)])
    assert report([escaped, Outcome("battery 2a19", inputs=4)]) == 1
    printed = capsys.readouterr().out
    assert "7 inputs in all, 9 escaped" in printed
    assert printed.count("IndexError()") == 5
