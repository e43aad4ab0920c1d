"""What is usual for one person, and what is told when it is so no longer."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from analytics.detectors.unusual_vitals import UnusualVitals
from analytics.engine import Engine
from analytics.model import Finding, FindingKind
from devices.model import Observation, Quantity, Reading
from tests.analytics.builders import (
    HOME,
    SCALE,
    STRAP,
    VISITOR_WATCH,
    at_quality,
    local,
    numbered,
    press,
    reading,
    run,
    settings,
)

START = local("07:30", "2026-06-01")  # a Monday
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
CUFF = "cuff"


def daily(
    quantity: Quantity, values: Iterable[float], start: datetime = START, device: str = CUFF, times: int = 1
) -> list[Observation]:
    """Measured each morning."""
    return [
        reading(device, quantity, value, start + turn * DAY + place * timedelta(minutes=1))
        for turn, value in enumerate(values)
        for place in range(times)
    ]


def find(observations: Iterable[Observation], **changes: float) -> list[Finding]:
    heard = sorted(observations, key=lambda one: one.at)
    chosen = settings(**{f"unusual_vitals__{key}": value for key, value in changes.items()})
    return run(UnusualVitals(HOME, chosen), heard, heard[-1].at + DAY)


USUAL = {
    Quantity.SYSTOLIC_MMHG: [128.0, 131.0, 135.0, 126.0, 130.0, 133.0, 129.0] * 2,
    Quantity.DIASTOLIC_MMHG: [76.0, 79.0, 81.0, 78.0, 77.0, 80.0, 78.0] * 2,
    Quantity.BODY_TEMPERATURE_C: [36.4, 36.5, 36.6, 36.4, 36.5, 36.7, 36.5] * 2,
    Quantity.WEIGHT_KG: [70.1, 70.0, 70.3, 69.8, 70.2, 70.0, 70.1] * 2,
    Quantity.SPO2_PERCENT: [95.0, 96.0, 95.0, 94.0, 96.0, 95.0, 95.0] * 2,
    Quantity.PULSE_BPM: [68.0, 70.0, 66.0, 71.0, 69.0, 70.0, 67.0] * 2,
}
WORDS = {
    Quantity.SYSTOLIC_MMHG: "upper blood pressure",
    Quantity.DIASTOLIC_MMHG: "lower blood pressure",
    Quantity.BODY_TEMPERATURE_C: "body temperature",
    Quantity.WEIGHT_KG: "weight",
    Quantity.SPO2_PERCENT: "blood oxygen level",
    Quantity.PULSE_BPM: "resting pulse",
}
AWAY = {
    Quantity.SYSTOLIC_MMHG: 30.0,
    Quantity.DIASTOLIC_MMHG: 20.0,
    Quantity.BODY_TEMPERATURE_C: 0.9,
    Quantity.WEIGHT_KG: 1.9 + 0.4,
    Quantity.SPO2_PERCENT: 4.0,
    Quantity.PULSE_BPM: 20.0,
}


@pytest.mark.parametrize("quantity", list(USUAL))
@pytest.mark.parametrize("sign", [1, -1])
def test_three_mornings_in_a_row_that_are_not_as_usual_are_told_with_how_sure_that_is(
    quantity: Quantity, sign: int
) -> None:
    usual = USUAL[quantity]
    away = sorted(usual)[len(usual) // 2] + sign * AWAY[quantity]
    measured = daily(quantity, [*usual, away, away, away])
    (told,) = find(measured, weight_gain_kg=5, pulse_rise_bpm=30, temperature_rise_c=2)
    where = "above" if sign > 0 else "below"
    assert told.kind is FindingKind.UNUSUAL_VITALS
    assert told.because.startswith(f"The {WORDS[quantity]} lay {where} what is usual for this person")
    assert "since 07:30 on Monday 15 June" in told.because
    assert len(told.because) <= 250
    assert [one.value for one in told.evidence[:3]] == [away] * 3
    assert told.evidence[3].what == "sure_percent"
    assert f"at {told.evidence[3].value:.0f} %" in told.because
    facts = {one.what: one.value or 0.0 for one in told.evidence[4:]}
    assert facts["usual"] == pytest.approx(sorted(usual)[len(usual) // 2], abs=1.0)
    assert 0 < facts["usual_spread"] <= 6.0
    assert facts["learnt_from"] == 9


@pytest.mark.parametrize("quantity", list(USUAL))
def test_the_usual_ups_and_downs_are_let_be(quantity: Quantity) -> None:
    assert find(daily(quantity, USUAL[quantity] * 3)) == []


def test_two_mornings_are_not_enough_nor_is_a_single_one_again_and_again() -> None:
    usual = USUAL[Quantity.SYSTOLIC_MMHG]
    assert find(daily(Quantity.SYSTOLIC_MMHG, [*usual, 170.0, 170.0, 131.0, 170.0, 129.0, 170.0])) == []


def test_before_a_week_is_known_nothing_is_usual() -> None:
    assert find(daily(Quantity.SYSTOLIC_MMHG, [130.0, 131.0, 128.0, 129.0, 170.0, 170.0, 170.0])) == []


def test_what_is_usual_is_learnt_by_the_time_of_day() -> None:
    mornings = daily(Quantity.SYSTOLIC_MMHG, [120.0, 122.0, 121.0] * 5)
    evenings = daily(Quantity.SYSTOLIC_MMHG, [150.0, 152.0, 151.0] * 5, START + 12 * HOUR)
    assert find([*mornings, *evenings]) == []
    new_mornings = daily(Quantity.SYSTOLIC_MMHG, [150.0, 151.0, 152.0], START + 15 * DAY)
    (told,) = find([*mornings, *evenings, *new_mornings])
    assert "above what is usual for this person at that time of day" in told.because
    new_evenings = daily(Quantity.SYSTOLIC_MMHG, [150.0, 151.0, 152.0], START + 15 * DAY + 12 * HOUR)
    assert find([*mornings, *evenings, *new_evenings]) == []


def test_at_a_time_of_day_at_which_nothing_was_measured_before_the_whole_day_counts() -> None:
    usual = daily(Quantity.SYSTOLIC_MMHG, USUAL[Quantity.SYSTOLIC_MMHG])
    at_night = daily(Quantity.SYSTOLIC_MMHG, [170.0] * 3, START + 15 * DAY - 5 * HOUR)
    assert len(find([*usual, *at_night])) == 1


def test_two_kilograms_in_three_days_are_told_on_the_third_day() -> None:
    (told,) = find(daily(Quantity.WEIGHT_KG, [70.0, 70.1, 70.0, 69.9, 70.7, 71.4, 72.1], device=SCALE))
    assert told.because.startswith("The weight has risen by 2 kg or more within 3 days; at 9")
    assert told.at == local("12:00", "2026-06-07")
    assert set(told.settings) == {"unusual_vitals.weight_gain_kg", "unusual_vitals.sure_percent"}


@pytest.mark.parametrize(
    "weights",
    [
        [70.0, 70.1, 70.0, 69.9, 70.0, 70.1, 72.4],  # once: clothes, or somebody else
        [70.0, 70.3, 70.6, 70.9, 71.2, 71.5, 71.8, 72.1, 72.4],  # slowly
        [70.0, 72.1, 72.2],  # no days before
    ],
)
def test_what_is_no_rise_in_three_days_is_let_be(weights: list[float]) -> None:
    assert find(daily(Quantity.WEIGHT_KG, weights, device=SCALE)) == []


def test_a_temperature_and_a_resting_pulse_that_rise_are_told() -> None:
    (fever,) = find(daily(Quantity.BODY_TEMPERATURE_C, [36.5, 36.4, 36.5, 36.6, 36.5, 37.3, 37.8]))
    assert "body temperature has risen by 1 °C or more within 3 days" in fever.because
    (pulse,) = find(daily(Quantity.PULSE_BPM, [66.0, 67.0, 66.0, 68.0, 66.0, 66.0, 69.0, 71.0, 73.0, 76.0, 79.0, 81.0]))
    assert "resting pulse has risen by 10 beats a minute or more within 7 days" in pulse.because


def test_a_limit_that_was_decided_wins_over_what_is_learnt_on_its_side() -> None:
    high = daily(Quantity.SYSTOLIC_MMHG, [*USUAL[Quantity.SYSTOLIC_MMHG], 165.0, 165.0, 165.0])
    assert find(high, systolic_high=170) == []
    (told,) = find(high, systolic_high=160)
    assert told.because == (
        "The upper blood pressure lay at or above the limit that was set for this person in the last 3 quarters of a "
        "day that were measured, since 07:30 on Monday 15 June."
    )
    assert told.settings["unusual_vitals.systolic_high"].version == 1
    assert [one.what for one in told.evidence[3:]] == ["sure_percent"]
    low = daily(Quantity.SYSTOLIC_MMHG, [*USUAL[Quantity.SYSTOLIC_MMHG], 95.0, 95.0, 95.0])
    assert len(find(low, systolic_high=160)) == 1
    assert len(find(daily(Quantity.SYSTOLIC_MMHG, [95.0] * 3), systolic_low=100)) == 1


def test_surer_is_wanted_where_that_was_decided() -> None:
    weights = daily(Quantity.WEIGHT_KG, [70.0, 70.1, 70.0, 70.7, 71.4, 72.1], device=SCALE)
    assert len(find(weights, sure_percent=80)) == 1
    assert find(weights, sure_percent=99) == []


def test_what_goes_on_is_told_again_from_monday_noon_on() -> None:
    found = find(daily(Quantity.SYSTOLIC_MMHG, [165.0] * 16), systolic_high=160)
    assert [f"{one.at.astimezone(HOME.tz):%a %d}" for one in found] == ["Wed 03", "Mon 08", "Mon 15"]


def test_somebody_elses_and_poor_measurements_do_not_count() -> None:
    values = [*USUAL[Quantity.PULSE_BPM], 100.0, 100.0, 100.0]
    assert find(daily(Quantity.PULSE_BPM, values, device=VISITOR_WATCH)) == []
    assert find(at_quality(daily(Quantity.PULSE_BPM, values), 0.2)) == []
    assert find(daily(Quantity.PULSE_BPM, [float("nan")] * 20)) == []


def stream(day: datetime, bpm: float, hours: float = 2.0) -> list[Observation]:
    """A strap that is worn in the morning: at rest now and then, moving about in between."""
    return [
        reading(STRAP, Quantity.HEART_RATE_BPM, bpm if turn % 3 == 0 else bpm + 40, day + turn * timedelta(minutes=2))
        for turn in range(int(hours * 30))
    ]


def test_of_a_stream_the_pulse_at_rest_is_kept_once_a_quarter_of_a_day() -> None:
    detector = UnusualVitals(HOME, settings())
    heard = [one for day in range(3) for one in stream(START + day * DAY, 60.0 + day)]
    run(detector, heard, START + 4 * DAY)
    kept = detector.derived()
    assert [(one.quantity, one.value) for one in kept] == [
        (Quantity.RESTING_PULSE_BPM, 60.0),
        (Quantity.RESTING_PULSE_BPM, 61.0),
        (Quantity.RESTING_PULSE_BPM, 62.0),
    ]
    assert detector.derived() == []


PULSES = [*[66.0, 67.0, 65.0] * 4, 90.0, 91.0, 92.0]


def test_after_a_restart_what_was_kept_tells_the_same_without_the_stream() -> None:
    live = Engine([UnusualVitals(HOME, settings())])
    heard = [one for day, bpm in enumerate(PULSES) for one in stream(START + day * DAY, bpm)]
    found = [told for one, number in numbered(heard) for told in live.feed(one, number)]
    found += live.advance(START + 16 * DAY)
    kept = [one for one, _ in live.derived]
    assert live.lookbacks()[Quantity.HEART_RATE_BPM] == 26 * 3_600
    assert live.lookbacks()[Quantity.RESTING_PULSE_BPM] > 35 * 86_400
    assert ["resting pulse" in one.because for one in found] == [True, True]
    rebuilt = Engine([UnusualVitals(HOME, settings())])
    last_day = [one for one in heard if one.at >= START + 14 * DAY]
    again = [told for one in [*kept[:14], *last_day] for told in rebuilt.feed(one)] + rebuilt.advance(START + 15 * DAY)
    assert [one.episode for one in again] == [one.episode for one in found if one.at > START + 14 * DAY]


def test_what_was_kept_is_surer_than_what_part_of_a_quarter_shows_when_it_is_replayed() -> None:
    detector = UnusualVitals(HOME, settings(unusual_vitals__pulse_high=80))
    day_before = Reading(device=STRAP, quantity=Quantity.RESTING_PULSE_BPM, value=70.0, at=START - DAY)
    partial = stream(START + HOUR, 100.0, hours=0.5)
    whole = Reading(device=STRAP, quantity=Quantity.RESTING_PULSE_BPM, value=70.0, at=START + 2 * HOUR)
    later = [one for turn in (1, 2) for one in stream(START + turn * DAY, 100.0)]
    noon = local("12:00", "2026-06-01")
    found = [*run(detector, [day_before, *partial], noon), *run(detector, [whole, *later], START + 4 * DAY)]
    assert found == []
    before_all = Reading(device=STRAP, quantity=Quantity.RESTING_PULSE_BPM, value=99.0, at=START - 9 * DAY)
    assert list(detector.update(before_all)) == []


def test_readings_that_come_late_change_nothing_of_what_is_over() -> None:
    values = daily(Quantity.SYSTOLIC_MMHG, [*USUAL[Quantity.SYSTOLIC_MMHG], 165.0, 165.0, 165.0])
    late = [reading(CUFF, Quantity.SYSTOLIC_MMHG, 100.0, before.at) for before, _ in pairwise(values)]
    mixed = [one for pair in zip(values[1:], late, strict=True) for one in pair]
    detector = UnusualVitals(HOME, settings())
    assert len(run(detector, [values[0], *mixed], values[-1].at + DAY)) == 1
    assert run(detector, [values[-1]]) == []
    assert detector.due is None


def test_a_press_says_nothing_of_a_vital_sign() -> None:
    detector = UnusualVitals(HOME, settings())
    assert list(detector.update(press(START))) == []
    assert detector.due is None


def test_a_quarter_of_a_day_is_judged_when_it_is_over_and_not_before() -> None:
    detector = UnusualVitals(HOME, settings())
    assert list(detector.update(reading(CUFF, Quantity.SYSTOLIC_MMHG, 130.0, START))) == []
    assert detector.due == local("12:00", "2026-06-01")
    assert list(detector.tick(START + HOUR)) == []
    assert detector.due == local("12:00", "2026-06-01")
    late = reading(CUFF, Quantity.SYSTOLIC_MMHG, 130.0, local("23:00", "2026-06-01"))
    assert run(detector, [late]) == []
    assert detector.due == local("00:00", "2026-06-02")
