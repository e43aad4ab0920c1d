"""The blood oxygen level stays below the person's range."""

from typing import ClassVar

from analytics.model import FindingKind, Interest
from analytics.ranges import RangeDetector, Side
from devices.model import Quantity


class Spo2Range(RangeDetector):
    """Finds a blood oxygen level that stays too low. There is no level too high without oxygen being given."""

    __slots__ = ()

    name: ClassVar[str] = "spo2_range"
    listens_to: ClassVar[frozenset[Interest]] = frozenset({Quantity.SPO2_PERCENT, Quantity.SKIN_CONTACT})
    kind = FindingKind.ABNORMAL_SPO2
    limit_keys: ClassVar = {Side.LOW: "abnormal_spo2.low_percent"}
    hysteresis_key = "abnormal_spo2.hysteresis_percent"
    what = "blood oxygen level"
    unit = " %"
