"""Tables from elsewhere as acts on this record."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from co_design.chain import Chain
from co_design.interchange.tables import Row, Tables
from co_design.model import Participation
from hub.intents import RefusedError

NO = frozenset({"false", "0", "no"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bringing:
    """The acts to do, and by name the numbers of what is in the record already."""

    acts: Sequence[Row]
    known: Mapping[str, int]


def bringing(tables: Tables, chain: Chain, label: str) -> Bringing:
    """What brings these tables into a record. `label` names where they come from: read twice, they count once.

    People are matched by pseudonym, sessions by title and time, themes by name. Raises `RefusedError` where somebody
    has withdrawn here: they are not brought back.
    """
    for row in tables["participants"]:
        _must_not_have_left(chain, str(row["pseudonym"]))
    known = {
        **_known_people(tables, chain),
        **_known_sessions(tables, chain),
        **_known_themes(tables, chain),
        **_known_words(tables, chain, label),
    }
    acts = [*_people(tables), *_sessions(tables), *_spoken(tables, label), *_themes(tables), *_codings(tables, known)]
    return Bringing(acts=[one for one in acts if one.get("as") not in known], known=known)


def _must_not_have_left(chain: Chain, pseudonym: str) -> None:
    for one in chain.participants.values():
        if one.pseudonym == pseudonym and one.withdrawn_at is not None:
            raise RefusedError(f"{pseudonym} has withdrawn; take their rows out first.")


def _known_people(tables: Tables, chain: Chain) -> dict[str, int]:
    here = {one.pseudonym: one.id for one in chain.participants.values()}
    return {
        f"p{row['participant']}": here[row["pseudonym"]] for row in tables["participants"] if row["pseudonym"] in here
    }


def _known_sessions(tables: Tables, chain: Chain) -> dict[str, int]:
    here = {(one.title, one.held_at): one.id for one in chain.workshops.values()}
    found = ((row, (row["title"], datetime.fromisoformat(str(row["held_at"])))) for row in tables["sessions"])
    return {f"s{row['session']}": here[session] for row, session in found if session in here}


def _known_themes(tables: Tables, chain: Chain) -> dict[str, int]:
    here = {one.name: one.id for one in chain.themes.values()}
    return {f"t{row['theme']}": here[row["name"]] for row in tables["themes"] if row["name"] in here}


def _known_words(tables: Tables, chain: Chain, label: str) -> dict[str, int]:
    here = {one.source: one.id for one in chain.utterances.values()}
    found = ((row["utterance"], here.get(f"{label}:{row['utterance']}")) for row in tables["utterances"])
    return {f"u{number}": known for number, known in found if known is not None}


def _people(tables: Tables) -> Iterator[Row]:
    for row in tables["participants"]:
        told = {name: row[name] for name in ("pseudonym", "role", "consent_scope")}
        yield {"act": "enrol", "as": f"p{row['participant']}", **told}


def _sessions(tables: Tables) -> Iterator[Row]:
    for row in tables["sessions"]:
        told = {name: value for name, value in row.items() if name != "session" and value is not None}
        told["purpose"] = re.sub(r"\[u(\d+)\]", r"(utterance \1 there)", told["purpose"])  # not here yet
        yield {"act": "plan", "as": f"s{row['session']}", "participation": Participation.CONSULT, **told}


def _themes(tables: Tables) -> Iterator[Row]:
    for row in tables["themes"]:
        yield {"act": "theme", "as": f"t{row['theme']}", "name": row["name"], "meaning": _named(row["meaning"])}


def _named(text: str) -> str:
    """What a text cites by its number there is cited by its number here."""
    return re.sub(r"\[u(\d+)\]", r"[$u\1]", text)


def _spoken(tables: Tables, label: str) -> Iterator[Row]:
    for row in tables["utterances"]:
        yield {
            "act": "utter",
            "as": f"u{row['utterance']}",
            "participant": f"$p{row['participant']}",
            "workshop": None if row["session"] is None else f"$s{row['session']}",
            "source": f"{label}:{row['utterance']}",
            "spoken_at": row["at"],
            "verbatim": _flag(row["verbatim"]),
            **{name: row[name] for name in ("medium", "language", "consent_scope", "words")},
        }


def _flag(value: Any) -> bool:
    return str(value).lower() not in NO


def _codings(tables: Tables, known: Mapping[str, int]) -> Iterator[Row]:
    for row in tables["codings"]:
        said, theme = f"u{row['utterance']}", f"t{row['theme']}"
        if not {said, theme} <= known.keys():
            yield {"act": "code", "utterance": f"${said}", "theme": f"${theme}", "coder": row["coder"]}
