"""NEWS2, the National Early Warning Score of the Royal College of Physicians (2017, Chart 1), as a table.

It is for adults in acute illness: not under 16, not in pregnancy. A score of which a part is not known has no total.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum, StrEnum
from math import inf


class Parameter(StrEnum):
    """The seven things that are scored, in the words of the chart."""

    RESPIRATION = "respirations"
    SPO2 = "oxygen saturation"
    OXYGEN = "air or oxygen"
    SYSTOLIC = "systolic blood pressure"
    PULSE = "pulse"
    CONSCIOUSNESS = "consciousness"
    TEMPERATURE = "temperature"


class Scale(IntEnum):
    """Which scale oxygen saturation is scored on: 2 only by a clinician's decision, for a target of 88 to 92 %."""

    ONE = 1
    TWO = 2


class Urgency(StrEnum):
    """What a score calls for, in the words of the chart."""

    ROUTINE = "no urgent review"
    URGENT = "urgent review within 1 hour"
    EMERGENCY = "emergency assessment within 30 minutes"


AIR, OXYGEN = 0.0, 1.0
ALERT, CVPU = 1.0, 0.0
"""Alert; or newly confused, answering only to voice or to pain, or not at all."""

Bands = tuple[tuple[float, int], ...]
"""Up to and with this value, that score; in rising order, the last one without end."""

CHART: Mapping[Parameter, Bands] = {
    Parameter.RESPIRATION: ((8, 3), (11, 1), (20, 0), (24, 2), (inf, 3)),
    Parameter.OXYGEN: ((AIR, 0), (inf, 2)),
    Parameter.SYSTOLIC: ((90, 3), (100, 2), (110, 1), (219, 0), (inf, 3)),
    Parameter.PULSE: ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (inf, 3)),
    Parameter.CONSCIOUSNESS: ((CVPU, 3), (inf, 0)),
    Parameter.TEMPERATURE: ((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1), (inf, 2)),
}
SPO2: Mapping[tuple[Scale, float], Bands] = {
    (Scale.ONE, AIR): ((91, 3), (93, 2), (95, 1), (inf, 0)),
    (Scale.ONE, OXYGEN): ((91, 3), (93, 2), (95, 1), (inf, 0)),
    (Scale.TWO, AIR): ((83, 3), (85, 2), (87, 1), (inf, 0)),
    (Scale.TWO, OXYGEN): ((83, 3), (85, 2), (87, 1), (92, 0), (94, 1), (96, 2), (inf, 3)),
}
"""Oxygen saturation by its scale, and by whether air is breathed or oxygen given."""

STEP: Mapping[Parameter, Decimal] = {parameter: Decimal(1) for parameter in Parameter} | {
    Parameter.TEMPERATURE: Decimal("0.1")
}
"""How finely the chart tells values apart: a measured value is rounded to this before it is scored, halves up."""

BEYOND = 1_000.0
"""Larger than any value that the chart tells apart: there is nothing to round."""

URGENT_FROM, EMERGENCY_FROM, SINGLE = 5, 7, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The scores of the parts that are known, and the names of those that are not."""

    parts: Mapping[Parameter, int]
    missing: tuple[Parameter, ...]

    @property
    def at_least(self) -> int:
        """The sum of what is known. What is missing can only add to it."""
        return sum(self.parts.values())

    @property
    def total(self) -> int | None:
        """The score; None where a part is missing, as a part that nobody measured is not 0."""
        return None if self.missing else self.at_least

    @property
    def single(self) -> int:
        """The highest score of a single part."""
        return max(self.parts.values(), default=0)

    @property
    def urgency(self) -> Urgency | None:
        """What it calls for, at the least; None where a partial score calls for nothing, which is no all-clear."""
        if self.at_least >= EMERGENCY_FROM:
            return Urgency.EMERGENCY
        if self.at_least >= URGENT_FROM or self.single >= SINGLE:
            return Urgency.URGENT
        return Urgency.ROUTINE if self.total is not None else None

    def because_of(self) -> tuple[Parameter, ...]:
        """The parts that score, the gravest first."""
        scoring = [parameter for parameter, score in self.parts.items() if score]
        return tuple(sorted(scoring, key=lambda parameter: -self.parts[parameter]))


def score(values: Mapping[Parameter, float], scale: Scale = Scale.ONE) -> Score:
    """The score of these values: those that are missing, or cannot be scored without others, are named.

    >>> score({Parameter.PULSE: 131.0}).urgency
    <Urgency.URGENT: 'urgent review within 1 hour'>
    """
    scored = {parameter: part(parameter, values, scale) for parameter in Parameter}
    return Score(
        parts={parameter: points for parameter, points in scored.items() if points is not None},
        missing=tuple(parameter for parameter, points in scored.items() if points is None),
    )


def part(parameter: Parameter, values: Mapping[Parameter, float], scale: Scale) -> int | None:
    """What one part scores; None where it is not known."""
    if parameter not in values:
        return None
    value = rounded(parameter, values[parameter])
    if parameter is not Parameter.SPO2:
        return banded(CHART[parameter], value)
    oxygen = values.get(Parameter.OXYGEN)
    possible = {banded(SPO2[scale, given], value) for given in (AIR, OXYGEN) if oxygen in (None, given)}
    return possible.pop() if len(possible) == 1 else None  # on scale 2 a high value means one thing on air, another not


def banded(bands: Bands, value: float) -> int:
    """The score of the first band that reaches this far."""
    return next(points for up_to, points in bands if value <= up_to)


def rounded(parameter: Parameter, value: float) -> float:
    """A value as finely as the chart tells values apart.

    >>> rounded(Parameter.TEMPERATURE, 38.05), rounded(Parameter.PULSE, 90.4)
    (38.1, 90.0)
    """
    if abs(value) > BEYOND:
        return value
    return float(Decimal(str(value)).quantize(STEP[parameter], ROUND_HALF_UP))
