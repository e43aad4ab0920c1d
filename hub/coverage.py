"""What the hub cannot see, or could not: which sense of which room or person, from when to when, and why. As data.

A sense is lost where every device that has it cannot be relied on. It rests on the cases of faults, and on what the
hub concluded last: a case that somebody has closed by hand makes nothing visible.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from devices.supervision.model import BLINDING, OF_RECEIVERS, Conclusion
from devices.supervision.record import WHATS
from devices.supervision.senses import VITAL, Sense, senses
from hub.household.model import Household
from hub.store import faults, learnt
from hub.vigil import watched

NOW = "(now)"
"""Under this name what the hub concluded last is kept: no device is called so."""
Where = tuple[Sense, str | None]
"""A sense, and of which room, or (a vital sign) of which person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time in which a device could not be relied on, and why. `until` None: it still cannot."""

    since: datetime
    until: datetime | None
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """What could not be seen, where, from when to when, and why, in a sentence. `until` None: it still cannot.

    `where` is a room, of a vital sign the person, or None where nobody said.
    """

    sense: Sense
    where: str | None
    since: datetime
    until: datetime | None
    because: str
    devices: tuple[str, ...]


def note(connection: Connection, conclusions: Iterable[Conclusion], now: datetime) -> None:
    """Keep what was concluded last, for whoever looks from another process."""
    wrong = [
        {"kind": one.condition, "subject": one.subject, "since": one.since.isoformat(), "because": one.sentence}
        for one in conclusions
        if one.condition in BLINDING
    ]
    before = learnt.kept(connection).get(NOW, {}).get("wrong", [])
    if wrong != before:
        learnt.keep(connection, {NOW: {"wrong": wrong}}, now)


def unseen(connection: Connection, household: Household, since: datetime, until: datetime) -> tuple[Unseen, ...]:
    """Everything that could not be seen at some time between, the oldest first."""
    spans = _spans(connection, household, since, until)
    lost = [one for where, devices in _able(connection, household).items() for one in _lost(where, devices, spans)]
    return tuple(sorted(lost, key=lambda one: (one.since, one.sense, one.where or "")))


def unreliable(connection: Connection, household: Household, now: datetime) -> frozenset[str]:
    """The devices that cannot be relied on now."""
    spans = _spans(connection, household, now, now)
    return frozenset(name for name, known in spans.items() if any(one.until is None for one in known))


def _spans(
    connection: Connection, household: Household, since: datetime, until: datetime
) -> Mapping[str, Sequence[Span]]:
    """When each device could not be relied on."""
    behind: dict[str, list[str]] = {}
    for one in watched(household):
        behind.setdefault(one.receiver, []).append(one.name)
    spans: dict[str, list[Span]] = {}
    for kind, subject, span in _troubles(connection, since, until):
        for name in behind.get(subject, ()) if kind in OF_RECEIVERS else (subject,):
            spans.setdefault(name, []).append(span)
    return spans


def _troubles(connection: Connection, since: datetime, until: datetime) -> Iterator[tuple[str, str, Span]]:
    for case in faults.between(connection, since, until):
        if case.kind in BLINDING:
            span = Span(since=case.since or case.opened_at, until=case.closed_at, because=case.because)
            yield case.kind, case.subject, span
    for one in learnt.kept(connection).get(NOW, {}).get("wrong", []):
        began = datetime.fromisoformat(one["since"])
        if began <= until:
            yield one["kind"], one["subject"], Span(since=began, until=None, because=one["because"])


def _able(connection: Connection, household: Household) -> Mapping[Where, tuple[str, ...]]:
    """Which devices have each sense of each room or person."""
    kept = learnt.kept(connection)
    able: dict[Where, tuple[str, ...]] = {}
    for one in watched(household):
        seen = [WHATS[name] for name in kept.get(one.name, {}).get("seen", ()) if name in WHATS]
        for sense in senses(one, seen):
            where = (sense, one.person if sense in VITAL else one.room)
            able[where] = (*able.get(where, ()), one.name)
    return able


def _lost(where: Where, devices: tuple[str, ...], spans: Mapping[str, Sequence[Span]]) -> Iterator[Unseen]:
    """When all of these devices could not be relied on at once."""
    common: Sequence[Span] = _joined(spans.get(devices[0], ()))
    for name in devices[1:]:
        common = list(_both(common, _joined(spans.get(name, ()))))
    for span in common:
        yield Unseen(
            sense=where[0],
            where=where[1],
            since=span.since,
            until=span.until,
            because=span.because,
            devices=devices,
        )


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The same times without overlaps; of two reasons the one that began first."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: one.since):
        last = joined[-1] if joined else None
        if last is None or (last.until is not None and last.until < span.since):
            joined.append(span)
        else:
            joined[-1] = Span(since=last.since, until=_later(last.until, span.until), because=last.because)
    return joined


def _both(these: Iterable[Span], those: Sequence[Span]) -> Iterator[Span]:
    """The times that are in both; the reason is that of the one that began last."""
    for one in these:
        for other in those:
            last = max(one, other, key=lambda span: span.since)
            until = _earlier(one.until, other.until)
            if until is None or until > last.since:
                yield Span(since=last.since, until=until, because=last.because)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else max(one, other)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return one or other if one is None or other is None else min(one, other)
