"""`alongside portal`, also `python -m carer_portal`: serve the pages, and let people in."""

import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from carer_portal import wording
from carer_portal.database import Database
from carer_portal.model import Viewer
from carer_portal.queries import viewers
from carer_portal.serve import HOST, PORT, Serving, listen, serve
from carer_portal.signin import accounts, invitations, lockout, sessions
from carer_portal.signin.invitations import Kind
from hub.clock import SystemClock
from hub.paths import DATABASE, database_path
from hub.store.errors import StoreError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, invoke_without_command=True)

CANNOT = 2
Db = Annotated[Path | None, typer.Option("--db", envvar=DATABASE, help="The home's database.")]
Person = Annotated[str, typer.Argument(metavar="NAME", help="Who: a name from home.toml.")]


@app.callback()
def portal(
    context: typer.Context,
    viewer: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Print a link that lets this person in at once, here.")
    ] = None,
    db: Db = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Where to serve, on this computer.")] = PORT,
    public_url: Annotated[
        str | None, typer.Option("--public-url", metavar="URL", help="Where a proxy that speaks TLS offers it.")
    ] = None,
) -> None:
    """Serve the pages for family, carers and the resident, on this computer. People sign in, or use an invitation."""
    if context.invoked_subcommand is not None:
        return
    path = database_path(db).absolute()
    home = Database(path)
    _check(home, viewer)
    signal.signal(signal.SIGTERM, _stop)
    listening, wanted = listen(port)
    taken = listening.getsockname()[1]
    if not wanted:
        typer.echo(f"Port {port} is taken; the portal takes {taken} instead.")
    way_in = "" if viewer is None else f"enter/{_invitation(home, viewer, Kind.ENTER)}"
    typer.echo(f"The portal is at http://{HOST}:{taken}/{way_in} (press Ctrl-C to stop).")
    sys.stdout.flush()
    names = () if public_url is None else (_host(public_url),)
    serve(Serving(db=path, names=names, public_url=public_url), listening)


@app.command()
def invite(
    person: Person,
    db: Db = None,
    url: Annotated[str, typer.Option("--url", help="Where people reach the portal.")] = f"http://{HOST}:{PORT}/",
) -> None:
    """Print a link with which somebody of the household joins: it works once, for a week."""
    home = Database(database_path(db).absolute())
    viewer = _of_household(home, person)
    token = _invitation(home, person, Kind.JOIN)
    typer.echo(f"{viewer.display} ({wording.ROLES[viewer.role]}) joins with this link, once, within a week:")
    typer.echo(f"{url.rstrip('/')}/join/{token}")


@app.command()
def people(db: Db = None) -> None:
    """Say who belongs to the household, and who can sign in."""
    home = Database(database_path(db).absolute())
    _ready(home)
    with home.reading() as connection:
        known, joined, now = viewers(connection), accounts.everybody(connection), _now()
        for key, one in sorted(known.items()):
            devices = len(sessions.of(connection, key, now))
            state = "has not joined" if key not in joined else f"has joined; signed in on {devices}"
            typer.echo(f"{key:<16} {one.display} ({wording.ROLES[one.role]}): {state}")


@app.command(name="sign-out")
def sign_out(person: Person, db: Db = None) -> None:
    """Sign somebody out everywhere, and let no invitation of theirs count any longer."""
    home = Database(database_path(db).absolute())
    _ready(home)
    with home.writing() as connection:
        ended = sessions.end_all(connection, person, _now())
        invitations.withdraw(connection, person, _now())
    typer.echo(f"Signed out on {ended} devices." if ended != 1 else "Signed out on 1 device.")


@app.command(name="forget-factor")
def forget_factor(person: Person, db: Db = None) -> None:
    """Let somebody who has lost their authenticator app sign in with the password alone."""
    home = Database(database_path(db).absolute())
    _of_household(home, person)
    with home.writing() as connection:
        accounts.drop_second_factor(connection, person)
        lockout.forget(connection, person)
    typer.echo("No code is asked for any longer.")


def _check(home: Database, viewer: str | None) -> None:
    """A name that nobody has is refused; a home that is not set up yet is only noted, for the page waits for it."""
    try:
        known = _viewers(home)
    except StoreError:
        known = {}
    if not known:
        typer.echo("Note: no household has been set up here yet; `alongside home apply` does that.", err=True)
    if viewer is not None:
        _of_household(home, viewer)
    elif known and not _anybody_joined(home):
        typer.echo("Note: nobody has joined yet; `alongside portal invite NAME` prints a link to join with.", err=True)


def _anybody_joined(home: Database) -> bool:
    with home.reading() as connection:
        return bool(accounts.everybody(connection))


def _viewers(home: Database) -> dict[str, Viewer]:
    if not home.prepare():
        return {}
    with home.reading() as connection:
        return dict(viewers(connection))


def _ready(home: Database) -> None:
    try:
        there = home.prepare()
    except StoreError as error:
        _refuse(f"{error}.")
    if not there:
        _refuse("No household has been set up here yet: write a home.toml and run `alongside home apply home.toml`.")


def _of_household(home: Database, person: str) -> Viewer:
    _ready(home)
    known = _viewers(home)
    if person not in known:
        _refuse(f"There is no '{person}' in this household; its people are {', '.join(sorted(known))}.")
    return known[person]


def _invitation(home: Database, person: str, kind: Kind) -> str:
    with home.writing() as connection:
        return invitations.make(connection, person, kind, "this computer", _now())


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition(":")[0]


def _now() -> datetime:
    return SystemClock().now()


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(CANNOT)


def _stop(_signal: int, _frame: object) -> NoReturn:
    """Being asked to stop is no failure."""
    sys.exit(0)
