"""`alongside centre`: the fleet side. Set it up, let homes in and out, run its parts, see how the homes are."""

import asyncio
import json
import logging
import ssl
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
import uvicorn
from sqlalchemy import Engine, create_engine, insert, select
from sqlalchemy.exc import DBAPIError

from hub import clock, logs
from hub.centre import schema
from hub.centre.authority import Authority
from hub.centre.broker import CENTRE, write
from hub.centre.enrolment import EnrolmentError, fingerprint, invite, revoke
from hub.centre.gate import PATH, gate
from hub.centre.lookout import Lookout, outside, webhook
from hub.centre.metrics import of_centre
from hub.centre.overview import Home, homes
from hub.centre.page import page
from hub.centre.worker import Worker, hub_number
from hub.cli_metrics import LogJson, Metrics, measured
from hub.intents import IntentKind
from hub.store.columns import to_us
from hub.sync.joining import Invitation
from hub.sync.papers import key_pem, new_key, request

REFUSED = 2

app = typer.Typer(
    help="Watch over many homes: set a centre up, let homes join, run its parts, see how the homes are.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Database = Annotated[
    str,
    typer.Option(
        "--database",
        envvar="ALONGSIDE_CENTRE_DATABASE",
        help="PostgreSQL, like postgresql+psycopg://user@host/name; its password belongs into ~/.pgpass.",
    ),
]
Folder = Annotated[
    Path, typer.Option("--folder", envvar="ALONGSIDE_CENTRE", help="The centre's own files: its authority and broker.")
]
Broker = Annotated[str, typer.Option("--broker", help="The MQTT broker, as HOST:PORT.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
BROKER = "localhost:8883"


@app.command()
def setup(
    database: Database,
    folder: Folder,
    host: Annotated[list[str], typer.Option("--host", help="A name or address of the broker and the gate.")],
    port: Annotated[int, typer.Option("--port", help="Where the broker listens.")] = 8883,
    listen: Annotated[str, typer.Option("--listen", help="On which address.")] = "127.0.0.1",
) -> None:
    """Make the centre's tables, its certificate authority, and Mosquitto's configuration; again: what is missing."""
    now = clock.from_environment().now()
    with _engine(database).begin() as connection:
        schema.create(connection)
    authority = Authority.open(folder / "authority", now)
    authority.serve(folder / "server", host, now)
    granted = authority.grant(request(key := new_key(), CENTRE), CENTRE, now)
    _own(folder / "worker.key", key_pem(key))
    _own(folder / "worker.pem", granted.pem)
    configuration = write(folder / "broker", authority, folder / "server", port, listen)
    typer.echo(f"The centre is set up. Start its broker with: mosquitto -c {configuration}")


@app.command()
def enrol(
    hub: Annotated[str, typer.Argument(help="The hub's name here: small letters, digits, hyphens.")],
    database: Database,
    folder: Folder,
    gate_url: Annotated[
        str, typer.Option("--gate", help="The gate's address, as hubs reach it.")
    ] = "https://localhost:8443",
) -> None:
    """Print an invitation with which one home may join, once, within a week."""
    try:
        with _engine(database).begin() as connection:
            code = invite(connection, hub, clock.from_environment().now())
    except EnrolmentError as error:
        _refuse(str(error))
    invited = Invitation(
        url=gate_url.rstrip("/") + PATH, code=code, fingerprint=fingerprint(folder / "server/server.pem")
    )
    typer.echo(f"On the hub, within a week, once:\n\n  alongside home join '{invited}'")


@app.command("revoke")
def revoke_(hub: str, database: Database, folder: Folder) -> None:
    """Shut a hub out: lost, stolen or given back. Reload the broker afterwards (SIGHUP)."""
    now = clock.from_environment().now()
    try:
        with _engine(database).begin() as connection:
            count = revoke(connection, Authority.open(folder / "authority", now), hub, now)
    except EnrolmentError as error:
        _refuse(str(error))
    typer.echo(f"{hub} is shut out ({count} certificates). Reload the broker now: it reads its list anew on SIGHUP.")


@app.command()
def hubs(database: Database, as_json: AsJson = False) -> None:  # noqa: FBT002 -- a flag
    """How the homes are: the worst first."""
    with _engine(database).connect() as connection:
        found = homes(connection, clock.from_environment().now())
    if as_json:
        typer.echo(json.dumps([one.document() for one in found]))
        return
    typer.echo("\n".join(_line(one) for one in found) or "No home has joined yet: `alongside centre enrol NAME`.")


@app.command()
def ask(
    hub: str,
    kind: IntentKind,
    payload: Annotated[str, typer.Argument(help='What is asked, as JSON: {"alarm_id": 3, "said": "going"}')],
    by: Annotated[str, typer.Option("--by", help="Whose wish it is.")],
    database: Database,
) -> None:
    """Ask a home's hub for something, as its own pages would; it is carried out once, as soon as it is reached."""
    try:
        said = json.loads(payload)
    except ValueError:
        _refuse(f"{payload!r} is no JSON document")
    with _engine(database).begin() as connection:
        number = hub_number(connection, hub)
        if number is None:
            _refuse(f"there is no hub {hub!r} here; `alongside centre hubs` lists them")
        values = {"hub_id": number, "kind": kind, "payload": said, "by": by}
        now_us = to_us(clock.from_environment().now())
        made = insert(schema.command).values(at=now_us, **values).returning(schema.command.c.id)
        typer.echo(f"Asked, as request {connection.execute(made).scalar_one()}.")


@app.command()
def result(number: int, database: Database) -> None:
    """What became of a request."""
    with _engine(database).connect() as connection:
        row = connection.execute(select(schema.command).where(schema.command.c.id == number)).first()
    if row is None:
        _refuse(f"there is no request {number}")
    typer.echo(row.result if row.done_at else ("It was sent." if row.sent_at else "It waits for the hub."))


@app.command()
def worker(
    database: Database,
    folder: Folder,
    broker: Broker = BROKER,
    metrics: Metrics = None,
    log_json: LogJson = False,  # noqa: FBT002 -- a flag
) -> None:
    """Take in what hubs send. Run as many as the machine has cores; any of them may be killed at any moment.

    Where the folder holds the authority's key, it also grants hubs new certificates before theirs end.
    """
    logs.begin(logging.INFO, as_json=log_json)
    its_clock = clock.from_environment()
    authority = _authority(folder, its_clock.now())
    working = Worker(_engine(database), its_clock, _place(broker), lambda: broker_trust(folder), authority)
    with measured(lambda: working.figures.registry, metrics):
        _until_told(lambda: working.run(lambda: typer.echo("This worker listens.")))


@app.command()
def lookout(
    database: Database,
    tell: Annotated[
        str | None, typer.Option("--tell", help="Where incidents are posted: an ntfy topic, a webhook.")
    ] = None,
    watched_by: Annotated[
        str | None,
        typer.Option("--watched-by", help="A page to visit while all is well; who keeps it tells when we stop."),
    ] = None,
    metrics: Metrics = None,
    log_json: LogJson = False,  # noqa: FBT002 -- a flag
) -> None:
    """Look after the hubs: tell who is silent. Run two, on two machines: one looks, the other takes over."""
    logs.begin(logging.INFO, as_json=log_json)
    engine, its_clock = _engine(database), clock.from_environment()
    telling = webhook(tell) if tell else typer.echo
    looking = Lookout(engine, its_clock, telling, outside(watched_by) if watched_by else lambda: None)
    with measured(lambda: of_centre(engine, its_clock.now), metrics):
        _until_told(looking.run)


@app.command("gate")
def gate_(
    database: Database,
    folder: Folder,
    broker: Broker = BROKER,
    listen: Annotated[str, typer.Option("--listen", help="On which address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="On which port.")] = 8443,
) -> None:
    """Serve the page by which hubs join. `--broker` is what they are told to connect to."""
    its_clock = clock.from_environment()
    authority = Authority.open(folder / "authority", its_clock.now())
    served = gate(_engine(database), authority, _place(broker), its_clock.now)
    uvicorn.run(
        served,
        host=listen,
        port=port,
        log_level="warning",
        ssl_certfile=folder / "server/server.pem",
        ssl_keyfile=folder / "server/server.key",
    )


@app.command("page")
def page_(
    database: Database,
    port: Annotated[int, typer.Option("--port", help="On which port of this machine.")] = 8444,
) -> None:
    """Serve the operators' page, on this machine alone: put your own sign-in in front of it."""
    uvicorn.run(page(_engine(database), clock.from_environment().now), host="127.0.0.1", port=port, log_level="warning")


def _line(one: Home) -> str:
    return f"{one.state.value:<9} {one.name:<24} {one.sentence()}"


def _engine(database: str) -> Engine:
    try:
        engine = create_engine(database, pool_pre_ping=True)
        with engine.connect():
            return engine
    except DBAPIError as error:
        _refuse(f"The database cannot be used: {str(error.orig).strip().splitlines()[0]}")
    except (ValueError, ImportError):
        _refuse(f"{database!r} is no database of PostgreSQL, like postgresql+psycopg://user@host/name")


def broker_trust(folder: Path) -> ssl.SSLContext:
    """How a worker proves itself to the broker, by the papers in the centre's folder."""
    context = ssl.create_default_context(cafile=str(folder / "authority/authority.pem"))
    context.load_cert_chain(folder / "worker.pem", folder / "worker.key")
    return context


def _authority(folder: Path, now: datetime) -> Authority | None:
    """The centre's authority where its key is here; a worker elsewhere does without."""
    its = folder / "authority"
    return Authority.open(its, now) if (its / "authority.key").exists() else None


def _place(broker: str) -> tuple[str, int]:
    host, _, port = broker.rpartition(":")
    if not host or not port.isdigit():
        _refuse(f"{broker!r} is no broker, like {BROKER}")
    return host, int(port)


def _own(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)


def _until_told(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    try:
        asyncio.run(work())
    except KeyboardInterrupt:
        typer.echo("Stopped.")


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(REFUSED)
