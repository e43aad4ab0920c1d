"""`alongside home join` and `leave`: let this home belong to a centre that watches over its hub, or no longer."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from hub import household
from hub.household import NOT_DECLARED, HouseholdError
from hub.household.lint import CONSENT_FIELDS
from hub.household.model import Consent
from hub.paths import DATABASE, database_path
from hub.store.errors import StoreError
from hub.store.writer import Store
from hub.sync import membership, outbox
from hub.sync.joining import JoiningError, invitation
from hub.sync.joining import join as enter
from hub.sync.leaving import CENTRE

Database = Annotated[Path | None, typer.Option("--db", envvar=DATABASE, help="The home's database.")]
Invited = Annotated[str, typer.Argument(metavar="INVITATION", help="What `alongside centre enrol` printed, in quotes.")]


def join(invited: Invited, db: Database = None) -> None:
    """Let this home belong to a centre. It is told only what consent lets the role operator see."""
    path = database_path(db)
    consent = _consent(path)
    try:
        joined = enter(membership.folder_of(path), invitation(invited))
    except (JoiningError, OSError) as error:
        _refuse(f"{error}. Nothing was changed")
    typer.echo(f"This home now belongs to the centre at {joined.host}, as {joined.hub}.")
    typer.echo(_told(consent))
    typer.echo("Restart the hub, so that it begins to tell the centre.")


def leave(db: Database = None) -> None:
    """Let this home belong to no centre. What the centre was told stays there until it is asked to erase it."""
    path = database_path(db)
    try:
        if membership.load(membership.folder_of(path)) is None:
            _refuse("This home belongs to no centre")
        store = Store.open(path)
        try:
            store.run(outbox.end)
        finally:
            store.shut()
    except (membership.MembershipError, StoreError) as error:
        _refuse(str(error))
    membership.leave(membership.folder_of(path))
    typer.echo("This home belongs to no centre now. Restart the hub. What was told stays there until erased there.")


def _consent(path: Path) -> Consent:
    if not path.exists():
        _refuse(NOT_DECLARED)
    try:
        store = Store.open(path)
        try:
            with store.reading() as connection:
                return household.current(connection).consent
        finally:
            store.shut()
    except (HouseholdError, StoreError) as error:
        _refuse(str(error))


def _told(consent: Consent) -> str:
    """What the centre will be told of the resident, in words."""
    fields = [what for name, what in CONSENT_FIELDS.items() if consent.allows(CENTRE, name)]
    always = "that it is there, whether alarms are open, which devices fail and how full batteries are"
    if not fields:
        return f"It is told {always}; nothing else, as consent gives the role operator nothing."
    return f"It is told {always}; and, by consent: {'; '.join(fields)}."


def _refuse(reason: str) -> NoReturn:
    typer.echo(f"{reason[:1].upper()}{reason[1:]}.", err=True)
    raise typer.Exit(1)
