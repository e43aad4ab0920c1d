"""What every act on the record has in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints
from sqlalchemy import Connection, Row, Table, insert, select, update

from hub.intents import RefusedError
from hub.store.schema import to_us

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _within_reach(at: datetime) -> datetime:
    if not FIRST < at < LAST:
        raise ValueError(f"it must lie between {FIRST.year} and {LAST.year}")
    return at


Moment = Annotated[AwareDatetime, AfterValidator(_within_reach)]
"""A moment with its time zone, of people's own time: one far off could be kept, but never reckoned with."""


class Payload(BaseModel):
    """What an act is given; anything unknown in it is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


PayloadT = TypeVar("PayloadT", bound=Payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """In which transaction, by whom and when an act is done."""

    connection: Connection
    by: str
    now: datetime


Do = Callable[[Doing, Any], int]
"""Carries out an act; gives the number of what it made or touched. Raises `RefusedError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What an act is given, what it does, and whether it takes down somebody's own words."""

    payload: type[Payload]
    do: Do
    own_words: bool = False


def add(doing: Doing, table: Table, **values: Any) -> int:
    """Insert one row; gives its number."""
    row = insert(table).values(**{name: stored(value) for name, value in values.items()})
    return int(doing.connection.execute(row.returning(table.c.id)).scalar_one())


def put(doing: Doing, table: Table, *rows: Mapping[str, Any]) -> None:
    """Insert rows that have no number of their own, each once."""
    for row in rows:
        keys = [table.c[column.name] == row[column.name] for column in table.primary_key.columns]
        if doing.connection.execute(select(table).where(*keys)).first() is None:
            doing.connection.execute(insert(table).values(**{name: stored(value) for name, value in row.items()}))


def alter(doing: Doing, table: Table, number: int, **values: Any) -> int:
    """Change one row; gives its number."""
    new = {name: stored(value) for name, value in values.items()}
    doing.connection.execute(update(table).where(table.c.id == number).values(**new))
    return number


def stored(value: Any) -> Any:
    """A value as it lies in the database: a time as microseconds."""
    return to_us(value) if isinstance(value, datetime) else value


def needed(doing: Doing, table: Table, number: int) -> Row[Any]:
    """The row of this number. Raises `RefusedError` where there is none."""
    row = doing.connection.execute(select(table).where(table.c.id == number)).one_or_none()
    if row is None:
        raise RefusedError(f"there is no {table.name.removeprefix('codesign_')} {number}.")
    return row


def all_needed(doing: Doing, table: Table, wanted: Sequence[int]) -> None:
    """Check that each of these exists. Raises `RefusedError`."""
    for number in wanted:
        needed(doing, table, number)
