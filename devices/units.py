"""The unit of a quantity, read off its name."""

from devices.model import Quantity

_SUFFIXES = {
    "_percent": "%",
    "_bpm": "bpm",
    "_per_min": "/min",
    "_min": "min",
    "_mmhg": "mmHg",
    "_hpa": "hPa",
    "_dbm": "dBm",
    "_ppm": "ppm",
    "_deg": "°",
    "_cm": "cm",
    "_kg": "kg",
    "_kj": "kJ",
    "_lx": "lx",
    "_c": "°C",
    "_s": "s",
    "_v": "V",
    "_w": "W",
}


def unit_of(quantity: Quantity) -> str:
    """The unit as people write it; empty for yes/no states and counts.

    >>> unit_of(Quantity.BODY_TEMPERATURE_C), unit_of(Quantity.OPEN)
    ('°C', '')
    """
    return next((unit for suffix, unit in _SUFFIXES.items() if quantity.value.endswith(suffix)), "")


STATES = frozenset(quantity for quantity in Quantity if not unit_of(quantity)) - {
    Quantity.MOVEMENT_COUNT,
    Quantity.FALL_LIKENESS,
    Quantity.PULSE_IRREGULARITY,
}
"""The quantities that are a state (open, occupied, worn) rather than a measure."""
