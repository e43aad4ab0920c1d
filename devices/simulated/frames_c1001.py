"""Makes the answers of a DFRobot C1001 radar."""

from devices.decoders.c1001 import HEART_RATE, IN_BED, framed

_UNKNOWN = 2


def in_bed(*, occupied: bool | None) -> bytes:
    """Whether somebody is in bed; None: the radar does not know."""
    return framed(IN_BED, bytes([_UNKNOWN if occupied is None else occupied]))


def heart_rate(rate_bpm: int) -> bytes:
    """A heart rate, 0 for none."""
    return framed(HEART_RATE, bytes([rate_bpm]))
