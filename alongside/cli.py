"""The `alongside` command: the rooms' commands in one place, each loaded only when it is used."""

import importlib
import logging
import os
import sys
from dataclasses import dataclass
from importlib import metadata
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from alongside.logs import log_folder

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One command: the module whose `app` carries it out, and what it is for in plain words."""

    module: str
    help: str


COMMANDS = {
    "demo": Entry(
        module="alongside.demo.cli", help="See it work: a made-up home and a person's day, in a few minutes."
    ),
    "hub": Entry(module="alongside.hub", help="Run the hub of a home: listen, notice, ask, and fetch help."),
    "home": Entry(
        module="hub.cli_home", help="Set up a home from its home.toml: people, devices, who is told and when."
    ),
    "devices": Entry(
        module="hub.fitting.cli", help="Find sensors, declare them, walk the rooms with them, see how they do."
    ),
    "alarms": Entry(module="alongside.alarms", help="See the alarms, answer one, say whether it was right."),
    "people": Entry(
        module="hub.cli_people", help="Say who is on now, and how much each helper has been asked to bear."
    ),
    "faults": Entry(module="hub.cli_faults", help="See what does not work in the home, whose it is, and close one."),
    "portal": Entry(module="carer_portal.cli", help="Serve the pages for family, carers and the resident."),
    "centre": Entry(module="hub.cli_centre", help="Watch over many homes: let them join, take in what they tell."),
    "fleet": Entry(
        module="alongside.fleet", help="See many homes and their centre work on this machine; pull any plug."
    ),
    "co-design": Entry(module="co_design.cli", help="See what people said about the rules, and what became of it."),
    "simulate": Entry(
        module="alongside.simulate", help="Let the devices of a home.toml live, so that a hub has something to hear."
    ),
    "replay": Entry(module="alongside.replay", help="Put recorded days through today's rules; nothing is sent."),
    "whatif": Entry(module="alongside.whatif", help="See what another rule would have done to this home's own past."),
    "evaluate": Entry(module="alongside.evaluate", help="Measure on recordings how good the shipped detectors are."),
    "auditor": Entry(module="hub.cli_auditor", help="Watch from outside that the hub is alive and no alarm is stuck."),
    "rehearse": Entry(
        module="alongside.rehearse", help="Play an alarm through a home's plan: who would hear what, and when."
    ),
    "crash-test": Entry(
        module="alongside.crash.cli", help="Kill a real hub again and again: is anything lost, or said twice?"
    ),
    "export": Entry(module="alongside.export", help="Take data out: for the resident all, for others what is agreed."),
    "erase": Entry(module="alongside.erase", help="Let everything about the resident be gone, copies included."),
    "bench": Entry(module="alongside.bench", help="Measure how fast an alarm is safe, and what a home's events cost."),
}


class Rooms(TyperGroup):
    """Lists every command, and imports a command's module only to carry it out."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        for name, entry in COMMANDS.items():
            self.add_command(TyperCommand(name, help=entry.help, short_help=entry.help))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command as any group does, then fetch the real one."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, load(name) if name else None, rest


def load(name: str) -> Any:
    """The command itself, with its room's options."""
    room: typer.Typer = importlib.import_module(COMMANDS[name].module).app
    room.rich_markup_mode = None  # plain text: quick, and a screen reader reads it
    room._add_completion = False  # noqa: SLF001 -- typer has no public way to say so after the fact
    command = typer.main.get_command(room)
    command.name = name
    return command


app = typer.Typer(
    cls=Rooms, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)


def show_version(value: bool) -> None:  # noqa: FBT001 -- typer calls it so
    """Print the version and stop."""
    if value:
        typer.echo(f"alongside {metadata.version('alongside')}")
        raise typer.Exit


@app.callback()
def alongside(
    version: Annotated[  # noqa: FBT002 -- typer's way to declare a flag; its callback acts
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Alongside notices when something is wrong at home, asks the person first, and then fetches help.

    Start with `alongside demo`. It is not a medical device, and it does not replace an emergency number.
    """


def record(error: Exception) -> str:
    """Write down what happened; say where, or why it could not be written."""
    path = log_folder() / "errors.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as reason:
        return f"The details could not be written to {path} ({reason.strerror})."
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    log.addHandler(handler)
    log.error("unexpected error in `%s`", sys.argv[1] if sys.argv[1:] else "alongside", exc_info=error)
    log.removeHandler(handler)
    handler.close()
    return f"The details are in {path}."


def main() -> None:
    """Run the command; an error that nobody expected becomes one sentence, never a traceback.

    What it writes (a home's database, an export, a log) tells of a person, so only this account may read it.
    """
    os.umask(0o077)
    try:
        app()
    except OverflowError:
        typer.echo("One of the numbers or dates that were given is too large to work with.", err=True)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 -- the outermost edge: recorded, then said in a sentence
        where = record(error)
        typer.echo(f"Something went wrong that should not have ({type(error).__name__}). {where}", err=True)
        sys.exit(1)
