from pathlib import Path

import pytest

from devices.simulated.serial import SimulatedPort
from hub.channels.gsm.line import Line, LineError, RefusedError, SilentError
from hub.clock import SystemClock
from hub.simulated.modem import SimulatedModem
from hub.simulated.modem_state import lines

CLOCK = SystemClock()


HEARD: list[tuple[str, str]] = []


def hear(head: str, content: str) -> None:
    HEARD.append((head, content))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (Path.absolute, "it is not plugged in"),
        (Path.mkdir, "its port cannot be opened"),
        (Path.touch, "its port cannot be opened"),  # a file is no terminal
    ],
)
async def test_a_port_that_cannot_be_opened_says_why(tmp_path: Path, spoil: object, words: str) -> None:
    assert callable(spoil)
    spoil(tmp_path / "modem")
    with pytest.raises(LineError, match=words):
        Line(str(tmp_path / "modem"), 115_200, CLOCK, hear)


async def test_a_port_that_takes_nothing_in_does_not_hold_the_hub_up(tmp_path: Path) -> None:
    with SimulatedPort(tmp_path / "modem") as port:
        line = Line(port.path, 115_200, CLOCK, hear)
        line._in_step = True
        for _ in range(10):  # takes a part of it, then nothing
            with pytest.raises(SilentError, match="it takes nothing in"):
                await line.ask("x" * 70_000)
            line._in_step = True
        line.close()


async def test_a_cable_pulled_in_this_very_moment_is_an_error_like_any_other(tmp_path: Path) -> None:
    port = SimulatedPort(tmp_path / "modem")
    port.plug()
    line = Line(port.path, 115_200, CLOCK, hear)
    line._in_step = True
    port.unplug()
    with pytest.raises(LineError, match="it was pulled out or lost its power"):
        await line.ask("AT")
    line.close()


async def test_a_line_that_is_closed_lets_go_of_whoever_waits(tmp_path: Path) -> None:
    with SimulatedPort(tmp_path / "modem") as port:
        line = Line(port.path, 115_200, CLOCK, hear)
        line.close()
        with pytest.raises(LineError, match="it is being started anew"):
            await line.ask("AT")


async def test_a_modem_that_refuses_even_the_first_command_is_silent(tmp_path: Path) -> None:
    async with SimulatedModem(tmp_path / "modem", CLOCK) as modem:
        modem.faults.unknown = frozenset({"ATE0"})
        line = Line(modem.path, 115_200, CLOCK, hear)
        with pytest.raises(SilentError, match="it does not answer"):
            await line.ask("AT")
        assert modem.commands == ["ATE0"] * 3
        line.close()


async def test_a_command_is_answered_and_a_refusal_is_told_with_its_result(tmp_path: Path) -> None:
    unasked: list[str] = []
    async with SimulatedModem(tmp_path / "modem", CLOCK) as modem:
        line = Line(modem.path, 115_200, CLOCK, lambda head, content: unasked.append(head + content))
        assert await line.ask("AT+CSQ", "+CSQ:") == ["+CSQ: 20,99"]
        with pytest.raises(RefusedError, match=r"\+CMS ERROR: 321"):
            await line.ask("AT+CMGD=7")
        assert await line.ask("AT") == []
        assert modem.commands.count("ATE0") == 1  # a refusal leaves it in step
        modem.say(lines("RING"))
        assert await line.ask("AT") == []
        assert unasked[-1] == "RING"
        line.close()
