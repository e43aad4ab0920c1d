"""The decimal floats of medical devices (IEEE 11073-20601): SFLOAT in 16 bits, FLOAT in 32.

A number is mantissa x 10^exponent, both two's complement. With exponent zero the five mantissas at the edge are not
numbers: not-a-number, not at this resolution, the two infinities, and one reserved. They all mean *no reading*.
"""

_SHORT_NO_READING = frozenset({0x07FF, 0x0800, 0x07FE, 0x0802, 0x0801})
_LONG_NO_READING = frozenset({0x007FFFFF, 0x00800000, 0x007FFFFE, 0x00800002, 0x00800001})
_LARGEST_SHORT = 2045
_LARGEST_LONG = 8_388_605


def from_sfloat(word: int) -> float | None:
    """The number in a 16-bit SFLOAT; None where it says that there is none.

    >>> from_sfloat(0xF057)
    8.7
    """
    if word in _SHORT_NO_READING:
        return None
    return _scaled(_signed(word & 0x0FFF, 12), _signed(word >> 12, 4))


def from_float(word: int) -> float | None:
    """The number in a 32-bit FLOAT; None where it says that there is none.

    >>> from_float(0xFF00016E)
    36.6
    """
    if word in _LONG_NO_READING:
        return None
    return _scaled(_signed(word & 0x00FFFFFF, 24), _signed(word >> 24, 8))


def to_sfloat(value: float | None) -> int:
    """The SFLOAT nearest to a number, in its finest resolution; NaN for None. ValueError where it does not fit."""
    if value is None:
        return 0x07FF
    exponent, mantissa = _finest(value, range(-8, 8), _LARGEST_SHORT)
    return (exponent & 0x0F) << 12 | mantissa & 0x0FFF


def to_float(value: float | None) -> int:
    """The FLOAT nearest to a number, in its finest resolution; NaN for None. ValueError where it does not fit."""
    if value is None:
        return 0x007FFFFF
    exponent, mantissa = _finest(value, range(-128, 128), _LARGEST_LONG)
    return (exponent & 0xFF) << 24 | mantissa & 0x00FFFFFF


def _signed(word: int, bits: int) -> int:
    return word - (1 << bits) if word >> (bits - 1) else word


def _scaled(mantissa: int, exponent: int) -> float:
    """Divide rather than multiply by 10^-n, which is no binary number: 87 x 10^-1 must be 8.7 to the last bit."""
    return float(mantissa * 10**exponent) if exponent >= 0 else mantissa / int(10**-exponent)


def _finest(value: float, exponents: range, largest: int) -> tuple[int, int]:
    for exponent in exponents:
        scaled = _scaled_down(value, exponent)
        if abs(scaled) < largest + 0.5:
            return exponent, round(scaled)
    raise ValueError(f"{value} does not fit")


def _scaled_down(value: float, exponent: int) -> float:
    return value / float(10**exponent) if exponent >= 0 else value * float(10**-exponent)
