"""The record as plain tables, out and in: sessions, people, what was said, themes and who coded them."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from co_design.chain import Chain
from co_design.model import Participant
from co_design.view import View
from co_design.words import kept_cited, withheld

SCHEMA = "alongside.co-design/1"

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "sessions": (
        "session",
        "title",
        "purpose",
        "form",
        "participation",
        "facilitator",
        "method",
        "language",
        "held_at",
    ),
    "participants": ("participant", "pseudonym", "role", "consent_scope"),
    "utterances": (
        "utterance",
        "participant",
        "session",
        "at",
        "medium",
        "language",
        "verbatim",
        "consent_scope",
        "words",
    ),
    "themes": ("theme", "name", "meaning"),
    "codings": ("utterance", "theme", "coder"),
}
"""Each table and its columns, the same as CSV and as JSON. Numbers hold within one export."""


class TablesError(ValueError):
    """Something is not in the form of these tables: which table, and why."""


def tables_of(view: View) -> Tables:
    """The record as this reader may see it. Where somebody's words may not be read, the utterance is left out whole."""
    chain = view.chain
    visible = {
        one.id
        for one in chain.utterances.values()
        if withheld(one, chain.participants[one.participant_id], view.reader) is None
    }
    speakers = {chain.utterances[number].participant_id for number in visible}
    return {
        "sessions": list(_sessions(view)),
        "participants": [_person(chain.participants[number]) for number in sorted(speakers)],
        "utterances": [_utterance(chain, number) for number in sorted(visible)],
        "themes": [
            {"theme": one.id, "name": one.name, "meaning": kept_cited(chain, one.meaning, view.reader)}
            for one in chain.themes.values()
            if one.merged_into is None
        ],
        "codings": list(_codings(chain, visible)),
    }


def _sessions(view: View) -> Iterator[Row]:
    for one in view.chain.workshops.values():
        row = {name: getattr(one, name) for name in COLUMNS["sessions"][1:-1]}
        yield {
            "session": one.id,
            **row,
            "purpose": kept_cited(view.chain, one.purpose, view.reader),
            "held_at": one.held_at.isoformat(),
        }


def _person(one: Participant) -> Row:
    return {"participant": one.id, "pseudonym": one.pseudonym, "role": one.role, "consent_scope": one.consent_scope}


def _utterance(chain: Chain, number: int) -> Row:
    one = chain.utterances[number]
    return {
        "utterance": one.id,
        "participant": one.participant_id,
        "session": one.workshop_id,
        "at": one.at.isoformat(),
        "medium": one.medium,
        "language": one.language,
        "verbatim": one.verbatim,
        "consent_scope": one.consent_scope,
        "words": one.words,
    }


def _codings(chain: Chain, visible: set[int]) -> Iterator[Row]:
    """Who found which theme where; what was coded with a theme that was merged counts for the one it became."""
    for number, theme, coder in chain.codings:
        if number in visible:
            yield {"utterance": number, "theme": _living(chain, theme), "coder": coder}


def _living(chain: Chain, theme: int) -> int:
    seen = chain.themes[theme]
    while seen.merged_into is not None:
        seen = chain.themes[seen.merged_into]
    return seen.id


def as_json(tables: Tables) -> str:
    """All tables in one JSON object."""
    return json.dumps({"schema": SCHEMA, **tables}, indent=1, ensure_ascii=False)


def as_csv(tables: Tables) -> dict[str, str]:
    """One CSV a table, by file name."""
    return {f"{name}.csv": _csv(COLUMNS[name], rows) for name, rows in tables.items()}


def _csv(columns: Sequence[str], rows: Sequence[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _safe(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def _safe(value: Any) -> Any:
    """A spreadsheet would carry out a cell that begins like a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


def read_tables(path: Path) -> Tables:
    """Tables from one JSON file, or from a folder of CSV files. Raises `TablesError`."""
    try:
        found = _from_folder(path) if path.is_dir() else json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise TablesError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise TablesError(f"{path.name} does not say that it is {SCHEMA}")
    tables = {name: found.get(name, []) for name in COLUMNS}
    for name, rows in tables.items():
        _check(name, rows)
    return tables


def _from_folder(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {"schema": SCHEMA}
    for name in COLUMNS:
        file = path / f"{name}.csv"
        if file.exists():
            with file.open(encoding="utf-8-sig", newline="") as opened:
                found[name] = [{key: _plain(value) for key, value in row.items()} for row in csv.DictReader(opened)]
    return found


def _plain(value: str | None) -> str | None:
    if not value:
        return None
    return value[1:] if value[0] == "'" and value[1:2] in tuple("=+-@\t\r") else value


def _check(name: str, rows: Any) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TablesError(f"{name}: a list of rows is needed")
    if any("weight" in row for row in rows):
        raise TablesError(f"{name}: every voice counts once: a column of weights is refused")
    for number, row in enumerate(rows, start=1):
        if missing := [column for column in COLUMNS[name] if column not in row]:
            raise TablesError(f"{name}, row {number}: there is no {missing[0]!r}")
