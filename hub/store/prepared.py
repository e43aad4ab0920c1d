"""Statements compiled once and run on SQLite's own connection, for the few on the way from a finding to a call.

The statement is still written with the tables' own columns; what is saved is building and caching it each time, which
costs ten times what SQLite itself takes. Values go in and come out as SQLite has them: JSON as text.
"""

import sqlite3
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler

from hub.store.connect import driver


class Prepared:
    r"""One statement with named values. `columns` are those that an INSERT or an UPDATE sets; no `IN` of a list.

    >>> from sqlalchemy import bindparam, select
    >>> from hub.store.schema import alarm
    >>> Prepared(select(alarm.c.id).where(alarm.c.code == bindparam("code"))).sql
    'SELECT alarm.id \nFROM alarm \nWHERE alarm.code = ?'
    """

    def __init__(self, statement: ClauseElement, *columns: str) -> None:
        compiled = statement.compile(dialect=sqlite.dialect(), column_keys=list(columns) or None)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError(f"not a statement with values: {compiled}")
        self.sql = str(compiled)
        self._names = tuple(compiled.positiontup or ())
        bound = {name: compiled.binds[name] for name in self._names if name in compiled.binds}
        self._fixed = {name: one.value for name, one in bound.items() if not one.required}

    def run(self, connection: Connection, values: Mapping[str, Any] | None = None) -> sqlite3.Cursor:
        """Run it in the connection's transaction. Raises `sqlite3.Error`, and `KeyError` for a missing value."""
        given = {**self._fixed, **values} if values else self._fixed
        return driver(connection).execute(self.sql, [given[name] for name in self._names])
