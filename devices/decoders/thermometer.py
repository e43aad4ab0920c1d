"""Clinical thermometers: the Temperature Measurement characteristic (0x2A1C)."""

from devices.fields import Fields
from devices.model import Frame, Observation, Quantity, Reading

YIELDS = frozenset({Quantity.BODY_TEMPERATURE_C})

_IN_FAHRENHEIT, _TIME = 0x01, 0x02


def decode(device: str, frame: Frame) -> list[Observation]:
    """The body's temperature in degrees Celsius, whatever unit the thermometer shows."""
    fields = Fields(frame.payload, "a temperature measurement")
    flags = fields.whole(1)
    value = fields.medical_float()
    taken = fields.date_time() if flags & _TIME else None
    if value is None:
        return []
    celsius = (value - 32) / 1.8 if flags & _IN_FAHRENHEIT else value
    return [Reading(device=device, quantity=Quantity.BODY_TEMPERATURE_C, value=celsius, at=frame.at, device_time=taken)]
