"""The command line of a modem on a serial port: one command at a time, each bounded in time."""

import asyncio
import contextlib
import errno
import os
import termios
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import serial

from devices.model import Clock
from hub.channels.gsm.dialogue import Dialogue, Question
from hub.channels.within import within

CHUNK = 4096
COMMAND_S = 5.0
"""A modem answers most commands within a second; asking for the SIM card can take five (TS 27.007 gives no figure)."""
SYNC_S = 1.5
SYNC_TRIES = 3
QUIET_S = 0.2
"""So long nothing may come before a modem that fell silent counts as in step again."""
_ESCAPE = "\x1b"

_REASONS: Mapping[int | None, str] = {
    errno.ENOENT: "it is not plugged in",
    errno.ENXIO: "it is not plugged in",
    errno.ENODEV: "it is not plugged in",
    errno.EACCES: "the hub may not open it: its user must be in the group dialout",
    errno.EAGAIN: "another program has it open",
    errno.EBUSY: "another program has it open",
}


class LineError(Exception):
    """The modem cannot be spoken to: it was pulled out, or does not answer. Passing: open it again."""


class SilentError(LineError):
    """The modem did not answer a command in time; the next command gets in step with it first."""


class RefusedError(Exception):
    """The modem answered with an error; `result` is its final line."""

    def __init__(self, result: str) -> None:
        super().__init__(result)
        self.result = result


Unasked = Callable[[str, str], None]
"""Takes a line that came unasked, and its content."""


class Line:
    """An open port with a modem behind it. `unasked` hears what it says of its own accord."""

    def __init__(self, port: str, baud: int, clock: Clock, unasked: Unasked) -> None:
        self._clock = clock
        self._unasked = unasked
        self._dialogue = Dialogue()
        self._changed = asyncio.Event()
        self._turn = asyncio.Lock()
        self._in_step = False
        self._lost: str | None = None
        self._device = _open(port, baud)
        self._loop = asyncio.get_running_loop()
        self._descriptor = self._device.fileno()
        self._loop.add_reader(self._descriptor, self._read)

    def close(self) -> None:
        """Let go of the port, without waiting for what it did not take."""
        if self._lost is None:
            self._loop.remove_reader(self._descriptor)
            self._lost = "it is being started anew"
        self._changed.set()
        with contextlib.suppress(serial.SerialException, OSError, termios.error):
            self._device.reset_output_buffer()  # or closing would wait half a minute for a modem that takes nothing
        self._device.close()

    async def ask(self, command: str, prefix: str = "", within_s: float = COMMAND_S) -> list[str]:
        """The lines of the answer. Raises `LineError`, or `RefusedError`."""
        async with self._my_turn():
            return await self._put(f"{command}\r", Question(prefix=prefix), within_s)

    async def submit(self, length: int, pdu: str, handed: Callable[[], None], within_s: float) -> list[str]:
        """Hand a text over; `handed` is called at the moment from which on it may go out. Raises as `ask`."""
        async with self._my_turn():
            await self._put(f"AT+CMGS={length}\r", Question(prefix="+CMGS:", prompts=True), COMMAND_S)
            handed()
            return await self._put(f"{pdu}\x1a", Question(prefix="+CMGS:"), within_s)

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        """One command at a time. Whoever is cut short leaves the modem out of step."""
        async with self._turn:
            if not self._in_step:
                await self._get_in_step()
            self._in_step = False
            try:
                yield
            except RefusedError:
                self._in_step = True
                raise
            self._in_step = True

    async def _get_in_step(self) -> None:
        """End whatever was begun, and see that the modem answers this and nothing older. Raises `LineError`."""
        self._dialogue.forget()
        self._write(_ESCAPE)
        for attempt in range(1, SYNC_TRIES + 1):
            try:
                await self._put("ATE0\r", Question(prefix=""), SYNC_S)
                await self._until_quiet()
            except (SilentError, RefusedError):
                if attempt == SYNC_TRIES:
                    raise SilentError("it does not answer") from None
            else:
                return

    async def _until_quiet(self) -> None:
        while True:
            self._changed.clear()
            try:
                await within(self._clock, QUIET_S, self._changed.wait())
            except TimeoutError:
                return

    async def _put(self, words: str, question: Question, within_s: float) -> list[str]:
        self._dialogue.question = question
        try:
            self._write(words)
            await within(self._clock, within_s, self._answered(question))
        except TimeoutError:
            raise SilentError("it does not answer") from None
        finally:
            self._dialogue.question = None
        if question.refused:
            raise RefusedError(question.result or "")
        return question.lines

    async def _answered(self, question: Question) -> None:
        while question.result is None:
            if self._lost is not None:
                raise LineError(self._lost)
            self._changed.clear()
            await self._changed.wait()

    def _write(self, words: str) -> None:
        if self._lost is not None:
            raise LineError(self._lost)
        data = words.encode("ascii")
        try:
            taken = os.write(self._descriptor, data)  # pyserial's own would spin where the port takes nothing
        except BlockingIOError:
            taken = 0
        except OSError as error:
            raise LineError("it was pulled out or lost its power") from error
        if taken != len(data):
            raise SilentError("it takes nothing in")

    def _read(self) -> None:
        try:
            data = self._device.read(CHUNK)
        except (serial.SerialException, OSError) as error:
            # A lost port stays readable for ever: the reader must go, or it spins.
            self._loop.remove_reader(self._descriptor)
            self._lost = f"it was pulled out or lost its power ({error.__class__.__name__})"
            data = b""
        for head, content in self._dialogue.feed(data):
            self._unasked(head, content)
        self._changed.set()


def _open(port: str, baud: int) -> serial.Serial:
    try:
        return serial.Serial(port, baudrate=baud, timeout=0, exclusive=True)
    except (serial.SerialException, OSError, termios.error, ValueError) as error:
        raise LineError(_REASONS.get(getattr(error, "errno", None), "its port cannot be opened")) from error
