from datetime import timedelta

import numpy as np
import pytest

from analytics.signs import STATE_KEPT, Sign, Signs
from devices.model import Observation, Quantity, Reading, SampleBlock, TriggerKind
from tests.analytics.builders import (
    BACK,
    BED,
    CHAIR,
    FRIDGE,
    FRONT,
    HOME,
    KETTLE,
    KITCHEN,
    RADAR,
    STRAP,
    bed,
    door,
    local,
    motion,
    press,
    reading,
)

NOON = local("12:00")
SECOND = timedelta(seconds=1)


def read(signs: Signs, *values: float, device: str, quantity: Quantity) -> list[Sign | None]:
    """What one sensor's values show, a second apart."""
    return [signs.read(reading(device, quantity, value, NOON + turn * SECOND)) for turn, value in enumerate(values)]


@pytest.fixture
def signs() -> Signs:
    return Signs(HOME, appliance_w=600.0)


IN, OPENED, CLOSED = Sign.INSIDE, Sign.OPENED, Sign.CLOSED


@pytest.mark.parametrize(
    ("device", "quantity", "values", "shows"),
    [
        (KITCHEN, Quantity.MOTION, (0, 1, 1, 0, 0), (None, IN, IN, IN, None)),
        (FRIDGE, Quantity.OPEN, (0, 1, 1, 0, 0), (None, IN, None, IN, None)),
        (FRONT, Quantity.OPEN, (0, 1, 1, 0, 0), (None, OPENED, None, CLOSED, None)),
        (BACK, Quantity.OPEN, (1, 0), (OPENED, CLOSED)),
        (FRONT, Quantity.MOTION, (1, 0, 1), (None, None, None)),
        (CHAIR, Quantity.OCCUPIED, (1, 1, 0), (IN, None, IN)),
        (KETTLE, Quantity.SWITCHED_ON, (0, 1, 1, 0), (None, IN, None, IN)),
        (KETTLE, Quantity.POWER_W, (5, 90, 2000, 2010, 5, 600), (None, None, IN, None, None, IN)),
        ("never_declared", Quantity.MOTION, (1,), (IN,)),
        (STRAP, Quantity.HEART_RATE_BPM, (70,), (None,)),
    ],
)
def test_what_each_kind_of_sensor_shows(
    signs: Signs, device: str, quantity: Quantity, values: tuple[float, ...], shows: tuple[Sign | None, ...]
) -> None:
    assert tuple(read(signs, *values, device=device, quantity=quantity)) == shows


@pytest.mark.parametrize("kind", list(TriggerKind))
def test_who_presses_a_button_is_about_but_a_fall_shows_nobody_moving(signs: Signs, kind: TriggerKind) -> None:
    assert signs.read(press(NOON, kind)) is (None if kind is TriggerKind.FALL else Sign.INSIDE)


def test_raw_samples_show_nothing(signs: Signs) -> None:
    block = SampleBlock(device=RADAR, at=NOON, rate_hz=50.0, acceleration_g=np.zeros((1, 3), np.float32))
    assert signs.read(block) is None


def test_a_reading_that_comes_late_tells_nothing_of_now(signs: Signs) -> None:
    assert signs.read(door(NOON, 1.0)) is Sign.OPENED
    assert signs.read(door(NOON - SECOND, 0.0)) is None
    assert signs.read(door(NOON + SECOND, 1.0)) is None


def test_a_state_that_was_not_heard_of_for_a_day_is_forgotten(signs: Signs) -> None:
    signs.read(door(NOON, 1.0))
    assert signs.read(door(NOON + STATE_KEPT, 1.0)) is None
    assert signs.read(door(NOON + 2 * STATE_KEPT + SECOND, 1.0)) is Sign.OPENED


def occupied(signs: Signs, *observations: Reading) -> None:
    for observation in observations:
        signs.read(observation)


def test_a_bed_is_believed_for_a_day_after_somebody_lay_down(signs: Signs) -> None:
    occupied(signs, bed(NOON, 1.0), bed(NOON + timedelta(hours=2), 1.0))
    assert signs.in_bed_until(NOON + timedelta(hours=20)) == NOON + STATE_KEPT
    assert signs.in_bed_until(NOON + STATE_KEPT) is None


def test_a_bed_that_was_left_is_empty(signs: Signs) -> None:
    assert signs.in_bed_until(NOON) is None
    occupied(signs, bed(NOON, 1.0), bed(NOON + SECOND, 0.0))
    assert signs.in_bed_until(NOON + 2 * SECOND) is None


def test_a_chair_is_no_bed(signs: Signs) -> None:
    occupied(signs, reading(CHAIR, Quantity.OCCUPIED, 1.0, NOON))
    assert signs.in_bed_until(NOON + SECOND) is None


def test_a_bed_sensor_that_shakes_is_not_about_the_bed(signs: Signs) -> None:
    shaking: list[Observation] = [reading(BED, Quantity.MOTION, 1.0, NOON)]
    assert [signs.read(one) for one in shaking] == [Sign.INSIDE]
    assert signs.in_bed_until(NOON + SECOND) is None
    assert signs.read(motion(NOON)) is Sign.INSIDE
