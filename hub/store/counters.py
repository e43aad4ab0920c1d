"""How much each sender sent, and how much of it could be read: one row a sender, never a row a frame."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, func, select

from hub.store.dialect import upsert
from hub.store.schema import frame_count, from_us, to_us

_COUNTED = ("good", "malformed", "unknown")
_KEPT = ("last_error", "signal_dbm", "source")
"""What is known from before stays, where the newest count does not tell."""


class Count(Protocol):
    """What a sender sent since it was last asked."""

    address: str
    device: str | None
    last_at: datetime
    good: int
    malformed: int
    unknown: int
    last_error: str | None
    signal_dbm: int | None
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What a sender sent since the beginning. `device` is None for one that nobody declared."""

    address: str
    device: str | None
    last_at: datetime
    good: int
    malformed: int
    unknown: int
    last_error: str | None
    signal_dbm: int | None
    source: str | None


def add(connection: Connection, counts: Iterable[Count]) -> None:
    """Add what was counted to what is known of each sender."""
    rows = [
        {name: getattr(count, name) for name in ("address", "device", *_KEPT, *_COUNTED)}
        | {"last_at": to_us(count.last_at)}
        for count in counts
    ]
    if not rows:
        return
    new = upsert(connection, frame_count)
    sums = {name: frame_count.c[name] + new.excluded[name] for name in _COUNTED}
    newest = {"device": new.excluded.device, "last_at": new.excluded.last_at}
    kept = {name: func.coalesce(new.excluded[name], frame_count.c[name]) for name in _KEPT}
    connection.execute(new.on_conflict_do_update(index_elements=["address"], set_=sums | newest | kept), rows)


def senders(connection: Connection) -> list[Sender]:
    """Every sender, the one that was heard last first."""
    rows = connection.execute(select(frame_count).order_by(frame_count.c.last_at.desc(), frame_count.c.address))
    return [Sender(**{**row._asdict(), "last_at": from_us(row.last_at)}) for row in rows]
