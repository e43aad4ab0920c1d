"""Makes the reports of a Contec CMS50D+ oximeter, sixty a second."""

from devices.decoders.cms50d import DROPPING, FINGER_OUT, PROBE_ERROR, PULSE_BIT, SEARCHING, SYNC

_NO_SATURATION, _NO_PULSE = 0x7F, 0xFF


def report(
    saturation_percent: int | None,
    pulse_bpm: int | None,
    *,
    signal: int = 6,
    wave: int = 40,
    first_bits: int = 0,
    third_bits: int = 0,
) -> bytes:
    """One report; None is no reading. `first_bits` and `third_bits` are what the meter says of itself."""
    pulse = _NO_PULSE if pulse_bpm is None else pulse_bpm
    saturation = _NO_SATURATION if saturation_percent is None else saturation_percent
    third = third_bits | (PULSE_BIT if pulse & 0x80 else 0)
    return bytes([SYNC | first_bits | signal, wave, third, pulse & 0x7F, saturation])


def no_finger() -> bytes:
    """Nothing in the meter."""
    return report(None, None, signal=0, wave=0, first_bits=FINGER_OUT)


def searching() -> bytes:
    """A finger, and no pulse found yet."""
    return report(None, None, signal=1, third_bits=SEARCHING)


def dropping(saturation_percent: int, pulse_bpm: int) -> bytes:
    """The saturation is falling while it is measured."""
    return report(saturation_percent, pulse_bpm, first_bits=DROPPING)


def broken_probe() -> bytes:
    """The light or the eye of the meter has failed."""
    return report(None, None, signal=0, third_bits=PROBE_ERROR)
