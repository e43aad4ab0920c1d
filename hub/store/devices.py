"""The declared devices and the quantities, and the small numbers that stand for them in every observation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from devices.model import Quantity
from hub.store.changes import touch
from hub.store.schema import device, quantity, to_us

TOPIC = "device"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A device as the database keeps it. `config` is what home.toml says of it: never a key, only a key's name."""

    name: str
    kind: str
    config: Mapping[str, object]


def sync(connection: Connection, declared: Iterable[Declared], now: datetime) -> int:
    """Let exactly these devices be declared; how many were added, changed, removed or brought back.

    A removed device keeps its row and its number, since its observations stay.
    """
    known = {row.name: row for row in connection.execute(select(device))}
    wanted = {one.name: one for one in declared}
    changes = 0
    for name, one in wanted.items():
        values = {"kind": one.kind, "config": dict(one.config), "removed_at": None}
        if name not in known:
            connection.execute(insert(device).values(name=name, added_at=to_us(now), **values))
        elif any(getattr(known[name], column) != value for column, value in values.items()):
            connection.execute(update(device).where(device.c.name == name).values(**values))
        else:
            continue
        changes += 1
    gone = [name for name, row in known.items() if name not in wanted and row.removed_at is None]
    connection.execute(update(device).where(device.c.name.in_(gone)).values(removed_at=to_us(now)))
    if changes + len(gone):
        touch(connection, TOPIC)
    return changes + len(gone)


def ids(connection: Connection) -> dict[str, int]:
    """The number of every device in use, by name."""
    rows = connection.execute(select(device.c.name, device.c.id).where(device.c.removed_at.is_(None)))
    return {row.name: row.id for row in rows}


def names(connection: Connection) -> dict[int, str]:
    """The name of every device that ever was, by number."""
    return {row.id: row.name for row in connection.execute(select(device.c.id, device.c.name))}


def quantity_ids(connection: Connection) -> dict[Quantity, int]:
    """The number of every quantity; those that this version has learnt are given one, so it needs to be a job."""
    known = {row.name: row.id for row in connection.execute(select(quantity))}
    free = (connection.scalar(select(func.max(quantity.c.id))) or 0) + 1
    new = [one for one in Quantity if one.value not in known]
    rows = [{"id": number, "name": one.value} for number, one in enumerate(new, free)]
    if rows:
        connection.execute(insert(quantity), rows)
    known |= {row["name"]: row["id"] for row in rows}
    return {one: known[one.value] for one in Quantity}


def quantities(connection: Connection) -> dict[int, Quantity]:
    """Which quantity a number stands for; a number from a newer version is left out."""
    known = {one.value for one in Quantity}
    return {row.id: Quantity(row.name) for row in connection.execute(select(quantity)) if row.name in known}
