"""Lost samples: counted by the device's stamps, or by the time that is missing."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.streams.gaps import ArrivalGaps, StampGaps, Timed
from tests.fakes import START

RATES = pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 200.0])
THREE = bytes(18)


@RATES
@pytest.mark.parametrize("lost", [0, 1, 2, 5])
@pytest.mark.parametrize("wrong", [-0.03, 0.0, 0.03])
def test_stamps_tell_how_many_packets_were_lost(rate_hz: float, lost: int, wrong: float) -> None:
    """Also of a device that keeps another rate than it was asked for."""
    gaps, size, kept_hz = StampGaps(rate_hz), 36, rate_hz * (1 + wrong)
    for number in range(40):
        assert gaps.missing(size, number * size / kept_hz) == 0
    assert gaps.missing(size, (40 + lost) * size / kept_hz) == pytest.approx(lost * size, abs=1)
    assert gaps.missing(size, (41 + lost) * size / kept_hz) == 0


def test_packets_of_any_size_are_counted() -> None:
    gaps, last_s = StampGaps(50.0), 0.0
    gaps.missing(10, last_s)
    for size in (40, 12, 40, 7, 1, 30):
        last_s += size / 50
        assert gaps.missing(size, last_s) == 0
    assert gaps.missing(40, last_s + (40 + 12) / 50) == 12


def test_a_clock_that_goes_back_tells_nothing() -> None:
    gaps = StampGaps(50.0)
    gaps.missing(5, 100.0)
    assert gaps.missing(5, 99.0) is None
    assert gaps.missing(5, 99.1) == 0


class Feed:
    """Feeds packets of three, and keeps what was let through."""

    def __init__(self, rate_hz: float) -> None:
        self.gaps = ArrivalGaps(rate_hz)
        self.let_through: list[Timed] = []

    def hear(self, at_s: float) -> None:
        self.let_through += self.gaps.take(THREE, 3, START + timedelta(seconds=at_s))

    @property
    def missing(self) -> int:
        return sum(timed.missing for timed in self.let_through)


@given(
    rate_hz=st.sampled_from([25.0, 50.0, 100.0, 200.0]),
    wrong=st.floats(-0.01, 0.01),
    most_s=st.sampled_from([0.0, 0.02, 0.05]),
    seed=st.integers(0, 100),
)
def test_waiting_is_not_losing(rate_hz: float, wrong: float, most_s: float, seed: int) -> None:
    """Whatever the radio's intervals, whatever the sensor's rate, and over a stall of half a second."""
    rng, feed, last_s = Random(seed), Feed(rate_hz), 0.0  # noqa: S311 -- a simulated radio
    for number in range(300):
        taken_s = number * 3 / rate_hz * (1 + wrong)
        stall_s = max(0.0, 0.5 - (taken_s - 3.0)) if 3.0 <= taken_s < 3.5 else 0.0
        last_s = max(last_s, taken_s + rng.random() * most_s + stall_s)
        feed.hear(last_s)
    assert feed.missing == 0
    assert len(feed.let_through) >= 300 - rate_hz


@RATES
@pytest.mark.parametrize("lost", [4, 10, 60])
def test_what_is_missing_for_good_was_lost(rate_hz: float, lost: int) -> None:
    rng, feed = Random(7), Feed(rate_hz)  # noqa: S311 -- a simulated radio
    numbers = [number for number in range(600) if not 200 <= number < 200 + lost]
    last_s = 0.0
    for number in numbers:
        last_s = max(last_s, number * 3 / rate_hz + rng.random() * 0.02)
        feed.hear(last_s)
    assert feed.missing == lost * 3
    before = next(index for index, timed in enumerate(feed.let_through) if timed.missing)
    assert before == pytest.approx(200, abs=1), "the rows stand where the packets are missing"
    assert feed.let_through[-1].last_s * rate_hz == 600 * 3


def test_a_packet_that_comes_late_is_held_until_it_is_certain_and_then_told_in_order() -> None:
    feed = Feed(50.0)
    for number in range(20):
        feed.hear(number * 0.06)
    feed.hear(1.6)
    assert len(feed.let_through) == 20
    feed.hear(1.61)
    feed.hear(1.62)
    assert len(feed.let_through) == 20
    for number in range(7):
        feed.hear(1.63 + number / 1000)
    assert len(feed.let_through) == 30, "they have caught up"
    assert feed.missing == 0


def test_a_reconnection_is_one_long_gap() -> None:
    feed = Feed(50.0)
    for number in range(50):
        feed.hear(number * 0.06)
    for number in range(50):
        feed.hear(600.0 + number * 0.06)
    assert feed.missing == pytest.approx((600 - 50 * 0.06) * 50, abs=3)


def test_a_burst_after_a_long_silence_is_held_in_bounded_memory() -> None:
    feed = Feed(50.0)
    feed.hear(0.0)
    for _ in range(3000):
        feed.hear(3600.0)
    assert len(feed.let_through) > 2500
    assert feed.missing > 0


def test_a_hub_clock_that_is_set_back_is_no_loss() -> None:
    feed = Feed(50.0)
    for number in range(50):
        feed.hear(number * 0.06)
    for number in range(50, 100):
        feed.hear(number * 0.06 - 3600)
    assert feed.missing == 0
    assert len(feed.let_through) == 100
