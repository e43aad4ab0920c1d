"""What is measured is not as usual for this person: for some days, or rising from day to day."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from math import isfinite
from typing import ClassVar

from analytics.localtime import next_weekday
from analytics.model import Evidence, Finding, FindingKind, Home, Interest, Settings
from analytics.plain import when
from analytics.seen import Seen
from analytics.settings import number, used
from analytics.vitals.baseline import KEPT, SETTLED, Departure, Limit, beyond, departure, rise
from analytics.vitals.quality import POOREST
from analytics.vitals.quarters import Gathering, Quarter, Value, quarter_of
from analytics.vitals.vital import OF, STREAMS, VITALS, Vital
from devices.model import Observation, Quantity, Reading

SEVERITY = 3
TOLD_AGAIN = 0, time(12, 0)
"""What goes on is told again once a week: from Monday noon on."""
SILENT = timedelta(days=7, hours=2)
RAW_S = 26 * 3_600.0
SURE = "unusual_vitals.sure_percent"
SIDES = (("high", True), ("low", False))


@dataclass(slots=True)
class _Series:
    """One vital sign: the quarter of a day that is gathered now, and those before.

    Of its being high, and of its being low, nothing more is told until then.
    """

    gathering: Gathering | None = None
    history: dict[Quarter, Value] = field(default_factory=dict)
    silent_until: dict[bool, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class UnusualVitals:
    """Learns what is usual by the time of day, and tells what departs from it for days, or rises over days.

    A limit that somebody decided for this person wins over what is learnt on its side. Each quarter of a day is judged
    when it is over. Of what streams, one value a quarter is kept as a reading, so that a month of it is known again.
    """

    name: ClassVar[str] = "unusual_vitals"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = frozenset(OF) | frozenset(STREAMS)

    home: Home
    settings: Settings
    due: datetime | None = field(default=None, init=False)
    lookback_s: float = (KEPT + SETTLED + SILENT).total_seconds()
    raw: Mapping[Quantity, float] = field(init=False)
    _sure: float = field(init=False)
    _others: frozenset[str] = field(init=False)
    _series: Mapping[str, _Series] = field(init=False)
    _derived: list[Reading] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        mine = (None, self.home.resident)
        self._others = frozenset(one.device for one in self.home.sensors.values() if one.person not in mine)
        self._sure = number(self.settings, SURE) / 100
        self._series = {name: _Series() for name in VITALS}
        streams = [vital for vital in VITALS.values() if vital.kept_as is not None]
        self.raw = {quantity: RAW_S for vital in streams for quantity in vital.quantities}

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Take a reading of a vital sign, or what was kept of an earlier quarter of a day."""
        if not isinstance(observation, Reading) or not self._counts(observation):
            return ()
        kept_of = STREAMS.get(observation.quantity)
        if kept_of is not None:
            self._remember(self._series[kept_of], Seen(observation, number))
        else:
            self._gather(OF[observation.quantity], Seen(observation, number), observation.value)
        return ()

    def tick(self, now: datetime) -> Iterable[Finding]:
        """Judge the quarters of a day that are over."""
        if self.due is None or now < self.due:
            return ()
        found = [one for name, series in self._series.items() for one in self._close(name, series, now)]
        self.due = min((one.gathering.ends for one in self._series.values() if one.gathering), default=None)
        return found

    def derived(self) -> list[Reading]:
        """What was kept of streams."""
        made, self._derived = self._derived, []
        return made

    def _counts(self, reading: Reading) -> bool:
        return isfinite(reading.value) and reading.quality >= POOREST and reading.device not in self._others

    def _remember(self, series: _Series, seen: Seen) -> None:
        """What was kept is surer than what is gathered anew from the part of a quarter that is replayed."""
        evidence = seen.evidence()
        quarter = quarter_of(seen.at, self.home.tz)
        newest = next(reversed(series.history), quarter)
        if quarter in series.history or quarter >= newest:
            series.history[quarter] = Value(quarter, evidence.value or 0.0, evidence)

    def _gather(self, name: str, seen: Seen, value: float) -> None:
        series, vital = self._series[name], VITALS[name]
        if series.gathering is None:
            quarter = quarter_of(seen.at, self.home.tz)
            if quarter in series.history or quarter < next(reversed(series.history), quarter):
                return
            series.gathering = Gathering(quarter, quarter.ends(self.home.tz), seen)
            self.due = min(self.due or series.gathering.ends, series.gathering.ends)
        if seen.at >= series.gathering.last.at:
            series.gathering.take(seen, value, vital.every_s)

    def _close(self, name: str, series: _Series, now: datetime) -> Iterator[Finding]:
        gathering, vital = series.gathering, VITALS[name]
        if gathering is None or gathering.ends > now:
            return
        series.gathering = None
        value = gathering.value(vital)
        if vital.kept_as is not None:
            self._keep(value, vital.kept_as)
        series.history[value.quarter] = value
        for quarter in [one for one in series.history if one.day < value.quarter.day - KEPT - SETTLED]:
            del series.history[quarter]
        yield from self._judge(name, series, now)

    def _keep(self, value: Value, kept_as: Quantity) -> None:
        shown = value.evidence
        self._derived.append(Reading(device=shown.device, quantity=kept_as, value=value.value, at=shown.at))

    def _judge(self, name: str, series: _Series, now: datetime) -> Iterator[Finding]:
        for what, found, keys in self._departures(name, VITALS[name], list(series.history.values())):
            silent_until = series.silent_until.get(found.high)
            if found.sure < self._sure or (silent_until is not None and now < silent_until):
                continue
            series.silent_until[found.high] = next_weekday(now, *TOLD_AGAIN, self.home.tz)
            yield self._finding(name, what, found, (SURE, *keys), now)

    def _departures(
        self, name: str, vital: Vital, history: list[Value]
    ) -> Iterator[tuple[str, Departure, tuple[str, ...]]]:
        for side, high in SIDES:
            key = f"unusual_vitals.{name}_{side}"
            limit = number(self.settings, key)
            decided = limit > 0
            found = beyond(history, Limit(value=limit, high=high)) if decided else departure(history, vital, high=high)
            if found is not None:
                yield (f"{side} {'limit' if decided else 'usual'}", found, (key,))
        if vital.trend is not None:
            risen = rise(history, vital, vital.trend.days, number(self.settings, vital.trend.key))
            if risen is not None:
                yield "rise", risen, (vital.trend.key,)

    def _finding(self, name: str, what: str, found: Departure, keys: tuple[str, ...], now: datetime) -> Finding:
        newest = found.values[-1].evidence
        return Finding(
            kind=FindingKind.UNUSUAL_VITALS,
            severity=SEVERITY,
            at=now,
            because=self._because(name, what, found, now),
            detector=self.name,
            detector_version=self.version,
            episode=f"{name} {what} {newest.at.isoformat()}",
            evidence=(*(one.evidence for one in found.values), *_facts(found, newest)),
            settings=used(self.settings, keys),
        )

    def _because(self, name: str, what: str, found: Departure, now: datetime) -> str:
        """In words, without the values themselves: not everybody who is told may see those."""
        vital = VITALS[name]
        since = f"since {when(found.values[0].evidence.at, now, self.home.tz)}"
        times = f"in the last {len(found.values)} quarters of a day that were measured, {since}"
        where = ("below", "above")[found.high]
        if what.endswith("limit"):
            return f"The {vital.words} lay at or {where} the limit that was set for this person {times}."
        chance = f"at {int(100 * found.sure)} % this is more than the usual ups and downs"
        if vital.trend is not None and what == "rise":
            least = f"{number(self.settings, vital.trend.key):g} {vital.trend.unit}"
            return f"The {vital.words} has risen by {least} or more within {vital.trend.days} days; {chance}."
        return f"The {vital.words} lay {where} what is usual for this person at that time of day {times}; {chance}."


def _facts(found: Departure, newest: Evidence) -> Iterator[Evidence]:
    """How sure it is, and what is usual: the level, the spread around it, and from how many values both were learnt."""
    facts = {"sure_percent": float(int(100 * found.sure))}
    if found.usual is not None:
        known = found.usual
        facts |= {"usual": round(known.level, 2), "usual_spread": round(known.spread, 2), "learnt_from": known.count}
    for what, value in facts.items():
        yield Evidence(device=newest.device, what=what, value=value, at=newest.at, id=newest.id)
