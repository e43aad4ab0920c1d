"""Hears what was heard before: frames in a file, one JSON object a line.

    {"at": "2026-11-24T09:00:00Z", "address": "B4:35:22:F5:3D:A4", "source": "advert:fcd2", "payload": "40005201643a01",
     "signal": -61}

(each on one line). `at` needs its zone, `payload` is hex, `signal` (dBm) may be left out. Empty lines are passed over.
"""

import asyncio
import math
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, ValidationError

from devices.model import Clock, Frame, LinkEvent, LinkState


class RecordingError(ValueError):
    """A recording that cannot be read; says the file, the line and the reason."""


def _bytes_of(text: object) -> bytes:
    if not isinstance(text, str):
        raise ValueError("must be hex digits in quotes")  # noqa: TRY004 -- pydantic reports ValueErrors
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise ValueError("must be hex digits, two a byte") from error


class _Line(BaseModel):
    """One frame as it stands in the file."""

    model_config = ConfigDict(extra="forbid")

    at: AwareDatetime
    address: str
    source: str
    payload: Annotated[bytes, BeforeValidator(_bytes_of)]
    signal: int | None = None


def line_of(frame: Frame) -> str:
    """The line that stands for a frame, without its end."""
    signal = "null" if frame.signal_dbm is None else str(frame.signal_dbm)
    fields = _Line.model_construct(at=frame.at, address=frame.address, source=frame.source, payload=b"")
    start = fields.model_dump_json(include={"at", "address", "source"}).removesuffix("}")
    return f'{start},"payload":"{frame.payload.hex()}","signal":{signal}}}'


def write_frames(path: Path, frames: Iterable[Frame]) -> None:
    """Write a recording."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line_of(frame)}\n" for frame in frames)


def read_frames(path: Path) -> Iterator[Frame]:
    """The frames of a recording. Raises `RecordingError` at the first line that is wrong."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _frame_of(line, f"{path}, line {number}")
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RecordingError(f"{path} is not text: {error.reason}") from error


def _frame_of(line: str, where: str) -> Frame:
    try:
        read = _Line.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise RecordingError(f"{where}: {f'{field}: ' if field else ''}{first['msg']}") from error
    return Frame(
        address=read.address,
        source=read.source,
        payload=read.payload,
        at=read.at.astimezone(UTC),
        signal_dbm=read.signal,
    )


class RecordedTransport:
    """Plays a recording on a clock, `speed` times as fast as it happened; by default without any waiting.

    Frames keep the times at which they were heard. Unlike a radio it comes to an end, and says so.
    """

    def __init__(self, clock: Clock, path: Path, speed: float = math.inf) -> None:
        self.name = f"recording {path.name}"
        self._clock = clock
        self._path = path
        self._speed = speed

    async def run(self, deliver: Callable[[Frame], None], report: Callable[[LinkEvent], None]) -> None:
        """Deliver every frame in the order of the file. One wrong line, and the file is refused before it is played."""
        await asyncio.to_thread(self._check)
        self._tell(report, LinkState.UP)
        before = None
        for frame in read_frames(self._path):
            gap_s = (frame.at - before).total_seconds() if before else 0.0
            await self._clock.sleep(max(0.0, gap_s) / self._speed)
            deliver(frame)
            before = frame.at
        self._tell(report, LinkState.DOWN, "the recording has ended")

    def _check(self) -> None:
        for _ in read_frames(self._path):
            pass

    def _tell(self, report: Callable[[LinkEvent], None], state: LinkState, detail: str = "") -> None:
        report(LinkEvent(subject=str(self._path), state=state, at=self._clock.now(), detail=detail))
