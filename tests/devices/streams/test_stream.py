"""Blocks of samples: at the hub's time, with what was lost in between."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise
from random import Random

import numpy as np
import pytest

from devices.decoders import metamotion, polar
from devices.kinds import DeviceSetup
from devices.model import Decoder, Frame, Observation, Quantity, Reading, SampleBlock
from devices.simulated import frames_metamotion, frames_polar
from devices.simulated.faults import drift, drops, duplicates, spoilt, waits
from devices.streams.stream import Stream
from tests.devices.builders import MAC
from tests.fakes import START

SECONDS = 180
PERIOD_S = 7.0
"""The samples tell their own time: the x axis goes up and starts again every seven seconds."""


def ramp_mg(taken_s: float) -> int:
    return round(taken_s % PERIOD_S * 1000)


def polar_frames(rate_hz: float, size: int = 36, gain_ppm: float = 0.0) -> Iterable[Frame]:
    """Three minutes of a strap whose clock gains; each sample tells when it was truly taken."""
    pace_s = 1 / rate_hz / (1 + gain_ppm / 1e6)
    for number in range(int(SECONDS * rate_hz / size)):
        indices = range(number * size, (number + 1) * size)
        samples = [(ramp_mg(index * pace_s), 0, 1000) for index in indices]
        payload = frames_polar.packet(samples, round(indices[-1] / rate_hz * 1e9))
        at = START + timedelta(seconds=indices[-1] * pace_s)
        yield Frame(address=MAC, source=polar.DATA_SOURCE, payload=payload, at=at)


def metamotion_frames(rate_hz: float) -> Iterable[Frame]:
    """Three minutes of a wrist-worn sensor; each sample tells when it was taken."""
    for number in range(int(SECONDS * rate_hz / 3)):
        indices = range(number * 3, (number + 1) * 3)
        samples = [(ramp_mg(index / rate_hz) / 1000, 0.0, 1.0) for index in indices]
        at = START + timedelta(seconds=indices[-1] / rate_hz)
        payload = frames_metamotion.packet(samples)
        yield Frame(address=MAC, source=metamotion.SOURCE, payload=payload, at=at)


def setup(kind: str, rate_hz: float) -> DeviceSetup:
    return DeviceSetup(name="it", kind=kind, address=MAC, options={"rate_hz": f"{rate_hz:g}"})


def told(decode: Decoder, frames: Iterable[Frame]) -> list[Observation]:
    return [observation for frame in frames for observation in decode(frame)]


def blocks(observations: Iterable[Observation]) -> list[SampleBlock]:
    return [one for one in observations if isinstance(one, SampleBlock)]


def lateness_s(block: SampleBlock) -> list[float]:
    """By how much each sample that was not lost is told late."""
    first_s = (block.at - START).total_seconds()
    told_s = first_s + np.arange(len(block.acceleration_g)) / block.rate_hz
    taken_s = block.acceleration_g[:, 0]
    late = (told_s - taken_s + PERIOD_S / 2) % PERIOD_S - PERIOD_S / 2
    return [float(value) for value in late[~np.isnan(late)]]


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 200.0])
@pytest.mark.parametrize("gain_ppm", [-60.0, 0.0, 60.0])
def test_a_strap_is_told_at_the_hubs_time_whatever_waits_and_is_lost(rate_hz: float, gain_ppm: float) -> None:
    rng = Random(3)  # noqa: S311 -- simulated faults
    faults = (drops(rng, 0.05), waits(rng, timedelta(milliseconds=80)), duplicates(rng, 0.05))
    observations = told(polar.make(setup("polar", rate_hz)), spoilt(polar_frames(rate_hz, gain_ppm=gain_ppm), *faults))
    heard = blocks(observations)
    late_s = [value for block in heard[len(heard) // 2 :] for value in lateness_s(block)]
    assert -0.02 < min(late_s) <= max(late_s) < 0.04
    rows = sum(len(block.acceleration_g) for block in heard)
    assert rows == pytest.approx(SECONDS * rate_hz, abs=4 * 36), "every sample was heard, or is a row of nothing"
    drifts = [one.value for one in observations if isinstance(one, Reading)]
    assert drifts[-1] == pytest.approx(gain_ppm, abs=200)


def test_no_sample_is_ever_made_up() -> None:
    rng = Random(5)  # noqa: S311 -- simulated faults
    sent = list(polar_frames(50.0))
    kept = list(drops(rng, 0.2)(sent))
    heard = blocks(told(polar.make(setup("polar", 50.0)), kept))
    true = np.concatenate([block.acceleration_g for block in heard])
    assert np.count_nonzero(~np.isnan(true[:, 0])) == len(kept) * 36


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 200.0])
@pytest.mark.parametrize("gain_ppm", [-8000.0, 0.0, 8000.0])
def test_a_sensor_without_a_clock_is_told_at_the_hubs_time(rate_hz: float, gain_ppm: float) -> None:
    """Its samples tell its own time, which the hub's is behind by what it gains."""
    rng = Random(4)  # noqa: S311 -- simulated faults
    frames = spoilt(metamotion_frames(rate_hz), drift(gain_ppm), waits(rng, timedelta(milliseconds=40)))
    observations = told(metamotion.make(setup("metamotion", rate_hz)), frames)
    heard = blocks(observations)
    late_s = []
    for block in heard[len(heard) // 2 :]:
        hub_s = (block.at - START).total_seconds()
        own_s = hub_s * (1 + gain_ppm / 1e6)
        late_s.append((own_s - float(block.acceleration_g[0, 0]) + PERIOD_S / 2) % PERIOD_S - PERIOD_S / 2)
    assert -0.03 < min(late_s) <= max(late_s) < 0.05
    assert not any(np.isnan(block.acceleration_g).any() for block in heard)
    drifts = [one.value for one in observations if isinstance(one, Reading)]
    assert drifts[-1] == pytest.approx(gain_ppm, abs=200)


def test_the_drift_is_told_about_once_a_minute() -> None:
    observations = told(polar.make(setup("polar", 50.0)), polar_frames(50.0))
    drifts = [one for one in observations if isinstance(one, Reading)]
    assert {one.quantity for one in drifts} == {Quantity.CLOCK_DRIFT_PPM}
    assert len(drifts) == 2
    assert (drifts[1].at - drifts[0].at).total_seconds() == pytest.approx(60, abs=1)


def test_a_long_gap_is_not_filled_but_shows_in_the_time() -> None:
    frames = [frame for frame in polar_frames(50.0) if not 30 <= (frame.at - START).total_seconds() < 90]
    heard = blocks(told(polar.make(setup("polar", 50.0)), frames))
    assert not any(np.isnan(block.acceleration_g).any() for block in heard)
    pauses_s = [(after.at - before.at).total_seconds() for before, after in pairwise(heard)]
    assert max(pauses_s) == pytest.approx(60.0, abs=1.5)


def test_the_range_at_which_the_device_clips_goes_with_the_block() -> None:
    (block,) = blocks(Stream("it", 50.0, 4.0).block(np.zeros((2, 3), np.float32), 1.0, 0, START))
    assert (block.range_g, block.rate_hz) == (4.0, 50.0)
