"""The line between a device's clock and the hub's, however the packets were held up."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.streams.clock import DeviceClock
from tests.fakes import START


def error_s(clock: DeviceClock, device_s: float, true_s: float) -> float:
    """How late the clock tells a moment of the device's that was truly then."""
    return (clock.hub_time(device_s) - START).total_seconds() - true_s


def heard(gain_ppm: float, waits_s: list[float], every_s: float = 0.5, origin_s: float = 0.0) -> DeviceClock:
    """A clock that heard packets which each waited so long; the device's clock gains."""
    clock = DeviceClock()
    for number, wait_s in enumerate(waits_s):
        true_s = number * every_s
        clock.hear(origin_s + true_s * (1 + gain_ppm / 1e6), START + timedelta(seconds=true_s + wait_s))
    return clock


def test_nothing_can_be_told_before_anything_was_heard() -> None:
    clock = DeviceClock()
    assert clock.drift_ppm is None
    with pytest.raises(LookupError, match="nothing was heard"):
        clock.hub_time(0.0)


@given(
    gain_ppm=st.floats(-100, 100),
    origin_s=st.floats(0, 1e9),
    seed=st.integers(0, 1000),
    most_s=st.sampled_from([0.0, 0.01, 0.05]),
)
def test_times_are_right_to_the_least_wait_however_the_others_waited(
    gain_ppm: float, origin_s: float, seed: int, most_s: float
) -> None:
    rng = Random(seed)  # noqa: S311 -- a simulated radio
    waits_s = [rng.random() * most_s + (rng.random() < 0.05) * rng.random() for _ in range(600)]
    clock = heard(gain_ppm, waits_s, origin_s=origin_s)
    for true_s in (150.0, 250.0, 300.0):
        late_s = error_s(clock, origin_s + true_s * (1 + gain_ppm / 1e6), true_s)
        assert -0.001 - most_s / 5 <= late_s <= 0.001 + most_s / 2
    assert clock.drift_ppm == pytest.approx(gain_ppm, abs=2 + most_s * 1500)


def test_the_mean_of_the_waits_does_not_move_the_line() -> None:
    """A line through the packets would be 0.1 s late here; the one below them is not."""
    clock = heard(0.0, [0.0, 0.2, 0.2, 0.2, 0.0, 0.1] * 100)
    assert abs(error_s(clock, 290.0, 290.0)) < 0.001


def test_a_sensor_that_is_wrong_by_a_hundredth_is_followed() -> None:
    clock = heard(10_000, [0.0] * 600)
    assert clock.drift_ppm == pytest.approx(10_000, abs=1)
    assert abs(error_s(clock, 303.0, 300.0)) < 0.001


def test_a_clock_cannot_be_worse_than_any_oscillator() -> None:
    clock = DeviceClock()
    for second in range(100):
        clock.hear(float(second), START + timedelta(seconds=second * 1.06))
    assert clock.drift_ppm is None or abs(clock.drift_ppm) <= 50_000


def test_the_drift_is_not_told_before_it_is_known() -> None:
    assert heard(50, [0.0] * 100).drift_ppm is None
    assert heard(50, [0.0] * 150).drift_ppm == pytest.approx(50)


@pytest.mark.parametrize("step_s", [-3600.0, -1.0, 30.0, 86_400.0])
def test_a_hub_clock_that_is_set_is_followed_at_once(step_s: float) -> None:
    clock = heard(0.0, [0.0] * 100)
    clock.hear(50.0, START + timedelta(seconds=50.0 + step_s))
    assert error_s(clock, 50.0, 50.0 + step_s) == pytest.approx(0.0)
    assert clock.drift_ppm is None


def test_a_small_step_forward_is_followed_when_no_packet_comes_in_time_any_more() -> None:
    """A second may be the radio's doing; ten seconds of nothing but that are not."""
    clock = heard(0.0, [0.0] * 100 + [1.0] * 30)
    assert error_s(clock, 64.0, 64.0) == pytest.approx(1.0)


def test_a_stall_of_seconds_does_not_move_the_line() -> None:
    clock = heard(0.0, [0.0] * 100 + [2.0, 1.5, 1.0, 0.5] + [0.0] * 20)
    assert abs(error_s(clock, 60.0, 60.0)) < 0.001


def test_packets_that_come_all_at_one_moment_of_the_device_do_no_harm() -> None:
    clock = DeviceClock()
    for number in range(40):
        clock.hear(float(number // 20 * 5), START + timedelta(seconds=number / 10))
    assert clock.hub_time(5.0) >= START
