"""`alongside simulate`: let the devices of a home.toml live, so that a hub has something to hear."""

import asyncio
import contextlib
import json
import math
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer

from alongside.simulation import Simulation, simulated
from devices.simulated.bluez import BusError
from devices.simulated.home import Life
from devices.simulated.mosquitto import BrokerError
from devices.simulated.orders import SORTS, OrderError, order_of
from hub import household
from hub.clock import SystemClock
from hub.household import HouseholdError

app = typer.Typer(add_completion=False)

REFUSED = 2
TELLS_EVERY_S = 10.0
MOST_SPEED = 10_000.0
REAL = SystemClock()

_FAULTS = f"A fault to order ({', '.join(SORTS)}), like drops=0.1; of one device: pendant:dead_battery=2h."


@app.command()
def simulate(
    home: Annotated[Path, typer.Option("--home", help="The household, as home.toml.", exists=True, dir_okay=False)],
    speed: Annotated[float, typer.Option(min=0.1, max=MOST_SPEED, help="So many times as fast as life.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Another seed, another life; the same seed, the same life.")] = 0,
    fault: Annotated[list[str] | None, typer.Option(help=_FAULTS)] = None,
    hours: Annotated[float | None, typer.Option(min=0.0, help="End after so many of the home's hours.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,  # noqa: FBT002
) -> None:
    """Let every device of a household live: real frames over an emulated radio, pseudo-terminals and a broker.

    It has a database of its own, tells how to point a hub to it, and disturbs none that runs. Ctrl-C ends it.
    """
    try:
        text = home.read_text(encoding="utf-8")
        devices = household.parse(text).devices
        orders = tuple(order_of(one, devices) for one in fault or ())
        life = Life(start=REAL.now(), seed=seed, orders=orders)
        asyncio.run(_run(text, life, speed, _Told(as_json=as_json, hours=hours)))
    except (HouseholdError, OrderError, BusError, BrokerError, UnicodeDecodeError) as error:
        reason = str(error) if not isinstance(error, UnicodeDecodeError) else "this is not a text file in UTF-8"
        typer.echo(f"It cannot be simulated: {reason}{'' if reason.endswith('?') else '.'}", err=True)
        raise typer.Exit(REFUSED) from error


class _Told:
    """What is told while it runs, and for how long it does."""

    def __init__(self, *, as_json: bool, hours: float | None) -> None:
        self._as_json = as_json
        self.hours = hours

    def begin(self, running: Simulation, speed: float) -> None:
        """How a hub is pointed to it."""
        number = len(running.home.devices)
        if self._as_json:
            typer.echo(json.dumps({"environment": str(running.environment), "devices": number, "speed": speed}))
            return
        typer.echo(
            f"{number} devices live {speed:g} times as fast as life, on {', '.join(running.receivers) or 'nothing'}."
        )
        typer.echo("Point a hub to them from another terminal:")
        typer.echo(f"  . {running.environment}")
        typer.echo("  alongside hub --console")
        typer.echo(
            "What else you call there (alongside devices list, alongside portal) sees this home, too. Ctrl-C ends it."
        )

    def progress(self, running: Simulation) -> None:
        """How far it has come."""
        counts = running.play.counts.values()
        at, sent, taken = running.clock.now(), sum(one.sent for one in counts), sum(one.taken for one in counts)
        if self._as_json:
            typer.echo(json.dumps({"at": at.isoformat(), "sent": sent, "taken": taken}))
        else:
            local = at.astimezone(running.home.tz)
            typer.echo(f"{local:%a %H:%M}: {sent} frames were sent, and {taken} of them could be heard.")


async def _run(text: str, life: Life, speed: float, told: _Told) -> None:
    async with simulated(text, life, speed, REAL) as running, _until_told() as stop:
        told.begin(running, speed)
        left_s = math.inf if told.hours is None else told.hours * 3600 / speed
        async with asyncio.TaskGroup() as tasks:
            playing = tasks.create_task(running.play.run())
            while left_s > 0 and not stop.is_set():
                nap_s = min(TELLS_EVERY_S, left_s)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(nap_s):
                        await stop.wait()
                left_s -= nap_s
                told.progress(running)
            playing.cancel()


@contextlib.asynccontextmanager
async def _until_told() -> AsyncIterator[asyncio.Event]:
    """Set when somebody says that it is enough."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    yield stop
