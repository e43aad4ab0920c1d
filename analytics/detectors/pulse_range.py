"""The pulse stays out of the person's range."""

from typing import ClassVar

from analytics.model import FindingKind, Interest
from analytics.ranges import RangeDetector, Side
from devices.model import Quantity


class PulseRange(RangeDetector):
    """Finds a pulse that stays too slow or too fast, from a chest strap, an armband or an oximeter."""

    __slots__ = ()

    name: ClassVar[str] = "pulse_range"
    listens_to: ClassVar[frozenset[Interest]] = frozenset(
        {Quantity.HEART_RATE_BPM, Quantity.PULSE_BPM, Quantity.SKIN_CONTACT}
    )
    kind = FindingKind.ABNORMAL_PULSE
    limit_keys: ClassVar = {Side.LOW: "abnormal_pulse.low_bpm", Side.HIGH: "abnormal_pulse.high_bpm"}
    hysteresis_key = "abnormal_pulse.hysteresis_bpm"
    what = "pulse"
    unit = " a minute"
