"""Faults to order: each spoils what it says, as often as it says, and the same seed spoils the same."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest

from devices.model import Frame
from devices.simulated.faults import (
    Fault,
    dead_battery,
    drift,
    drops,
    duplicates,
    noise,
    spoilt,
    truncation,
    waits,
)
from tests.devices.builders import frame

COUNT = 2000
FRAMES = [frame(number.to_bytes(4, "big"), after_s=number) for number in range(COUNT)]


def rng() -> Random:
    return Random(11)  # noqa: S311 -- simulated faults


def numbers(frames: list[Frame]) -> list[int]:
    return [int.from_bytes(one.payload, "big") for one in frames]


def test_without_a_fault_nothing_is_spoilt() -> None:
    assert list(spoilt(FRAMES)) == FRAMES


@pytest.mark.parametrize("make", [drops, noise, truncation, duplicates])
def test_none_and_all_may_be_spoilt(make: Callable[[Random, float], Fault]) -> None:
    assert list(make(rng(), 0.0)(FRAMES)) == FRAMES
    assert all(spoilt not in FRAMES or make is duplicates for spoilt in make(rng(), 1.0)(FRAMES))


def test_as_many_are_dropped_as_was_said_and_the_rest_is_as_it_was() -> None:
    heard = list(drops(rng(), 0.2)(FRAMES))
    assert len(heard) == pytest.approx(0.8 * COUNT, rel=0.05)
    assert numbers(heard) == sorted(numbers(heard))


def test_noise_turns_one_bit() -> None:
    heard = list(noise(rng(), 0.5)(FRAMES))
    turned = [(before ^ after).bit_count() for before, after in zip(numbers(FRAMES), numbers(heard), strict=True)]
    assert set(turned) == {0, 1}
    assert sum(turned) == pytest.approx(0.5 * COUNT, rel=0.1)


def test_a_truncated_frame_is_the_beginning_of_what_it_was() -> None:
    heard = list(truncation(rng(), 1.0)(FRAMES))
    assert all(before.payload.startswith(after.payload) for before, after in zip(FRAMES, heard, strict=True))
    assert {len(one.payload) for one in heard} == {0, 1, 2, 3}


def test_a_frame_without_bytes_cannot_be_spoilt() -> None:
    empty = [frame("")]
    assert list(spoilt(empty, noise(rng(), 1.0), truncation(rng(), 1.0))) == empty


def test_a_duplicate_comes_right_after_its_frame() -> None:
    heard = list(duplicates(rng(), 0.3, after=timedelta(seconds=0.02))(FRAMES))
    again = [index for index in range(1, len(heard)) if heard[index].payload == heard[index - 1].payload]
    assert len(again) == pytest.approx(0.3 * COUNT, rel=0.1)
    assert all((heard[index].at - heard[index - 1].at).total_seconds() == 0.02 for index in again)


def test_frames_wait_and_none_overtakes_another() -> None:
    heard = list(waits(rng(), timedelta(seconds=3))(FRAMES))
    assert numbers(heard) == numbers(FRAMES)
    waited_s = [(after.at - before.at).total_seconds() for before, after in zip(FRAMES, heard, strict=True)]
    assert min(waited_s) >= 0
    assert 2.5 < max(waited_s) <= 3
    assert [one.at for one in heard] == sorted(one.at for one in heard)


def test_a_clock_that_gains_speaks_early() -> None:
    heard = list(drift(100.0)(FRAMES))
    assert heard[0] == FRAMES[0]
    assert (FRAMES[-1].at - heard[-1].at).total_seconds() == pytest.approx((COUNT - 1) * 1e-4, rel=1e-3)


def test_a_dead_battery_is_silence() -> None:
    assert list(dead_battery(FRAMES[7].at)(FRAMES)) == FRAMES[:7]


def test_faults_go_together_and_the_same_seed_spoils_the_same() -> None:
    def heard() -> list[Frame]:
        source = rng()
        faults = (drops(source, 0.1), noise(source, 0.1), truncation(source, 0.1), duplicates(source, 0.1))
        return list(spoilt(FRAMES, *faults, dead_battery(FRAMES[1000].at)))

    assert heard() == heard()
    assert 800 < len(heard()) < 1100
