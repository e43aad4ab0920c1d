"""The movement that a finding rests on is kept with it, to a thousandth of g, and never changed."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as made
from sqlalchemy import Connection, Engine

from analytics.model import FindingKind
from devices.model import SampleBlock
from hub.escalation.movement import described, drawn
from hub.store import findings, movements
from tests.fakes import START
from tests.hub.escalation.homes import finding

SAMPLES = made.arrays(np.float32, st.tuples(st.integers(1, 40), st.just(3)), elements=st.floats(-16, 16, width=32))


def block(samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> SampleBlock:
    return SampleBlock(device="watch", at=START, rate_hz=50.0, acceleration_g=samples.astype(np.float32), range_g=4.0)


def lying(seconds: float = 2.0) -> SampleBlock:
    samples = np.zeros((int(seconds * 50), 3), np.float32)
    samples[:, 2] = 1.0
    return block(samples)


@pytest.fixture
def connection(engine: Engine) -> Connection:
    return engine.connect()


def stored(connection: Connection, window: SampleBlock | None, episode: str) -> int:
    found = replace(finding(FindingKind.FALL), window=window, episode=episode)
    number = findings.record(connection, found)
    assert number is not None
    return number


def test_a_finding_without_movement_keeps_none(connection: Connection) -> None:
    assert movements.kept(connection, stored(connection, None, "1")) is None


@settings(max_examples=25)
@given(samples=SAMPLES)
def test_what_is_kept_comes_back_to_a_thousandth_of_g(
    samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> None:
    counts = np.frombuffer(movements.packed(block(samples)), "<i2").reshape(-1, 3)
    assert np.abs(counts / 1_000 - samples).max() <= 0.00051


def test_a_lost_sample_stays_lost_and_one_beyond_any_range_is_the_largest(connection: Connection) -> None:
    samples = np.array([[0, 0, 1], [np.nan, 0, 1], [99, -99, np.inf]], np.float32)
    back = movements.kept(connection, stored(connection, block(samples), "1"))
    assert back is not None
    assert (back.device, back.at, back.rate_hz, back.range_g) == ("watch", START, 50.0, 4.0)
    assert np.isnan(back.acceleration_g[1]).all()
    assert back.acceleration_g[0].tolist() == [0.0, 0.0, 1.0]
    assert back.acceleration_g[2] == pytest.approx([32.767, -32.767, 32.767])


def test_the_same_episode_keeps_its_movement_once(connection: Connection) -> None:
    first = replace(finding(FindingKind.FALL), window=lying(), episode="1")
    assert findings.record(connection, first) is not None
    assert findings.record(connection, first) is None


def test_movement_is_told_by_when_it_was_strongest_and_drawn_in_a_line() -> None:
    window = lying()
    window.acceleration_g[60] = (0.0, 3.0, 4.0)
    window.acceleration_g[:12] = np.nan
    told = described(window)
    assert told is not None
    assert (told["seconds"], told["peak_g"]) == (2.0, 5.0)
    assert told["peak_at"] == START + timedelta(seconds=1.2)
    assert drawn(told["strength_g"]) == "·▃▃▃▃█▃▃▃"
    assert described(None) is described(lying(0.0)) is None
    assert (described(block(np.full((9, 3), np.nan))) or {})["peak_g"] == 0.0
