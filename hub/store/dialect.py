"""What SQLite on a hub and PostgreSQL at a centre say differently."""

from typing import cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def upsert(connection: Connection, table: Table) -> sqlite.Insert:
    """An insert that knows `on_conflict_do_update` and `on_conflict_do_nothing`, the same in both databases."""
    return cast("sqlite.Insert", _INSERT[connection.dialect.name](table))  # the two share what is used of them
