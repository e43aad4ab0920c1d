"""Of which faults people are told now, and in which words. Pure.

What nobody can wait for is told soon; the rest is collected, and waits for the morning; tired batteries are told once a
day, together. Sensors behind a receiver that is down are told with it, never one by one. What is not mended by its
day is told again, until it is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from analytics.model import Finding, FindingKind
from devices.supervision.model import Condition
from hub.escalation.burden import night_of
from hub.store.faults import Fault

DETECTOR, VERSION = "supervision", 1
SEVERITY = 4

AT_ONCE = timedelta(0)
LASTING = timedelta(minutes=5)
"""A blink of a sensor is nobody's alarm, and who goes into the garden with a watch on is back, or in trouble."""
COLLECTED = timedelta(minutes=30)
"""Where home.toml says nothing else."""
DAILY = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a case waits before it is told: a usual one, and a grave one. None: for the daily notice."""

    usual: timedelta | None
    grave: timedelta | None


_SENSOR = Pace(usual=COLLECTED, grave=LASTING)
_TIRED = Pace(usual=DAILY, grave=DAILY)
OTHER = Pace(usual=AT_ONCE, grave=AT_ONCE)
"""For a kind of fault that this table does not know: a part of the hub itself does not work."""
PACES: Mapping[str, Pace] = {
    Condition.RECEIVER_DOWN: OTHER,
    Condition.RECEIVER_DEAF: OTHER,
    Condition.SIGNAL_FELL: Pace(usual=COLLECTED, grave=COLLECTED),
    Condition.LOST: _SENSOR,
    Condition.WEARABLE_SILENT: _SENSOR,
    Condition.UNTESTED: _TIRED,
    Condition.UNREADABLE: _SENSOR,
    Condition.BATTERY_LOW: _TIRED,
    Condition.BATTERY_DYING: Pace(usual=DAILY, grave=COLLECTED),
    Condition.NOT_WORN: Pace(usual=DAILY, grave=COLLECTED),
    Condition.STUCK: _SENSOR,
    Condition.CLOCK_WRONG: _TIRED,
}
BATTERIES = frozenset({Condition.BATTERY_LOW, Condition.BATTERY_DYING})
RECEIVERS = frozenset({Condition.RECEIVER_DOWN, Condition.RECEIVER_DEAF})

DAILY_AT = time(10)
TOLD_LATELY = timedelta(hours=6)
"""What comes and goes is told at the usual pace after the first time, so that it must last."""
AGAIN_AFTER = timedelta(days=1)
"""What is overdue is told once a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What else matters: the time, which cases are grave, which were told lately, and which receiver hears a device.

    `digest` is how long faults are collected in this home, `never_digest` the kinds that are not; in the `night` nobody
    is told of what can wait.
    """

    now: datetime
    tz: ZoneInfo
    digest: timedelta = COLLECTED
    never_digest: frozenset[str] = frozenset()
    night: tuple[time, time] = (time(22), time(7))
    grave: frozenset[tuple[str, str]] = frozenset()
    lately: Sequence[Fault] = ()
    receiver_of: Callable[[str], str | None] = lambda _: None


def to_tell(cases: Iterable[Fault], scene: Scene) -> list[Fault]:
    """The open cases that people are told of now, all in one notice; none while nothing is due.

    What waits only for company comes along.
    """
    known = list(cases)
    deaf = {case.subject for case in known if case.kind in RECEIVERS}
    waiting = {
        case.number: (case, moment)
        for case in known
        if scene.receiver_of(case.subject) not in deaf and (moment := _moment(case, scene)) is not None
    }
    if not any(moment <= scene.now for _, moment in waiting.values()):
        return []
    return [case for case, moment in waiting.values() if moment <= scene.now or _pace(case, scene) is not DAILY]


def is_overdue(case: Fault, now: datetime) -> bool:
    """Whether people were told, and it should be mended by now."""
    return case.told_at is not None and case.due_at is not None and case.told_at < case.due_at <= now


def next_due(case: Fault, now: datetime) -> datetime | None:
    """Its deadline once people have been told now."""
    return now + AGAIN_AFTER if case.due_at is not None and case.due_at <= now else case.due_at


def finding_of(cases: Sequence[Fault], now: datetime) -> Finding:
    """One finding of all that is told now."""
    numbers = ", ".join(str(case.number) for case in cases)
    return Finding(
        kind=FindingKind.FAULT,
        severity=SEVERITY,
        at=now,
        because=sentence(cases, now),
        detector=DETECTOR,
        detector_version=VERSION,
        episode=f"{numbers} at {now.isoformat()}",
    )


def sentence(cases: Sequence[Fault], now: datetime) -> str:
    """What people read of these."""
    said = [f"{'Still so: ' if is_overdue(case, now) else ''}{case.because}" for case in cases]
    if len(cases) == 1:
        return " ".join(filter(None, (said[0], cases[0].cover)))
    things = "batteries need changing" if all(case.kind in BATTERIES for case in cases) else "things need a look"
    return f"{len(cases)} {things}. {' '.join(said)}"


def _moment(case: Fault, scene: Scene) -> datetime | None:
    """When a case is to be told; None where nobody need be told of it any more, or not yet."""
    if case.told_at is not None:
        return case.due_at if is_overdue(case, scene.now) else None
    pace = _pace(case, scene)
    if pace is None:
        return _first_at(DAILY_AT, case.opened_at, scene.tz)
    return _by_day(case.opened_at + scene.digest, scene) if pace == COLLECTED else case.opened_at + pace


def _pace(case: Fault, scene: Scene) -> timedelta | None:
    if case.kind in scene.never_digest:
        return AT_ONCE
    pace = PACES.get(case.kind, OTHER)
    usual = any(one.key == case.key and one.told_at is not None for one in scene.lately)
    if pace is OTHER and usual:
        return COLLECTED
    return pace.grave if case.key in scene.grave and not usual else pace.usual


def _by_day(at: datetime, scene: Scene) -> datetime:
    is_night = night_of(at, scene.tz, scene.night) is not None
    return _first_at(scene.night[1], at, scene.tz) if is_night else at


def _first_at(clock: time, after: datetime, tz: ZoneInfo) -> datetime:
    """The first time that the home's clock shows this, then or afterwards."""
    local = after.astimezone(tz)
    there = datetime.combine(local.date(), clock, tz)
    if there < local:
        there = datetime.combine(local.date() + timedelta(days=1), clock, tz)
    return there
