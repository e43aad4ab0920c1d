"""Every detector that ships, in one table."""

from collections.abc import Callable

from analytics.detectors.calls_for_help import CallsForHelp
from analytics.detectors.device_fall import DeviceFall
from analytics.detectors.door_at_night import DoorAtNight
from analytics.detectors.fall_together import FallTogether
from analytics.detectors.home_climate import HomeClimate
from analytics.detectors.home_danger import HomeDanger
from analytics.detectors.inactivity import Inactivity
from analytics.detectors.irregular_pulse import IrregularPulse
from analytics.detectors.long_lie import LongLie
from analytics.detectors.news2 import News2
from analytics.detectors.pulse_range import PulseRange
from analytics.detectors.routine_change import RoutineChange
from analytics.detectors.spo2_range import Spo2Range
from analytics.detectors.unusual_vitals import UnusualVitals
from analytics.detectors.wearable_fall import WearableFall
from analytics.model import Detector, Home, Settings

DETECTORS: dict[str, Callable[[Home, Settings], Detector]] = {
    CallsForHelp.name: lambda home, _: CallsForHelp(home),
    DeviceFall.name: lambda home, _: DeviceFall(home),
    DoorAtNight.name: DoorAtNight,
    FallTogether.name: FallTogether,
    HomeClimate.name: HomeClimate,
    HomeDanger.name: HomeDanger,
    Inactivity.name: Inactivity,
    IrregularPulse.name: IrregularPulse,
    LongLie.name: LongLie,
    News2.name: News2,
    PulseRange.name: PulseRange,
    RoutineChange.name: RoutineChange,
    Spo2Range.name: Spo2Range,
    UnusualVitals.name: UnusualVitals,
    WearableFall.name: WearableFall,
}


def build(home: Home, settings: Settings) -> list[Detector]:
    """One of each, for this home and these settings (`analytics.settings.resolve`)."""
    return [make(home, settings) for make in DETECTORS.values()]
