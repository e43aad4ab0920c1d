"""Readings on their way into PostgreSQL: as the bytes that COPY takes, and summed up by the hour. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hub.sync.wire import Readings

US_AN_HOUR = 3_600_000_000
_FIELDS = (
    ("hub", ">i4"),
    ("id", ">i8"),
    ("device", ">i4"),
    ("quantity", ">i2"),
    ("at", ">i8"),
    ("value", ">f8"),
    ("quality", ">f4"),
)
_ROW = np.dtype(
    [("fields", ">i2")] + [part for name, kind in _FIELDS for part in ((f"{name}_size", ">i4"), (name, kind))]
)
COPY_BEGIN = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
COPY_END = b"\xff\xff"
"""The header and the trailer of PostgreSQL's binary COPY format (its manual, COPY, "Binary Format")."""


class Hours(NamedTuple):
    """Sums by device, quantity and hour, as columns of one length."""

    hub_id: list[int]
    device_id: list[int]
    quantity_id: list[int]
    hour: list[int]
    n: list[int]
    total: list[float]
    lowest: list[float]
    highest: list[float]
    last: list[float]
    last_id: list[int]


def copy_rows(hub_id: int, readings: Readings) -> bytes:
    """The readings of one hub as rows of a binary COPY."""
    rows = np.zeros(len(readings), _ROW)
    rows["fields"] = len(_FIELDS)
    for name, kind in _FIELDS:
        rows[f"{name}_size"] = np.dtype(kind).itemsize
        rows[name] = hub_id if name == "hub" else getattr(readings, name)
    return rows.tobytes()


def months(batches: Sequence[Readings]) -> set[str]:
    """Which months the readings are of, like `2026-11`."""
    found: set[str] = set()
    for readings in batches:
        found.update(np.unique(readings.at.astype("datetime64[us]").astype("datetime64[M]")).astype(str).tolist())
    return found


def by_hour(batches: Sequence[tuple[int, Readings]]) -> Hours:
    """Sum readings up by the hour."""
    hubs = np.concatenate([np.full(len(one), hub_id, np.int64) for hub_id, one in batches])
    device, quantity, at, value, number = (
        np.concatenate([getattr(one, name) for _, one in batches])
        for name in ("device", "quantity", "at", "value", "id")
    )
    hour = at // US_AN_HOUR
    order = np.lexsort((number, hour, quantity, device, hubs))
    keys = np.stack([hubs, device, quantity, hour])[:, order]
    value, number = value[order], number[order]
    starts = _starts(keys)
    ends = np.append(starts[1:], len(value)) - 1
    hub_id, device_id, quantity_id, its_hour = (key.tolist() for key in keys[:, starts])
    return Hours(
        hub_id=hub_id,
        device_id=device_id,
        quantity_id=quantity_id,
        hour=its_hour,
        n=(ends - starts + 1).tolist(),
        total=np.add.reduceat(value, starts).tolist(),
        lowest=np.minimum.reduceat(value, starts).tolist(),
        highest=np.maximum.reduceat(value, starts).tolist(),
        last=value[ends].tolist(),
        last_id=number[ends].tolist(),
    )


def _starts(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where in sorted columns another key begins."""
    changed = np.any(keys[:, 1:] != keys[:, :-1], axis=0)
    return np.concatenate([[0], np.flatnonzero(changed) + 1]).astype(np.int64)
