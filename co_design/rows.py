"""Rows of a board as people read them at a terminal, and as JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel

NOTHING = "nothing yet"


def as_json(value: object) -> str:
    """Any board, trace or register as JSON."""
    return json.dumps(value, default=_plain, indent=2, ensure_ascii=False)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One block a row, a line a field; empty fields are left out."""
    if not rows:
        yield NOTHING
    for number, row in enumerate(rows):
        if number:
            yield ""
        yield from (f"{name}: {value}" for name, value in told(row))


def told(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each field that says something, as words."""
    for name, value in row.items():
        if not (value is None or value is False or value in ((), [], {}, "")):
            yield name.replace("_", " "), _said(value)


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_said(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(map(_said, value))
    return "yes" if value is True else str(value)
