import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.falls.resample import RANGE_G, Resampler, usable

RATES = st.sampled_from([25.0, 31.25, 50.0, 64.0, 100.0, 104.0, 200.0])


def wave(rate_hz: float, seconds: float = 4.0) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.stack([np.sin(2 * np.pi * times), np.cos(2 * np.pi * times), times], axis=1).astype(np.float32)


@given(rate_hz=RATES, lengths=st.lists(st.integers(0, 90), min_size=1, max_size=20))
def test_where_a_stream_is_cut_changes_no_bit(rate_hz: float, lengths: list[int]) -> None:
    samples = wave(rate_hz)
    whole = Resampler(rate_hz).take(samples)
    parts, resampler, first = [], Resampler(rate_hz), 0
    for length in [*lengths, len(samples)]:
        parts.append(resampler.take(samples[first : first + length]))
        first += length
    assert np.array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize("rate_hz", [25.0, 31.25, 64.0, 100.0, 104.0, 200.0])
def test_a_slow_movement_is_the_same_at_every_rate(rate_hz: float) -> None:
    made = Resampler(rate_hz).take(wave(rate_hz))
    assert len(made) == pytest.approx(200, abs=4)
    assert np.abs(made - wave(50.0)[: len(made)]).max() < 0.12


def test_what_a_modest_device_could_not_see_is_cut_off() -> None:
    made = Resampler(50.0).take(np.array([[16.0, -16.0, 1.0]], np.float32))
    assert made.tolist() == [[RANGE_G, -RANGE_G, 1.0]]


def test_a_lost_sample_stays_lost() -> None:
    samples = wave(100.0)
    samples[100] = np.nan
    lost = np.isnan(Resampler(100.0).take(samples)[:, 0])
    assert 1 <= lost.sum() <= 2
    assert lost[49:51].any()


@pytest.mark.parametrize(("rate_hz", "expected"), [(19.9, False), (20.0, True), (1_000.0, True), (float("nan"), False)])
def test_a_device_that_samples_too_seldom_is_not_listened_to(rate_hz: float, *, expected: bool) -> None:
    assert usable(rate_hz) is expected
