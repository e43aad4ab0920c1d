"""One life of a hub in a process of its own, as its trial sees it."""

from contextlib import suppress
from multiprocessing.connection import Connection as Wire
from multiprocessing.context import ForkServerContext, SpawnContext
from signal import SIGKILL
from threading import Event, Lock

from alongside.crash.house import Press
from alongside.crash.victim import READY, Orders, live

LOOK_EVERY_S = 0.02

ONE_ASKS = Lock()
"""Whoever starts a process also asks after all others, and how one ended can be asked only once."""


class CrashTestError(Exception):
    """The test itself went wrong: a hub ended by itself, or did not get ready."""


class Life:
    """One hub, and what it says."""

    def __init__(self, context: SpawnContext | ForkServerContext, orders: Orders) -> None:
        self._wire, theirs = context.Pipe()
        self._process = context.Process(target=live, args=(orders, theirs), daemon=True)
        with ONE_ASKS:
            self._process.start()
        theirs.close()
        self.ready = False
        self.receipts: set[Press] = set()

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        with ONE_ASKS:
            return self._process.exitcode is not None

    def press(self, one: Press) -> None:
        """The pendant's advertisement."""
        _send(self._wire, one)

    def listen(self, seconds: float) -> None:
        """Take in what it says, waiting so long for the first word."""
        try:
            while self._wire.poll(seconds):
                said = self._wire.recv()
                self.ready = self.ready or said == READY
                self.receipts |= {said} if isinstance(said, Press) else set()
                seconds = 0.0
        except (EOFError, OSError):  # it has ended: all that it said has been taken in
            Event().wait(seconds)

    def kill(self) -> None:
        """Kill it, if it does not do so itself, and hear its last words. Raises `CrashTestError`."""
        self._process.kill()
        self._await_end()
        self.listen(0.0)
        self._wire.close()
        if self._process.exitcode != -SIGKILL:
            raise CrashTestError(f"a hub ended by itself ({self._process.exitcode})")

    def stop(self) -> None:
        """Tell it to stop. Raises `CrashTestError` where it ends badly."""
        self._process.terminate()
        self._await_end()
        self._wire.close()
        if self._process.exitcode != 0:
            raise CrashTestError(f"a hub did not stop in order ({self._process.exitcode})")

    def _await_end(self) -> None:
        while not self.over:
            self.listen(LOOK_EVERY_S)


def _send(wire: Wire, one: Press) -> None:
    with suppress(OSError):  # where it has died already, its successor hears the pendant again
        wire.send(one)
