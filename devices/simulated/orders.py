"""Faults as they are ordered in words: `drops=0.1`, `pendant:dead_battery=2h`, `drift=200`."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from devices.simulated import faults
from devices.simulated.faults import Fault
from devices.spelling import unknown

_ORDER = re.compile(r"(?:(?P<device>[^:=]+):)?(?P<fault>[a-z_-]+)(?:=(?P<much>.+))?")
_DURATION = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>s|min|h|d)")
_UNITS: Mapping[str, str] = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
_MOST_PPM = 100_000.0
MOST_DROPPED = 0.99


class OrderError(ValueError):
    """A fault that cannot be ordered so; says what can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """One sort of fault: how its measure is read, how it is made, and how much there is of it unless it is said."""

    read: Callable[[str], float]
    make: Callable[[Random, float, datetime], Fault]
    usual: str


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise OrderError(f"{text!r} must be a share of the frames, from 0 to 1")
    return share


def _dropped(text: str) -> float:
    share = _share(text)
    if share > MOST_DROPPED:
        raise OrderError(
            f"at most {MOST_DROPPED:g} of the frames can be dropped; for all of them order dead_battery=0s"
        )
    return share


def _ppm(text: str) -> float:
    try:
        ppm = float(text)
    except ValueError:
        ppm = _MOST_PPM + 1
    if abs(ppm) > _MOST_PPM:
        raise OrderError(f"{text!r} must be a drift in millionths, like 200 or -50")
    return ppm


def _seconds(text: str) -> float:
    found = _DURATION.fullmatch(text)
    if found is None:
        raise OrderError(f"{text!r} must be a time, like 30s, 10min, 2h or 3d")
    return timedelta(**{_UNITS[found["unit"]]: float(found["number"])}).total_seconds()


SORTS: Mapping[str, Sort] = {
    "noise": Sort(read=_share, make=lambda rng, share, _: faults.noise(rng, share), usual="0.01"),
    "drops": Sort(read=_dropped, make=lambda rng, share, _: faults.drops(rng, share), usual="0.1"),
    "truncation": Sort(read=_share, make=lambda rng, share, _: faults.truncation(rng, share), usual="0.05"),
    "duplicate": Sort(read=_share, make=lambda rng, share, _: faults.duplicates(rng, share), usual="0.1"),
    "drift": Sort(read=_ppm, make=lambda _, ppm, __: faults.drift(ppm), usual="200"),
    "dead_battery": Sort(
        read=_seconds,
        make=lambda _, after_s, start: faults.dead_battery(start + timedelta(seconds=after_s)),
        usual="1h",
    ),
}
"""Every fault that can be ordered."""
DEAD_BATTERY = "dead_battery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One fault, of one device or of all (None), and how much of it: a share, millionths, or seconds from the start."""

    fault: str
    much: float
    device: str | None = None


def order_of(text: str, devices: Collection[str]) -> Order:
    """An order in words. Raises `OrderError`."""
    found = _ORDER.fullmatch(text.strip())
    if found is None:
        raise OrderError(f"a fault is ordered like drops=0.1 or pendant:dead_battery=2h, and not like {text!r}")
    device, fault = found["device"], found["fault"].replace("-", "_")
    if fault not in SORTS:
        raise OrderError(unknown("fault", fault, SORTS))
    if device is not None and device not in devices:
        raise OrderError(unknown("device", device, devices))
    sort = SORTS[fault]
    return Order(fault=fault, much=sort.read(found["much"] or sort.usual), device=device)


def faults_of(device: str, orders: Sequence[Order], rng: Random, start: datetime) -> list[Fault]:
    """The faults that this device has, in the order in which they were ordered."""
    return [SORTS[one.fault].make(rng, one.much, start) for one in orders if one.device in (None, device)]


def death_of(device: str, orders: Sequence[Order], start: datetime) -> datetime | None:
    """When this device's battery is empty, where that was ordered."""
    hours = [one.much for one in orders if one.fault == DEAD_BATTERY and one.device in (None, device)]
    return start + timedelta(seconds=min(hours)) if hours else None
