"""A cheap answer to "is there anything new?": one number a topic, counted up by every commit that touches it."""

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import sqlite

from hub.store.dialect import upsert
from hub.store.prepared import Prepared
from hub.store.schema import change

_VALUES = {"topic": bindparam("topic"), "version": 1}
_ON_SQLITE = Prepared(
    sqlite.insert(change)
    .values(_VALUES)
    .on_conflict_do_update(index_elements=["topic"], set_={"version": change.c.version + 1})
)


def touch(connection: Connection, topic: str) -> None:
    """Say in this transaction that something about this topic changes."""
    if connection.dialect.name == "sqlite":  # on the way from a finding to a call, where every microsecond counts
        _ON_SQLITE.run(connection, {"topic": topic})
        return
    new = upsert(connection, change).values(topic=topic, version=1)
    connection.execute(new.on_conflict_do_update(index_elements=["topic"], set_={"version": change.c.version + 1}))


def versions(connection: Connection) -> dict[str, int]:
    """How often each topic has changed so far; a topic that never changed is not in it."""
    return {row.topic: row.version for row in connection.execute(select(change))}
