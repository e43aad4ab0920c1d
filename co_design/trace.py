"""Walks from an alarm or a setting back to the sentences that people said about it."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select

from analytics.settings import DEFAULTS
from co_design.model import LinkKind, Medium, Trace, TracedSetting, TracedUtterance
from co_design.schema import participant, utterance, utterance_link
from hub.model import Provenance, Role
from hub.store.schema import alarm, alarm_finding, finding, from_us, setting

REDACTED = "(taken back by the person who said it)"

Used = tuple[str, int, float | str | bool]
"""A setting as it was used or laid down: key, version, value."""


class NothingToTraceError(LookupError):
    """There is no such alarm and no such setting."""


def trace(connection: Connection, subject: str) -> Trace:
    """Walk back from an alarm's number or a setting's key. Raises `NothingToTraceError`."""
    return _trace_alarm(connection, int(subject)) if subject.isdecimal() else _trace_setting(connection, subject)


def _trace_alarm(connection: Connection, alarm_id: int) -> Trace:
    row = connection.execute(select(alarm.c.because).where(alarm.c.id == alarm_id)).one_or_none()
    if row is None:
        raise NothingToTraceError(f"There is no alarm {alarm_id}.")
    used = _used_by(connection, alarm_id)
    return Trace(
        subject=f"alarm {alarm_id}",
        about=row.because,
        settings=tuple(_setting(connection, one) for one in used),
        utterances=_said(connection, _about(LinkKind.ALARM, str(alarm_id))),
    )


def _trace_setting(connection: Connection, key: str) -> Trace:
    laid = _laid_down(connection, key)
    if not laid:
        raise NothingToTraceError(f"There is no setting called {key!r}.")
    return Trace(
        subject=key,
        about=DEFAULTS[key].words if key in DEFAULTS else key,
        settings=tuple(_setting(connection, one) for one in laid),
        utterances=_said(connection, _about(LinkKind.SETTING, key)),
    )


def _laid_down(connection: Connection, key: str) -> list[Used]:
    rows = connection.execute(select(setting).where(setting.c.key == key).order_by(setting.c.version))
    versions: list[Used] = [(key, row.version, row.value) for row in rows]
    return [(key, 0, DEFAULTS[key].value), *versions] if key in DEFAULTS else versions


def _used_by(connection: Connection, alarm_id: int) -> list[Used]:
    findings = select(finding.c.settings).join(alarm_finding).where(alarm_finding.c.alarm_id == alarm_id)
    used = {
        (key, int(one["version"])): one["value"]
        for settings in connection.execute(findings).scalars()
        for key, one in settings.items()
    }
    return [(key, version, value) for (key, version), value in sorted(used.items())]


def _setting(connection: Connection, used: Used) -> TracedSetting:
    key, version, value = used
    where = and_(setting.c.key == key, setting.c.version == version)
    row = connection.execute(select(setting).where(where)).one_or_none()
    return TracedSetting(
        key=key,
        version=version,
        value=value,
        provenance=Provenance(row.provenance) if row else Provenance.DEFAULT,
        because=row.because if row else _shipped_because(key),
        utterances=_said(connection, and_(_about(LinkKind.SETTING, key), utterance_link.c.version == version)),
    )


def _shipped_because(key: str) -> str:
    return DEFAULTS[key].source if key in DEFAULTS else ""


def _about(kind: LinkKind, key: str) -> ColumnElement[bool]:
    return and_(utterance_link.c.kind == kind, utterance_link.c.key == key)


def _said(connection: Connection, about: ColumnElement[bool]) -> tuple[TracedUtterance, ...]:
    numbers = select(utterance_link.c.utterance_id).where(about)
    rows = connection.execute(
        select(utterance, participant.c.pseudonym, participant.c.role)
        .join(participant)
        .where(utterance.c.id.in_(numbers))
        .order_by(utterance.c.at, utterance.c.id)
    ).all()
    alarms = _alarms_of(connection, [row.id for row in rows])
    return tuple(_traced(row, alarms.get(row.id, ())) for row in rows)


def _alarms_of(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[int, ...]]:
    link = utterance_link.c
    rows = connection.execute(
        select(link.utterance_id, link.key)
        .where(link.kind == LinkKind.ALARM, link.utterance_id.in_(numbers))
        .order_by(link.utterance_id, link.key)
    )
    by_utterance = groupby(rows, key=lambda row: int(row.utterance_id))
    return {number: tuple(int(row.key) for row in group) for number, group in by_utterance}


def _traced(row: Row[Any], alarms: tuple[int, ...]) -> TracedUtterance:
    return TracedUtterance(
        id=row.id,
        pseudonym=row.pseudonym,
        role=Role(row.role),
        at=from_us(row.at),
        medium=Medium(row.medium),
        words=row.words if row.redacted_at is None else REDACTED,
        alarms=alarms,
    )
