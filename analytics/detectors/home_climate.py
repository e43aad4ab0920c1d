"""A home that is too cold, too hot or too damp while somebody is in."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar, NamedTuple

from analytics.model import Finding, FindingKind, Home, Interest, Settings
from analytics.plain import duration, sensor_name
from analytics.seen import Seen, as_evidence
from analytics.settings import number, used
from devices.model import Observation, Quantity, Reading

LASTS = timedelta(hours=1)
"""A door that was open for a while makes no cold home."""
HEARD_WITHIN = timedelta(hours=3)
"""A thermometer that was not heard of for longer has not measured all the while."""
IN_WITHIN = timedelta(hours=3)
"""Somebody is in when something moved within this time."""


class Limit(NamedTuple):
    """One limit: of what, on which side, how grave, and how it is said."""

    key: str
    quantity: Quantity
    beyond: Callable[[float, float], bool]
    severity: int
    said: str


LIMITS = (
    Limit("home_climate.cold_c", Quantity.TEMPERATURE_C, float.__lt__, 4, "below {limit:g} °C"),
    Limit("home_climate.hot_c", Quantity.TEMPERATURE_C, float.__gt__, 4, "above {limit:g} °C"),
    Limit("home_climate.damp_percent", Quantity.HUMIDITY_PERCENT, float.__gt__, 2, "above {limit:g} % humidity"),
)
OF: Mapping[Quantity, tuple[Limit, ...]] = {
    quantity: tuple(one for one in LIMITS if one.quantity is quantity) for quantity in {one.quantity for one in LIMITS}
}


@dataclass(slots=True)
class _Run:
    """Since when a sensor has been beyond a limit, and on which day that was last told."""

    since: Seen | None = None
    heard: datetime | None = None
    told: date | None = None


@dataclass(slots=True)
class HomeClimate:
    """Tells of each sensor at most once a day that a room has stayed beyond a limit for an hour with somebody in."""

    name: ClassVar[str] = "home_climate"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = frozenset(OF) | {Quantity.MOTION}

    home: Home
    settings: Settings
    due: datetime | None = field(default=None, init=False)
    lookback_s: float = field(default=timedelta(days=2, hours=2).total_seconds(), init=False)
    _limits: Mapping[str, float] = field(init=False)
    _runs: dict[tuple[str, str], _Run] = field(default_factory=dict, init=False)
    _moved: Seen | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._limits = {limit.key: number(self.settings, limit.key) for limit in LIMITS}

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Take a temperature, a humidity, or movement."""
        if not isinstance(observation, Reading):
            return ()
        if observation.quantity is Quantity.MOTION:
            if observation.value >= 0.5 and (self._moved is None or observation.at >= self._moved.at):
                self._moved = Seen(observation, number)
            return ()
        return list(self._take(Seen(observation, number), observation))

    def tick(self, now: datetime) -> Iterable[Finding]:
        """Nothing is decided by the passing of time alone: a thermometer speaks often."""
        del now
        return ()

    def _take(self, seen: Seen, reading: Reading) -> Iterator[Finding]:
        for limit in OF[reading.quantity]:
            run = self._runs.setdefault((reading.device, limit.key), _Run())
            if run.heard is not None and reading.at < run.heard:
                continue
            lost = run.heard is None or reading.at - run.heard > HEARD_WITHIN
            run.heard = reading.at
            if not limit.beyond(reading.value, self._limits[limit.key]):
                run.since = None
            elif run.since is None or lost:
                run.since = seen
            elif self._is_to_be_told(run, reading.at):
                run.told = reading.at.astimezone(self.home.tz).date()
                yield self._finding(limit, seen, reading)

    def _is_to_be_told(self, run: _Run, now: datetime) -> bool:
        somebody_in = self._moved is not None and now - self._moved.at <= IN_WITHIN
        lasts = run.since is not None and now - run.since.at >= LASTS
        return lasts and somebody_in and run.told != now.astimezone(self.home.tz).date()

    def _finding(self, limit: Limit, seen: Seen, reading: Reading) -> Finding:
        sensor = self.home.sensors.get(reading.device)
        where = sensor_name(sensor.room or sensor.name) if sensor else sensor_name(reading.device)
        said = limit.said.format(limit=self._limits[limit.key])
        day = reading.at.astimezone(self.home.tz).date()
        return Finding(
            kind=FindingKind.HOME_CLIMATE,
            severity=limit.severity,
            at=reading.at,
            because=f"The {where} has been {said} for {duration(LASTS)} or longer while somebody is at home.",
            detector=self.name,
            detector_version=self.version,
            episode=f"{reading.device} {limit.key} {day}",
            room=sensor.room if sensor else None,
            evidence=as_evidence([seen, self._moved]),
            settings=used(self.settings, (limit.key,)),
        )
