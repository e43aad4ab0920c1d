"""Commands that print, and that bring the record out and in."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection, func, select

from co_design.acts.perform import perform, play
from co_design.boards import Desk, desk
from co_design.cli_base import By, Database, To, change, moment, refuse, user, write_file
from co_design.interchange.bringing import bringing
from co_design.interchange.refi import CodebookError, codebook, codes_in, new_to
from co_design.interchange.tables import TablesError, as_csv, as_json, read_tables, tables_of
from co_design.issuing import Leaving, issue
from co_design.model import ConsentScope, Response
from co_design.printing.blocks import Block
from co_design.printing.kit import kit
from co_design.printing.pdf import BIGGEST, LARGE, SMALLEST, pdf
from co_design.printing.report import letter, report
from co_design.registers.bodies import Register
from co_design.registers.entries import current
from co_design.schema import attendance, participant
from co_design.words import texts_in
from hub.intents import RefusedError

Size = Annotated[int, typer.Option("--size", min=SMALLEST, max=BIGGEST, help="The size of print, in points.")]
Audience = Annotated[
    ConsentScope, typer.Option("--audience", help="Who will read it: only words given for them are in it.")
]
Whom = Annotated[str, typer.Option("--for", help="Who gets it, for the list of what went out.")]
Session = Annotated[int, typer.Argument(help="The session's number; `alongside co-design board sessions` lists them.")]

HOME, PROJECT = ConsentScope.HOME, ConsentScope.PROJECT


def print_kit(session: Session, to: To, size: Size = LARGE, db: Database = None) -> None:
    """Print what a session on paper needs: agenda, consent forms, cards, voting sheets (PDF, large print)."""

    def blocks(at: Desk) -> list[Block]:
        forms = {one.key: one.body.text for one in current(at.connection, Register.METHOD)}
        return kit(at.view, _found(at.chain.workshops, session), forms)

    _printed(db, to, ("kit", "the session", size), HOME, blocks)


def print_report(
    session: Session, to: To, audience: Audience = PROJECT, whom: Whom = "the project", size: Size = LARGE,
    db: Database = None,
) -> None:  # fmt: skip
    """Print the report on a session (PDF, large print)."""

    def blocks(at: Desk) -> list[Block]:
        return report(at.view, _found(at.chain.workshops, session), _came(at.connection, session))

    _printed(db, to, ("report", whom, size), audience, blocks)


def print_letter(
    reply: Annotated[int, typer.Argument(help="The number of what somebody was told.")], to: To, size: Size = LARGE,
    db: Database = None,
) -> None:  # fmt: skip
    """Print a letter to somebody who spoke: you said, we did, it did; do you agree?"""

    def blocks(at: Desk) -> list[Block]:
        return letter(at.view, _found(at.chain.feedback, reply))

    _printed(db, to, ("letter", "the person who spoke", size), HOME, blocks)


def _printed(
    db: Path | None, to: Path, what: tuple[str, str, int], audience: ConsentScope, made: Callable[[Desk], list[Block]]
) -> None:
    kind, whom, size = what
    now = moment()

    def job(connection: Connection) -> bytes:
        blocks = made(desk(connection, now, audience))
        content = pdf(blocks, size)
        issue(connection, Leaving(kind, whom, content, tuple(one.text for one in blocks)), now)
        return content

    write_file(to, change(db, job))


def _found(records: Mapping[int, Any], number: int) -> Any:
    if number not in records:
        raise RefusedError(f"there is nothing with the number {number}.")
    return records[number]


def _came(connection: Connection, session: int) -> dict[str, int]:
    c = attendance.c
    came = select(participant.c.role, func.count()).join(participant)
    mine = came.where(c.workshop_id == session, c.response == Response.CAME).group_by(participant.c.role)
    return {row[0]: int(row[1]) for row in connection.execute(mine)}


def export(
    to: Annotated[Path, typer.Option("--to", help="A .json file, or a folder for CSV files.")],
    audience: Audience = PROJECT, whom: Whom = "the project", db: Database = None,
) -> None:  # fmt: skip
    """Write sessions, what was said, themes and codings as JSON or CSV."""
    now = moment()

    def job(connection: Connection) -> Mapping[str, str]:
        tables = tables_of(desk(connection, now, audience).view)
        files = {to.name: as_json(tables)} if to.suffix == ".json" else as_csv(tables)
        content = "".join(files.values()).encode()
        issue(connection, Leaving("export", whom, content, tuple(texts_in(tables))), now)
        return files

    files = change(db, job)
    folder = to.parent if to.suffix == ".json" else to
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refuse(f"{folder} cannot be made: {error.strerror}.")
    for name, text in files.items():
        write_file(folder / name, text.encode())


def bring(
    source: Annotated[Path, typer.Argument(help="A .json file, or a folder of CSV files.", exists=True)],
    db: Database = None, by: By = None,
) -> None:  # fmt: skip
    """Bring sessions, what was said, themes and codings in. The same again changes nothing."""
    try:
        tables = read_tables(source)
    except TablesError as error:
        refuse(f"{error}.")
    now, who = moment(), user(by)
    label = f"import:{hashlib.sha256(as_json(tables).encode()).hexdigest()[:16]}"

    def job(connection: Connection) -> int:
        found = bringing(tables, desk(connection, now).chain, label)

        def do(name: str, given: Mapping[str, Any], _entry: Mapping[str, Any]) -> int:
            return perform(connection, name, given, who, now)

        return len(play(found.acts, do, found.known)) - len(found.known)

    typer.echo(f"Brought in: {change(db, job)} records.")


def codes(
    to: Annotated[Path | None, typer.Option("--to", help="Write the themes to this .qdc file.")] = None,
    source: Annotated[Path | None, typer.Option("--from", help="Make themes of its codes.", exists=True)] = None,
    db: Database = None, by: By = None,
) -> None:  # fmt: skip
    """Write the themes as a REFI-QDA codebook, or take one in."""
    if (to is None) == (source is None):
        refuse("say either --to or --from.")
    now, who = moment(), user(by)
    if to is not None:
        write_file(to, change(db, lambda connection: _codebook(connection, now)))
    if source is not None:
        typer.echo(f"New themes: {_take_in(db, source, who)}.")


def _codebook(connection: Connection, now: datetime) -> bytes:
    view = desk(connection, now, PROJECT).view
    content, texts = codebook(view), tuple(view.text(one.meaning) for one in view.chain.themes.values())
    issue(connection, Leaving("codebook", "the project", content, texts), now)
    return content


def _take_in(db: Path | None, source: Path, who: str) -> int:
    now = moment()
    try:
        entries = codes_in(source.read_bytes())
    except CodebookError as error:
        refuse(f"{source}: {error}.")

    def job(connection: Connection) -> int:
        new = new_to(desk(connection, now).chain, entries)
        for one in new:
            perform(connection, "theme", {"name": one.name, "meaning": one.meaning}, who, now)
        return len(new)

    return change(db, job)


COMMANDS: Mapping[str, Callable[..., None]] = {
    "kit": print_kit,
    "report": print_report,
    "letter": print_letter,
    "export": export,
    "bring": bring,
    "codebook": codes,
}
