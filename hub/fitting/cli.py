"""`alongside devices`: find sensors, declare them, walk the rooms with them, see how they do."""

import asyncio
import json
from typing import Annotated

import typer

from devices import cli as by_hand
from devices.kinds import Path
from devices.mqtt import Broker, broker_of
from hub import clock
from hub.fitting import cli_declare, cli_live
from hub.fitting.base import Database, Json, known, refuse
from hub.fitting.search import Search, Sighting, Sightings, facts_of, line_of, search

app = typer.Typer(no_args_is_help=True)

DEAF = 1
_PLACES = {
    Path.ADVERT: "In the air",
    Path.SERIAL: "On the serial ports",
    Path.MQTT: "Published at a broker",
}


@app.callback()
def devices() -> None:
    """Find sensors, declare them, walk the rooms with them, see how they do; and read a frame by hand."""


app.command()(cli_declare.add)
app.command(name="list")(cli_live.list_)
app.command()(cli_live.watch)
app.command(name="test")(cli_live.walk_test)
app.command()(cli_declare.remove)
app.command()(by_hand.decode)


@app.command()
def scan(
    seconds: Annotated[float, typer.Option(min=0.1, help="How long to listen; slow sensors need minutes.")] = 15.0,
    port: Annotated[list[str] | None, typer.Option(help="Only this serial port; and ask what is on it.")] = None,
    broker: Annotated[list[str] | None, typer.Option(help="This MQTT broker, like mqtt://hub@localhost.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also what is no sensor that I know.")] = False,  # noqa: FBT002
    db: Database = None,
    as_json: Json = False,  # noqa: FBT002 -- a flag
) -> None:
    """Say what is in the air, on the ports and at the MQTT broker: what it is, why I think so, how strong it is.

    A hub that runs is not disturbed; what it listens to alone (a serial port) cannot be heard beside it. Some devices
    speak only when they are asked, and a modem must not be: so a port is asked only if you name it.
    """
    asked = Search(seconds=seconds, ports=port, brokers=_brokers(broker), ask=port is not None)
    if not as_json:
        typer.echo(f"Listening for {seconds:g} s ...", err=True)
    here = known(db)
    seen = asyncio.run(search(clock.from_environment(), asked, here.home, here.overheard))
    tell = _tell_json if as_json else _tell
    tell(seen, every=every)
    if seen.deaf:
        raise typer.Exit(DEAF)


def _brokers(urls: list[str] | None) -> list[Broker] | None:
    try:
        return None if urls is None else [broker_of(url) for url in urls]
    except ValueError as error:
        refuse(str(error))


def _tell_json(seen: Sightings, *, every: bool) -> None:
    for one in (*seen.known, *(seen.strangers if every else ())):
        typer.echo(json.dumps(facts_of(one), ensure_ascii=False))
    for trouble in seen.troubles:
        typer.echo(json.dumps({"trouble": trouble}, ensure_ascii=False))


def _tell(seen: Sightings, *, every: bool) -> None:
    shown = [*seen.known, *(seen.strangers if every else ())]
    for path, title in _PLACES.items():
        _tell_place(title, [one for one in shown if one.found.path is path])
    if not shown and not seen.deaf:
        typer.echo("Nothing was heard that I know. Wake the sensor (press it, open it) while I listen.")
    if seen.strangers and not every:
        typer.echo(f"Besides, {len(seen.strangers)} that are no sensor that I know: `--all` shows them.")
    for trouble in seen.troubles:
        typer.echo(f"Note: {trouble}.", err=True)


def _tell_place(title: str, there: list[Sighting]) -> None:
    if there:
        typer.echo(title)
        for one in there:
            typer.echo(f"  {line_of(one)}")
