"""Blood pressure cuffs: the Blood Pressure Measurement characteristic (0x2A35)."""

from collections.abc import Mapping

from devices.fields import Fields
from devices.model import Frame, Observation, Quantity, Reading

YIELDS = frozenset({Quantity.SYSTOLIC_MMHG, Quantity.DIASTOLIC_MMHG, Quantity.MEAN_ARTERIAL_MMHG, Quantity.PULSE_BPM})

_IN_KPA, _TIME, _PULSE, _USER, _STATUS = 0x01, 0x02, 0x04, 0x08, 0x10
_MMHG_PER_KPA = 7.50062
_CAPS: Mapping[int, float] = {
    0x01: 0.3,  # the body moved
    0x02: 0.3,  # the cuff was too loose
    0x04: 0.7,  # irregular pulse, which upsets the method
    0x20: 0.5,  # the arm was held wrongly
}


def decode(device: str, frame: Frame) -> list[Observation]:
    """Systolic, diastolic and mean arterial pressure in mmHg whatever the cuff's unit, and the pulse it counted."""
    fields = Fields(frame.payload, "a blood pressure measurement")
    flags = fields.whole(1)
    factor = _MMHG_PER_KPA if flags & _IN_KPA else 1.0
    pressures = (Quantity.SYSTOLIC_MMHG, Quantity.DIASTOLIC_MMHG, Quantity.MEAN_ARTERIAL_MMHG)
    values = [(quantity, fields.sfloat(), factor) for quantity in pressures]
    taken = fields.date_time() if flags & _TIME else None
    if flags & _PULSE:
        values.append((Quantity.PULSE_BPM, fields.sfloat(), 1.0))
    if flags & _USER:
        fields.take(1)
    status = fields.whole(2) if flags & _STATUS else 0
    quality = min((cap for bit, cap in _CAPS.items() if status & bit), default=1.0)
    return [
        Reading(device=device, quantity=quantity, value=value * by, at=frame.at, quality=quality, device_time=taken)
        for quantity, value, by in values
        if value is not None
    ]
