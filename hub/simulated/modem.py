"""A mobile modem that is not there: a pseudo-terminal that speaks a modem's commands, and fails to order."""

import asyncio
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from devices.model import Clock
from devices.simulated.serial import SimulatedPort
from hub.simulated.modem_pdu import Submitted, delivered, report, submitted
from hub.simulated.modem_state import ROOM, Faults, Lost, ModemState, answer, lines, octets

CHUNK = 4096
END, GIVEN_UP = b"\x1a", b"\x1b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One text that went out, whole."""

    to: str
    text: str


class SimulatedModem:
    """One modem, its SIM card's memory and the network behind it, while it is plugged in."""

    def __init__(self, link: Path, clock: Clock) -> None:
        self._port = SimulatedPort(link)
        self._clock = clock
        self._state = ModemState()
        self._task: asyncio.Task[None] | None = None
        self._listening: int | None = None
        self._buffer = bytearray()
        self._said: asyncio.Queue[bytes] = asyncio.Queue()
        self._count = 0
        self.commands: list[str] = []
        self.parts: list[Submitted] = []

    # To be ordered about by a test.

    @property
    def path(self) -> str:
        """What the hub opens."""
        return self._port.path

    @property
    def faults(self) -> Faults:
        """What is wrong with it."""
        return self._state.faults

    @property
    def memory(self) -> dict[int, str]:
        """What its SIM card keeps, by place."""
        return self._state.memory

    @property
    def sent(self) -> list[Sent]:
        """Every text that has gone out with all its parts, in order of its last part."""
        found: list[Sent] = []
        begun: dict[tuple[str, int], str] = {}
        for part in self.parts:
            number, count, index = part.joins or (0, 1, 1)
            text = begun.pop((part.to, number), "") + part.text
            if index == count:
                found.append(Sent(to=part.to, text=text))
            else:
                begun[part.to, number] = text
        return found

    def plug(self) -> None:
        """Appear on the port."""
        self._state.power_on()
        self._buffer.clear()
        self._said = asyncio.Queue()
        self._port.plug()
        self._listening = self._port.ours
        if self._listening is not None:
            asyncio.get_running_loop().add_reader(self._listening, self._read)
        self._task = asyncio.create_task(self._work())

    async def unplug(self) -> None:
        """Vanish, as when it is pulled out or dies."""
        if self._listening is not None:
            asyncio.get_running_loop().remove_reader(self._listening)
            self._listening = None
        self._port.unplug()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def __aenter__(self) -> Self:
        self.plug()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.unplug()

    def receive(self, sender: str, text: str, at: datetime) -> int:
        """A text comes in; how many of its parts found room."""
        self._count += 1
        return sum(self.store(pdu) for pdu in delivered(sender, text, at, self._count % 256))

    def store(self, pdu: str) -> bool:
        """Something comes in; whether there was room. What finds none stays with the network."""
        place = next((index for index in range(1, ROOM + 1) if index not in self.memory), None)
        if place is None:
            return False
        self.memory[place] = pdu
        if self._state.tells:
            self.say(lines(f'+CMTI: "SM",{place}'))
        return True

    def say(self, words: str) -> None:
        """Say something, asked or not."""
        if not self.faults.hangs:
            self._port.send(words.encode("ascii"))

    # Its work.

    def _read(self) -> None:
        try:
            data = b"" if self._listening is None else os.read(self._listening, CHUNK)
        except OSError:  # nobody has the other end open
            return
        if self.faults.hangs:
            return
        if self._state.echoes:
            self._port.send(data)
        self._buffer += data
        self._cut()

    def _cut(self) -> None:
        """Cut what was heard into commands and texts."""
        while True:
            ends = (END, GIVEN_UP) if self._state.awaits_text else (b"\r", GIVEN_UP)
            found = [place for end in ends if (place := self._buffer.find(end)) >= 0]
            if not found:
                return
            piece = bytes(self._buffer[: min(found) + 1])
            del self._buffer[: len(piece)]
            if piece.endswith((END, GIVEN_UP)):
                self._state.awaits_text = False
            self._said.put_nowait(piece)

    async def _work(self) -> None:
        while True:
            piece = await self._said.get()
            if self.faults.answers_after_s:
                await self._clock.sleep(self.faults.answers_after_s)
            if piece.endswith(END):
                await self._text(piece[:-1].decode("ascii", "replace"))
            elif not piece.endswith(GIVEN_UP) and (command := piece.decode("ascii", "replace").strip()):
                self.commands.append(command)
                self.say(answer(self._state, command))

    async def _text(self, pdu: str) -> None:
        """A text was handed over: it goes out, or what was ordered happens."""
        try:
            part = submitted(pdu)
        except (ValueError, IndexError):
            self.say(lines("+CMS ERROR: 304"))
            return
        order = self.faults.texts.popleft() if self.faults.texts else self.faults.numbers.get(part.to, 0.0)
        if isinstance(order, str):
            self.say(lines(order))
            return
        self.parts.append(part)
        if not isinstance(order, Lost):
            await self._clock.sleep(order)
            self._accept(len(self.parts) % 256, part)

    def _accept(self, number: int, part: Submitted) -> None:
        self.say(lines(f"+CMGS: {number}", "OK"))
        if self.faults.report is not None and part.wants_report and self._state.tells:
            pdu = report(number, part.to, self._clock.now(), self.faults.report)
            self.say(lines(f"+CDS: {octets(pdu)}\r\n{pdu}"))
