"""Programs that the demo starts, and stops again whatever happens."""

import asyncio
import contextlib
import os
import shutil
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

STOPS_WITHIN_S = 10.0


class StartError(Exception):
    """A program ended before it was ready; says which, and the last that it said."""


class Program:
    """An `alongside` command in a process of its own, what it says in a log file."""

    def __init__(
        self, name: str, process: asyncio.subprocess.Process, log: Path, stops_within_s: float = STOPS_WITHIN_S
    ) -> None:
        self.name = name
        self.log = log
        self._process = process
        self._stops_within_s = stops_within_s

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    def said(self) -> str:
        """Everything that it has said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def last_words(self) -> str:
        """The last line that it said."""
        lines = self.said().strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    async def stop(self) -> None:
        """Ask it to end; make it, if it does not."""
        if not self.running:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(self._stops_within_s):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


@contextlib.asynccontextmanager
async def running(
    name: str, arguments: Sequence[str], environment: Mapping[str, str], folder: Path
) -> AsyncIterator[Program]:
    """Run `alongside ARGUMENTS` until the block ends.

    It is in a session of its own, so that Ctrl-C reaches it only through us, and it ends with us even if we are killed.
    """
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *_tied_to_us(),
            sys.executable,
            "-m",
            "alongside",
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    program = Program(name, process, log)
    try:
        yield program
    finally:
        await program.stop()


def _tied_to_us() -> list[str]:
    """The kernel ends the program when we end; without util-linux nothing does."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []
