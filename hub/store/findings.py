"""What detectors noticed: kept once an episode, and never changed."""

import json
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite

from analytics.model import Evidence, Finding
from hub.store import movements
from hub.store.changes import touch
from hub.store.dialect import upsert
from hub.store.prepared import Prepared
from hub.store.schema import finding, to_us

TOPIC = "finding"

_COLUMNS = tuple(name for name in finding.c.keys() if name != "id")  # noqa: SIM118 -- a collection, not a mapping
_ON_SQLITE = Prepared(
    sqlite.insert(finding).on_conflict_do_nothing(index_elements=["detector", "episode"]).returning(finding.c.id),
    *_COLUMNS,
)


def record(connection: Connection, found: Finding) -> int | None:
    """Keep a finding and the movement it rests on; its number, None where this detector's episode is known already."""
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
        if found.window is not None:
            movements.keep(connection, number, found.window)
    return number


def _insert(connection: Connection, values: dict[str, Any]) -> int | None:
    if connection.dialect.name == "sqlite":  # on the way from a finding to a call, where every microsecond counts
        documents = {name: json.dumps(values[name]) for name in ("evidence", "settings")}
        row = _ON_SQLITE.run(connection, values | documents).fetchone()
        return None if row is None else int(row[0])
    new = upsert(connection, finding).values(values).on_conflict_do_nothing(index_elements=["detector", "episode"])
    return connection.execute(new.returning(finding.c.id)).scalar_one_or_none()


def _evidence_out(one: Evidence) -> dict[str, object]:
    return {"device": one.device, "what": one.what, "value": one.value, "at": one.at.isoformat(), "id": one.id}
