"""The early-warning score calls for somebody to look: NEWS2, from whatever is known of the resident now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from math import isfinite
from typing import ClassVar

from analytics.immediate import Immediate
from analytics.localtime import next_time
from analytics.model import Evidence, Finding, FindingKind, Home, Interest, Settings
from analytics.seen import Seen, as_evidence
from analytics.settings import minutes, number, seconds, used
from analytics.vitals.confirmed import Series
from analytics.vitals.news2 import AIR, OXYGEN, Parameter, Scale, Score, Urgency, part, score
from analytics.vitals.news2_words import sentence
from devices.model import Observation, Quantity, Reading

SOURCES: Mapping[Quantity, Parameter] = {
    Quantity.RESPIRATION_PER_MIN: Parameter.RESPIRATION,
    Quantity.SPO2_PERCENT: Parameter.SPO2,
    Quantity.OXYGEN_GIVEN: Parameter.OXYGEN,
    Quantity.SYSTOLIC_MMHG: Parameter.SYSTOLIC,
    Quantity.HEART_RATE_BPM: Parameter.PULSE,
    Quantity.PULSE_BPM: Parameter.PULSE,
    Quantity.ALERT: Parameter.CONSCIOUSNESS,
    Quantity.BODY_TEMPERATURE_C: Parameter.TEMPERATURE,
}
VALID: Mapping[Parameter, str] = {
    Parameter.RESPIRATION: "news2.valid_respiration_min",
    Parameter.SPO2: "news2.valid_spo2_min",
    Parameter.OXYGEN: "news2.valid_oxygen_min",
    Parameter.SYSTOLIC: "news2.valid_systolic_min",
    Parameter.PULSE: "news2.valid_pulse_min",
    Parameter.CONSCIOUSNESS: "news2.valid_consciousness_min",
    Parameter.TEMPERATURE: "news2.valid_temperature_min",
}
SAID = frozenset({Parameter.OXYGEN, Parameter.CONSCIOUSNESS})
"""What a person saw and said needs no second reading."""
SEVERITY: Mapping[Urgency, int] = {Urgency.URGENT: 8, Urgency.EMERGENCY: 9}
OWN = ("applies", "spo2_scale", "on_oxygen", "min_quality", "sustained_s", "confirm_within_min", "settle_min")
USED = (*(f"news2.{name}" for name in OWN), *VALID.values())
ASKS_AGAIN_AT = time(12, 0)
"""A score that stays high for days is told again once a day, at noon."""
DAY_S = 26 * 3600.0


@dataclass(slots=True)
class News2(Immediate):
    """Works the score out anew with each reading, and tells when it calls for more than it did.

    A part that is too old, or that weighs heavily and is not confirmed, is missing; then there is no total, and the
    facts say only what the score is at least. No fact is made of what is missing.
    """

    name: ClassVar[str] = "news2"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = frozenset(SOURCES)

    home: Home
    settings: Settings
    lookback_s: float = field(init=False)
    _applies: bool = field(init=False)
    _scale: Scale = field(init=False)
    _valid: Mapping[Parameter, timedelta] = field(init=False)
    _series: Mapping[Parameter, Series] = field(init=False)
    _others: frozenset[str] = field(init=False)
    _told: Urgency | None = field(default=None, init=False)
    _calm_since: datetime | None = field(default=None, init=False)
    _forgets_at: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._applies = number(self.settings, "news2.applies") >= 0.5
        self._scale = Scale.TWO if number(self.settings, "news2.spo2_scale") >= 1.5 else Scale.ONE
        self._valid = {parameter: minutes(self.settings, key) for parameter, key in VALID.items()}
        sustained, within = seconds(self.settings, USED[4]), minutes(self.settings, USED[5])
        self._series = {parameter: Series(sustained, within) for parameter in Parameter}
        mine = (None, self.home.resident)
        self._others = frozenset(one.device for one in self.home.sensors.values() if one.person not in mine)
        self.lookback_s = DAY_S + max(self._valid.values()).total_seconds()

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Take a reading of anything that is scored."""
        if not isinstance(observation, Reading) or not self._counts(observation):
            return ()
        parameter = SOURCES[observation.quantity]
        if not self._series[parameter].take(observation, number):
            return ()
        return self._judge(Seen(observation, number))

    def _counts(self, reading: Reading) -> bool:
        good = isfinite(reading.value) and reading.quality >= float(self.settings["news2.min_quality"].value)
        return self._applies and good and reading.device not in self._others

    def _judge(self, newest: Seen) -> Iterable[Finding]:
        now = newest.at
        if self._forgets_at is None or now >= self._forgets_at:
            self._told, self._calm_since = None, None
            self._forgets_at = next_time(now, ASKS_AGAIN_AT, self.home.tz)
        standing = self._standing(now)
        known = score(self._values(standing), self._scale)
        urgency = known.urgency
        if urgency is None or urgency not in SEVERITY:
            self._settle(now)
            return ()
        self._calm_since = None
        if self._told is not None and SEVERITY[self._told] >= SEVERITY[urgency]:
            return ()
        self._told = urgency
        return (self._finding(known, urgency, newest, standing),)

    def _settle(self, now: datetime) -> None:
        """End the episode once nothing has been called for long enough."""
        self._calm_since = self._calm_since or now
        if now - self._calm_since >= minutes(self.settings, "news2.settle_min"):
            self._told = None

    def _standing(self, now: datetime) -> dict[Parameter, Seen]:
        """The reading of each part that stands and is not too old."""
        found: dict[Parameter, Seen] = {}
        for parameter in (Parameter.OXYGEN, *Parameter):  # oxygen first: the saturation's score may rest on it
            values = self._values(found)
            seen = self._series[parameter].standing(
                lambda value, one=parameter, known=values: self._points(one, value, known)  # type: ignore[misc]
            )
            if seen is not None and now - seen.at <= self._valid[parameter]:
                found[parameter] = seen
        return found

    def _points(self, parameter: Parameter, value: float, known: Mapping[Parameter, float]) -> int | None:
        return None if parameter in SAID else part(parameter, {**known, parameter: value}, self._scale)

    def _values(self, standing: Mapping[Parameter, Seen]) -> dict[Parameter, float]:
        """The values that stand, and of the oxygen what somebody has declared, where nothing newer was said."""
        values = {parameter: float(seen.evidence().value or 0.0) for parameter, seen in standing.items()}
        declared = number(self.settings, "news2.on_oxygen")
        if Parameter.OXYGEN not in values and declared > -0.5:
            values[Parameter.OXYGEN] = OXYGEN if declared >= 0.5 else AIR
        return values

    def _finding(self, known: Score, urgency: Urgency, newest: Seen, standing: Mapping[Parameter, Seen]) -> Finding:
        return Finding(
            kind=FindingKind.EARLY_WARNING,
            severity=SEVERITY[urgency],
            at=max(seen.at for seen in (newest, *standing.values())),
            because=sentence(known),
            detector=self.name,
            detector_version=self.version,
            episode=f"{urgency.name.lower()} {newest.at.isoformat()}",
            evidence=as_evidence([*standing.values(), newest]) + facts(known, newest.evidence()),
            settings=used(self.settings, USED),
        )


def facts(known: Score, newest: Evidence) -> tuple[Evidence, ...]:
    """What plans may rest on: the gravest part, what the score is at least, and the score itself if it is whole."""
    values = {"single": float(known.single), "news2_at_least": float(known.at_least)}
    if known.total is not None:
        values["news2"] = float(known.total)
    return tuple(
        Evidence(device=newest.device, what=name, value=value, at=newest.at, id=newest.id)
        for name, value in values.items()
    )
