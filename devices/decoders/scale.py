"""Bathroom scales: the Weight Measurement characteristic (0x2A9D)."""

from devices.fields import Fields
from devices.model import Frame, Observation, Quantity, Reading

YIELDS = frozenset({Quantity.WEIGHT_KG})

_IMPERIAL, _TIME = 0x01, 0x02
_UNSUCCESSFUL = 0xFFFF
_KG_PER_COUNT = 0.005
_POUNDS_PER_COUNT = 0.01
_KG_PER_POUND = 0.45359237


def decode(device: str, frame: Frame) -> list[Observation]:
    """The weight in kilograms, whatever unit the scale shows."""
    fields = Fields(frame.payload, "a weight measurement")
    flags = fields.whole(1)
    count = fields.whole(2)
    taken = fields.date_time() if flags & _TIME else None
    if count == _UNSUCCESSFUL:
        return []
    kilograms = count * (_POUNDS_PER_COUNT * _KG_PER_POUND if flags & _IMPERIAL else _KG_PER_COUNT)
    return [
        Reading(device=device, quantity=Quantity.WEIGHT_KG, value=round(kilograms, 3), at=frame.at, device_time=taken)
    ]
