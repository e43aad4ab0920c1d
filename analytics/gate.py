"""Keeps impossible readings out of the detectors: one table of what can be, each with its reason in words."""

import math
from datetime import datetime, timedelta
from typing import NamedTuple

from devices.model import Quantity, Reading

FUTURE = timedelta(minutes=1)
"""Clocks differ by seconds; a reading further ahead than this has a wrong time."""
PAST = timedelta(days=1)
"""A reading older than this says nothing of now."""


class Plausible(NamedTuple):
    """What can be: not what is healthy, but what a living person, a home or a working device can show."""

    low: float
    high: float
    what: str


_YES_NO = Plausible(0.0, 1.0, "a yes or a no")
_METRES = Plausible(0.0, 2_000.0, "a distance in a home, in centimetres")
_PERCENT = Plausible(0.0, 100.0, "a share in percent")
_PULSE = Plausible(20.0, 300.0, "a pulse, in beats a minute")
_SPO2 = Plausible(40.0, 100.0, "a blood oxygen level, in percent")

PLAUSIBLE: dict[Quantity, Plausible] = {
    Quantity.MOTION: _YES_NO,
    Quantity.OPEN: _YES_NO,
    Quantity.OCCUPIED: _YES_NO,
    Quantity.LEFT_OPEN: _YES_NO,
    Quantity.SMOKE: _YES_NO,
    Quantity.CARBON_MONOXIDE: _YES_NO,
    Quantity.GAS: _YES_NO,
    Quantity.WET: _YES_NO,
    Quantity.VIBRATION: _YES_NO,
    Quantity.TAMPERED: _YES_NO,
    Quantity.SWITCHED_ON: _YES_NO,
    Quantity.SKIN_CONTACT: _YES_NO,
    Quantity.BATTERY_LOW: _YES_NO,
    Quantity.POWER_W: Plausible(-20_000.0, 20_000.0, "the power of a household appliance, in watts"),
    Quantity.TEMPERATURE_C: Plausible(-50.0, 90.0, "a temperature in or around a home, in °C"),
    Quantity.HUMIDITY_PERCENT: _PERCENT,
    Quantity.PRESSURE_HPA: Plausible(500.0, 1_100.0, "an air pressure where people live, in hPa"),
    Quantity.ILLUMINANCE_LX: Plausible(0.0, 200_000.0, "a brightness on earth, in lux"),
    Quantity.DISTANCE_CM: _METRES,
    Quantity.MOVING_DISTANCE_CM: _METRES,
    Quantity.STILL_DISTANCE_CM: _METRES,
    Quantity.MOVING_ENERGY_PERCENT: _PERCENT,
    Quantity.STILL_ENERGY_PERCENT: _PERCENT,
    Quantity.ROTATION_DEG: Plausible(-3_600.0, 3_600.0, "a turn of a handle or a cube, in degrees"),
    Quantity.HEART_RATE_BPM: _PULSE,
    Quantity.PULSE_BPM: _PULSE,
    Quantity.PULSE_FAST_BPM: _PULSE,
    Quantity.PULSE_SLOW_BPM: _PULSE,
    Quantity.BEAT_INTERVAL_S: Plausible(0.2, 5.0, "the time between two heartbeats, in seconds"),
    Quantity.SPO2_PERCENT: _SPO2,
    Quantity.SPO2_FAST_PERCENT: _SPO2,
    Quantity.SPO2_SLOW_PERCENT: _SPO2,
    Quantity.PERFUSION_PERCENT: Plausible(0.0, 30.0, "a strength of the pulse signal, in percent"),
    Quantity.SYSTOLIC_MMHG: Plausible(40.0, 300.0, "an upper blood pressure, in mmHg"),
    Quantity.DIASTOLIC_MMHG: Plausible(20.0, 200.0, "a lower blood pressure, in mmHg"),
    Quantity.MEAN_ARTERIAL_MMHG: Plausible(25.0, 250.0, "a mean blood pressure, in mmHg"),
    Quantity.BODY_TEMPERATURE_C: Plausible(25.0, 45.0, "a body temperature, in °C"),
    Quantity.WEIGHT_KG: Plausible(1.0, 400.0, "a person's weight, in kg"),
    Quantity.RESPIRATION_PER_MIN: Plausible(1.0, 80.0, "a rate of breathing, per minute"),
    Quantity.SLEEP_STATE: Plausible(0.0, 10.0, "a sleep state"),
    Quantity.ALERT: _YES_NO,
    Quantity.OXYGEN_GIVEN: _YES_NO,
    Quantity.PULSE_IRREGULARITY: Plausible(-1_000.0, 1_000.0, "how irregular a run of heartbeats is"),
    Quantity.RESTING_PULSE_BPM: _PULSE,
    Quantity.USUAL_SPO2_PERCENT: _SPO2,
    Quantity.FALL_LIKENESS: Plausible(-50.0, 50.0, "how much a knock is like a fall"),
    Quantity.WORN_MIN: Plausible(0.0, 1_440.0, "how long a device was worn, in minutes"),
    Quantity.BATTERY_PERCENT: _PERCENT,
    Quantity.BATTERY_V: Plausible(0.0, 60.0, "a battery voltage, in volts"),
    Quantity.SIGNAL_DBM: Plausible(-140.0, 20.0, "a radio signal, in dBm"),
    Quantity.CLOCK_DRIFT_PPM: Plausible(-50_000.0, 50_000.0, "how wrong a quartz or a sensor's own clock runs, in ppm"),
    Quantity.MOVEMENT_COUNT: Plausible(0.0, 2.0**32, "a count of movements"),
    Quantity.ENERGY_EXPENDED_KJ: Plausible(0.0, 65_535.0, "an energy used by the body, in kJ"),
}


def plausible(reading: Reading, now: datetime) -> str | None:
    """The reason why a reading is kept out of the detectors, or None where nothing speaks against it."""
    can_be = PLAUSIBLE[reading.quantity]
    low, high, what = can_be
    value = reading.value
    if not low <= value <= high:  # also refuses NaN, which compares with nothing
        return _impossible(value, low, high, what)
    if reading.at > now + FUTURE:
        return "its time lies in the future"
    if reading.at < now - PAST:
        return "its time is more than a day past"
    if can_be is _YES_NO and value not in (0.0, 1.0):
        return f"{value:g} is neither a yes (1) nor a no (0)"
    return None


def _impossible(value: float, low: float, high: float, what: str) -> str:
    if math.isnan(value):
        return f"not a number, where {what} was expected"
    return f"{value:g} is impossible for {what}: it lies between {low:g} and {high:g}"
