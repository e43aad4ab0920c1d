"""What leaves the record is written down with whose words it holds, so that it can be recalled."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from co_design.schema import utterance
from co_design.schema_deciding import issued
from co_design.words import SHORTEST
from hub.store.schema import to_us


class Leaving(NamedTuple):
    """A letter, report, export, kit or pack: to whom, its bytes, and the texts that are in it."""

    kind: str
    to: str
    content: bytes
    texts: tuple[str, ...]


def issue(connection: Connection, leaving: Leaving, now: datetime) -> int:
    """Write down what leaves; gives its number."""
    row = {
        "kind": leaving.kind,
        "to": leaving.to,
        "sha256": hashlib.sha256(leaving.content).hexdigest(),
        "utterances": sorted(_quoted_in(connection, leaving.texts)),
        "at": to_us(now),
    }
    return int(connection.execute(insert(issued).values(**row).returning(issued.c.id)).scalar_one())


def _quoted_in(connection: Connection, texts: tuple[str, ...]) -> Iterator[int]:
    """Whose words are in any of these texts. "Not now." counts by itself only."""
    whole, joined = set(texts), "\n".join(texts)
    for row in connection.execute(select(utterance.c.id, utterance.c.words).where(utterance.c.redacted_at.is_(None))):
        if row.words in whole or (len(row.words.split()) >= SHORTEST and row.words in joined):
            yield row.id
