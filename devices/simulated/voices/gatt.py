"""What devices say that one connects to."""

import math
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from devices.decoders import metamotion, polar
from devices.model import Frame
from devices.simulated import frames_gatt, frames_metamotion, frames_polar
from devices.simulated.voices.adverts import in_order
from devices.simulated.voices.body import Body, Voice, Walk, now_and_then, regularly
from devices.streams.options import chosen

_HEART_RATE, _BATTERY, _CONTINUOUS = "gatt:2a37", "gatt:2a19", "gatt:2a5f"
_WORN_FROM = timedelta(hours=10)
_POLAR_SAMPLES, _METAMOTION_SAMPLES = 36, 3
_MG_PER_G, _NS_PER_S = 1000, 1e9
OXIMETER_SESSIONS_A_DAY = 3.0
OXIMETER_SESSION_S = 45

Sample = tuple[float, float, float]


def _charge(body: Body) -> Iterator[Frame]:
    for at in regularly(body, 3600):
        yield body.frame(_BATTERY, frames_gatt.battery(body.battery_percent(at)), at)


def heart_rate(body: Body) -> Iterator[Frame]:
    """A chest strap: the pulse and the last beats, every second."""
    pulse = Walk(body, 58, 84, 1.0)

    def said(at: datetime) -> Frame:
        rate = pulse.next()
        return body.frame(_HEART_RATE, frames_gatt.heart_rate(round(rate), beats_s=(60 / rate,)), at)

    return in_order(_charge(body), (said(at) for at in regularly(body, 1.0)))


def oximeter(body: Body) -> Iterator[Frame]:
    """A pulse oximeter: three quarters of a minute, three times a day."""
    percent, pulse = Walk(body, 95, 98, 0.2), Walk(body, 60, 80, 1.0)
    for begin in now_and_then(body, OXIMETER_SESSIONS_A_DAY, least_s=2 * OXIMETER_SESSION_S):
        for second in range(OXIMETER_SESSION_S):
            said = frames_gatt.continuous((round(percent.next()), round(pulse.next())))
            yield body.frame(_CONTINUOUS, said, begin + timedelta(seconds=second))


def measured(source: str, make: Callable[[float], bytes], bounds: tuple[float, float], a_day: float) -> Voice:
    """Something that somebody takes up to measure, now and then."""

    def voice(body: Body) -> Iterator[Frame]:
        value = Walk(body, *bounds, (bounds[1] - bounds[0]) / 10)
        return (body.frame(source, make(value.next()), at) for at in now_and_then(body, a_day, least_s=60))

    return voice


def pressure(systolic_mmhg: float) -> bytes:
    """A cuff's measurement around this pressure."""
    high, low = round(systolic_mmhg), round(systolic_mmhg * 0.65)
    return frames_gatt.blood_pressure((high, low, round((high + 2 * low) / 3)), pulse_bpm=72)


def polar_stream(body: Body) -> Iterator[Frame]:
    """A Polar strap: packets of acceleration, stamped with its own clock, and the pulse."""
    rate_hz = chosen(body.setup, "rate_hz", polar.RATES_HZ)

    def packets() -> Iterator[Frame]:
        for number, at in _while_worn(body, _POLAR_SAMPLES / rate_hz):
            moved = _moved(number * _POLAR_SAMPLES, _POLAR_SAMPLES, rate_hz)
            samples = [(round(_MG_PER_G * x), round(_MG_PER_G * y), round(_MG_PER_G * z)) for x, y, z in moved]
            stamp_ns = int((at - body.start).total_seconds() * _NS_PER_S) + 1
            yield body.frame(polar.DATA_SOURCE, frames_polar.packet(samples, stamp_ns), at)

    return in_order(packets(), heart_rate(body))


def metamotion_stream(body: Body) -> Iterator[Frame]:
    """A MetaMotion: packets of three samples."""
    rate_hz = chosen(body.setup, "rate_hz", metamotion.RATES_HZ)
    range_g = chosen(body.setup, "range_g", metamotion.RANGES_G)

    def packets() -> Iterator[Frame]:
        for number, at in _while_worn(body, _METAMOTION_SAMPLES / rate_hz):
            moved = _moved(number * _METAMOTION_SAMPLES, _METAMOTION_SAMPLES, rate_hz)
            yield body.frame(metamotion.SOURCE, frames_metamotion.packet(moved, range_g), at)

    return in_order(packets(), _charge(body))


def _while_worn(body: Body, packet_s: float) -> Iterator[tuple[int, datetime]]:
    """The number and the moment of each packet, on the days' hours in which it is worn."""
    begin, number = body.start, 0
    while True:
        for turn in range(1, int(body.worn_s / packet_s) + 1):
            yield number, begin + timedelta(seconds=turn * packet_s)
            number += 1
        midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
        worn_all_day = timedelta(seconds=body.worn_s) >= timedelta(days=1)
        begin = begin + timedelta(days=1) if worn_all_day else midnight + timedelta(days=1) + _WORN_FROM


def _moved(first: int, count: int, rate_hz: float) -> list[Sample]:
    """What the sensor feels on somebody who sits, and breathes."""
    seconds = [number / rate_hz for number in range(first, first + count)]
    return [(0.03 * math.sin(6.3 * s), 0.02 * math.cos(3.1 * s), 1.0 + 0.03 * math.sin(1.6 * s)) for s in seconds]
