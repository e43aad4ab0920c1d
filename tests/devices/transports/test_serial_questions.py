"""A device that speaks only when it is asked, at the far end of a pseudo-terminal."""

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import serial

from devices.decoders.c1001 import IN_BED, QUESTIONS, parse, split
from devices.model import LinkState
from devices.registry import KINDS
from devices.simulated.frames_c1001 import in_bed
from devices.simulated.serial import SimulatedPort
from devices.transports.serial import SerialTransport, _Inlet
from tests.devices.transports.serial_rig import CLOCK, running, until

RADAR = KINDS["c1001"]


@pytest.fixture
def port(tmp_path: Path) -> Iterator[SimulatedPort]:
    with SimulatedPort(tmp_path / "bed") as simulated:
        yield simulated


def transport(port: SimulatedPort, every_s: float = 0.02) -> SerialTransport:
    assert RADAR.serial is not None
    assert RADAR.split is not None
    return SerialTransport(CLOCK, port.path, replace(RADAR.serial, ask_every_s=every_s), RADAR.split)


class Radar:
    """Answers whether somebody is in bed, whenever it is asked."""

    def __init__(self, port: SimulatedPort) -> None:
        self._port = port
        self._buffer = bytearray()
        self.asked: list[bytes] = []

    def answer(self) -> None:
        self._buffer += self._port.received()
        for question in split(self._buffer):
            self.asked.append(question)
            if parse(question)[0] == IN_BED:
                self._port.send(in_bed(occupied=True))


async def test_it_is_asked_again_and_again_and_its_answers_are_heard(port: SimulatedPort) -> None:
    radar = Radar(port)
    async with running(transport(port)) as heard:

        def answered() -> bool:
            radar.answer()
            return len(heard.frames) >= 3

        await until(answered)
    assert set(heard.payloads) == {in_bed(occupied=True)}
    assert radar.asked[:4] == [*QUESTIONS, *QUESTIONS]


async def test_it_is_asked_again_when_it_was_plugged_out_and_in(port: SimulatedPort) -> None:
    async with running(transport(port)) as heard:
        await until(lambda: bool(port.received()))
        port.unplug()
        await until(lambda: heard.states[-1] is LinkState.DOWN)
        port.plug()
        await until(lambda: bool(port.received()))
        assert heard.states[-1] is LinkState.UP


async def test_a_line_that_takes_nothing_does_not_hold_up_the_hub(
    port: SimulatedPort, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody reads what the hub writes, and the terminal's buffer is full."""
    other = os.open(port.path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)

    def not_put() -> bool:
        with suppress(BlockingIOError):
            while True:
                os.write(other, bytes(4096))
        return "a question could not be put" in caplog.text

    with caplog.at_level(logging.INFO):
        async with running(transport(port)) as heard:
            await until(not_put)
            port.send(in_bed(occupied=True))
            await until(lambda: len(heard.frames) == 1)
    os.close(other)


async def test_no_question_is_put_to_a_device_that_speaks_by_itself(port: SimulatedPort) -> None:
    kind = KINDS["ld2410"]
    assert kind.serial is not None
    assert kind.split is not None
    async with running(SerialTransport(CLOCK, port.path, kind.serial, kind.split)) as heard:
        await until(lambda: heard.states == [LinkState.UP])
        await CLOCK.sleep(0.05)
    assert port.received() == b""


def test_a_port_that_is_not_there_has_received_nothing(tmp_path: Path) -> None:
    assert SimulatedPort(tmp_path / "bed").received() == b""


async def test_a_port_that_is_gone_when_a_question_is_put_is_lost(port: SimulatedPort) -> None:
    with serial.Serial(port.path, timeout=0) as device:
        inlet = _Inlet(device)
        port.unplug()
        inlet.say(QUESTIONS[0])
        assert inlet.lost is not None
        assert inlet.lost.startswith("it was pulled out")
        await inlet.wait()
        inlet.close()
