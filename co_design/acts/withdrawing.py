"""Taking words back. They are erased where they are kept; what rested on them is marked; what went out is recalled."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, column, inspect, select, update
from sqlalchemy import table as lightweight

from co_design import schema_deciding as deciding
from co_design.acts.base import Act, Doing, Payload, alter, needed, put
from co_design.chain import Chain, load
from co_design.graph import Kind, forwards, reached
from co_design.model_deciding import Mark
from co_design.registers.bodies import Register
from co_design.schema import attachment, idea, need, participant, theme, utterance, workshop
from co_design.words import TAKEN_BACK, copied
from hub.intents import RefusedError
from hub.store.schema import intent, to_us

NOTHING = ""
FREE_TEXT: tuple[tuple[Table, str], ...] = (
    (workshop, "title"),
    (workshop, "purpose"),
    (workshop, "recruitment"),
    (workshop, "access"),
    (theme, "meaning"),
    (need, "statement"),
    (need, "answer"),
    (idea, "statement"),
    (deciding.ballot, "question"),
    (deciding.option, "label"),
    (deciding.option, "consequences"),
    (deciding.decision, "reasons"),
    (deciding.decision, "no_change_because"),
    (deciding.change, "reverted_because"),
    (deciding.feedback, "told"),
)
ELSEWHERE: tuple[tuple[str, str, str], ...] = (
    ("moment", "portal_moment", "words"),
    ("case", "portal_case", "words"),
)
"""Where the pages keep what was said, by the source of the utterance. This room must not know theirs, so by name."""
DOCUMENTS: tuple[tuple[Table, str], ...] = ((workshop, "agenda"), (deciding.register, "body"), (intent, "payload"))
"""Texts that should only cite. One written before the words were said may hold them by chance, so all are looked at."""
MARKED = {
    Kind.THEME: Mark.THEME,
    Kind.NEED: Mark.NEED,
    Kind.IDEA: Mark.IDEA,
    Kind.DECISION: Mark.DECISION,
    Kind.CHANGE: Mark.CHANGE,
}


class Withdraw(Payload):
    """Somebody withdraws altogether."""

    participant: int


class TakeBack(Payload):
    """Somebody takes one thing back that they said."""

    utterance: int


def withdraw(doing: Doing, given: Withdraw) -> int:
    """End somebody's part in the record. Everything they said is erased; that they took part is not."""
    person = needed(doing, participant, given.participant)
    if person.withdrawn_at is not None:
        raise RefusedError(f"{person.pseudonym} has withdrawn already.")
    theirs = select(utterance.c.id).where(utterance.c.participant_id == person.id, utterance.c.redacted_at.is_(None))
    _erase(doing, doing.connection.execute(theirs).scalars().all())
    _end_donations(doing, person.id)
    return alter(doing, participant, person.id, withdrawn_at=doing.now, access_needs=None)


def take_back(doing: Doing, given: TakeBack) -> int:
    """Erase one utterance."""
    if needed(doing, utterance, given.utterance).redacted_at is not None:
        raise RefusedError("these words were taken back already.")
    _erase(doing, [given.utterance])
    return given.utterance


def _erase(doing: Doing, numbers: Sequence[int]) -> None:
    chain = load(doing.connection)
    if doing.connection.dialect.name == "sqlite":
        doing.connection.exec_driver_sql("PRAGMA secure_delete = ON")  # else the words stay in the file's free pages
    _blank_copies(doing, [chain.utterances[number].words for number in numbers])
    for number in numbers:
        alter(doing, utterance, number, words=NOTHING, redacted_at=doing.now)
        _mark(doing, chain, number)
        photos = update(attachment).where(attachment.c.utterance_id == number)
        doing.connection.execute(photos.values(content=None, name=TAKEN_BACK))
        _blank_elsewhere(doing, chain.utterances[number].source or "")
    _recall(doing, chain, frozenset(numbers))


def _blank_elsewhere(doing: Doing, source: str) -> None:
    kind, _, number = source.partition(":")
    for name, table, words in ELSEWHERE:
        if name == kind and inspect(doing.connection).has_table(table):
            there = lightweight(table, column("id"), column(words))
            doing.connection.execute(update(there).where(there.c.id == int(number)).values({words: TAKEN_BACK}))


def _mark(doing: Doing, chain: Chain, number: int) -> None:
    """Say of everything that rests on these words that they were taken back."""
    rests = reached(forwards(chain), [(Kind.UTTERANCE, number)])
    rows = ((MARKED[kind], subject) for kind, subject in sorted(rests) if kind in MARKED)
    put(
        doing,
        deciding.mark,
        *({"kind": kind, "subject_id": subject, "utterance_id": number, "at": doing.now} for kind, subject in rows),
    )


def _recall(doing: Doing, chain: Chain, numbers: frozenset[int]) -> None:
    """What went out with these words cannot be fetched back: it is listed, so that its receivers are told."""
    for one in chain.issued.values():
        if one.recalled_at is None and numbers & set(one.utterances):
            alter(doing, deciding.issued, one.id, recalled_at=doing.now)


def _blank_copies(doing: Doing, words: Sequence[str]) -> None:
    said = dict(enumerate(words))
    for table, name in (*FREE_TEXT, *DOCUMENTS):
        for number, kept in doing.connection.execute(select(table.c.id, table.c[name])).all():
            if (new := _blanked(kept, said)) != kept:
                alter(doing, table, number, **{name: new})


def _blanked(kept: Any, said: Mapping[int, str]) -> Any:
    """The same without any text that holds these words."""
    if isinstance(kept, str):
        return kept if copied(kept, said) is None else TAKEN_BACK
    if isinstance(kept, Mapping):
        return {_blanked(key, said): _blanked(one, said) for key, one in kept.items()}
    return [_blanked(one, said) for one in kept] if isinstance(kept, list) else kept


def _end_donations(doing: Doing, person: int) -> None:
    """Nothing that they gave is used from now on."""
    c = deciding.register.c
    given = select(deciding.register).where(c.register == Register.DONATION, c.participant_id == person)
    newest = {row.key: row for row in doing.connection.execute(given.order_by(c.version)).all()}
    for row in newest.values():
        values = {"register": row.register, "key": row.key, "version": row.version + 1, "by": doing.by}
        body = row.body | {"ended": True}
        ended = {"body": body, "at": to_us(doing.now), "participant_id": person, "decision_id": None}
        doing.connection.execute(deciding.register.insert().values(**values, **ended))


ACTS = {
    "withdraw": Act(payload=Withdraw, do=withdraw),
    "take_back": Act(payload=TakeBack, do=take_back),
}
