"""Rows of the chain's tables as the dataclasses of its vocabulary."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_type_hints

from sqlalchemy import Connection, Table, select

from hub.store.schema import from_us

T = TypeVar("T")


def everything(connection: Connection, table: Table, kind: type[T]) -> list[T]:
    """Every row of a table whose columns are the fields of `kind`, in the order of the primary key."""
    names = [one.name for one in fields(kind)]  # type: ignore[arg-type]  # T is a dataclass
    wanted = select(*(table.c[name] for name in names)).order_by(*table.primary_key.columns)
    return made(kind, connection.execute(wanted).all())


def made(kind: type[T], rows: Sequence[Any]) -> list[T]:
    """Rows in the order of the fields of `kind`."""
    readers = _readers(cast("Hashable", kind))
    return [
        kind(**{name: value if read is None or value is None else read(value) for (name, read), value in pairs})
        for pairs in (zip(readers, row, strict=True) for row in rows)
    ]


@cache
def _readers(kind: Any) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    hints = get_type_hints(kind)
    return tuple((one.name, _reader(hints[one.name])) for one in fields(kind))


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    """How a stored value becomes one of this type; None where it is one already."""
    kinds = [one for one in get_args(hint) if one is not type(None)] or [hint]
    if datetime in kinds:
        return from_us
    if isinstance(kinds[0], type) and issubclass(kinds[0], StrEnum):
        return kinds[0]
    return tuple if getattr(hint, "__origin__", None) is tuple else None
