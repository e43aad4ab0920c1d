"""A battery is told in time, by its level, its trend, its voltage or its own word."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.model import Quantity, Reading
from devices.supervision.battery import MOST_DAYS, Battery, days_left
from devices.supervision.model import Condition
from devices.supervision.supervise import Supervision
from tests.devices.supervision.homes import HALL, TAG, Home, conditions
from tests.fakes import START

LOW, DYING = (Condition.BATTERY_LOW, TAG.name), (Condition.BATTERY_DYING, TAG.name)


def levels(*percents: float) -> Battery:
    """One level a day."""
    battery = Battery()
    for day, percent in enumerate(percents):
        battery.take(
            Reading(device="d", quantity=Quantity.BATTERY_PERCENT, value=percent, at=START + timedelta(days=day))
        )
    return battery


def said(quantity: Quantity, value: float) -> Battery:
    battery = Battery()
    battery.take(Reading(device="d", quantity=quantity, value=value, at=START))
    return battery


@pytest.mark.parametrize(
    ("percents", "low", "dying"),
    [
        ((100.0,), False, False),
        ((30.0,), False, False),
        ((20.0,), None, False),  # it wavers: neither low for certain, nor replaced
        ((15.0,), True, False),
        ((10.0,), True, None),
        ((5.0,), True, True),
        (tuple(50.0 - 2 * day for day in range(12)), True, False),  # at 28 %, and lasts 11 more days
        (tuple(50.0 - 4 * day for day in range(10)), True, True),  # at 14 %, and lasts 2 more days
        (tuple(100.0 - 4 * day for day in range(10)), False, False),  # quick to begin with
        ((8.0, 100.0), False, False),  # replaced
    ],
)
def test_levels(percents: tuple[float, ...], low: bool | None, dying: bool | None) -> None:
    battery = levels(*percents)
    assert (battery.is_low("CR2032"), battery.is_dying("CR2032")) == (low, dying)


@pytest.mark.parametrize(
    ("quantity", "value", "chemistry", "low", "dying"),
    [
        (Quantity.BATTERY_LOW, 1.0, "CR2032", True, None),
        (Quantity.BATTERY_LOW, 0.0, "CR2032", False, None),
        (Quantity.BATTERY_V, 2.9, "CR2477", False, False),
        (Quantity.BATTERY_V, 2.4, "CR2477", True, False),
        (Quantity.BATTERY_V, 2.1, "CR2477", True, True),
        (Quantity.BATTERY_V, 2.1, "two AAA", False, False),
        (Quantity.TEMPERATURE_C, 2.1, "CR2477", None, None),
    ],
)
def test_other_words(quantity: Quantity, value: float, chemistry: str, low: bool | None, dying: bool | None) -> None:
    battery = said(quantity, value)
    assert (battery.is_low(chemistry), battery.is_dying(chemistry)) == (low, dying)


@pytest.mark.parametrize(
    ("battery", "words"),
    [
        (levels(12.0), "is at 12 %"),
        (levels(*(50.0 - 2 * day for day in range(12))), "is at 28 %, and lasts about 12 more days"),
        (levels(*(50.0 - 4 * day for day in range(12))), "is at 6 %, and lasts about 1 more day"),
        (said(Quantity.BATTERY_V, 2.3), "is down to 2.3 V"),
        (said(Quantity.BATTERY_LOW, 1.0), "is low"),
    ],
)
def test_words(battery: Battery, words: str) -> None:
    assert battery.words() == words


def test_one_wrong_level_does_not_bend_the_trend() -> None:
    percents = [60.0 - day for day in range(20)]
    percents[10] = 41.0
    assert days_left(dict(enumerate(percents))) == pytest.approx(36.0, abs=1.5)


def test_one_that_holds_its_level_has_no_end() -> None:
    assert days_left(dict.fromkeys(range(30), 40.0)) is None


@given(st.lists(st.floats(0, 100), max_size=200))
def test_it_stays_small(percents: list[float]) -> None:
    battery = levels(*percents)
    assert len(battery.days) <= MOST_DAYS
    assert battery.days_left is None or battery.days_left >= 0


def test_the_case_is_opened_and_is_over_with_a_new_battery() -> None:
    home = Home((TAG, HALL), {TAG.name: 10.0, HALL.name: 60.0})
    home.tell(TAG.name, Quantity.BATTERY_PERCENT, 14.0)
    look = home.look()
    assert conditions(look) == {LOW}
    assert look.conclusions[0].because == "The battery of the fridge tag is at 14 %."
    home.tell(TAG.name, Quantity.BATTERY_PERCENT, 4.0)
    look = home.look()
    assert conditions(look) == {DYING}
    assert look.fine[LOW] == "It is nearly flat by now, which is a fault of its own."
    home.tell(TAG.name, Quantity.BATTERY_PERCENT, 100.0)
    assert home.look().fine[LOW] == "The battery was replaced or charged."


def test_what_was_learnt_of_it_outlives_a_restart() -> None:
    home = Home((TAG, HALL), {})
    home.tell(TAG.name, Quantity.BATTERY_PERCENT, 14.0)

    again = Home((TAG, HALL), {}, supervision=Supervision(home.supervision.learnt(home.boot_s)))
    assert LOW in conditions(again.look())


def test_the_lowest_level_of_each_day_is_kept_for_two_months() -> None:
    battery = levels(*[50.0] * (MOST_DAYS + 5))
    assert len(battery.days) == MOST_DAYS
    battery.take(
        Reading(
            device="d", quantity=Quantity.BATTERY_PERCENT, value=52.0, at=START + timedelta(days=MOST_DAYS + 4, hours=1)
        )
    )
    assert battery.percent == 50.0
