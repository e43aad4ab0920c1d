"""What each measurement is called in LOINC and UCUM: one table. What is not in it is not exported."""

from collections.abc import Mapping
from dataclasses import dataclass

from devices.model import Quantity

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"

Coding = tuple[str, str, str]
"""A system, a code in it, and its display."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What is measured, what people call it, and its unit as people and as UCUM write it."""

    codings: tuple[Coding, ...]
    text: str
    unit: str
    ucum: str
    category: str = "vital-signs"


def _loinc(text: str, unit: str, ucum: str, *codes: tuple[str, str]) -> Code:
    return Code(codings=tuple((LOINC, *code) for code in codes), text=text, unit=unit, ucum=ucum)


_RATE = _loinc("Pulse", "/min", "/min", ("8867-4", "Heart rate"))
CODES: Mapping[Quantity, Code] = {
    Quantity.HEART_RATE_BPM: _RATE,
    Quantity.PULSE_BPM: _RATE,
    Quantity.RESTING_PULSE_BPM: _loinc("Resting pulse", "/min", "/min", ("40443-4", "Heart rate --resting")),
    Quantity.RESPIRATION_PER_MIN: _loinc("Rate of breathing", "/min", "/min", ("9279-1", "Respiratory rate")),
    Quantity.SPO2_PERCENT: _loinc(
        "Blood oxygen level",
        "%",
        "%",
        ("2708-6", "Oxygen saturation in Arterial blood"),
        ("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry"),
    ),
    Quantity.BODY_TEMPERATURE_C: _loinc("Body temperature", "°C", "Cel", ("8310-5", "Body temperature")),
    Quantity.WEIGHT_KG: _loinc("Weight", "kg", "kg", ("29463-7", "Body weight")),
    Quantity.SYSTOLIC_MMHG: _loinc("Upper blood pressure", "mmHg", "mm[Hg]", ("8480-6", "Systolic blood pressure")),
    Quantity.DIASTOLIC_MMHG: _loinc("Lower blood pressure", "mmHg", "mm[Hg]", ("8462-4", "Diastolic blood pressure")),
}
PRESSURE = (Quantity.SYSTOLIC_MMHG, Quantity.DIASTOLIC_MMHG)
"""These are parts of one observation, the panel."""
PANEL = _loinc("Blood pressure", "mmHg", "mm[Hg]", ("85354-9", "Blood pressure panel with all children optional"))
NEWS2 = Code(
    codings=(
        (SNOMED, "1104051000000101", "Royal College of Physicians NEWS2 (National Early Warning Score 2) total score"),
    ),
    text="NEWS2, total",
    unit="{score}",
    ucum="{score}",
    category="survey",
)
"""LOINC has no code for this score; the code sometimes given for it, 88330-6, is one of mobility."""
