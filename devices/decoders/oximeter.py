"""Pulse oximeters: the spot-check (0x2A5E) and the continuous (0x2A5F) measurement.

How much a value is believed comes from what the meter says of itself: each status bit caps the quality.
"""

from collections.abc import Mapping
from datetime import datetime

from devices.fields import Fields
from devices.model import Frame, Observation, Quantity, Reading

YIELDS = frozenset(
    {
        Quantity.SPO2_PERCENT,
        Quantity.PULSE_BPM,
        Quantity.SPO2_FAST_PERCENT,
        Quantity.PULSE_FAST_BPM,
        Quantity.SPO2_SLOW_PERCENT,
        Quantity.PULSE_SLOW_BPM,
        Quantity.PERFUSION_PERCENT,
        Quantity.SKIN_CONTACT,
    }
)

_MEASUREMENT_CAPS: Mapping[int, float] = {
    6: 0.6,  # early estimate: shown, but not yet a ground for alarm
    9: 0.0,  # out of the meter's storage: true once, but not now
    10: 0.0,  # demonstration
    11: 0.0,  # test
    12: 0.0,  # calibration under way
    13: 0.0,  # measurement unavailable
    14: 0.3,  # questionable measurement
    15: 0.0,  # invalid measurement
}
_SENSOR_CAPS: Mapping[int, float] = {
    1: 0.0,  # equipment malfunction
    2: 0.5,  # signal processing irregularity
    3: 0.0,  # inadequate signal
    4: 0.3,  # poor signal
    5: 0.5,  # low perfusion
    6: 0.3,  # erratic signal
    7: 0.0,  # no pulse in the signal
    8: 0.3,  # questionable pulse
    9: 0.6,  # still analysing
    10: 0.3,  # interference, such as bright light
    11: 0.0,  # not on a finger
    12: 0.3,  # unknown sensor
    13: 0.0,  # sensor displaced
    14: 0.0,  # sensor malfunction
    15: 0.0,  # sensor disconnected
}
_OFF_FINGER = 1 << 11 | 1 << 13 | 1 << 15
_LEAST_PERFUSION_PERCENT = 0.3
_WEAK_PERFUSION_CAP = 0.3

_Values = list[tuple[Quantity, float | None]]


def decode_spot_check(device: str, frame: Frame) -> list[Observation]:
    """One deliberate measurement, with the meter's own time where its clock has been set."""
    fields = Fields(frame.payload, "a spot-check measurement")
    flags = fields.whole(1)
    values: _Values = [(Quantity.SPO2_PERCENT, fields.sfloat()), (Quantity.PULSE_BPM, fields.sfloat())]
    taken = fields.date_time() if flags & 0x01 else None
    clock_set = not flags & 0x10
    return _with_status(device, frame, values, fields, flags >> 1, taken if clock_set else None)


def decode_continuous(device: str, frame: Frame) -> list[Observation]:
    """One measurement of a running series: normal, and where given its faster and slower average."""
    fields = Fields(frame.payload, "a continuous measurement")
    flags = fields.whole(1)
    values: _Values = [(Quantity.SPO2_PERCENT, fields.sfloat()), (Quantity.PULSE_BPM, fields.sfloat())]
    if flags & 0x01:
        values += [(Quantity.SPO2_FAST_PERCENT, fields.sfloat()), (Quantity.PULSE_FAST_BPM, fields.sfloat())]
    if flags & 0x02:
        values += [(Quantity.SPO2_SLOW_PERCENT, fields.sfloat()), (Quantity.PULSE_SLOW_BPM, fields.sfloat())]
    return _with_status(device, frame, values, fields, flags >> 2, None)


def _with_status(
    device: str, frame: Frame, values: _Values, fields: Fields, flags: int, taken: datetime | None
) -> list[Observation]:
    """The tail of both: measurement status, device and sensor status, pulse amplitude; each where its flag is set."""
    measurement = fields.whole(2) if flags & 0x01 else 0
    sensor = fields.whole(3) if flags & 0x02 else None
    perfusion = fields.sfloat() if flags & 0x04 else None
    quality = min(_capped(measurement, _MEASUREMENT_CAPS), _capped(sensor or 0, _SENSOR_CAPS), _perfused(perfusion))
    values = [*values, (Quantity.PERFUSION_PERCENT, perfusion)]
    readings: list[Observation] = [
        Reading(device=device, quantity=quantity, value=value, at=frame.at, quality=quality, device_time=taken)
        for quantity, value in values
        if value is not None
    ]
    if sensor is not None:
        on_finger = float(not sensor & _OFF_FINGER)
        readings.append(Reading(device=device, quantity=Quantity.SKIN_CONTACT, value=on_finger, at=frame.at))
    return readings


def _capped(status: int, caps: Mapping[int, float]) -> float:
    return min((cap for bit, cap in caps.items() if status >> bit & 1), default=1.0)


def _perfused(perfusion_percent: float | None) -> float:
    """Below this amplitude few meters are specified to be right."""
    weak = perfusion_percent is not None and perfusion_percent < _LEAST_PERFUSION_PERCENT
    return _WEAK_PERFUSION_CAP if weak else 1.0
