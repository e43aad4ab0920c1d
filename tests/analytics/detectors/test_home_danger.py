from datetime import datetime, timedelta

import pytest

from analytics.detectors.home_danger import HomeDanger
from analytics.model import Finding, FindingKind
from devices.model import Observation, Quantity, TriggerKind
from tests.analytics.builders import (
    HOME,
    KETTLE,
    KITCHEN,
    OVEN,
    SMOKE_ALARM,
    local,
    motion,
    press,
    reading,
    run,
    settings,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOON = local("12:00")


def found_in(*observations: Observation, until: datetime = NOON + 12 * HOUR, **changes: float) -> list[Finding]:
    return run(HomeDanger(HOME, settings(**changes)), observations, until)


def smoke(at: datetime, value: float = 1.0) -> Observation:
    return reading(SMOKE_ALARM, Quantity.SMOKE, value, at)


def power(at: datetime, value: float, device: str = KETTLE) -> Observation:
    return reading(device, Quantity.POWER_W, value, at)


@pytest.mark.parametrize(
    ("quantity", "severity", "said"),
    [
        (Quantity.SMOKE, 10, "The smoke alarm reports smoke."),
        (Quantity.CARBON_MONOXIDE, 10, "The smoke alarm reports carbon monoxide."),
        (Quantity.GAS, 9, "The smoke alarm reports gas."),
        (Quantity.WET, 6, "The smoke alarm reports water where there should be none."),
    ],
)
def test_what_a_detector_says_is_told_at_once(quantity: Quantity, severity: int, said: str) -> None:
    (found,) = found_in(reading(SMOKE_ALARM, quantity, 1.0, NOON))
    assert (found.kind, found.severity, found.because, found.room) == (FindingKind.HOME_DANGER, severity, said, "hall")
    assert found.at == NOON


def test_it_is_told_once_while_it_lasts_and_again_when_it_comes_back() -> None:
    assert len(found_in(smoke(NOON), smoke(NOON + MINUTE), smoke(NOON + HOUR))) == 1
    again = found_in(smoke(NOON), smoke(NOON + MINUTE, 0.0), smoke(NOON + 2 * MINUTE))
    assert [one.at for one in again] == [NOON, NOON + 2 * MINUTE]
    assert len(found_in(smoke(NOON), smoke(NOON + 25 * HOUR))) == 2


def test_what_comes_late_begins_nothing() -> None:
    assert found_in(smoke(NOON, 0.0), smoke(NOON - MINUTE)) == []


def test_an_undeclared_detector_is_believed() -> None:
    (found,) = found_in(reading("cellar.gas", Quantity.GAS, 1.0, NOON))
    assert found.because == "The cellar gas reports gas."


def test_an_appliance_that_goes_on_with_nobody_there_was_left_on() -> None:
    (found,) = found_in(motion(NOON), power(NOON, 2_000.0), motion(NOON + 10 * MINUTE))
    assert found.at == NOON + 100 * MINUTE
    assert found.because == (
        "The kettle plug is on since 12:00, with nobody moving there for 1 hour 30 minutes, "
        "which is taken to be too long."
    )
    assert found.settings["home_danger.left_on_min"].value == 90.0


def test_switched_off_in_time_nothing_is_told() -> None:
    assert found_in(power(NOON, 2_000.0), power(NOON + HOUR, 3.0)) == []


def test_movement_elsewhere_does_not_count_and_a_decided_limit_does() -> None:
    elsewhere = motion(NOON + 20 * MINUTE, "hall_motion")
    (found,) = found_in(power(NOON, 2_000.0), elsewhere, home_danger__left_on_min=30.0)
    assert found.at == NOON + 30 * MINUTE
    assert found.because.endswith("which is too long.")


def test_two_appliances_are_told_of_each_in_its_time() -> None:
    found = found_in(power(NOON, 2_000.0), power(NOON + HOUR, 2_000.0, OVEN), motion(NOON + HOUR, KITCHEN))
    assert [one.at - NOON for one in found] == [150 * MINUTE, 150 * MINUTE]
    assert len({one.episode for one in found}) == 2


def test_a_press_is_no_danger_and_nothing_is_said_before_its_time() -> None:
    detector = HomeDanger(HOME, settings())
    assert list(detector.update(press(NOON, TriggerKind.PRESS))) == []
    assert list(detector.tick(NOON)) == []
