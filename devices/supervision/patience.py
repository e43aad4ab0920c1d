"""How long each device may be silent before that means something: one decision, from how it is used and was heard.

Figures: a wearable that says nothing for 30 s while it is worn has a fault (as OpenSeizureDetector has it); any other
device within three of its own intervals, and not before two minutes. Sensors whose adverts come every ten minutes were
called dead by a fixed time-out of five (Home Assistant core #78195, #78702): hence nothing is fixed once it was learnt.
"""

from devices.kinds import Path, Use
from devices.supervision.model import Watched
from devices.supervision.rhythm import FEWEST, Rhythm

INTERVALS = 3.0
FLOOR_S = 120.0
WORN_FLOOR_S = 30.0
SLOWEST_ADVERT_S = 600.0
"""How far apart adverts are known to be; until a sender's own interval was learnt it may be such a one."""
EVENT_ONLY_S = 86_400.0
"""What speaks only when something happens is not missed sooner, unless it was learnt that it speaks of itself."""
TEST_EVERY_S = 7 * 86_400.0
"""A button that was not pressed for so long is to be pressed once, as a test."""

LEARNT_WORN_S, LEARNT_S, LEARNT_EVENT_ONLY_S = 60.0, 1_800.0, 72_000.0
"""How much time must be known before a rhythm is believed: of what speaks only on events, a night must be in it."""


def limit_s(watched: Watched, rhythm: Rhythm) -> float | None:
    """So long it may be silent; None: for as long as it likes."""
    use = watched.kind.use
    if use is Use.AT_WILL:
        return None
    if use is Use.WORN:
        return _worn_s(watched, rhythm)
    if use is Use.FIXED and watched.kind.interval_s is not None:
        return _speaking_s(watched, watched.kind.interval_s, rhythm)
    return _event_only_s(use, rhythm)


def has_beacon(rhythm: Rhythm) -> bool:
    """Whether it was learnt of something that speaks on events that it speaks of itself as well."""
    return _known(rhythm, LEARNT_EVENT_ONLY_S) and rhythm.regular


def _worn_s(watched: Watched, rhythm: Rhythm) -> float:
    if not _known(rhythm, LEARNT_WORN_S):
        return max(FLOOR_S, INTERVALS * (watched.kind.interval_s or 0.0))
    return max(WORN_FLOOR_S, INTERVALS * rhythm.interval_s)


def _speaking_s(watched: Watched, declared_s: float, rhythm: Rhythm) -> float:
    if _known(rhythm, LEARNT_S):
        return max(FLOOR_S, INTERVALS * rhythm.interval_s)
    slowest_s = declared_s if watched.kind.path is Path.SERIAL else max(declared_s, SLOWEST_ADVERT_S)
    return max(FLOOR_S, INTERVALS * slowest_s)


def _event_only_s(use: Use, rhythm: Rhythm) -> float:
    if has_beacon(rhythm):
        return max(FLOOR_S, INTERVALS * rhythm.interval_s)
    if use is Use.BUTTON:
        return TEST_EVERY_S
    return max(EVENT_ONLY_S, INTERVALS * rhythm.interval_s)


def _known(rhythm: Rhythm, enough_s: float) -> bool:
    return rhythm.total_s >= enough_s and rhythm.gaps >= FEWEST
