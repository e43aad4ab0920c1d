from datetime import datetime, timedelta

from analytics.detectors.home_climate import HomeClimate
from analytics.model import Finding, FindingKind
from devices.model import Observation, Quantity
from tests.analytics.builders import HOME, THERMOMETER, local, motion, press, reading, run, series, settings

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOON = local("12:00")


def found_in(*observations: Observation, **changes: float) -> list[Finding]:
    in_order = sorted(observations, key=lambda one: one.at)
    return run(HomeClimate(HOME, settings(**changes)), in_order, NOON + 60 * HOUR)


def degrees(*values: float, start: datetime = NOON, step: timedelta = 20 * MINUTE) -> list[Observation]:
    return series(THERMOMETER, Quantity.TEMPERATURE_C, values, start, step)


def test_a_cold_room_with_somebody_in_is_told_after_an_hour() -> None:
    (found,) = found_in(motion(NOON + MINUTE), *degrees(15.0, 14.8, 14.5, 14.5, 14.5))
    assert found.kind is FindingKind.HOME_CLIMATE
    assert found.at == NOON + HOUR
    assert found.because == "The bedroom has been below 16 °C for 1 hour or longer while somebody is at home."
    assert (found.severity, found.room) == (4, "bedroom")
    assert [one.value for one in found.evidence] == [14.5, 1.0]


def test_with_nobody_in_a_cold_home_is_nobodys_trouble() -> None:
    assert found_in(*degrees(*[12.0] * 20)) == []
    assert found_in(motion(NOON - 4 * HOUR), *degrees(*[12.0] * 5)) == []


def test_a_window_that_was_open_for_a_while_is_not_told() -> None:
    assert found_in(motion(NOON), *degrees(15.0, 15.0, 17.0, 15.0, 15.0)) == []


def test_it_is_told_once_a_day_for_as_long_as_it_lasts() -> None:
    moves = [motion(NOON + turn * HOUR) for turn in range(48)]
    found = found_in(*moves, *degrees(*[14.0] * 48, step=HOUR))
    assert [one.at for one in found] == [NOON + HOUR, local("00:00", "2026-11-25"), local("00:00", "2026-11-26")]
    assert len({one.episode for one in found}) == 3


def test_heat_and_damp_have_limits_of_their_own_that_may_be_decided() -> None:
    (hot,) = found_in(motion(NOON), *degrees(31.0, 31.0, 31.0, 31.0))
    assert "above 30 °C" in hot.because
    assert found_in(motion(NOON), *degrees(31.0, 31.0, 31.0, 31.0), home_climate__hot_c=35.0) == []
    damp = series(THERMOMETER, Quantity.HUMIDITY_PERCENT, [85.0] * 5, NOON, 20 * MINUTE)
    (found,) = found_in(motion(NOON), *damp)
    assert "above 80 % humidity" in found.because
    assert found.severity == 2


def test_a_thermometer_that_was_not_heard_of_did_not_measure_meanwhile() -> None:
    assert found_in(motion(NOON), motion(NOON + 4 * HOUR), *degrees(14.0, 14.0, step=4 * HOUR)) == []


def test_what_comes_late_or_is_unknown_is_told_by_its_own_name() -> None:
    late = [motion(NOON), *degrees(14.0, 14.0, 14.0, 14.0), reading(THERMOMETER, Quantity.TEMPERATURE_C, 20.0, NOON)]
    assert len(run(HomeClimate(HOME, settings()), late)) == 1
    cellar = series("cellar.t", Quantity.TEMPERATURE_C, [14.0] * 4, NOON, 20 * MINUTE)
    (found,) = found_in(motion(NOON), press(NOON), *cellar)
    assert found.because.startswith("The cellar t has been below 16 °C")


def test_time_alone_says_nothing() -> None:
    assert list(HomeClimate(HOME, settings()).tick(NOON)) == []
