"""Every setting that a detector uses: its value, what it is in words, how far it may be moved, where it comes from."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import time, timedelta

from analytics.falls.defaults import FALLS
from analytics.localtime import parse_clock
from analytics.model import Settings, SettingValue
from analytics.routine.defaults import ROUTINE
from analytics.spec import ASSUMED, SettingSpec
from analytics.vitals.defaults import VITALS

_MINUTES_A_DAY = 24 * 60
_NEWS2 = "Royal College of Physicians, NEWS2 Chart 1 (2017): a single score of 3 calls for urgent review"


class SettingError(ValueError):
    """A setting cannot have this value: which one and why, in words for the person who proposed it."""


DEFAULTS: dict[str, SettingSpec] = {
    "home.door_grace_s": SettingSpec(
        value=30.0,
        unit="seconds",
        words="how soon after an outer door was used movement indoors may still belong to leaving",
        low=5.0,
        high=180.0,
        source=ASSUMED,
    ),
    "home.appliance_w": SettingSpec(
        value=600.0,
        unit="watts",
        words="from what power on an appliance shows that somebody uses it: more than a fridge, less than a kettle",
        low=50.0,
        high=2000.0,
        source="assumed; a fridge draws about 100 W, a kettle 2,000 W",
    ),
    "inactivity.longest_silence_min": SettingSpec(
        value=240.0,
        unit="minutes",
        words="how long there may be no movement by day before we ask",
        low=60.0,
        high=720.0,
        source="assumed, within the fixed timers of 4 to 12 hours that are common in telecare",
    ),
    "inactivity.budget_per_month": SettingSpec(
        value=1.0,
        unit="questions a month",
        words="how often a month we may ask needlessly, once two weeks of this home are known",
        low=0.25,
        high=8.0,
        source="assumed; how well it is kept is measured in docs/evaluation/silence.md",
    ),
    "inactivity.longest_in_bed_min": SettingSpec(
        value=840.0,
        unit="minutes",
        words="how long somebody may lie in bed without any other movement before we ask",
        low=480.0,
        high=1200.0,
        source=ASSUMED,
    ),
    "inactivity.longest_out_min": SettingSpec(
        value=720.0,
        unit="minutes",
        words="how long nothing may move indoors after an outer door was used before we ask",
        low=120.0,
        high=2880.0,
        source=ASSUMED,
    ),
    "inactivity.day_from": SettingSpec(
        value="07:30",
        unit="clock",
        words="when the day begins: the night before it does not count as silence",
        low="05:00",
        high="11:00",
        source=ASSUMED,
    ),
    "inactivity.day_to": SettingSpec(
        value="22:00",
        unit="clock",
        words="when the day ends: the night after it does not count as silence",
        low="18:00",
        high="23:59",
        source=ASSUMED,
    ),
    "wandering.active_from": SettingSpec(
        value="22:00",
        unit="clock",
        words="from when at night an outer door is watched",
        low="18:00",
        high="03:00",
        source="the example household; to be set with the resident",
    ),
    "wandering.active_to": SettingSpec(
        value="06:30",
        unit="clock",
        words="until when in the morning an outer door is watched",
        low="04:00",
        high="10:00",
        source="the example household; to be set with the resident",
    ),
    "wandering.return_within_min": SettingSpec(
        value=10.0,
        unit="minutes",
        words="how long somebody may be outside at night before we ask",
        low=2.0,
        high=60.0,
        source=ASSUMED,
    ),
    "abnormal_pulse.low_bpm": SettingSpec(
        value=40.0,
        unit="beats a minute",
        words="at what pulse, or lower, we tell somebody",
        low=30.0,
        high=60.0,
        source=_NEWS2,
    ),
    "abnormal_pulse.high_bpm": SettingSpec(
        value=131.0,
        unit="beats a minute",
        words="at what pulse, or higher, we tell somebody",
        low=90.0,
        high=180.0,
        source=_NEWS2,
    ),
    "abnormal_pulse.hysteresis_bpm": SettingSpec(
        value=5.0,
        unit="beats a minute",
        words="how far inside the limits the pulse must come back before the episode is over",
        low=0.0,
        high=15.0,
        source=ASSUMED,
    ),
    "abnormal_spo2.low_percent": SettingSpec(
        value=91.0,
        unit="percent",
        words="at what blood oxygen level, or lower, we tell somebody",
        low=80.0,
        high=95.0,
        source=f"{_NEWS2}; scale 1, so not for people on scale 2",
    ),
    "abnormal_spo2.hysteresis_percent": SettingSpec(
        value=1.0,
        unit="percent",
        words="how far above the limit the blood oxygen level must come back before the episode is over",
        low=0.0,
        high=3.0,
        source=ASSUMED,
    ),
}


_CONFIRMATION: dict[str, SettingSpec] = {
    "confirm_readings": SettingSpec(
        value=2.0,
        unit="readings",
        words="how many readings of {vital} must agree",
        low=2.0,
        high=20.0,
        source="the example household; 54 % of false telehealth alerts were poor measuring technique",
    ),
    "confirm_within_min": SettingSpec(
        value=5.0,
        unit="minutes",
        words="how far apart two readings of {vital} may be and still confirm each other",
        low=1.0,
        high=30.0,
        source="the example household",
    ),
    "sustained_s": SettingSpec(
        value=60.0,
        unit="seconds",
        words="how long {vital} must stay out of range",
        low=10.0,
        high=900.0,
        source=ASSUMED,
    ),
    "min_quality": SettingSpec(
        value=0.7,
        unit="share",
        words="how good the sensor itself must call a reading of {vital} (0 to 1)",
        low=0.0,
        high=1.0,
        source="the example household",
    ),
    "settle_min": SettingSpec(
        value=10.0,
        unit="minutes",
        words="how long {vital} must be back in range before it counts as a new episode",
        low=1.0,
        high=120.0,
        source=ASSUMED,
    ),
}
"""How a vital sign is confirmed before anybody is told: the same for each of `_VITALS`."""
_VITALS = {"abnormal_pulse": "the pulse", "abnormal_spo2": "the blood oxygen level"}

DEFAULTS |= FALLS | VITALS | ROUTINE
DEFAULTS |= {
    f"{kind}.{name}": replace(spec, words=spec.words.format(vital=vital))
    for kind, vital in _VITALS.items()
    for name, spec in _CONFIRMATION.items()
}


def refusal(key: str, value: object) -> str | None:
    """Why a setting cannot have this value, in words; None where it can.

    >>> refusal("inactivity.longest_silence_min", 20.0)
    'how long there may be no movement by day before we ask: 20 is not between 60 and 720 minutes'
    """
    spec = DEFAULTS.get(key)
    if spec is None:
        return f"there is no setting called {key}"
    if spec.unit == "clock":
        return _clock_refusal(spec, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{spec.words}: a number of {spec.unit} is needed, not {value!r}"
    low, high = float(spec.low), float(spec.high)
    if not low <= value <= high:
        return f"{spec.words}: {value:g} is not between {low:g} and {high:g} {spec.unit}"
    return None


def _clock_refusal(spec: SettingSpec, value: object) -> str | None:
    try:
        minute = _minute(str(value))
    except ValueError as wrong:
        return f"{spec.words}: {wrong}"
    low, high = _minute(str(spec.low)), _minute(str(spec.high))
    if (minute - low) % _MINUTES_A_DAY > (high - low) % _MINUTES_A_DAY:
        return f"{spec.words}: {value} is not between {spec.low} and {spec.high}"
    return None


def _minute(text: str) -> int:
    clock = parse_clock(text)
    return clock.hour * 60 + clock.minute


def resolve(overrides: Mapping[str, SettingValue]) -> Settings:
    """Every setting in force: the shipped defaults (version 0), and what was decided instead.

    Raises `SettingError` where an override has no such setting or lies outside the safe bounds; `refusal` tells
    beforehand, so that whoever stores a setting never stores one that stops the detectors.
    """
    reasons = [reason for key, chosen in overrides.items() if (reason := refusal(key, chosen.value))]
    if reasons:
        raise SettingError("; ".join(reasons))
    return {key: SettingValue(value=spec.value) for key, spec in DEFAULTS.items()} | dict(overrides)


def number(settings: Settings, key: str) -> float:
    """A setting that is a number."""
    return float(settings[key].value)


def minutes(settings: Settings, key: str) -> timedelta:
    """A setting that is a number of minutes."""
    return timedelta(minutes=number(settings, key))


def seconds(settings: Settings, key: str) -> timedelta:
    """A setting that is a number of seconds."""
    return timedelta(seconds=number(settings, key))


def clock(settings: Settings, key: str) -> time:
    """A setting that is a time of day."""
    return parse_clock(str(settings[key].value))


def used(settings: Settings, keys: Iterable[str]) -> Settings:
    """Only these settings, as a finding shows them."""
    return {key: settings[key] for key in keys}
