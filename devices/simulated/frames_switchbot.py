"""Makes the two parts of what SwitchBot's sensors advertise: service data (0xFD3D) and manufacturer data (0x0969)."""

from typing import NamedTuple

from devices.decoders.switchbot import Model


class Parts(NamedTuple):
    """Service data and manufacturer data of one advert."""

    service: bytes
    company: bytes


def contact(
    mac: str, *, is_open: bool, left_open: bool = False, motion: bool = False, battery: int = 100, number: int = 0
) -> Parts:
    """A door or window, and whether somebody passes it."""
    service = bytes([Model.CONTACT, motion << 6, battery, is_open << 1 | left_open << 2, 0, 0, 0, 0, 0])
    state = motion << 7 | left_open << 5 | is_open << 4
    return Parts(service, _mac(mac) + bytes([number & 0xFF, state, 0, 0, 0, 0, 0]))


def motion(mac: str, *, moving: bool, battery: int = 100, number: int = 0) -> Parts:
    """Somebody moves, or nobody has for a while."""
    service = bytes([Model.MOTION, moving << 6, battery, 0, 0, 1])
    return Parts(service, _mac(mac) + bytes([number & 0xFF, moving << 6, 0, 0]))


def leak(mac: str, *, wet: bool, tampered: bool = False, battery: int = 100, number: int = 0) -> Parts:
    """Water on the floor. Below 10 % the sensor itself says that its battery is low."""
    charge = battery | (battery < 10) << 7
    company = _mac(mac) + bytes([number & 0xFF, charge, tampered << 1 | wet]) + bytes(10)
    return Parts(bytes([Model.LEAK, 0, battery]), company)


def _mac(mac: str) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))
