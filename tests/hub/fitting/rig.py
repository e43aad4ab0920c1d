"""The fitter's commands, run beside an emulated radio that goes on speaking."""

import asyncio

from typer.testing import CliRunner, Result

from hub.fitting.cli import app


def run(*words: str, typed: str | None = None) -> Result:
    """`alongside devices WORDS`."""
    return CliRunner().invoke(app, list(words), input=typed)


async def run_beside(*words: str, typed: str | None = None) -> Result:
    """The same, in a thread, so that this event loop goes on."""
    return await asyncio.to_thread(run, *words, typed=typed)
