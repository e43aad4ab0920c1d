"""The pulse and the blood oxygen level share their rules; what differs is in the tables."""

from datetime import datetime, timedelta

import pytest

from analytics.detectors.pulse_range import PulseRange
from analytics.detectors.spo2_range import Spo2Range
from analytics.model import Finding, FindingKind
from devices.model import Observation, Quantity
from tests.analytics.builders import (
    HOME,
    OXIMETER,
    STRAP,
    VISITOR_WATCH,
    at_quality,
    local,
    press,
    reading,
    run,
    series,
    settings,
)

NOON = local("12:00")
START = local("14:02")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
RATE, SPO2, CONTACT = Quantity.HEART_RATE_BPM, Quantity.SPO2_PERCENT, Quantity.SKIN_CONTACT


def pulses(*values: float, start: datetime = START, step: timedelta = 30 * SECOND) -> list[Observation]:
    return series(STRAP, RATE, values, start, step)


def found_in(observations: list[Observation], **changes: float | str) -> list[Finding]:
    return run(PulseRange(HOME, settings(**changes)), observations)


def test_a_pulse_that_stays_too_high() -> None:
    (found,) = found_in(pulses(135, 140, 138))
    assert found.kind is FindingKind.ABNORMAL_PULSE
    assert found.severity == 8
    assert found.at == START + MINUTE
    assert found.because == (
        "The pulse has been 131 a minute or higher since 14:02, for 1 minute, in 3 readings; "
        "this limit is the general one for adults."
    )
    assert [(one.value, one.id) for one in found.evidence] == [(135.0, 1), (138.0, 3)]


def test_a_limit_set_for_this_person_is_said_to_be_so() -> None:
    (found,) = found_in(pulses(55, 54, 54), abnormal_pulse__low_bpm=56.0)
    assert found.because == (
        "The pulse has been 56 a minute or lower since 14:02, for 1 minute, in 3 readings; "
        "this limit was set for this person."
    )
    assert found.settings["abnormal_pulse.low_bpm"].version == 1
    assert "abnormal_pulse.high_bpm" not in found.settings


def test_a_blood_oxygen_level_that_stays_too_low() -> None:
    (found,) = run(Spo2Range(HOME, settings()), series(OXIMETER, SPO2, (91, 90, 88), START, 30 * SECOND))
    assert found.kind is FindingKind.ABNORMAL_SPO2
    assert found.because == (
        "The blood oxygen level has been 91 % or lower since 14:02, for 1 minute, in 3 readings; "
        "this limit is the general one for adults."
    )


def test_there_is_no_blood_oxygen_level_too_high() -> None:
    assert run(Spo2Range(HOME, settings()), series(OXIMETER, SPO2, (100,) * 20, START, MINUTE)) == []


@pytest.mark.parametrize("quantity", [RATE, Quantity.PULSE_BPM])
def test_a_pulse_counts_whatever_measured_it(quantity: Quantity) -> None:
    assert len(run(PulseRange(HOME, settings()), series(OXIMETER, quantity, (140,) * 3, START, MINUTE))) == 1


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ((131, 131, 131), 1),
        ((130, 130, 130), 0),
        ((40, 40, 40), 1),
        ((41, 41, 41), 0),
        ((140,), 0),
        ((140, 140), 0),  # half a minute is not sustained
        ((140, 120, 140, 120, 140), 0),  # nothing confirms the one before
        ((140, 140, 35, 35, 35), 1),
        ((140, 35, 140, 35, 140, 35), 0),
    ],
)
def test_what_is_sustained_and_what_is_not(values: tuple[float, ...], found: int) -> None:
    assert len(found_in(pulses(*values))) == found


@pytest.mark.parametrize(("gap", "found"), [(5 * MINUTE, 1), (5 * MINUTE + SECOND, 0)])
def test_a_reading_is_confirmed_within_a_time(gap: timedelta, found: int) -> None:
    assert len(found_in(pulses(140, 140, step=gap))) == found


