import math
from datetime import timedelta

import pytest

from analytics.gate import PLAUSIBLE, plausible
from devices.model import Quantity
from tests.analytics.builders import STRAP, local, reading

NOW = local("12:00")


def test_every_quantity_has_its_row() -> None:
    assert set(PLAUSIBLE) == set(Quantity)


@pytest.mark.parametrize("quantity", list(Quantity))
def test_both_ends_of_the_range_are_possible_and_nothing_beyond(quantity: Quantity) -> None:
    low, high, what = PLAUSIBLE[quantity]
    assert plausible(reading(STRAP, quantity, low, NOW), NOW) is None
    assert plausible(reading(STRAP, quantity, high, NOW), NOW) is None
    for value in (low - 1, high + 1, math.inf, -math.inf):
        assert what in str(plausible(reading(STRAP, quantity, value, NOW), NOW))


@pytest.mark.parametrize(
    ("quantity", "value", "reason"),
    [
        (
            Quantity.HEART_RATE_BPM,
            400.0,
            "400 is impossible for a pulse, in beats a minute: it lies between 20 and 300",
        ),
        (
            Quantity.SPO2_PERCENT,
            math.nan,
            "not a number, where a blood oxygen level, in percent was expected",
        ),
        (Quantity.OPEN, 0.5, "0.5 is neither a yes (1) nor a no (0)"),
    ],
)
def test_the_reason_is_said_in_words(quantity: Quantity, value: float, reason: str) -> None:
    assert plausible(reading(STRAP, quantity, value, NOW), NOW) == reason


@pytest.mark.parametrize(
    ("ahead", "reason"),
    [
        (timedelta(seconds=61), "its time lies in the future"),
        (timedelta(seconds=60), None),
        (timedelta(hours=-24), None),
        (timedelta(hours=-24, seconds=-1), "its time is more than a day past"),
    ],
)
def test_a_time_that_cannot_be_now(ahead: timedelta, reason: str | None) -> None:
    assert plausible(reading(STRAP, Quantity.HEART_RATE_BPM, 70.0, NOW + ahead), NOW) == reason
