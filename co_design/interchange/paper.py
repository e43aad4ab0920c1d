"""What comes back on paper, typed off as a sheet: one row a card."""

import base64
import csv
import mimetypes
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

NEEDED = ("participant", "words")
COLUMNS = {*NEEDED, "verbatim", "language", "setting", "step", "emotion", "coder", "photo"}
NO = frozenset({"no", "n", "0", "false", "noted"})


class PaperError(ValueError):
    """A sheet cannot be read: which row, and why."""


def acts_on_paper(file: Path, session: int | None) -> list[Mapping[str, Any]]:
    """A sheet as acts. `participant` is a number of the record; a photo lies beside the sheet. Raises `PaperError`."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = csv.DictReader(opened)
        columns = set(rows.fieldnames or ())
        if "weight" in columns:
            raise PaperError("every voice counts once: a column of weights is refused")
        if missing := [name for name in NEEDED if name not in columns]:
            raise PaperError(f"there is no column {missing[0]!r}")
        if strange := columns - COLUMNS:
            raise PaperError(f"nobody knows what the column {min(strange)!r} means")
        return [act for number, row in enumerate(rows, start=2) for act in _card(file, session, number, row)]


def _card(file: Path, session: int | None, number: int, row: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    if not row["participant"].strip().isdecimal():
        raise PaperError(f"row {number}: {row['participant']!r} is not the number of a participant")
    name, said = f"row-{number}", {key: (value or "").strip() for key, value in row.items()}
    yield {
        "act": "utter",
        "as": name,
        "participant": int(said["participant"]),
        "words": said["words"],
        "medium": "paper",
        "verbatim": said.get("verbatim", "").lower() not in NO,
        "language": said.get("language") or "en",
        "workshop": session,
        "about": [{"kind": "setting", "key": said["setting"]}] if said.get("setting") else [],
    }
    if said.get("step") and said.get("emotion"):
        coder = said.get("coder") or "the paper itself"
        yield {
            "act": "touch",
            "utterance": f"${name}",
            "step": said["step"],
            "emotion": said["emotion"],
            "coder": coder,
        }
    if said.get("photo"):
        yield {"act": "attach", "utterance": f"${name}", **_photo(file.parent / said["photo"], number)}


def _photo(path: Path, number: int) -> Mapping[str, str]:
    try:
        content = base64.b64encode(path.read_bytes()).decode()
    except OSError as error:
        raise PaperError(f"row {number}: the photo {path.name} cannot be read: {error.strerror}") from error
    return {"name": path.name, "media_type": mimetypes.guess_type(path.name)[0] or "image/jpeg", "content": content}
