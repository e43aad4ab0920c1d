"""What would have been: a home's own stored past under other settings, plans or detectors, beside what was.

Both are found by the same detectors from the same observations. Alarms are followed as if nobody had answered, because
nobody knows who would have; what really happened is compared with them separately, finding by finding.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Connection, select

from analytics.engine import Engine
from analytics.localtime import within
from analytics.model import Finding, FindingKind, Home, SettingValue
from analytics.registry import DETECTORS, build
from analytics.replay import Detectors, Heard, replayed
from analytics.settings import resolve
from hub import household
from hub.household.model import Household
from hub.rebuild import Key, still_so
from hub.rehearsal import Rehearsal, Telling
from hub.store import observations
from hub.store.schema import alarm_finding, finding, label, to_us
from hub.store.settings import current, decided_between, in_force_at

Changes = Mapping[str, float | str]
"""Settings by key, and the values to try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """One alarm of one of the two worlds: its first finding, all its findings, whom it had told had nobody answered.

    `alarm_ids` are the alarms that these findings really belonged to, `verdicts` what people said of those.
    """

    kind: FindingKind
    at: datetime
    because: str
    keys: frozenset[Key]
    tellings: tuple[Telling, ...]
    alarm_ids: tuple[int, ...]
    verdicts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One alarm that comes in both worlds."""

    before: Ringing
    after: Ringing

    @property
    def later_by(self) -> timedelta:
        """How much later it comes under the change; less than nothing where it comes earlier."""
        return self.after.at - self.before.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What was, and what would have been.

    `woken` is how many messages each person would have had at night, before and after. `missing` are findings that were
    stored and are not found again, `unheard` are those that are found and were never stored: both are empty where the
    past is complete and the detectors are those of then.
    """

    since: datetime
    until: datetime
    observations: int
    changes: Mapping[str, tuple[SettingValue, SettingValue]]
    kept: Sequence[Kept]
    gone: Sequence[Ringing]
    new: Sequence[Ringing]
    woken: Mapping[str, tuple[int, int]]
    missing: frozenset[Key]
    unheard: frozenset[Key]


@dataclass(frozen=True, slots=True)
class World:
    """By what the past is judged: the settings tried, the household whose plans apply, and the detectors."""

    changes: Changes = field(default_factory=dict)
    household: Household | None = None
    detectors: Detectors = build


@dataclass(slots=True)
class _Past:
    """One home's stored past, read once."""

    connection: Connection
    home: Home
    since: datetime
    until: datetime
    heard: int = 0

    def found(self, world: World) -> list[Finding]:
        """What is found in this world, from one decision about the settings to the next, each episode once."""
        moments = [self.since, *decided_between(self.connection, self.since, self.until), self.until]
        self.heard = 0
        found: dict[Key, Finding] = {}
        for begins, ends in pairwise(moments):
            for one in self._stretch(world, begins, ends):
                found.setdefault((one.detector, one.episode), one)
        return sorted(found.values(), key=lambda one: one.at)

    def _stretch(self, world: World, begins: datetime, ends: datetime) -> Iterator[Finding]:
        """As the hub does when the settings change: rebuild, tell what is still so, go on."""
        decided = {**in_force_at(self.connection, begins), **_tried(self.connection, world.changes)}
        settings = resolve(decided)
        engine = Engine(world.detectors(self.home, settings))
        before = list(replayed(engine, self._heard(engine, begins, None), begins))
        if begins > self.since:
            still = still_so(self.connection, Engine(world.detectors(self.home, settings)), begins)
            yield from (one for one in before if (one.detector, one.episode) in still)
        yield from replayed(engine, self._counted(self._heard(engine, begins, ends)), ends - timedelta(microseconds=1))

    def _heard(self, engine: Engine, begins: datetime, ends: datetime | None) -> Iterator[Heard]:
        """What was heard from `begins` on; without an end, what was heard before it and still matters then."""
        if ends is not None:
            return observations.past(self.connection, dict.fromkeys(engine.lookbacks(), begins), ends)
        since = {what: begins - timedelta(seconds=back_s) for what, back_s in engine.lookbacks().items()}
        return observations.past(self.connection, since, begins)

    def _counted(self, heard: Iterator[Heard]) -> Iterator[Heard]:
        for one in heard:
            self.heard += 1
            yield one


