"""The early-warning score of a resident: what counts, what is missing, when it is told."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from analytics.detectors.news2 import USED, News2
from analytics.model import Finding, FindingKind
from devices.model import Observation, Quantity
from hub.escalation.conditions import holds
from hub.escalation.moves import facts_of
from tests.analytics.builders import HOME, OXIMETER, STRAP, VISITOR_WATCH, local, reading, run, series, settings

START = local("09:00")
MINUTE = timedelta(minutes=1)
CUFF = "cuff"
WELL = {
    Quantity.RESPIRATION_PER_MIN: 16.0,
    Quantity.SPO2_PERCENT: 97.0,
    Quantity.OXYGEN_GIVEN: 0.0,
    Quantity.SYSTOLIC_MMHG: 130.0,
    Quantity.PULSE_BPM: 72.0,
    Quantity.ALERT: 1.0,
    Quantity.BODY_TEMPERATURE_C: 36.7,
}
WHOLE = tuple(WELL)


def round_of(
    changes: dict[Quantity, float] | None = None, after_min: float = 0.0, device: str = CUFF
) -> list[Observation]:
    """Every part measured once, one after another, within seconds."""
    at = START + after_min * MINUTE
    values = WELL | (changes or {})
    return [
        reading(device, quantity, value, at + timedelta(seconds=place))
        for place, (quantity, value) in enumerate(values.items())
    ]


def twice(changes: dict[Quantity, float], after_min: float = 0.0) -> list[Observation]:
    return [*round_of(changes, after_min), *round_of(changes, after_min + 2)]


def facts(found: Finding) -> dict[str, float]:
    return facts_of(found)


def find(observations: Iterable[Observation], **changes: float) -> list[Finding]:
    return run(News2(HOME, settings(**{f"news2__{key}": value for key, value in changes.items()})), observations)


def test_whoever_is_well_is_let_be() -> None:
    assert find([*round_of(), *round_of(after_min=2)]) == []


def test_a_whole_score_has_a_total_and_every_part_as_evidence() -> None:
    (found,) = find(twice({Quantity.PULSE_BPM: 135.0}))
    assert (found.kind, found.severity) == (FindingKind.EARLY_WARNING, 8)
    assert found.because == "The early-warning score calls for urgent review within 1 hour, because of pulse."
    assert facts(found).items() >= {"news2": 3.0, "single": 3.0, "news2_at_least": 3.0, "pulse_bpm": 135.0}.items()
    assert set(facts(found)) == {*(quantity.value for quantity in WHOLE), "news2", "single", "news2_at_least"}
    assert set(found.settings) == set(USED)


def test_an_aggregate_of_seven_is_an_emergency_and_graver() -> None:
    bad = {Quantity.PULSE_BPM: 112.0, Quantity.RESPIRATION_PER_MIN: 22.0, Quantity.SPO2_PERCENT: 92.0}
    (urgent,) = find(twice(bad))
    (emergency,) = find(twice(bad | {Quantity.BODY_TEMPERATURE_C: 38.5}))[-1:]
    assert (facts(urgent)["news2"], urgent.severity) == (6.0, 8)
    assert (facts(emergency)["news2"], emergency.severity) == (7.0, 9)
    assert "emergency assessment within 30 minutes" in emergency.because


def test_a_partial_score_names_what_is_missing_and_makes_no_total() -> None:
    pulses = series(STRAP, Quantity.HEART_RATE_BPM, [135.0] * 8, START, timedelta(seconds=20))
    (found,) = find(pulses)
    assert found.because == (
        "The early-warning score calls for urgent review within 1 hour, because of pulse; it is partial, as"
        " respirations, oxygen saturation, air or oxygen, systolic blood pressure, consciousness and temperature are"
        " not known or not confirmed."
    )
    assert facts(found) == {"heart_rate_bpm": 135.0, "single": 3.0, "news2_at_least": 3.0}
    assert holds("news2 >= 5 or single >= 3", facts(found))
    assert not holds("news2 >= 7", facts(found))


def test_a_partial_score_of_seven_is_at_least_seven_whatever_is_missing() -> None:
    bad = {
        Quantity.PULSE_BPM: 112.0,
        Quantity.RESPIRATION_PER_MIN: 22.0,
        Quantity.SPO2_PERCENT: 92.0,
        Quantity.SYSTOLIC_MMHG: 105.0,
    }
    known = [one for one in twice(bad) if getattr(one, "quantity", None) in bad]
    found = find(known)[-1]
    assert "news2" not in facts(found)
    assert holds("news2 >= 7", facts(found))
    assert facts(found)["single"] == 2.0


BAD = [
    (Quantity.RESPIRATION_PER_MIN, 25.0, "respiration"),
    (Quantity.SPO2_PERCENT, 91.0, "spo2"),
    (Quantity.SYSTOLIC_MMHG, 90.0, "systolic"),
    (Quantity.PULSE_BPM, 40.0, "pulse"),
    (Quantity.ALERT, 0.0, "consciousness"),
    (Quantity.BODY_TEMPERATURE_C, 35.0, "temperature"),
]


@pytest.mark.parametrize(("quantity", "bad", "name"), BAD)
def test_each_part_ages_out_by_its_own_time(quantity: Quantity, bad: float, name: str) -> None:
    """Twice bad, then only the others are measured anew; once the bad part is too old, nothing is called for."""

    def others(after_min: float) -> list[Observation]:
        return [one for one in round_of(after_min=after_min) if getattr(one, "quantity", None) is not quantity]

    def times(age_min: float) -> int:
        calm = [one for more in (0, 6) for one in others(2 + age_min + more)]
        again = twice({quantity: bad}, after_min=2 + age_min + 8)
        return len(find([*twice({quantity: bad}), *calm, *again], settle_min=5.0, **{f"valid_{name}_min": 20.0}))

    assert times(12) == 1  # known all the time
    assert times(21) == 2  # not known for long enough: it came back


def test_oxygen_that_was_said_ages_out_too() -> None:
    said = reading(CUFF, Quantity.OXYGEN_GIVEN, 1.0, START)
    for after_min, expected in ((4, {"oxygen_given": 1.0}), (8, {})):
        pulses = series(STRAP, Quantity.HEART_RATE_BPM, [135.0] * 4, START + after_min * MINUTE, timedelta(seconds=20))
        (found,) = find([said, *pulses], valid_oxygen_min=6.0)
        assert {key: value for key, value in facts(found).items() if key == "oxygen_given"} == expected


def test_a_heavy_reading_counts_only_once_others_confirm_it() -> None:
    low = reading(OXIMETER, Quantity.SPO2_PERCENT, 88.0, START)
    soon = reading(OXIMETER, Quantity.SPO2_PERCENT, 89.0, START + timedelta(seconds=30))
    later = reading(OXIMETER, Quantity.SPO2_PERCENT, 90.0, START + timedelta(seconds=70))
    too_late = reading(OXIMETER, Quantity.SPO2_PERCENT, 88.0, START + 16 * MINUTE)
    assert find([low]) == find([low, soon]) == find([low, too_late]) == []
    (found,) = find([low, soon, later])
    assert facts(found)["spo2_percent"] == 90.0


def test_of_readings_that_disagree_the_least_grave_counts() -> None:
    values = [131.0, 131.0, 115.0, 131.0, 131.0, 131.0, 131.0]  # 3, 3, 2, 3, ...
    found = find(series(STRAP, Quantity.HEART_RATE_BPM, values, START, timedelta(seconds=20)))
    assert [one.at - START for one in found] == [timedelta(seconds=120)]


def test_poor_readings_and_other_people_s_do_not_count() -> None:
    for device, quality in ((STRAP, 0.69), (VISITOR_WATCH, 1.0)):
        pulses = [reading(device, Quantity.HEART_RATE_BPM, 140.0, START + turn * MINUTE, quality) for turn in range(5)]
        assert find(pulses) == []


def test_where_the_score_does_not_apply_nothing_is_told() -> None:
    assert find(twice({Quantity.PULSE_BPM: 135.0}), applies=0.0) == []


def test_oxygen_that_was_declared_counts_until_somebody_says_otherwise() -> None:
    without = [
        one for one in twice({Quantity.PULSE_BPM: 135.0}) if getattr(one, "quantity", None) is not Quantity.OXYGEN_GIVEN
    ]
    assert "news2" not in facts(find(without)[0])
    assert facts(find(without, on_oxygen=0.0)[0])["news2"] == 3.0
    assert facts(find(without, on_oxygen=1.0)[0])["news2"] == 5.0
    assert facts(find(twice({Quantity.PULSE_BPM: 135.0}), on_oxygen=1.0)[0])["news2"] == 3.0  # read as air


def test_on_scale_2_a_high_saturation_on_oxygen_is_grave() -> None:
    high = {Quantity.SPO2_PERCENT: 98.0, Quantity.OXYGEN_GIVEN: 1.0}
    assert find(twice(high), spo2_scale=1.0) == []
    (found,) = find(twice(high), spo2_scale=2.0)
    assert facts(found)["news2"] == 5.0
    low = {Quantity.SPO2_PERCENT: 89.0}
    assert find(twice(low), spo2_scale=2.0) == []
    assert len(find(twice(low), spo2_scale=1.0)) == 1


def test_an_episode_is_told_once_and_again_only_when_it_gets_worse() -> None:
    bad = {Quantity.PULSE_BPM: 135.0}
    worse = bad | {Quantity.RESPIRATION_PER_MIN: 26.0, Quantity.BODY_TEMPERATURE_C: 38.5}
    found = find([one for turn in range(5) for one in twice(bad, 5 * turn)] + twice(worse, 30))
    assert [one.severity for one in found] == [8, 9]


def test_after_it_settled_it_is_told_anew_and_before_it_is_not() -> None:
    bad = {Quantity.PULSE_BPM: 135.0}

    def times(calm_min: int) -> int:
        calm = [one for turn in range(calm_min + 1) for one in round_of(after_min=4 + turn)]
        return len(find([*twice(bad), *calm, *twice(bad, 5 + calm_min)]))

    assert (times(25), times(30)) == (1, 2)


def test_one_that_goes_on_for_days_is_told_again_at_noon() -> None:
    pulses = series(STRAP, Quantity.HEART_RATE_BPM, [135.0] * 12 * 30, START, 5 * MINUTE)
    found = find(pulses)
    assert [f"{one.at.astimezone(HOME.tz):%d %H:%M}" for one in found] == ["24 09:05", "24 12:00", "25 12:00"]
    assert len({one.episode for one in found}) == 3


def test_of_a_stream_only_the_first_reading_of_ten_seconds_is_looked_at() -> None:
    whole = round_of({Quantity.PULSE_BPM: 135.0})
    crowded = [reading(CUFF, Quantity.PULSE_BPM, 135.0, one.at + timedelta(seconds=1)) for one in whole]
    assert find([*whole, *crowded[:1]]) == find(whole) == []


def test_what_is_no_number_or_badly_measured_is_not_scored() -> None:
    for spoilt in (
        reading(CUFF, Quantity.PULSE_BPM, float("inf"), START),
        reading(CUFF, Quantity.PULSE_BPM, 35.0, START, 0.1),
    ):
        assert find([spoilt, reading(CUFF, spoilt.quantity, spoilt.value, START + 2 * MINUTE, spoilt.quality)]) == []
