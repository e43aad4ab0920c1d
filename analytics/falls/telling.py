"""The words, the facts and the window of a fall that a wearable felt."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.falls.features import BEFORE, HZ
from analytics.falls.quiet import ENOUGH_DAYS, Thresholds
from analytics.falls.resample import RANGE_G
from analytics.falls.wearer import Fallen
from analytics.model import Evidence
from analytics.plain import when
from devices.model import SampleBlock

STILL_G = 0.06
"""Who lies still after a fall moves a device by less than this (root mean square of the acceleration's spread)."""
KNOWN_S = 1.5
"""Less than this of what comes after a knock says nothing about it."""
SHOWN = ("peak_g", "low_g_min", "tilt_deg", "settled_spread")
"""The features that are shown as facts; the rest can be had again from the window."""
SURE = "sure_enough_to_act"
"""The fact (1.0) of a fall about which nobody need be asked first."""
STILL_AFTER_IMPACT = "still_after_impact"
"""The fact (1.0) of a fall after which nothing moved."""


def because(fallen: Fallen, name: str, limits: Thresholds, *, sure: bool, tz: ZoneInfo) -> str:
    """Why this is taken for a fall."""
    at = when(fallen.at, fallen.knock.known_until, tz)
    knock = "a hard knock very like a fall" if sure else "a hard knock like a fall"
    return f"The {name} felt {knock} at {at}, then {_after(fallen)}; {_limit(limits)}."


def _after(fallen: Fallen) -> str:
    if fallen.knock.known_after_s < KNOWN_S:
        return "nothing more was heard of it"
    return "hardly any movement" if fallen.features["settled_spread"] < STILL_G else "some movement"


def _limit(limits: Thresholds) -> str:
    if limits.days:
        return f"by the limit learnt from {limits.days} of the wearer's own days"
    return f"by the general limit, as fewer than {ENOUGH_DAYS} of the wearer's own days are known"


def because_still(fallen: Fallen, length: timedelta, now: datetime, tz: ZoneInfo) -> str:
    """That nothing moves after it."""
    return f"A hard knock at {when(fallen.at, now, tz)}, then no movement for {length.total_seconds():.0f} seconds."


def facts(fallen: Fallen, block: Evidence, *, sure: bool) -> tuple[Evidence, ...]:
    """The block that completed it, and its features; each with the block's own number and time."""
    values = {name: round(fallen.features[name], 3) for name in SHOWN}
    values |= {"fall_likeness": round(fallen.likeness, 3)} | ({SURE: 1.0} if sure else {})
    return (block, *(fact(block, name, value) for name, value in values.items()))


def fact(block: Evidence, what: str, value: float) -> Evidence:
    """One number, as part of this block's evidence."""
    return Evidence(device=block.device, what=what, value=value, at=block.at, id=block.id)


def window(fallen: Fallen, device: str) -> SampleBlock:
    """The movement that it was judged by."""
    return SampleBlock(
        device=device,
        at=fallen.at - timedelta(seconds=BEFORE / HZ),
        rate_hz=HZ,
        acceleration_g=fallen.knock.window,
        range_g=RANGE_G,
    )
