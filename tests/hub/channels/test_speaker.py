"""The loudspeaker, with the real espeak-ng writing to a file instead of to a sound device."""

import asyncio
import os
import shutil
import stat
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from devices.model import LinkEvent, LinkState
from hub.channels.attended import Around
from hub.channels.speaker import HANGS, LOOK_EVERY_S, MISSING, PAUSE_S, REPEAT_FOR_S, SAY_WITHIN_S, SILENT, Speaker
from hub.clock import SystemClock
from hub.household.model import SpeakerPolicy
from hub.model import ChannelError, Evidence, Message, NotificationState, Purpose
from tests.fakes import START, FakeClock

REAL = SystemClock()
QUESTION = "Margaret? It looks as if you have had a fall. Are you all right?"
DEADLINE_S = 20.0


def message(text: str = QUESTION, purpose: Purpose = Purpose.CHECK_IN, alarm_id: int | None = 1) -> Message:
    return Message(
        notification_id=1,
        person="margaret",
        channel="speaker",
        to="home",
        text=text,
        reference="K3F9Q",
        purpose=purpose,
        alarm_id=alarm_id,
    )


@pytest.fixture
def espeak() -> str:
    """The real program; a test that cannot have it fails, and says how to get it."""
    found = shutil.which("espeak-ng")
    assert found, "espeak-ng is not here: scripts/setup.sh test installs it, or apt-get install espeak-ng"
    return found


def program(folder: Path, script: str) -> str:
    """A program in espeak-ng's place: what it is told goes to `said`, a line each."""
    path = folder / "speak"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not condition():
            await REAL.sleep(0.005)


