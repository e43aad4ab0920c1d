"""Everything that a home's database holds, to take away: as JSON for a computer, as CSV for a spreadsheet.

Every table is in it, also of rooms that this module does not know. What lets somebody in (hashes of passwords and
sessions) is not, and of telephone numbers only the end, for they are other people's.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Column, Connection, MetaData, Table, select

from hub.store.schema import from_us

WITHHELD: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "portal_account": frozenset({"password_hash", "totp_secret", "totp_step"}),
        "portal_session": frozenset({"token_hash"}),
        "portal_invitation": frozenset({"token_hash"}),
    }
)
"""Columns that only let somebody in."""
LEFT_OUT: Final = re.compile(r"version_|portal_guess$|alembic")
"""Tables that tell nothing of anybody."""
CHUNK: Final = 5_000

_NUMBER: Final = re.compile(r"\+\d{4,}(?=\d{3})")

Progress = Callable[[str, int], None]


def tables(connection: Connection) -> list[Table]:
    """Every table of the database that holds something, as the database itself describes it."""
    found = MetaData()
    found.reflect(connection)
    return [one for name, one in sorted(found.tables.items()) if not LEFT_OUT.match(name)]


def write(connection: Connection, target: Path, progress: Progress = lambda _table, _rows: None) -> dict[str, int]:
    """Write everything into one archive; how many rows of each table that was."""
    counts: dict[str, int] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables(connection):
            counts[table.name] = _write_table(connection, archive, table)
            progress(table.name, counts[table.name])
        archive.writestr("README.txt", "\n".join([ABOUT, *(f"{name}: {rows}" for name, rows in counts.items())]))
    return counts


ABOUT: Final = (
    "Everything that this home's system holds. data/*.json and tables/*.csv say the same.\n"
    "Times are UTC. `observation` is what sensors measured: its device and quantity are numbers of `device` and\n"
    "`quantity`. `transition` tells how each alarm went, `portal_view` who looked at what, `consent` who was allowed\n"
    "to see what and since when. Rows of each table:\n"
)


def masked(text: str) -> str:
    """A text in which of telephone numbers only the end is left.

    >>> masked('sms to +447700900001 at 9')
    'sms to …001 at 9'
    """
    return _NUMBER.sub("…", text)


def _write_table(connection: Connection, archive: zipfile.ZipFile, table: Table) -> int:
    columns = [one for one in table.columns if one.name not in WITHHELD.get(table.name, frozenset())]
    with archive.open(f"tables/{table.name}.csv", "w") as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow([one.name for one in columns])
        rows = sum(_counted(writer.writerow, map(_flat, row)) for row in _rows(connection, columns))
    with archive.open(f"data/{table.name}.json", "w") as raw, io.TextIOWrapper(raw, "utf-8") as text:
        text.write("[")
        for number, row in enumerate(_rows(connection, columns)):
            pairs = dict(zip((one.name for one in columns), row, strict=True))
            text.write(("," if number else "") + "\n" + json.dumps(pairs, ensure_ascii=False))
        text.write("\n]\n")
    return rows


def _counted(write_row: Callable[[Iterable[Any]], object], row: Iterable[Any]) -> int:
    write_row(row)
    return 1


def _rows(connection: Connection, columns: list[Column[Any]]) -> Iterator[list[Any]]:
    query = select(*columns).execution_options(yield_per=CHUNK)
    for row in connection.execute(query):
        yield [_readable(column.name, value) for column, value in zip(columns, row, strict=True)]


def _readable(name: str, value: Any) -> Any:
    if isinstance(value, int) and (name == "at" or name.endswith("_at")):
        return from_us(value).isoformat()
    if isinstance(value, int) and name == "hour":
        return datetime.fromtimestamp(value * 3_600, UTC).isoformat()
    return json.loads(masked(json.dumps(value, ensure_ascii=False))) if isinstance(value, str | dict | list) else value


def _flat(value: Any) -> Any:
    """One cell; a text that a spreadsheet would take for a formula is put in quotes."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value
