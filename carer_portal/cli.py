"""`alongside portal`, also `python -m carer_portal`: serve the pages for family, carers and the resident."""

import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from carer_portal.database import Database
from carer_portal.queries import viewers
from carer_portal.serve import HOST, PORT, listen, serve
from hub.paths import DATABASE, database_path
from hub.store.errors import StoreError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def portal(
    viewer: Annotated[str, typer.Option("--as", metavar="NAME", help="Who looks: a name from home.toml.")],
    db: Annotated[Path | None, typer.Option("--db", envvar=DATABASE, help="The home's database.")] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Where to serve, on this computer.")] = PORT,
) -> None:
    """Serve the page Today to one person, on this computer only: there is no sign-in yet."""
    home = database_path(db).absolute()
    _check_viewer(home, viewer)
    signal.signal(signal.SIGTERM, _stop)
    listening, wanted = listen(port)
    taken = listening.getsockname()[1]
    if not wanted:
        typer.echo(f"Port {port} is taken; the portal takes {taken} instead.")
    typer.echo(f"The portal is at http://{HOST}:{taken}/ (press Ctrl-C to stop).")
    sys.stdout.flush()
    serve(home, listening, viewer)


def _check_viewer(home: Path, viewer: str) -> None:
    """A name that nobody has is refused; a home that is not set up yet is only noted, for the page waits for it."""
    try:
        with Database(home).reading() as connection:
            people = viewers(connection)
    except StoreError:
        people = {}
    if not people:
        typer.echo("Note: no household has been set up here yet; `alongside home apply` does that.", err=True)
    elif viewer not in people:
        typer.echo(f"There is no '{viewer}' in this household; its people are {', '.join(sorted(people))}.", err=True)
        raise typer.Exit(2)


def _stop(_signal: int, _frame: object) -> NoReturn:
    """Being asked to stop is no failure."""
    sys.exit(0)
