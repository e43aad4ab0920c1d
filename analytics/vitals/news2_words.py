"""The early-warning score in words: a sentence for a daughter, a table for a clinician."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from analytics.vitals.news2 import Parameter, Score, Urgency

UNITS: Mapping[Parameter, str] = {
    Parameter.RESPIRATION: "/min",
    Parameter.SPO2: "%",
    Parameter.OXYGEN: "",
    Parameter.SYSTOLIC: "mmHg",
    Parameter.PULSE: "/min",
    Parameter.CONSCIOUSNESS: "",
    Parameter.TEMPERATURE: "°C",
}
STATES: Mapping[Parameter, tuple[str, str]] = {
    Parameter.OXYGEN: ("air", "oxygen"),
    Parameter.CONSCIOUSNESS: ("new confusion, or answers only to voice or pain", "alert"),
}
"""What 0 and 1 mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: `points` is None where the part is not known."""

    parameter: Parameter
    measured: str
    points: int | None
    at: datetime | None


def sentence(score: Score) -> str:
    """What the score means, without any value: not everybody who is told may see those.

    >>> from analytics.vitals.news2 import score
    >>> sentence(score({Parameter.PULSE: 135.0, Parameter.SPO2: 97.0}))[:76]
    'The early-warning score calls for urgent review within 1 hour, because of pu'
    """
    if score.urgency in (Urgency.URGENT, Urgency.EMERGENCY):
        because = listed([parameter.value for parameter in score.because_of()])
        return f"The early-warning score calls for {score.urgency}, because of {because}{_partial(score)}."
    if score.total is None:
        return f"What is known calls for nothing urgent, which is no all-clear{_partial(score)}."
    return f"The early-warning score calls for {Urgency.ROUTINE}."


def table(score: Score, values: Mapping[Parameter, float], at: Mapping[Parameter, datetime]) -> list[Row]:
    """Every part of the score in the order of the chart, the missing ones too."""
    return [
        Row(
            parameter=parameter,
            measured=measured(parameter, values[parameter]) if parameter in values else "not known",
            points=score.parts.get(parameter),
            at=at.get(parameter),
        )
        for parameter in Parameter
    ]


def measured(parameter: Parameter, value: float) -> str:
    """A value as people write it.

    >>> measured(Parameter.TEMPERATURE, 38.0), measured(Parameter.CONSCIOUSNESS, 1.0)
    ('38 °C', 'alert')
    """
    if parameter in STATES:
        return STATES[parameter][int(value >= 0.5)]
    return f"{value:g} {UNITS[parameter]}"


def listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence.

    >>> listed(["pulse"]), listed(["pulse", "temperature", "respirations"])
    ('pulse', 'pulse, temperature and respirations')
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _partial(score: Score) -> str:
    if score.total is not None:
        return ""
    verb = "is" if len(score.missing) == 1 else "are"
    return f"; it is partial, as {listed([one.value for one in score.missing])} {verb} not known or not confirmed"
