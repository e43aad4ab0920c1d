"""Remembers the latest frames of one device by their bytes, so that one that is heard again is known as the same."""

from dataclasses import dataclass
from datetime import datetime

from devices.model import Frame

REMEMBERED = 8
"""Some devices send two or three frames by turns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """When a frame was last heard, and whether the device numbers its frames."""

    at: datetime
    numbered: bool


class Latest:
    """The latest frames, by their bytes."""

    __slots__ = ("_heard",)

    def __init__(self) -> None:
        self._heard: dict[bytes, Heard] = {}

    def take(self, frame: Frame) -> Heard | None:
        """When these very bytes were last heard, if that is remembered; it is forgotten by asking."""
        return self._heard.pop(frame.payload, None)

    def keep(self, frame: Frame, *, numbered: bool) -> None:
        """Remember a frame, and forget the one that has not been heard for longest."""
        self._heard[frame.payload] = Heard(at=frame.at, numbered=numbered)
        if len(self._heard) > REMEMBERED:
            del self._heard[next(iter(self._heard))]