def whatif(connection: Connection, world: World, since: datetime, until: datetime) -> Comparison:
    """Compare what is found under the settings as they were with what is found in another world.

    Raises `SettingError` for a setting that does not exist or a value outside its safe bounds; `HouseholdError` where
    no household was applied.
    """
    now = household.current(connection)
    past = _Past(connection, now.home, since, until)
    changed = _changes(connection, world.changes)
    was, would_be = past.found(World()), past.found(world)
    facts = _Facts.of(connection, since, until)
    before, after = facts.ringing(was, now), facts.ringing(would_be, world.household or now)
    kept, gone, new = _matched(before, after)
    nights = _nights(before, now), _nights(after, world.household or now)
    keys = {(one.detector, one.episode) for one in was}
    return Comparison(
        since=since,
        until=until,
        observations=past.heard,
        changes=changed,
        kept=kept,
        gone=gone,
        new=new,
        woken={who: (nights[0].get(who, 0), nights[1].get(who, 0)) for who in sorted(nights[0].keys() | nights[1])},
        missing=frozenset(facts.stored - keys),
        unheard=frozenset(keys - facts.stored),
    )


def _tried(connection: Connection, changes: Changes) -> dict[str, SettingValue]:
    """The values to try, as if they had been decided next."""
    known = current(connection)
    versions = {key: known[key].version if key in known else 0 for key in changes}
    return {key: SettingValue(value=value, version=versions[key] + 1) for key, value in changes.items()}


def _changes(connection: Connection, changes: Changes) -> dict[str, tuple[SettingValue, SettingValue]]:
    tried = _tried(connection, changes)
    resolve(tried)
    known = current(connection)
    now = resolve({key: SettingValue(value=one.value, version=one.version) for key, one in known.items()})
    return {key: (now[key], value) for key, value in tried.items()}


@dataclass(frozen=True, slots=True)
class _Facts:
    """What was really stored: the findings of detectors, the alarms that they belonged to, and what people said."""

    stored: frozenset[Key]
    alarms: Mapping[Key, int]
    verdicts: Mapping[int, tuple[str, ...]]

    @classmethod
    def of(cls, connection: Connection, since: datetime, until: datetime) -> "_Facts":
        rows = connection.execute(
            select(finding.c.detector, finding.c.episode, alarm_finding.c.alarm_id)
            .outerjoin(alarm_finding, alarm_finding.c.finding_id == finding.c.id)
            .where(finding.c.at >= to_us(since), finding.c.at < to_us(until), finding.c.detector.in_(list(DETECTORS)))
        ).all()
        verdicts: dict[int, tuple[str, ...]] = {}
        for row in connection.execute(select(label.c.alarm_id, label.c.verdict).order_by(label.c.id)):
            verdicts[row.alarm_id] = (*verdicts.get(row.alarm_id, ()), row.verdict)
        return cls(
            frozenset((row.detector, row.episode) for row in rows),
            {(row.detector, row.episode): row.alarm_id for row in rows if row.alarm_id is not None},
            verdicts,
        )

    def ringing(self, found: Sequence[Finding], plans: Household) -> list[Ringing]:
        """The alarms that these findings would make."""
        rehearsal = Rehearsal(plans)
        first: dict[int, Finding] = {}
        keys: dict[int, set[Key]] = {}
        told: dict[int, tuple[Telling, ...]] = {}
        for one in found:
            alarm = rehearsal.take(one)
            if alarm is not None:
                first.setdefault(alarm.number, one)
                keys.setdefault(alarm.number, set()).add((one.detector, one.episode))
                told[alarm.number] = (*(t for t in told.get(alarm.number, ()) if t.at < one.at), *alarm.tellings)
        return [self._ringing(first[number], frozenset(keys[number]), told[number]) for number in first]

    def _ringing(self, first: Finding, keys: frozenset[Key], tellings: tuple[Telling, ...]) -> Ringing:
        ids = tuple(sorted({self.alarms[key] for key in keys if key in self.alarms}))
        return Ringing(
            kind=first.kind,
            at=first.at,
            because=first.because,
            keys=keys,
            tellings=tellings,
            alarm_ids=ids,
            verdicts=tuple(verdict for number in ids for verdict in self.verdicts.get(number, ())),
        )


def _matched(before: Sequence[Ringing], after: Sequence[Ringing]) -> tuple[list[Kept], list[Ringing], list[Ringing]]:
    """Alarms that share an episode are the same alarm."""
    left, kept, gone = list(after), list[Kept](), list[Ringing]()
    for one in before:
        same = next((other for other in left if one.keys & other.keys), None)
        if same is None:
            gone.append(one)
        else:
            left.remove(same)
            kept.append(Kept(before=one, after=same))
    return kept, gone, left


def _nights(ringing: Sequence[Ringing], plans: Household) -> dict[str, int]:
    """How many messages at night each person would have had, had nobody answered."""
    woken: dict[str, int] = {}
    for telling in (telling for one in ringing for telling in one.tellings):
        if within(telling.at, *plans.night, plans.tz):
            for reached in telling.people:
                woken[reached.person] = woken.get(reached.person, 0) + 1
    return woken
