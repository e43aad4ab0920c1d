"""No movement for longer than is usual by day, in bed, or after an outer door was used."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import ClassVar, NamedTuple

from analytics.localtime import after_daytime
from analytics.model import Finding, FindingKind, Home, Interest, Settings
from analytics.plain import count, duration, often, sensor_name, when
from analytics.routine.budget import indoors
from analytics.routine.hazard import STEP_MIN, Place
from analytics.routine.routine import LOOKBACK, SHORTEST, Routine
from analytics.seen import Seen, as_evidence
from analytics.settings import clock, minutes, number, seconds, used
from analytics.signs import LISTENS_TO, STATE_KEPT, Sign, Signs
from devices.model import Observation, Reading, Trigger

SEVERITY = 5
LONGEST_NIGHT = timedelta(hours=18)
"""From the earliest end of the day to its latest beginning, as far as the bounds allow, and an hour for the clocks."""
LONGEST_OUT = timedelta(hours=24)
"""However long somebody stays out at times, longer than this is asked about (or what was decided, if that is more)."""
LONGEST_INDOORS = timedelta(hours=18)
"""However quiet a home is, a longer silence indoors is asked about, unless another longest time in bed was decided."""
LEARNT_FROM = timedelta(minutes=STEP_MIN)
BY_DAY, IN_BED, OUT = "inactivity.longest_silence_min", "inactivity.longest_in_bed_min", "inactivity.longest_out_min"
BUDGET = "inactivity.budget_per_month"
FIXED = (BY_DAY, IN_BED, OUT, "inactivity.day_from", "inactivity.day_to", "home.door_grace_s", "home.appliance_w")
LEARNT = (BUDGET, IN_BED, OUT, "home.door_grace_s", "home.appliance_w")
SAID = {
    BY_DAY: "No movement since {since}, for {length}",
    IN_BED: "In bed without any other movement since {since}, for {length}",
    OUT: "No movement indoors since the {door} was used at {since}, for {length}",
}
USUAL = {BY_DAY: "by day", IN_BED: "in bed", OUT: "time out"}


class _Silence(NamedTuple):
    """Which silence it is (the setting that limits it), since what, when it is too long, and what was learnt of it."""

    limit: str
    last: Seen
    ends: datetime
    learnt: str = ""


@dataclass(slots=True)
class Inactivity:
    """Finds a silence longer than this person's own, once per silence.

    Once two weeks are known, and unless somebody decided a fixed limit, a silence indoors is judged by this home's own
    days: asked about when it is so unusual for its hour, and for being in bed, that the budget allows a question.

    Until then fixed limits hold. By day only day-time counts, so that a night without movement is no silence. In bed
    (a bed sensor says so) and out (an outer door, and no movement indoors after it) have limits of their own, because
    neither may hide a collapse for ever. It speaks only of a home in which something indoors moved within the last day.
    """

    name: ClassVar[str] = "inactivity"
    version: ClassVar[int] = 2
    listens_to: ClassVar[frozenset[Interest]] = LISTENS_TO

    home: Home
    settings: Settings
    lookback_s: float = field(init=False)
    due: datetime | None = field(default=None, init=False)
    _day: tuple[time, time] = field(init=False)
    _grace: timedelta = field(init=False)
    _limits: dict[str, timedelta] = field(init=False)
    _shortest: timedelta = field(init=False)
    _signs: Signs = field(init=False)
    _routine: Routine = field(init=False)
    _is_learnt: bool = field(init=False)
    _in_bed: bool = field(default=False, init=False)
    _latest: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)
    _inside: Seen | None = field(default=None, init=False)
    _door: Seen | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._day = (clock(self.settings, "inactivity.day_from"), clock(self.settings, "inactivity.day_to"))
        self._grace = seconds(self.settings, "home.door_grace_s")
        self._limits = {key: minutes(self.settings, key) for key in (BY_DAY, IN_BED, OUT)}
        self._shortest = min(SHORTEST, *self._limits.values())
        door = any(one.outer_door for one in self.home.sensors.values())
        self._routine = Routine(self.home.tz, indoors(number(self.settings, BUDGET), door=door))
        self._is_learnt = self.settings[BUDGET].version > 0 or self.settings[BY_DAY].version == 0
        self._signs = Signs(self.home, number(self.settings, "home.appliance_w"))
        longest = max(self._limits[BY_DAY] + 2 * LONGEST_NIGHT, self._limits[IN_BED], self._limits[OUT])
        self.lookback_s = max(LOOKBACK, longest + 2 * STATE_KEPT).total_seconds()

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Take one observation of the home."""
        sign = self._signs.read(observation)
        if sign is None or not isinstance(observation, Reading | Trigger):
            return ()
        self._note(Seen(observation, number), inside=sign is Sign.INSIDE)
        return ()

    def tick(self, now: datetime) -> Iterable[Finding]:
        """Ask whether the silence has become too long; if not yet, look again when it would."""
        if self.due is None or now < self.due:
            return ()
        silence = self._silence(now)
        self.due = silence.ends if silence is not None and silence.ends > now else None
        if silence is None or self.due is not None:
            return ()
        return (self._finding(silence, now),)

    def _note(self, sign: Seen, *, inside: bool) -> None:
        before = self._inside if inside else self._door
        if before is not None and sign.at < before.at:
            return
        self._learn(self._latest, sign.at)
        self._latest = max(self._latest, sign.at)
        if inside:
            self._inside = sign
        else:
            self._door = sign
        self._in_bed = self._signs.in_bed_until(sign.at) is not None
        self.due = sign.at + self._shortest  # a first look: which silence it is, is decided then

    def _learn(self, since: datetime, until: datetime) -> None:
        """What the silence that ends now teaches."""
        inside = self._inside
        if until - since < LEARNT_FROM or inside is None:
            self._routine.hear(until)
        elif not self._in_bed and self._is_out(inside, self._door):
            self._routine.learn_out(since, until)
        else:
            self._routine.learn(Place(self._in_bed), since, until)

    def _is_out(self, inside: Seen, door: Seen | None) -> bool:
        return door is not None and inside.at <= door.at + self._grace

    def _silence(self, now: datetime) -> _Silence | None:
        """The silence that goes on now; None where nothing is known of anybody indoors."""
        inside, door = self._inside, self._door
        if inside is None:
            return None
        is_learnt = self._is_learnt and self._routine.knows
        if door is None or not self._is_out(inside, door):
            if is_learnt:
                return self._judged(inside)
            return self._unless_in_bed(_Silence(BY_DAY, inside, self._too_long_by_day(inside.at)), now)
        if is_learnt and self._in_bed:
            return self._judged(door)
        if door.at - inside.at > STATE_KEPT:
            return None
        return self._unless_in_bed(_Silence(OUT, door, door.at + self._longest_out()), now)

    def _judged(self, last: Seen) -> _Silence:
        """By what this home's own days teach; however quiet they are, not longer than a silence in bed may last."""
        waited = self._limits[IN_BED] if self.settings[IN_BED].version else LONGEST_INDOORS
        latest = last.at + waited
        asks_at = self._routine.asks_at(Place(self._in_bed), last.at)
        limit = IN_BED if self._in_bed else BY_DAY
        if asks_at is None or asks_at >= latest:
            return _Silence(limit, last, latest, f"however quiet the days are, we ask after {duration(waited)}")
        days, rarity = count(self._routine.days, "day"), often(number(self.settings, BUDGET))
        learnt = f"by this home's own last {days}, so long a silence at this hour comes about {rarity}"
        return _Silence(limit, last, asks_at, learnt)

    def _longest_out(self) -> timedelta:
        """Twice the longest of the last weeks, within a day, unless somebody decided how long."""
        decided = self._limits[OUT]
        if not self._routine.knows or self.settings[OUT].version:
            return decided
        return max(decided, min(LONGEST_OUT, 2 * self._routine.longest_out))

    def _too_long_by_day(self, since: datetime) -> datetime:
        return after_daytime(since, self._limits[BY_DAY], self._day, self.home.tz)

    def _unless_in_bed(self, silence: _Silence, now: datetime) -> _Silence:
        """A bed that is occupied explains a silence, for as long as it is believed."""
        until = self._signs.in_bed_until(now)
        if until is None:
            return silence
        ends = silence.last.at + self._limits[IN_BED]
        if ends <= until:
            return _Silence(IN_BED, silence.last, ends)
        return silence._replace(ends=max(silence.ends, until))

    def _finding(self, silence: _Silence, now: datetime) -> Finding:
        last = silence.last
        sensor = self.home.sensors.get(last.observation.device)
        return Finding(
            kind=FindingKind.INACTIVITY,
            severity=SEVERITY,
            at=now,
            because=self._because(silence, now),
            detector=self.name,
            detector_version=self.version,
            episode=last.at.isoformat(),
            room=sensor.room if sensor else None,
            evidence=as_evidence([self._inside, self._door if last is self._door else None]),
            settings=used(self.settings, LEARNT if silence.learnt else FIXED),
        )

    def _because(self, silence: _Silence, now: datetime) -> str:
        since, length = when(silence.last.at, now, self.home.tz), now - silence.last.at
        door = self.home.sensors[silence.last.observation.device].name if silence.limit == OUT else ""
        said = SAID[silence.limit].format(since=since, length=duration(length), door=sensor_name(door))
        return f"{said}{f'; {silence.learnt}' if silence.learnt else self._fixed(silence, length)}."

    def _fixed(self, silence: _Silence, length: timedelta) -> str:
        """Which fixed limit was exceeded."""
        longest = self._longest_out() if silence.limit == OUT else self._limits[silence.limit]
        nights = silence.limit == BY_DAY and length > longest
        by_day = f", at least {duration(longest)} of it by day" if nights else ""
        taken = "is" if self.settings[silence.limit].version else "is taken to be"
        return f"{by_day}; the longest usual {USUAL[silence.limit]} {taken} {duration(longest)}"
