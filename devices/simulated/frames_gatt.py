"""Makes the values of Bluetooth health characteristics, as a strap, a meter, a cuff or a scale would notify them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from devices.ieee11073 import to_float, to_sfloat

Pair = tuple[float | None, float | None]
"""Oxygen saturation in percent and pulse in beats a minute; None for no reading."""


def heart_rate(
    rate_bpm: int, *, contact: bool | None = True, energy_kj: int | None = None, beats_s: Sequence[float] = ()
) -> bytes:
    """A heart rate measurement (0x2A37). `contact` None: a sensor that cannot tell."""
    contact_bits = {None: 0x00, False: 0x04, True: 0x06}[contact]
    wide = rate_bpm > 0xFF
    flags = wide | contact_bits | (energy_kj is not None) << 3 | bool(beats_s) << 4
    energy = b"" if energy_kj is None else _u16(energy_kj)
    return (
        bytes([flags]) + _whole(rate_bpm, 2 if wide else 1) + energy + b"".join(_u16(round(b * 1024)) for b in beats_s)
    )


def battery(percent: int) -> bytes:
    """A battery level (0x2A19)."""
    return bytes([percent])


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterStatus:
    """What an oximeter says besides: measurement status bits, device and sensor status bits, pulse amplitude."""

    measurement: int | None = None
    sensor: int | None = None
    perfusion_percent: float | None = None

    @property
    def flags(self) -> int:
        """Which of the three are there, the first in bit 0."""
        given = (self.measurement, self.sensor, self.perfusion_percent)
        return sum((value is not None) << bit for bit, value in enumerate(given))

    @property
    def tail(self) -> bytes:
        """Those that are there."""
        return b"".join(
            (
                b"" if self.measurement is None else _u16(self.measurement),
                b"" if self.sensor is None else _whole(self.sensor, 3),
                b"" if self.perfusion_percent is None else _u16(to_sfloat(self.perfusion_percent)),
            )
        )


ONGOING = MeterStatus(measurement=1 << 5, sensor=0, perfusion_percent=8.7)
"""A steady measurement on a warm finger."""
OFF_FINGER = MeterStatus(measurement=1 << 13, sensor=1 << 11)
"""No finger in the meter."""


def spot_check(
    normal: Pair, *, taken: datetime | None = None, clock_set: bool = True, status: MeterStatus | None = None
) -> bytes:
    """A spot-check measurement (0x2A5E)."""
    status = status or MeterStatus()
    flags = (taken is not None) | status.flags << 1 | (not clock_set) << 4
    return bytes([flags]) + _pair(normal) + (b"" if taken is None else _time(taken)) + status.tail


def continuous(
    normal: Pair, *, fast: Pair | None = None, slow: Pair | None = None, status: MeterStatus = ONGOING
) -> bytes:
    """A continuous measurement (0x2A5F)."""
    flags = (fast is not None) | (slow is not None) << 1 | status.flags << 2
    pairs = (pair for pair in (normal, fast, slow) if pair is not None)
    return bytes([flags]) + b"".join(map(_pair, pairs)) + status.tail


def blood_pressure(
    pressures_mmhg: Sequence[float | None],
    *,
    taken: datetime | None = None,
    pulse_bpm: float | None = None,
    status: int | None = None,
) -> bytes:
    """A blood pressure measurement (0x2A35): systolic, diastolic and mean arterial, in that order."""
    flags = (taken is not None) << 1 | (pulse_bpm is not None) << 2 | (status is not None) << 4
    return b"".join(
        (
            bytes([flags]),
            *(_u16(to_sfloat(pressure)) for pressure in pressures_mmhg),
            b"" if taken is None else _time(taken),
            b"" if pulse_bpm is None else _u16(to_sfloat(pulse_bpm)),
            b"" if status is None else _u16(status),
        )
    )


def temperature(celsius: float | None, *, taken: datetime | None = None) -> bytes:
    """A body temperature measurement (0x2A1C)."""
    value = _whole(to_float(celsius), 4)
    return bytes([(taken is not None) << 1]) + value + (b"" if taken is None else _time(taken))


def weight(kilograms: float, *, taken: datetime | None = None) -> bytes:
    """A weight measurement (0x2A9D)."""
    return bytes([(taken is not None) << 1]) + _u16(round(kilograms / 0.005)) + (b"" if taken is None else _time(taken))


def _pair(pair: Pair) -> bytes:
    return b"".join(_u16(to_sfloat(value)) for value in pair)


def _time(at: datetime) -> bytes:
    return _u16(at.year) + bytes([at.month, at.day, at.hour, at.minute, at.second])


def _u16(value: int) -> bytes:
    return _whole(value, 2)


def _whole(value: int, size: int) -> bytes:
    return value.to_bytes(size, "little")
