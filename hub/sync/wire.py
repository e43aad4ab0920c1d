"""What a hub and its centre say to each other over MQTT: topics, batches, answers. Pure.

A lane is one ordered run of things, numbered by the hub. A batch goes `after` one number `upto` another; the centre
takes it only where `after` is what it has, and always answers with what it has. So whatever is lost, doubled or late
on the way, the next batch begins at the right place.
"""

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSION = 1
_HEAD = struct.Struct("<BQQ")
_COUNT = struct.Struct("<I")
LARGEST_BODY = 32 * 1024 * 1024
"""No honest batch is larger once it is unpacked."""
_ROOT = "alongside/1"
PAPERS = "up/papers"

Rows = Sequence[tuple[str, Mapping[str, Any]]]
"""Rows of the hub's tables, each with the name of its table."""


class WireError(ValueError):
    """Bytes that are no batch of ours; says what is wrong with them."""


class Lane(StrEnum):
    """What goes by itself, in its own order: what is urgent never waits behind what is much."""

    ALARMS = "alarms"
    RECORDS = "records"
    READINGS = "readings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A piece of a lane, still packed."""

    after: int
    upto: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Observations as columns of one length. `at` is UTC microseconds since 1970; `quality` 0 to 1."""

    id: NDArray[np.int64]
    device: NDArray[np.int32]
    quantity: NDArray[np.int16]
    at: NDArray[np.int64]
    value: NDArray[np.float64]
    quality: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.id)


def up(hub: str, lane: Lane) -> str:
    """Where a hub publishes a lane."""
    return f"{_ROOT}/{hub}/up/{lane}"


def beat(hub: str) -> str:
    """Where a hub says that it is there."""
    return f"{_ROOT}/{hub}/beat"


def gone(hub: str) -> str:
    """Where the broker says that a hub's connection broke."""
    return f"{_ROOT}/{hub}/gone"


def answers(hub: str) -> str:
    """Where a hub hears up to where the centre has each lane."""
    return f"{_ROOT}/{hub}/down/have"


def commands(hub: str) -> str:
    """Where a hub hears what it is asked to do."""
    return f"{_ROOT}/{hub}/down/do"


def asks_papers(hub: str) -> str:
    """Where a hub asks for a new certificate."""
    return f"{_ROOT}/{hub}/{PAPERS}"


def papers(hub: str) -> str:
    """Where a hub is given its new certificate."""
    return f"{_ROOT}/{hub}/down/papers"


def sender(topic: str) -> tuple[str, str]:
    """The hub that a topic belongs to, and what is said there. Raises `WireError`.

    >>> sender("alongside/1/hh-0042/up/alarms")
    ('hh-0042', 'up/alarms')
    """
    parts = topic.split("/", 3)
    if len(parts) != 4 or "/".join(parts[:2]) != _ROOT:
        raise WireError(f"{topic!r} is no topic of ours")
    return parts[2], parts[3]


def everything_up(group: str, *, with_papers: bool) -> tuple[str, ...]:
    """What the workers of a group share among themselves; requests for certificates only among those who can grant."""
    told = [f"up/{lane}" for lane in Lane] + ["beat", "gone"] + ([PAPERS] if with_papers else [])
    return tuple(f"$share/{group}/{_ROOT}/+/{what}" for what in told)


def pack(batch: Batch) -> bytes:
    """A batch as it is sent."""
    return _HEAD.pack(VERSION, batch.after, batch.upto) + zlib.compress(batch.body)


def unpack(payload: bytes) -> Batch:
    """A batch as it was sent. Raises `WireError`."""
    if len(payload) < _HEAD.size:
        raise WireError("it is too short for a batch")
    version, after, upto = _HEAD.unpack_from(payload)
    if version != VERSION:
        raise WireError(f"version {version} is not known here")
    opened = zlib.decompressobj()
    try:
        body = opened.decompress(payload[_HEAD.size :], LARGEST_BODY)
    except zlib.error as error:
        raise WireError("it cannot be unpacked") from error
    if not opened.eof:
        raise WireError("it is cut off, or too large")
    if upto < after:
        raise WireError("it ends before it begins")
    return Batch(after=after, upto=upto, body=body)


def pack_rows(rows: Rows) -> bytes:
    """Rows as the body of a batch."""
    return json.dumps(rows, separators=(",", ":"), default=str).encode()


def unpack_rows(body: bytes) -> Rows:
    """Rows from the body of a batch. Raises `WireError`."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WireError("its rows cannot be read") from error
    if not isinstance(found, list) or not all(_is_row(one) for one in found):
        raise WireError("it holds something other than rows")
    return [(name, row) for name, row in found]


def pack_readings(readings: Readings) -> bytes:
    """Readings as the body of a batch, one column after the other: so they pack well."""
    columns = (
        _steps(readings.id),
        readings.device.astype("<i4"),
        readings.quantity.astype("<i2"),
        _steps(readings.at),
        readings.value.astype("<f8"),
        readings.quality.astype("<f4"),
    )
    return _COUNT.pack(len(readings)) + b"".join(column.tobytes() for column in columns)


_COLUMNS = ("<i8", "<i4", "<i2", "<i8", "<f8", "<f4")
_BYTES_EACH = sum(np.dtype(one).itemsize for one in _COLUMNS)


def unpack_readings(body: bytes) -> Readings:
    """Readings from the body of a batch. Raises `WireError`."""
    if len(body) < _COUNT.size:
        raise WireError("it is too short for readings")
    (count,) = _COUNT.unpack_from(body)
    if len(body) != _COUNT.size + count * _BYTES_EACH:
        raise WireError("it holds more or fewer readings than it says")
    columns, offset = [], _COUNT.size
    for kind in _COLUMNS:
        columns.append(np.frombuffer(body, kind, count, offset))
        offset += columns[-1].nbytes
    number, device, quantity, at, value, quality = columns
    return Readings(
        id=np.cumsum(number), device=device, quantity=quantity, at=np.cumsum(at), value=value, quality=quality
    )


def _steps(column: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each number less the one before it."""
    return np.diff(column, prepend=np.int64(0)).astype("<i8")


def _is_row(found: object) -> bool:
    return isinstance(found, list) and len(found) == 2 and isinstance(found[0], str) and isinstance(found[1], dict)
