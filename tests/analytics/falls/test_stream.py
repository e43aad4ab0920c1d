from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.falls.features import AFTER, BEFORE, WINDOW
from analytics.falls.stream import Knock, Stream, whole
from devices.model import SampleBlock
from tests.analytics.falls.movement import START, Samples, a_fall, blocks, still, walking

SECOND = timedelta(seconds=1)


def knocks(some: list[SampleBlock]) -> list[Knock]:
    stream = Stream(some[0])
    return [*(knock for block in some for knock in stream.take(block)), *stream.close()]


def lively(seed: int) -> Samples:
    """Half a minute with knocks at any time."""
    dice = np.random.default_rng(seed)
    samples = still(30.0)
    for at in dice.integers(0, len(samples) - 5, 12):
        samples[at : at + 4] *= dice.uniform(1.2, 4.0)
    samples[dice.integers(0, len(samples), 20)] = np.nan
    return samples


@given(
    seed=st.integers(0, 50),
    rate_hz=st.sampled_from([25.0, 50.0, 104.0, 200.0]),
    lengths=st.lists(st.integers(1, 150), min_size=1, max_size=8),
)
def test_where_a_device_cuts_its_blocks_makes_no_difference(seed: int, rate_hz: float, lengths: list[int]) -> None:
    samples = lively(seed)
    one = knocks(list(blocks(samples, (len(samples),), rate_hz=rate_hz)))
    other = knocks(list(blocks(samples, lengths, rate_hz=rate_hz)))
    assert [(knock.at, knock.known_after_s) for knock in other] == [(knock.at, knock.known_after_s) for knock in one]
    for left, right in zip(one, other, strict=True):
        assert np.array_equal(left.window, right.window)


def test_a_knock_is_the_strongest_within_a_second_and_is_told_after_three() -> None:
    samples = still(12.0)
    for at, strength in ((300, 2.0), (340, 3.0), (420, 2.5)):
        samples[at] *= strength
    stream = Stream(next(blocks(samples)))
    told = [(knock, block.at) for block in blocks(samples) for knock in stream.take(block)]
    assert [knock.at - START for knock, _ in told] == [6.8 * SECOND, 8.4 * SECOND]
    assert all(2.5 * SECOND <= at - knock.at <= 4 * SECOND for knock, at in told)
    assert np.array_equal(told[0][0].window, samples[340 - BEFORE : 340 + AFTER + 1])


def test_nothing_is_found_in_stillness_or_in_slow_walking() -> None:
    assert knocks(list(blocks(np.concatenate([still(20.0), walking(20.0, 0.2)])))) == []


def test_a_stream_that_ends_is_judged_by_what_there_is() -> None:
    (knock,) = knocks(list(blocks(a_fall(before_s=1.0, after_s=0.5))))
    assert knock.window.shape == (WINDOW, 3)
    assert not np.isnan(knock.window).any()
    assert knock.known_after_s == pytest.approx(0.98)


def test_a_short_gap_is_lost_samples_and_a_long_one_a_new_stream() -> None:
    first, second = list(blocks(still(4.0), (100,)))
    stream = Stream(first)
    list(stream.take(first))
    assert stream.follows(replace(second, at=second.at + 9 * SECOND))
    assert not stream.follows(replace(second, at=second.at + 11 * SECOND))
    assert not stream.follows(replace(second, at=second.at - SECOND))
    assert not stream.follows(replace(second, rate_hz=25.0))
    list(stream.take(replace(second, at=second.at + 3 * SECOND)))
    assert stream.ends_at == START + 7 * SECOND
    assert stream.looked_at == START + 7 * SECOND


def test_the_times_of_a_device_that_counts_slowly_follow_the_hub() -> None:
    """Its 50 Hz are 49: after a minute it would be 1.2 seconds out."""
    some = [replace(block, at=START + turn * 25 / 49 * SECOND) for turn, block in enumerate(blocks(still(60.0)))]
    samples = some[110].acceleration_g
    samples[3] *= 3
    (knock,) = knocks(some)
    assert abs(knock.at - (some[110].at + 3 / 49 * SECOND)) < 0.3 * SECOND


def test_a_device_that_moves_is_worn_and_one_that_lies_about_is_not_for_long() -> None:
    moving, lying = list(blocks(walking(60.0), (3_000,))), list(blocks(still(1_500.0), (75_000,), START + 60 * SECOND))
    stream = Stream(moving[0])
    list(stream.take(moving[0]))
    assert stream.take_worn_s() == 60
    list(stream.take(lying[0]))
    assert stream.take_worn_s() == pytest.approx(20 * 60, abs=1)
    assert stream.moved_at == START + 60 * SECOND


def test_a_hole_in_a_window_is_as_the_sample_before_it() -> None:
    samples = np.arange(WINDOW * 3, dtype=np.float32).reshape(WINDOW, 3)
    samples[[0, 10, 11]] = np.nan
    filled = whole(samples, 0)
    assert np.array_equal(filled[[10, 11]], samples[[9, 9]])
    assert np.array_equal(filled[0], samples[1])


def test_beyond_its_ends_a_window_goes_on_to_and_fro() -> None:
    samples = np.arange(60, dtype=np.float32)[:, None].repeat(3, axis=1)
    filled = whole(samples, BEFORE)[:, 0]
    assert filled[BEFORE - 3 : BEFORE + 2].tolist() == [3, 2, 1, 0, 1]
    assert filled[BEFORE + 59 : BEFORE + 62].tolist() == [59, 58, 57]
    assert filled[BEFORE + 59 + 50] == 59
    one = np.ones((1, 3), np.float32)
    assert whole(one, BEFORE).shape == (WINDOW, 3)
