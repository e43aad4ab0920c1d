"""Commands of the open lab: a challenge pack, its score, counts for a donated purpose, and ideas that came by text."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from co_design.boards import desk
from co_design.cli_base import Database, change, moment, read, refuse, write_file
from co_design.issuing import Leaving, issue
from co_design.pack import score as scoring
from co_design.pack.aggregates import aggregates
from co_design.pack.challenge import pack
from co_design.record import texts_with_ideas
from co_design.registers.bodies import Register
from co_design.registers.entries import current
from co_design.registers.standing import receipt
from co_design.rows import as_json


def write_pack(
    to: Annotated[Path, typer.Option("--to", help="The folder to write.", file_okay=False)],
    homes: Annotated[int, typer.Option("--homes", min=1, max=200, help="How many homes.")] = 20,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Which homes are made up.")] = 1,
) -> None:
    """Write a challenge pack for a hackathon: made-up homes, the detector interface, a detector to start from."""
    for name, text in pack(homes, seed).items():
        try:
            (to / name).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            refuse(f"{to} cannot be made: {error.strerror}.")
        write_file(to / name, text.encode())


def score(
    detector: Annotated[Path, typer.Argument(help="The detector; its code is run.", exists=True, dir_okay=False)],
    folder: Annotated[Path, typer.Argument(help="The challenge pack.", exists=True, file_okay=False)],
) -> None:
    """Score a detector on a challenge pack: collapses noticed, how soon, and questions for nothing."""
    try:
        homes, truth = scoring.read(folder, moment())
        found = scoring.score(homes, truth, scoring.load(detector))
    except scoring.PackError as error:
        refuse(f"{error}.")
    typer.echo(json.dumps(asdict(found)))


def counts(
    purpose: Annotated[str, typer.Option("--purpose", help="What the data was given for.")],
    whom: Annotated[str, typer.Option("--for", help="Who gets it, for the list of what went out.")],
    db: Database = None,
) -> None:
    """Print counts for a donated purpose, of no group of fewer than five people, as JSON."""
    now = moment()

    def job(connection: Connection) -> str:
        donations = current(connection, Register.DONATION)
        told = as_json(aggregates(desk(connection, now).chain, donations, purpose, now))
        issue(connection, Leaving("aggregates", whom, told.encode(), ()), now)
        return told

    typer.echo(change(db, job))


def receipts(db: Database = None) -> None:
    """Print the receipt of each donation, for the giver to keep."""
    now = moment()

    def job(connection: Connection) -> list[str]:
        chain = desk(connection, now).chain
        given = current(connection, Register.DONATION)
        return [receipt(one, chain.participants[one.body.participant].pseudonym) for one in given]

    typer.echo("\n".join(read(db, job)) or "Nothing was given yet.")


def intake(db: Database = None) -> None:
    """Take in ideas that came by text: messages of the household that begin with the word idea."""
    now = moment()
    typer.echo(f"Taken in: {change(db, lambda connection: texts_with_ideas(connection, now))}.")


COMMANDS: Mapping[str, Callable[..., Any]] = {
    "pack": write_pack,
    "score": score,
    "aggregates": counts,
    "receipts": receipts,
    "intake": intake,
}
