"""`alongside demo`: a made-up home and a person's day."""

import asyncio
import json
import signal
from typing import Annotated, Any

import typer

CANNOT = 1
STOPPED = 130
PORTAL_PORT = 8501

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    once: Annotated[  # noqa: FBT002 -- a flag
        bool, typer.Option("--once", help="Tell the day quickly, then stop everything: no terminal is needed.")
    ] = False,
    as_json: Annotated[  # noqa: FBT002 -- a flag
        bool,
        typer.Option("--json", help="With --once: print one JSON object that says what happened, and nothing else."),
    ] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Where to serve the portal.")] = PORTAL_PORT,
) -> None:
    """See it work: a made-up home and a person's day, in a few minutes, here and on the portal.

    The sensors are simulated, and nothing leaves this computer. All else is real: the hub, the Bluetooth and serial
    libraries, the text-message client, the portal.
    """
    if as_json and not once:
        raise typer.BadParameter("--json goes with --once", param_hint="--json")
    done = asyncio.run(_until_stopped(port, once=once, quiet=as_json))
    if as_json:
        typer.echo(json.dumps(done, indent=2, ensure_ascii=False))
    if not done["ok"]:
        raise typer.Exit(CANNOT)


async def _until_stopped(port: int, *, once: bool, quiet: bool) -> dict[str, Any]:
    """Play, and say what happened. Exits where it could not begin, or somebody stopped it."""
    from rich.console import Console  # noqa: PLC0415 -- `--help` need not wait for any of these

    from alongside.demo.show import CANNOT_START, perform  # noqa: PLC0415

    playing = asyncio.ensure_future(perform(Console(quiet=quiet, highlight=False), port, hurried=once, stay=not once))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, playing.cancel)
    try:
        done = await playing
    except asyncio.CancelledError:
        typer.echo("\nStopped; everything has been put away.", err=True)
        raise typer.Exit(STOPPED if once else 0) from None
    except CANNOT_START as error:
        typer.echo(f"The demo cannot start: {error}", err=True)
        raise typer.Exit(CANNOT) from None
    if "trouble" in done:
        typer.echo(f"The demo could not go on: {done['trouble']}", err=True)
    return done
