"""How the demo behaves when something does not go as the story wants."""

import asyncio
import io
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.console import Console

from alongside.demo import story
from alongside.demo.model import Beat, Deed, Does, Scene
from alongside.demo.process import Program, StartError, running
from alongside.demo.show import keep_logs, perform
from alongside.demo.stage import until_ready
from tests.devices.ble_rig import until

IN_VAIN = Beat(at="06:56", acts=(Does(who=story.DAUGHTER, deed=Deed.TEXTS, alarm=story.FALL, words="1"),))
DEAF = (
    "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('listening', flush=True); sys.stdin.buffer.read(1)"
)


@asynccontextmanager
async def obstinate(folder: Path) -> AsyncIterator[Program]:
    """A program that does not listen when it is asked to stop."""
    log = folder / "obstinate.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", DEAF, stdin=asyncio.subprocess.PIPE, stdout=output
        )
    program = Program("obstinate", process, log, stops_within_s=0.1)
    try:
        await until(lambda: "listening" in program.said())
        yield program
    finally:
        await program.stop()


async def test_a_story_that_cannot_go_on_says_why_and_keeps_what_the_programs_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    day = (Scene(title="In vain", told=100, hurried=100, beats=(IN_VAIN,)),)
    told = io.StringIO()
    done = await perform(Console(file=told), 0, day, hurried=True, stay=False)
    assert not done["ok"]
    assert done["trouble"].startswith("there is no fall alarm that nadia could do anything about. ")
    assert str(tmp_path / "alongside") in done["trouble"]
    assert "The hub is listening" in (tmp_path / "alongside" / "demo-hub.log").read_text()
    assert "In vain" in told.getvalue()


def test_where_the_logs_cannot_be_kept_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "alongside").write_text("a file where the folder should be")
    assert "could not be kept" in keep_logs(tmp_path)


async def test_a_program_that_ends_at_once_is_named_with_its_last_words(tmp_path: Path) -> None:
    async with running("hub", ["hub", "--db", str(tmp_path)], {}, tmp_path) as hub:
        with pytest.raises(StartError, match=r"the hub ended at once: \w+"):
            await until_ready(hub, lambda: False)


async def test_a_program_that_is_never_ready_is_not_waited_for_in_vain(tmp_path: Path) -> None:
    async with obstinate(tmp_path) as program:
        with pytest.raises(StartError, match=r"the obstinate was not ready within 0\.1 s"):
            await until_ready(program, lambda: False, within_s=0.1)


async def test_a_program_that_does_not_stop_is_stopped(tmp_path: Path) -> None:
    async with obstinate(tmp_path) as program:
        assert program.running
        await program.stop()
        assert not program.running
        await program.stop()  # again does nothing


async def test_a_program_that_says_nothing(tmp_path: Path) -> None:
    log = tmp_path / "mute.log"
    log.touch()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await process.wait()
    assert Program("mute", process, log).last_words() == "it said nothing"
