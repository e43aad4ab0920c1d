"""The heartbeats come without any order, in one minute after another: a reason to have the pulse checked."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import ClassVar

from analytics.immediate import Immediate
from analytics.localtime import next_weekday
from analytics.model import Evidence, Finding, FindingKind, Home, Interest, Settings
from analytics.plain import when
from analytics.seen import Seen
from analytics.settings import minutes, number, used
from analytics.vitals.beat_minutes import BeatMinutes, minute_of
from analytics.vitals.quality import POOREST
from devices.model import Observation, Quantity, Reading

SEVERITY = 3
WITHIN = timedelta(days=2)
"""Minutes further back than this say nothing of lately."""
TOLD_AGAIN = 0, time(12, 0)
"""What goes on is told again once a week: from Monday noon on."""
WEEK_S = 7 * 86_400 + 7_200.0
USED = ("irregular_pulse.told", "irregular_pulse.every_min", "irregular_pulse.of", "irregular_pulse.irregular")


@dataclass(slots=True)
class _Strap:
    """One strap: its heartbeats, the minutes judged lately, and until when nothing more is told."""

    beats: BeatMinutes = field(default_factory=BeatMinutes)
    judged: deque[Evidence] = field(default_factory=deque)
    silent_until: datetime | None = None


@dataclass(slots=True)
class IrregularPulse(Immediate):
    """Looks at one minute of heartbeats every so often, and tells when nearly all of the last few had no order.

    What each minute showed is kept as a reading, so that the many heartbeats themselves are not needed after a restart.
    """

    name: ClassVar[str] = "irregular_pulse"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = frozenset({Quantity.BEAT_INTERVAL_S, Quantity.PULSE_IRREGULARITY})

    home: Home
    settings: Settings
    raw: Mapping[Quantity, float] = field(init=False)
    lookback_s: float = field(init=False)
    _told: bool = field(init=False)
    _every: timedelta = field(init=False)
    _of: int = field(init=False)
    _irregular: int = field(init=False)
    _others: frozenset[str] = field(init=False)
    _straps: dict[str, _Strap] = field(default_factory=dict, init=False)
    _derived: list[Reading] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._told = number(self.settings, USED[0]) >= 0.5
        self._every = minutes(self.settings, USED[1])
        self._of = round(number(self.settings, USED[2]))
        self._irregular = min(self._of, round(number(self.settings, USED[3])))
        mine = (None, self.home.resident)
        self._others = frozenset(one.device for one in self.home.sensors.values() if one.person not in mine)
        self.lookback_s = WEEK_S + (WITHIN + self._every).total_seconds()
        self.raw = {Quantity.BEAT_INTERVAL_S: self._every.total_seconds()}

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Take a heartbeat, or what an earlier minute showed."""
        if not isinstance(observation, Reading) or observation.device in self._others:
            return ()
        strap = self._straps.setdefault(observation.device, _Strap())
        if observation.quantity is Quantity.PULSE_IRREGULARITY:
            return self._judge(strap, Seen(observation, number).evidence())
        return self._beat(strap, observation, number)

    def derived(self) -> list[Reading]:
        """What the minutes showed."""
        made, self._derived = self._derived, []
        return made

    def _beat(self, strap: _Strap, reading: Reading, number: int | None) -> Iterable[Finding]:
        if reading.quality < POOREST:
            return ()
        minute = strap.beats.take(Seen(reading, number), reading.value)
        if minute is None or self._is_known(strap, minute.last.at):
            return ()
        likeness, at = round(minute.judged.likeness, 2), minute.last.at
        kept = Reading(device=reading.device, quantity=Quantity.PULSE_IRREGULARITY, value=likeness, at=at)
        self._derived.append(kept)
        return self._judge(strap, Seen(kept, minute.last.number).evidence())

    def _is_known(self, strap: _Strap, at: datetime) -> bool:
        """Whether a minute of this stretch, or a later one, was looked at already."""
        return bool(strap.judged) and minute_of(at, self._every) <= minute_of(strap.judged[-1].at, self._every)

    def _judge(self, strap: _Strap, minute: Evidence) -> Iterable[Finding]:
        if self._is_known(strap, minute.at):
            return ()
        strap.judged.append(minute)
        while len(strap.judged) > self._of or minute.at - strap.judged[0].at > WITHIN:
            strap.judged.popleft()
        silent = strap.silent_until is not None and minute.at < strap.silent_until
        if silent or not self._told or not self._is_persistent(strap):
            return ()
        strap.silent_until = next_weekday(minute.at, *TOLD_AGAIN, self.home.tz)
        return (self._finding(strap.judged),)

    def _is_persistent(self, strap: _Strap) -> bool:
        return len(strap.judged) == self._of and _irregular_among(strap.judged) >= self._irregular

    def _finding(self, judged: deque[Evidence]) -> Finding:
        newest = judged[-1]
        since = when(judged[0].at, newest.at, self.home.tz)
        share = f"{_irregular_among(judged)} of the {len(judged)} minutes looked at since {since}"
        return Finding(
            kind=FindingKind.IRREGULAR_PULSE,
            severity=SEVERITY,
            at=newest.at,
            because=f"In {share} the heartbeats came without any order; this is a reason to have the pulse checked, "
            "and no diagnosis.",
            detector=self.name,
            detector_version=self.version,
            episode=f"{newest.device} {newest.at.isoformat()}",
            evidence=tuple(judged),
            settings=used(self.settings, USED),
        )


def _irregular_among(judged: Iterable[Evidence]) -> int:
    return sum((one.value or 0.0) > 0 for one in judged)
