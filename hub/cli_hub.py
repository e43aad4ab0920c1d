"""`alongside hub`: run the hub of a home until told to stop."""

import asyncio
import logging
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy import Connection

from devices.model import Clock
from hub import clock, logs
from hub.adapters import adapters, console_only
from hub.cli_metrics import LogJson, Metrics, measured
from hub.daemon import UNUSABLE, run
from hub.intents import Handler
from hub.lock import AlreadyRunningError
from hub.paths import DATABASE, database_path
from hub.store.errors import StoreError
from hub.watch import Given

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

CANNOT_START = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What other rooms bring to the hub: what is told of a new label, their migrations, what their pages ask for."""

    labelled: Callable[[Connection, int, datetime], object]
    migrations: Sequence[Path] = ()
    handlers: Mapping[str, Handler] = field(default_factory=dict)


def make_app(rooms: Rooms) -> typer.Typer:
    """The command, for whoever puts the rooms together."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

    @app.command()
    def hub(
        db: Annotated[Path | None, typer.Option("--db", envvar=DATABASE, help="The home's database.")] = None,
        console: Annotated[  # noqa: FBT002 -- a flag
            bool, typer.Option("--console", help="Send nothing: say here what would be sent to whom.")
        ] = False,
        verbose: Annotated[bool, typer.Option("--verbose", help="Say more of what it does.")] = False,  # noqa: FBT002
        metrics: Metrics = None,
        log_json: LogJson = False,  # noqa: FBT002 -- a flag
    ) -> None:
        """Run the hub of a home: listen to its sensors, notice, ask, and fetch help.

        The home is declared by `alongside home apply home.toml`. Stop it with Ctrl-C; nothing is lost.
        """
        logs.begin(logging.INFO if verbose else logging.WARNING, as_json=log_json)
        given = Given(
            adapters=console_only if console else adapters,
            labelled=rooms.labelled,
            migrations=rooms.migrations,
            handlers=rooms.handlers,
        )
        try:
            its_clock = clock.from_environment()
            with measured(lambda: _figures(database_path(db), its_clock), metrics):
                asyncio.run(_until_told(database_path(db), its_clock, given))
        except UNUSABLE as error:
            _refuse(f"There is no home to watch: {error}")
        except (AlreadyRunningError, StoreError) as error:
            _refuse(f"The hub cannot start: {error}.")
        except OSError as error:
            _refuse(f"The hub cannot start: {error.filename or 'the database'}: {error.strerror}.")

    return app


def _figures(db: Path, its_clock: Clock) -> "CollectorRegistry":
    from hub.metrics import of_hub  # noqa: PLC0415 -- takes its time, and most homes have no Prometheus

    return of_hub(db, its_clock.now)


async def _until_told(db: Path, its_clock: Clock, given: Given) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run(db, its_clock, given, stop, lambda: typer.echo(f"The hub is listening. Its database is {db}."))
    typer.echo("The hub has stopped; everything it heard is stored.")


def _refuse(sentence: str) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(CANNOT_START)