class Home:
    """A speaker that runs, with a program that writes down what it is told."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.said_to = folder / "said"
        self.clock = clock
        self.asked = True
        self.told: list[LinkEvent] = []
        self.speaker = Speaker(clock, SpeakerPolicy(), program(folder, f"cat >>{self.said_to}; echo >>{self.said_to}"))

    @property
    def said(self) -> list[str]:
        return self.said_to.read_text().splitlines() if self.said_to.exists() else []

    async def passes(self, seconds: float) -> None:
        """Let time pass in small steps, each sentence being said to its end."""
        for _ in range(int(seconds / 0.5)):
            await self.clock.advance(0.5)
            await until(lambda: not self.speaker._one_voice.locked())


@asynccontextmanager
async def at_home(folder: Path) -> AsyncIterator[Home]:
    home = Home(folder, FakeClock())
    around = Around(report=home.told.append, is_asked=lambda _: home.asked)
    task = asyncio.create_task(home.speaker.run(around))
    try:
        yield home
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_real_program_speaks_the_sentence(espeak: str, tmp_path: Path) -> None:
    recording = tmp_path / "said.wav"
    speaker = Speaker(REAL, SpeakerPolicy(), espeak, recording)
    assert await speaker.send(message()) == Evidence(state=NotificationState.SENT)
    with wave.open(str(recording)) as heard:
        seconds = heard.getnframes() / heard.getframerate()
        loudest = max(heard.readframes(heard.getnframes()))
    assert 3.0 < seconds < 12.0
    assert loudest > 100


async def test_a_slower_voice_takes_longer(espeak: str, tmp_path: Path) -> None:
    lengths = []
    for words_per_minute in (100, 200):
        recording = tmp_path / f"{words_per_minute}.wav"
        await Speaker(REAL, SpeakerPolicy(words_per_minute=words_per_minute), espeak, recording).send(message())
        with wave.open(str(recording)) as heard:
            lengths.append(heard.getnframes())
    assert lengths[0] > lengths[1] * 1.4


@pytest.mark.parametrize("policy", [SpeakerPolicy(device="no-such-device"), SpeakerPolicy(language="no-such-voice")])
async def test_without_a_loudspeaker_or_a_voice_it_says_so(espeak: str, policy: SpeakerPolicy) -> None:
    """The program itself ends as if all were well."""
    with pytest.raises(ChannelError, match=SILENT) as raised:
        await Speaker(REAL, policy, espeak).send(message())
    assert not raised.value.ambiguous


async def test_a_text_is_never_on_the_command_line(tmp_path: Path) -> None:
    words = tmp_path / "words"
    speak = program(tmp_path, f'echo "$@" >{words}; cat >/dev/null')
    await Speaker(REAL, SpeakerPolicy(device="usb"), speak).send(message("--help; Margaret"))
    assert words.read_text() == "-b 1 -v en-gb -s 140 --stdin -d usb\n"


async def test_a_program_that_is_missing_is_told_with_how_to_get_it(tmp_path: Path) -> None:
    clock, told = FakeClock(), list[LinkEvent]()
    speaker = Speaker(clock, SpeakerPolicy(), str(tmp_path / "speak"))
    with pytest.raises(ChannelError, match=MISSING):
        await speaker.send(message())
    task = asyncio.create_task(speaker.run(Around(report=told.append, is_asked=lambda _: True)))
    await until(lambda: len(told) == 1)
    program(tmp_path, "cat >/dev/null")
    for _ in range(2):
        await clock.advance(LOOK_EVERY_S)
    assert [(one.state, one.detail) for one in told] == [(LinkState.DOWN, MISSING), (LinkState.UP, "")]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    speak = program(tmp_path, f"echo $$ >{pid}; exec sleep 600")
    clock = FakeClock()
    task = asyncio.create_task(Speaker(clock, SpeakerPolicy(), speak).send(message()))
    await until(lambda: pid.exists() and pid.read_text().strip() != "")
    await clock.advance(SAY_WITHIN_S)
    with pytest.raises(ChannelError, match=HANGS):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


async def test_a_question_is_said_again_every_few_seconds_until_it_is_answered(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        await home.speaker.send(message())
        await home.passes(PAUSE_S * 3)
        assert 3 <= len(home.said) <= 4
        home.asked = False
        said = len(home.said)
        await home.passes(PAUSE_S * 4)
        assert len(home.said) == said


async def test_the_next_sentence_takes_the_place_of_a_question(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        await home.speaker.send(message())
        await home.passes(PAUSE_S)
        await home.speaker.send(message("Priya is coming to you.", Purpose.STAND_DOWN))
        said = len(home.said)
        await home.passes(PAUSE_S * 4)
        assert home.said[-1] == "Priya is coming to you."
        assert len(home.said) == said


async def test_a_new_question_is_the_one_that_is_said_again(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        await home.speaker.send(message("One?"))
        await home.passes(1.0)
        await home.speaker.send(message("Two?"))
        await home.passes(PAUSE_S * 2)
        assert set(home.said[1:]) == {"Two?"}
        assert len(home.said) >= 3


async def test_no_question_is_said_for_ever(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        await home.speaker.send(message())
        await home.clock.advance(REPEAT_FOR_S)
        await home.passes(PAUSE_S * 2)
        said = len(home.said)
        await home.passes(PAUSE_S * 4)
        assert len(home.said) == said


async def test_what_is_about_no_alarm_is_said_once(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        await home.speaker.send(message(alarm_id=None))
        await home.passes(PAUSE_S * 4)
        assert len(home.said) == 1


async def test_trouble_while_a_question_is_repeated_is_told(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        await home.speaker.send(message())
        program(tmp_path, "cat >/dev/null; echo 'error: No such file or directory' >&2")
        await home.passes(PAUSE_S * 2)
        home.asked = False
        await home.passes(PAUSE_S * 2)
        await until(lambda: home.told[-1].state is LinkState.DOWN)
        assert home.told[-1].detail == SILENT


async def test_it_neither_listens_nor_remembers(tmp_path: Path) -> None:
    speaker = Home(tmp_path, FakeClock()).speaker
    assert await speaker.find(message()) is None
    assert await speaker.status("x") is None
    assert await speaker.inbound(START) == []