def test_more_readings_can_be_asked_for() -> None:
    changes = {"abnormal_pulse__confirm_readings": 5.0}
    assert found_in(pulses(*[140] * 4), **changes) == []
    assert len(found_in(pulses(*[140] * 5), **changes)) == 1


def test_the_same_moment_twice_and_a_late_reading_confirm_nothing() -> None:
    same = pulses(140, 140, 140, step=timedelta(0))
    late = pulses(140, start=START - MINUTE)
    assert found_in([*same, *late]) == []


@pytest.mark.parametrize(("quality", "found"), [(0.69, 0), (0.7, 1)])
def test_a_poor_reading_is_passed_over(quality: float, found: int) -> None:
    assert len(found_in(at_quality(pulses(140, 140, 140), quality))) == found


def test_a_poor_reading_neither_confirms_nor_contradicts() -> None:
    poor = at_quality(pulses(70, start=START + 15 * SECOND), 0.0)
    readings = sorted([*pulses(140, 140, 140), *poor], key=lambda one: one.at)
    assert len(found_in(readings)) == 1


def contact(value: float, after: timedelta) -> Observation:
    return reading(STRAP, CONTACT, value, START + after)


def test_what_is_measured_without_contact_to_the_skin_is_not_believed() -> None:
    off = [contact(0.0, turn * 30 * SECOND) for turn in range(10)]
    readings = [one for pair in zip(off, pulses(*[140] * 10), strict=True) for one in pair]
    assert found_in(readings) == []


def test_what_was_measured_while_contact_was_being_lost_is_not_believed_either() -> None:
    slipping = [*pulses(140, 140), contact(0.0, 45 * SECOND), contact(1.0, 50 * SECOND)]
    assert found_in([*slipping, *pulses(140, 140, start=START + MINUTE)]) == []


def test_contact_regained_or_not_heard_of_again_is_contact() -> None:
    regained = [contact(0.0, timedelta(0)), contact(1.0, SECOND), *pulses(140, 140, 140, start=START + 2 * SECOND)]
    assert len(found_in(regained)) == 1
    forgotten = [contact(0.0, timedelta(0)), *pulses(140, 140, 140, start=START + 61 * SECOND)]
    assert len(found_in(forgotten)) == 1


def test_somebody_elses_watch_says_nothing_about_the_resident() -> None:
    assert run(PulseRange(HOME, settings()), series(VISITOR_WATCH, RATE, (140,) * 9, START, MINUTE)) == []


def test_each_sensor_is_judged_by_itself() -> None:
    both = [*pulses(140, 140, 140), *series(OXIMETER, Quantity.PULSE_BPM, (70,) * 3, START, 30 * SECOND)]
    assert len(found_in(sorted(both, key=lambda one: one.at))) == 1


def test_one_episode_is_one_finding_however_it_hovers_round_the_limit() -> None:
    hovering = pulses(*[140, 140, 140, *[129, 132] * 40])
    assert len(found_in(hovering)) == 1


@pytest.mark.parametrize(
    ("settled", "found"),
    [
        ([100] * 18, 1),  # nine and a half minutes are not yet settled
        ([100] * 19, 2),
        ([126.1] * 30, 1),  # back in range, but only just
        ([125.9] * 30, 2),
    ],
)
def test_an_episode_is_over_once_it_has_settled(settled: list[float], found: int) -> None:
    assert len(found_in(pulses(140, 140, 140, *settled, 140, 140, 140))) == found


def test_the_other_side_is_another_episode() -> None:
    assert [one.episode.split()[1] for one in found_in(pulses(140, 140, 140, 35, 35, 35))] == ["high", "low"]


def test_what_goes_on_for_days_is_told_again_each_noon() -> None:
    found = found_in(pulses(*[140] * 60 * 24 * 2, step=MINUTE))
    assert [one.at - START for one in found[:1]] == [MINUTE]
    assert [one.at for one in found[1:]] == [NOON + 24 * HOUR + MINUTE, NOON + 48 * HOUR + MINUTE]


def test_nothing_else_is_listened_to() -> None:
    detector = PulseRange(HOME, settings())
    assert list(detector.update(press(START))) == []
    assert detector.due is None
