"""What detectors noticed: kept once an episode, and never changed."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import sqlite

from analytics.model import Evidence, Finding, FindingKind, SettingValue
from hub.store.changes import touch
from hub.store.dialect import upsert
from hub.store.prepared import Prepared
from hub.store.schema import finding, from_us, to_us

TOPIC = "finding"

_COLUMNS = tuple(name for name in finding.c.keys() if name != "id")  # noqa: SIM118 -- a collection, not a mapping
_ON_SQLITE = Prepared(
    sqlite.insert(finding).on_conflict_do_nothing(index_elements=["detector", "episode"]).returning(finding.c.id),
    *_COLUMNS,
)


def record(connection: Connection, found: Finding) -> int | None:
    """Keep a finding; its number, or None where this detector's episode is known already."""
    values = {
        "kind": found.kind,
        "severity": found.severity,
        "at": to_us(found.at),
        "because": found.because,
        "room": found.room,
        "detector": found.detector,
        "detector_version": found.detector_version,
        "episode": found.episode,
        "evidence": [_evidence_out(one) for one in found.evidence],
        "settings": {key: {"value": one.value, "version": one.version} for key, one in found.settings.items()},
    }
    number = _insert(connection, values)
    if number is not None:
        touch(connection, TOPIC)
    return number


def read(connection: Connection, number: int) -> Finding | None:
    """One finding by its number."""
    row = connection.execute(select(finding).where(finding.c.id == number)).one_or_none()
    if row is None:
        return None
    return Finding(
        kind=FindingKind(row.kind),
        severity=row.severity,
        at=from_us(row.at),
        because=row.because,
        detector=row.detector,
        detector_version=row.detector_version,
        episode=row.episode,
        room=row.room,
        evidence=tuple(_evidence_in(one) for one in row.evidence),
        settings={key: SettingValue(**one) for key, one in row.settings.items()},
    )


def _insert(connection: Connection, values: dict[str, Any]) -> int | None:
    if connection.dialect.name == "sqlite":  # on the way from a finding to a call, where every microsecond counts
        documents = {name: json.dumps(values[name]) for name in ("evidence", "settings")}
        row = _ON_SQLITE.run(connection, values | documents).fetchone()
        return None if row is None else int(row[0])
    new = upsert(connection, finding).values(values).on_conflict_do_nothing(index_elements=["detector", "episode"])
    return connection.execute(new.returning(finding.c.id)).scalar_one_or_none()


def _evidence_out(one: Evidence) -> dict[str, object]:
    return {"device": one.device, "what": one.what, "value": one.value, "at": one.at.isoformat(), "id": one.id}


def _evidence_in(one: dict[str, object]) -> Evidence:
    return Evidence(**{**one, "at": datetime.fromisoformat(str(one["at"]))})  # type: ignore[arg-type]
