"""What supervision has learnt of each device and receiver, so that a restart forgets nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hub.store.dialect import upsert
from hub.store.schema import learnt, to_us


def keep(connection: Connection, kept: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
    """Write over what was kept of these subjects."""
    rows = [{"subject": subject, "kept": dict(one), "at": to_us(now)} for subject, one in kept.items()]
    if rows:
        new = upsert(connection, learnt)
        newest = {"kept": new.excluded.kept, "at": new.excluded.at}
        connection.execute(new.on_conflict_do_update(index_elements=["subject"], set_=newest), rows)


def kept(connection: Connection) -> dict[str, Mapping[str, Any]]:
    """What was kept, by subject."""
    return {row.subject: row.kept for row in connection.execute(select(learnt.c.subject, learnt.c.kept))}
