"""Counting in the home's own history what a change may have done to people."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, func, select

from analytics.model import FindingKind
from co_design.effects import Measure
from hub.intents import IntentKind, Verdict
from hub.model import AlarmState, Provenance
from hub.store.schema import (
    acknowledgement,
    alarm,
    from_us,
    intent,
    label,
    notification,
    observation_hour,
    setting,
    to_us,
    transition,
)

NIGHT_FROM, NIGHT_TO = time(23), time(7)
HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From when until when, in whose home, about which kind of alarm (None: all)."""

    start: datetime
    end: datetime
    tz: ZoneInfo
    resident: str
    kind: FindingKind | None = None

    @property
    def days(self) -> float:
        """How long it is."""
        return (self.end - self.start).total_seconds() / 86_400


def kind_of(setting_key: str) -> FindingKind | None:
    """Which kind of alarm a setting is about; None where it is about several."""
    name = setting_key.partition(".")[0]
    return FindingKind(name) if name in set(FindingKind) else None


def count(connection: Connection, measure: Measure, span: Span) -> int:
    """How often it happened in this span."""
    return _COUNTS[measure](connection, span)


def response_minutes(connection: Connection, span: Span) -> list[float]:
    """How many minutes each alarm waited until somebody took it."""
    taken = (
        select(func.min(acknowledgement.c.at) - alarm.c.opened_at)
        .join(alarm, alarm.c.id == acknowledgement.c.alarm_id)
        .where(acknowledgement.c.won, _opened(span))
        .group_by(alarm.c.id)
    )
    return [waited / 60e6 for waited in connection.execute(taken).scalars()]


def median(values: list[float]) -> float:
    """The middle one; 0 where there is none."""
    return statistics.median(values) if values else 0.0


def _within(at: ColumnElement[int], span: Span) -> ColumnElement[bool]:
    return and_(at >= to_us(span.start), at < to_us(span.end))


def _opened(span: Span) -> ColumnElement[bool]:
    when = _within(alarm.c.opened_at, span)
    return when if span.kind is None else and_(when, alarm.c.kind == span.kind)


def _questions(connection: Connection, span: Span) -> int:
    asked = select(func.count(func.distinct(transition.c.alarm_id))).join(alarm)
    return int(connection.scalar(asked.where(transition.c.to_state == AlarmState.CHECKIN, _opened(span))) or 0)


def _false_alarms(connection: Connection, span: Span) -> int:
    wrong = select(func.count(func.distinct(label.c.alarm_id))).join(alarm)
    return int(connection.scalar(wrong.where(label.c.verdict == Verdict.WRONG, _opened(span))) or 0)


def _contacts(connection: Connection, span: Span) -> int:
    sent = select(func.count(notification.c.id)).join(alarm)
    return int(connection.scalar(sent.where(notification.c.person != span.resident, _opened(span))) or 0)


def _nights(connection: Connection, span: Span) -> int:
    when = select(notification.c.created_at).join(alarm).where(_within(notification.c.created_at, span), _opened(span))
    local = (from_us(at).astimezone(span.tz) for at in connection.execute(when).scalars())
    late = (at for at in local if at.time() >= NIGHT_FROM or at.time() < NIGHT_TO)
    return len({at.date().toordinal() - (at.time() < NIGHT_TO) for at in late})


def _use(connection: Connection, span: Span) -> int:
    hour = observation_hour.c.hour
    hours = select(hour).where(hour * HOUR_US >= to_us(span.start), hour * HOUR_US < to_us(span.end))
    return len({from_us(one * HOUR_US).astimezone(span.tz).date() for one in connection.execute(hours).scalars()})


def _agency(connection: Connection, span: Span) -> int:
    said = select(func.count(label.c.id)).where(label.c.by == span.resident, _within(label.c.at, span))
    chose = select(func.count(setting.c.id)).where(
        setting.c.by == span.resident, setting.c.provenance == Provenance.RESIDENT, _within(setting.c.at, span)
    )
    asked = select(func.count(intent.c.id)).where(
        intent.c.by == span.resident, intent.c.kind != IntentKind.LABEL, _within(intent.c.at, span)
    )
    return sum(int(connection.scalar(query) or 0) for query in (said, chose, asked))


_COUNTS: Mapping[Measure, Callable[[Connection, Span], int]] = {
    Measure.QUESTIONS: _questions,
    Measure.FALSE_ALARMS: _false_alarms,
    Measure.NIGHTS_WOKEN: _nights,
    Measure.CONTACTS: _contacts,
    Measure.USE: _use,
    Measure.AGENCY: _agency,
}
"""What is counted; how long people waited is a length of time, and is compared as one."""
