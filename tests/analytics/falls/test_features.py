import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from analytics.falls.features import BEFORE, NAMES, WINDOW, features, may_be_a_fall
from analytics.falls.stream import Stream
from tests.analytics.falls.movement import Samples, a_fall, blocks, still, walking


def window(samples: Samples) -> Samples:
    (block,) = blocks(samples, (len(samples),))
    stream = Stream(block)
    knocks = [*stream.take(block), *stream.close()]
    return max(knocks, key=lambda knock: float(np.linalg.norm(knock.window[BEFORE]))).window


def named(some: Samples) -> dict[str, float]:
    return dict(zip(NAMES, features(some[None])[0].tolist(), strict=True))


FALL = window(a_fall())
GENTLE = window(a_fall(hardness=0.35))


@given(turn=st.tuples(*[st.floats(-3, 3)] * 3))
def test_how_the_device_is_turned_makes_no_difference(turn: tuple[float, float, float]) -> None:
    turned = Rotation.from_rotvec(turn).apply(FALL)
    assert features(turned[None]) == pytest.approx(features(FALL[None]), abs=1e-3)


def test_a_fall_in_numbers() -> None:
    fall = named(FALL)
    assert fall["peak_g"] > 5
    assert fall["low_g_min"] < 0.4
    assert fall["low_g_area"] > 0.1
    assert 80 < fall["tilt_deg"] < 95
    assert fall["settled_spread"] < 0.02
    assert fall["strides_before"] == fall["strides_after"] == 0
    assert fall["speed_down"] > 0.1


def test_the_harder_fall_has_more_of_everything_that_tells_of_hardness() -> None:
    hard, gentle = named(FALL), named(GENTLE)
    for name in ("peak_g", "impact_rms", "impact_jerk", "impact_jerk_max", "peak_to_before", "jerk_impact_after"):
        assert hard[name] > gentle[name]


def test_stillness_is_nothing_and_never_divides_by_it() -> None:
    assert np.isfinite(features(np.zeros((1, WINDOW, 3)))).all()
    assert named(np.ones((WINDOW, 3), np.float32))["tilt_deg"] == pytest.approx(0, abs=0.1)


def test_one_window_is_judged_as_it_is_among_many() -> None:
    many = features(np.stack([FALL, GENTLE, FALL]))
    assert np.array_equal(many[0], features(FALL[None])[0])
    assert np.array_equal(many[0], many[2])


def test_a_knock_that_is_no_livelier_than_what_follows_is_passed_over() -> None:
    assert may_be_a_fall(FALL)
    assert not may_be_a_fall(window(np.concatenate([still(3.0), walking(20.0, 0.9)])))
