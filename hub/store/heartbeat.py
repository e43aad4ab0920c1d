"""When the hub was last alive, on both clocks: after a restart a timer fires early rather than late."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from hub.store.dialect import upsert
from hub.store.schema import from_us, heartbeat, to_us

_ONLY = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """A moment at which the hub was alive: which boot, its clock, and the wall clock."""

    boot_id: str
    boot_s: float
    at: datetime


def beat(connection: Connection, now: Beat) -> None:
    """Say that the hub is alive."""
    values = {"boot_id": now.boot_id, "boot_s": now.boot_s, "at": to_us(now.at)}
    new = upsert(connection, heartbeat).values(id=_ONLY, **values)
    connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=values))


def last(connection: Connection) -> Beat | None:
    """When the hub was last known to be alive; None before its first time."""
    row = connection.execute(select(heartbeat).where(heartbeat.c.id == _ONLY)).one_or_none()
    return None if row is None else Beat(boot_id=row.boot_id, boot_s=row.boot_s, at=from_us(row.at))
