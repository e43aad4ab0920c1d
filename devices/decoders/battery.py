"""Any Bluetooth device's charge: the Battery Level characteristic (0x2A19)."""

from devices.fields import Fields
from devices.model import DecodeError, Frame, Observation, Quantity, Reading

YIELDS = frozenset({Quantity.BATTERY_PERCENT})


def decode(device: str, frame: Frame) -> list[Observation]:
    """The charge, 0 to 100."""
    level = Fields(frame.payload, "a battery level").whole(1)
    if level > 100:
        raise DecodeError(f"a battery level is at most 100, got {level}")
    return [Reading(device=device, quantity=Quantity.BATTERY_PERCENT, value=float(level), at=frame.at)]
