"""The vital signs of which the hub learns what is usual: one row each."""

from collections.abc import Mapping
from dataclasses import dataclass

from devices.model import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A rise over some days that is worth telling; `key` is the setting that says from how much on."""

    key: str
    unit: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Vital:
    """One vital sign.

    Of a stream one reading in `every_s` counts, and of the readings of a quarter of a day the one at `share` (0.5: the
    middle one); a stream's is kept as a reading of its own, `kept_as`. `least_spread` is how much it varies at the
    least, as measured at home; `departs` how far from the usual it must be to matter at all.
    """

    words: str
    quantities: tuple[Quantity, ...]
    least_spread: float
    departs: float
    kept_as: Quantity | None = None
    share: float = 0.5
    every_s: int = 0
    trend: Trend | None = None


VITALS: Mapping[str, Vital] = {
    "pulse": Vital(
        words="resting pulse",
        quantities=(Quantity.HEART_RATE_BPM, Quantity.PULSE_BPM),
        least_spread=4.0,
        departs=12.0,
        kept_as=Quantity.RESTING_PULSE_BPM,
        share=0.2,
        every_s=300,
        trend=Trend(key="unusual_vitals.pulse_rise_bpm", unit="beats a minute", days=7),
    ),
    "spo2": Vital(
        words="blood oxygen level",
        quantities=(Quantity.SPO2_PERCENT,),
        least_spread=1.0,
        departs=3.0,
        kept_as=Quantity.USUAL_SPO2_PERCENT,
        every_s=300,
    ),
    "systolic": Vital(
        words="upper blood pressure", quantities=(Quantity.SYSTOLIC_MMHG,), least_spread=6.0, departs=20.0
    ),
    "diastolic": Vital(
        words="lower blood pressure", quantities=(Quantity.DIASTOLIC_MMHG,), least_spread=4.0, departs=12.0
    ),
    "temperature": Vital(
        words="body temperature",
        quantities=(Quantity.BODY_TEMPERATURE_C,),
        least_spread=0.2,
        departs=0.7,
        trend=Trend(key="unusual_vitals.temperature_rise_c", unit="°C", days=3),
    ),
    "weight": Vital(
        words="weight",
        quantities=(Quantity.WEIGHT_KG,),
        least_spread=0.4,
        departs=2.0,
        trend=Trend(key="unusual_vitals.weight_gain_kg", unit="kg", days=3),
    ),
}
STREAMS: Mapping[Quantity, str] = {vital.kept_as: name for name, vital in VITALS.items() if vital.kept_as is not None}
"""What is kept of a stream, and of which vital sign."""
OF: Mapping[Quantity, str] = {quantity: name for name, vital in VITALS.items() for quantity in vital.quantities}
