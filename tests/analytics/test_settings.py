from datetime import time, timedelta

import pytest

from analytics.model import SettingValue
from analytics.settings import (
    DEFAULTS,
    SettingError,
    clock,
    minutes,
    number,
    refusal,
    resolve,
    seconds,
    used,
)


@pytest.mark.parametrize("key", list(DEFAULTS))
def test_every_setting_is_explained_and_its_default_and_bounds_are_allowed(key: str) -> None:
    spec = DEFAULTS[key]
    assert spec.words
    assert spec.source
    assert spec.unit
    for value in (spec.value, spec.low, spec.high):
        assert refusal(key, value) is None


@pytest.mark.parametrize(
    ("key", "value", "part"),
    [
        ("inactivity.longest_silence_min", 59.9, "59.9 is not between 60 and 720 minutes"),
        ("inactivity.longest_silence_min", 721, "721 is not between 60 and 720 minutes"),
        ("inactivity.longest_silence_min", float("nan"), "nan is not between"),
        ("inactivity.longest_silence_min", True, "a number of minutes is needed, not True"),
        ("inactivity.longest_silence_min", "4 hours", "a number of minutes is needed, not '4 hours'"),
        ("wandering.active_from", "12:00", "12:00 is not between 18:00 and 03:00"),
        ("wandering.active_from", 22.0, "expected a time such as 22:00, got '22.0'"),
        ("no.such", 1.0, "there is no setting called no.such"),
    ],
)
def test_an_unsafe_value_is_refused_with_its_reason(key: str, value: object, part: str) -> None:
    assert part in str(refusal(key, value))


@pytest.mark.parametrize("value", ["18:00", "23:30", "00:00", "03:00"])
def test_bounds_of_a_clock_time_may_pass_midnight(value: str) -> None:
    assert refusal("wandering.active_from", value) is None


def test_without_decisions_every_setting_is_the_shipped_default() -> None:
    settings = resolve({})
    assert {key: one.value for key, one in settings.items()} == {key: spec.value for key, spec in DEFAULTS.items()}
    assert {one.version for one in settings.values()} == {0}


def test_a_decision_replaces_the_default_and_keeps_its_version() -> None:
    settings = resolve({"abnormal_pulse.high_bpm": SettingValue(value=120, version=3)})
    assert settings["abnormal_pulse.high_bpm"] == SettingValue(value=120, version=3)
    assert settings["abnormal_pulse.low_bpm"].version == 0


def test_every_unsafe_decision_is_named() -> None:
    bad = {"abnormal_pulse.high_bpm": SettingValue(value=20, version=1), "x": SettingValue(value=1, version=1)}
    with pytest.raises(SettingError, match=r"20 is not between .*; there is no setting called x"):
        resolve(bad)


def test_settings_are_read_in_the_unit_that_is_needed() -> None:
    settings = resolve({})
    assert number(settings, "home.door_grace_s") == 30.0
    assert seconds(settings, "home.door_grace_s") == timedelta(seconds=30)
    assert minutes(settings, "inactivity.longest_silence_min") == timedelta(hours=4)
    assert clock(settings, "inactivity.day_from") == time(7, 30)
    assert list(used(settings, ["home.door_grace_s"])) == ["home.door_grace_s"]


def test_the_range_of_the_pulse_can_never_be_turned_round() -> None:
    low, high = DEFAULTS["abnormal_pulse.low_bpm"], DEFAULTS["abnormal_pulse.high_bpm"]
    margin = float(DEFAULTS["abnormal_pulse.hysteresis_bpm"].high)
    assert float(low.high) + margin <= float(high.low) - margin
