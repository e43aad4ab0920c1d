"""Serial devices that are not there: a pseudo-terminal behind a stable name, to plug in, pull out and spoil."""

import os
import tty
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from devices.model import Sleep


class SimulatedPort:
    """The far end of a serial line. `link` is the stable path by which the hub opens it."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self._ends: tuple[int, int] | None = None

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    @property
    def path(self) -> str:
        """What the hub opens."""
        return str(self._link)

    @property
    def ours(self) -> int | None:
        """Our end of the line, where what the hub writes can be read; None while it is unplugged."""
        return None if self._ends is None else self._ends[0]

    def plug(self) -> None:
        """Appear under the stable path, on a new terminal. Plugging in what is plugged in changes nothing."""
        if self._ends is not None:
            return
        ours, theirs = os.openpty()
        tty.setraw(theirs)
        os.set_blocking(ours, False)
        part = self._link.with_name(self._link.name + ".part")
        part.symlink_to(os.ttyname(theirs))
        part.replace(self._link)
        # Our own hold on their end: without it the line would hang up whenever the hub closes the port.
        self._ends = ours, theirs

    def unplug(self) -> None:
        """Vanish, as a pulled cable does: readers get an error, the path is gone."""
        if self._ends is None:
            return
        self._link.unlink()
        for end in self._ends:
            os.close(end)
        self._ends = None

    def send(self, data: bytes) -> int:
        """Put bytes on the line. Returns how many were taken: like a UART, it loses what nobody reads."""
        if self._ends is None:
            return 0
        try:
            return os.write(self._ends[0], data)
        except BlockingIOError:
            return 0

    def received(self) -> bytes:
        """What the hub has written since this was last asked."""
        if self._ends is None:
            return b""
        try:
            return os.read(self._ends[0], 4096)
        except BlockingIOError:
            return b""

    async def dribble(self, data: bytes, sleep: Sleep, pause_s: float = 0.0) -> None:
        """Send byte by byte, with a pause after each."""
        for byte in data:
            self.send(bytes([byte]))
            await sleep(pause_s)


def with_noise(frames: Iterable[bytes], rng: np.random.Generator, most: int = 20) -> bytes:
    """The frames in order, with up to `most` bytes of garbage before each."""
    return b"".join(rng.bytes(int(rng.integers(most + 1))) + frame for frame in frames)
