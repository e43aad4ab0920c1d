"""`alongside devices add` and `remove`: guided, or by options alone."""

import getpass
from pathlib import Path as FilePath
from typing import Annotated

import typer

from devices.kinds import SetupError
from devices.registry import KINDS
from devices.spelling import unknown
from hub import clock
from hub.fitting import declare, guide
from hub.fitting.base import Database, known, refuse
from hub.fitting.document import New, with_device, without_device
from hub.fitting.guide import Asked, Told
from hub.household import Applied, HouseholdError
from hub.secrets import variable

File = Annotated[
    FilePath | None,
    typer.Option("--file", help="Change this home.toml too; its comments stay.", exists=True, dir_okay=False),
]
By = Annotated[str | None, typer.Option("--by", help="Who does so, for the record. By default: the user.")]


def add(  # noqa: PLR0913, PLR0917 -- typer makes an option of each
    name: Annotated[str | None, typer.Argument(help="What it is called, like `hall motion`.")] = None,
    kind: Annotated[str | None, typer.Option(help="What kind it is, like shelly_motion.")] = None,
    address: Annotated[str | None, typer.Option(help="Its address, serial port or topic.")] = None,
    room: Annotated[str | None, typer.Option(help="Where it hangs or stands.")] = None,
    person: Annotated[str | None, typer.Option(help="Who carries it: a person of home.toml.")] = None,
    key: Annotated[str | None, typer.Option(help="Its key, 32 hex digits; better typed where it is asked for.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="Like profile=D5-00-01, port=/dev/..., broker=...")] = None,
    new_room: Annotated[bool, typer.Option("--new-room", help="It is the first in this room.")] = False,  # noqa: FBT002
    seconds: Annotated[float, typer.Option(min=0.1, help="How long to listen for it.")] = 15.0,
    file: File = None,
    db: Database = None,
    by: By = None,
) -> None:
    """Declare a sensor: guided, from what can be heard; or at once, if name, kind and address are given.

    It is put in force as `alongside home apply` does it, and a hub that runs listens to it at once. Its key is never
    kept here: the hub reads it from its secrets.
    """
    asked = Asked(
        name=name,
        kind=kind,
        address=address,
        room=room,
        person=person,
        key=key,
        options=option or (),
        new_room=new_room,
        seconds=seconds,
    )
    try:
        here = known(db)
        told = guide.told(asked, declare.home_to_change(file, here.home), here.overheard)
        declare.setup_of(told.new, told.key)
        applied = put_in_force(lambda text: with_device(text, told.new), file, db, by)
    except (HouseholdError, SetupError) as error:
        refuse(str(error))
    _say_added(told, applied, in_file=file is not None)


def remove(
    name: Annotated[str, typer.Argument(help="The device's key in home.toml, as `devices list` shows it.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 -- a flag
    file: File = None,
    db: Database = None,
    by: By = None,
) -> None:
    """Take a sensor out of the home. What it said stays stored."""
    try:
        home = declare.home_to_change(file, known(db).home)
        if name not in home.devices:
            refuse(unknown("device", name, home.devices))
        if not yes:
            typer.confirm(f"Shall the hub listen to {name} no more?", abort=True)
        applied = put_in_force(lambda text: without_device(text, name), file, db, by)
    except HouseholdError as error:
        refuse(str(error))
    typer.echo(f"{name} is no longer part of this home (revision {applied.revision}). What it said stays stored.")
    _say_of_the_file(in_file=file is not None)


def put_in_force(change: declare.Change, file: FilePath | None, db: FilePath | None, by: str | None) -> Applied:
    """Apply a change, now."""
    now = clock.from_environment().now()
    try:
        return declare.put_in_force(change, file, db, now, by or getpass.getuser())
    except OSError as error:
        refuse(f"it is in force, but {file} could not be written: {error.strerror}")


def _say_added(told: Told, applied: Applied, *, in_file: bool) -> None:
    new = told.new
    where = f" in the {new.room}" if new.room else ""
    typer.echo(f"{new.key} is declared: {_title(new)}{where} (revision {applied.revision}).")
    if new.key_secret and not guide.key_is_set(new, told.key):
        typer.echo(f"Set {variable(new.key_secret)} to its key where the hub runs; the key is not kept here.")
    _say_of_the_file(in_file=in_file)
    typer.echo(f"Try it: alongside devices test {new.key}")


def _title(new: New) -> str:
    return KINDS[new.kind].title


def _say_of_the_file(*, in_file: bool) -> None:
    if not in_file:
        typer.echo("A home.toml of yours does not know: `alongside home export -o home.toml` writes it out.")
