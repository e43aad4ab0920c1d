"""The emulated modem as a telephone's software would meet it: only its pseudo-terminal and its bytes."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.channels.gsm.received import Delivered, read
from hub.clock import SystemClock
from hub.simulated.modem import Sent, SimulatedModem
from hub.simulated.modem_pdu import delivered
from hub.simulated.modem_state import ROOM, Lost

CLOCK = SystemClock()
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PRIYA = "+447700900001"
HELLO = "0021000C91447700091000000005E8329BFD06"


class Terminal:
    """The hub's end."""

    def __init__(self, path: str) -> None:
        self._end = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self._heard = ""

    async def say(self, words: str, until: str) -> str:
        """Say something, and wait for an answer that ends so."""
        os.write(self._end, words.encode())
        return await self.hear(until)

    async def hear(self, until: str) -> str:
        async with asyncio.timeout(10):
            while not self._heard.endswith(until):
                try:
                    self._heard += os.read(self._end, 4096).decode()
                except BlockingIOError:
                    await CLOCK.sleep(0.002)
        heard, self._heard = self._heard, ""
        return heard

    def close(self) -> None:
        os.close(self._end)


@pytest.fixture
async def modem(tmp_path: Path) -> AsyncIterator[SimulatedModem]:
    async with SimulatedModem(tmp_path / "modem", CLOCK) as plugged:
        yield plugged


@pytest.fixture
async def terminal(modem: SimulatedModem) -> AsyncIterator[Terminal]:
    opened = Terminal(modem.path)
    yield opened
    opened.close()


async def test_it_echoes_until_told_not_to(terminal: Terminal) -> None:
    assert await terminal.say("AT\r", "OK\r\n") == "AT\r\r\nOK\r\n"
    await terminal.say("ATE0\r", "OK\r\n")
    assert await terminal.say("AT\r", "OK\r\n") == "\r\nOK\r\n"


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("AT+CPIN?", "+CPIN: READY\r\n\r\nOK\r\n"),
        ("at+csq", "+CSQ: 20,99\r\n\r\nOK\r\n"),
        ("AT+CREG?", "+CREG: 0,1\r\n\r\nOK\r\n"),
        ("AT+CPMS?", '+CPMS: "SM",0,20,"SM",0,20,"SM",0,20\r\n\r\nOK\r\n'),
        ("AT+CMGD=3", "+CMS ERROR: 321\r\n"),
        ("AT+WIND?", "ERROR\r\n"),
        ("hello", "ERROR\r\n"),
    ],
)
async def test_it_answers_commands(terminal: Terminal, command: str, answer: str) -> None:
    await terminal.say("ATE0\r", "OK\r\n")
    assert await terminal.say(f"{command}\r", "\r\n" if answer.startswith("+CMS") else answer[-7:]) == f"\r\n{answer}"


async def test_a_text_goes_out_and_can_be_given_up(modem: SimulatedModem, terminal: Terminal) -> None:
    await terminal.say("ATE0\r", "OK\r\n")
    assert await terminal.say("AT+CMGS=18\r", "> ") == "\r\n> "
    assert await terminal.say(f"{HELLO}\x1bAT\r", "OK\r\n") == "\r\nOK\r\n"
    assert modem.sent == []
    await terminal.say("AT+CMGS=18\r", "> ")
    assert await terminal.say(f"{HELLO}\x1a", "OK\r\n") == "\r\n+CMGS: 1\r\n\r\nOK\r\n"
    assert modem.sent == [Sent(to="+447700900100", text="hello")]


async def test_what_is_no_message_is_refused(modem: SimulatedModem, terminal: Terminal) -> None:
    await terminal.say("AT+CMGS=18\r", "> ")
    assert (await terminal.say("no digits\x1a", "304\r\n")).endswith("+CMS ERROR: 304\r\n")
    assert modem.sent == []


async def test_without_a_card_it_asks_for_no_text(modem: SimulatedModem, terminal: Terminal) -> None:
    modem.faults.sim = ""
    assert (await terminal.say("AT+CMGS=18\r", "310\r\n")).endswith("+CMS ERROR: 310\r\n")
    assert (await terminal.say("AT+CPIN?\r", "10\r\n")).endswith("+CME ERROR: 10\r\n")


async def test_it_says_that_a_text_came_once_it_was_asked_to(modem: SimulatedModem, terminal: Terminal) -> None:
    await terminal.say("ATE0\r", "OK\r\n")
    assert modem.receive(PRIYA, "1 42", AT) == 1
    await terminal.say("AT+CNMI=2,1,0,1,0\r", "OK\r\n")
    modem.receive(PRIYA, "2 42", AT)
    assert await terminal.hear("\r\n") == '\r\n+CMTI: "SM",2\r\n'
    listed = await terminal.say("AT+CMGL=4\r", "OK\r\n")
    heads, pdus = zip(*(row.split("\r\n") for row in listed.strip().split("\r\n\r\n")[:-1]), strict=True)
    assert [head.split(":")[0] for head in heads] == ["+CMGL", "+CMGL"]
    found = [read(pdu) for pdu in pdus]
    assert [one.text for one in found if isinstance(one, Delivered)] == ["1 42", "2 42"]
    await terminal.say("AT+CMGD=1\r", "OK\r\n")
    assert list(modem.memory) == [2]


async def test_a_full_memory_takes_nothing_in(modem: SimulatedModem) -> None:
    for _ in range(ROOM):
        assert modem.store(next(delivered(PRIYA, "1", AT)))
    assert not modem.store(next(delivered(PRIYA, "1", AT)))


async def test_orders_are_carried_out_one_a_text(modem: SimulatedModem, terminal: Terminal) -> None:
    await terminal.say("ATE0\r", "OK\r\n")
    modem.faults.texts.extend(["+CMS ERROR: 500", Lost(), 0.05])
    said = []
    for until in ("500\r\n", "> ", "OK\r\n"):
        await terminal.say("AT+CMGS=18\r", "> ")
        said.append(await terminal.say(f"{HELLO}\x1a" + ("AT+CMGS=18\r" if until == "> " else ""), until))
        if until == "> ":
            await terminal.say("\x1bAT\r", "OK\r\n")
    assert said == ["\r\n+CMS ERROR: 500\r\n", "\r\n> ", "\r\n+CMGS: 2\r\n\r\nOK\r\n"]
    assert len(modem.sent) == 2


async def test_a_hang_swallows_everything(modem: SimulatedModem, terminal: Terminal) -> None:
    modem.faults.hangs = True
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await terminal.say("AT\r", "OK\r\n")
    modem.faults.hangs = False
    assert (await terminal.say("AT\r", "OK\r\n")).endswith("OK\r\n")


async def test_it_forgets_what_it_was_told_when_its_power_goes_but_not_what_its_card_keeps(
    modem: SimulatedModem, terminal: Terminal
) -> None:
    await terminal.say("ATE0\r", "OK\r\n")
    modem.receive(PRIYA, "1 42", AT)
    await modem.unplug()
    await modem.unplug()
    with pytest.raises(FileNotFoundError):
        Terminal(modem.path)
    modem.plug()
    again = Terminal(modem.path)
    assert (await again.say("AT\r", "OK\r\n")).startswith("AT\r")
    assert len(modem.memory) == 1
    again.close()


async def test_a_text_that_comes_in_parts_is_put_together(modem: SimulatedModem) -> None:
    assert modem.receive(PRIYA, "on my way " * 20, AT) == 2


def test_every_text_is_at_least_one_message() -> None:
    (pdu,) = delivered(PRIYA, "", AT)
    message = read(pdu)
    assert isinstance(message, Delivered)
    assert message.text == ""
