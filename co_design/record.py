"""Into the record: what people say in the home becomes an utterance, linked to what it is about."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from co_design import schema
from co_design.model import ConsentScope, LinkKind, Medium
from co_design.words import TAKEN_BACK
from hub.household import current
from hub.intents import RefusedError, Verdict
from hub.model import Role
from hub.store.changes import touch
from hub.store.schema import alarm_finding, finding, inbound, label, to_us

LANGUAGE = "en"
TOPIC = "co_design"
IDEA = re.compile(r"\s*idea\b[\s:,.-]*(.+)", re.IGNORECASE | re.DOTALL)

VERDICTS = MappingProxyType(
    {
        Verdict.RIGHT: "This was right.",
        Verdict.WRONG: "This was wrong.",
        Verdict.NOT_NOW: "Not now.",
    }
)

PSEUDONYMS = MappingProxyType(
    {
        Role.RESIDENT: "Resident",
        Role.FAMILY: "Family carer",
        Role.NEIGHBOUR: "Neighbour",
        Role.CLINICIAN: "Clinician",
        Role.FACILITATOR: "Facilitator",
        Role.OPERATOR: "Operator",
        Role.ARC: "Receiving centre",
    }
)


def record_label(connection: Connection, label_id: int, now: datetime) -> int | None:
    """Record what a label says as an utterance, once, linked to its alarm and to every setting the alarm rested on.

    Gives the utterance's number; None where the speaker has withdrawn, whose words are no longer kept. Raises
    `RefusedError` where there is no such label, or nobody of that name in the household.
    """
    said = connection.execute(select(label).where(label.c.id == label_id)).one_or_none()
    if said is None:
        raise RefusedError(f"there is no label {label_id}.")
    source = f"label:{label_id}"
    known = connection.execute(select(schema.utterance.c.id).where(schema.utterance.c.source == source)).scalar()
    if known is not None:
        return int(known)
    speaker = participant_of(connection, said.by, now)
    return None if speaker is None else _utter(connection, said, speaker, source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Something that somebody of the household said on a page; `source` is what it came from, such as `moment:3`."""

    by: str
    words: str
    source: str
    alarm_id: int | None = None
    medium: Medium = Medium.PORTAL


def record_spoken(connection: Connection, said: Spoken, now: datetime) -> int | None:
    """Record what was said as an utterance, with its alarm if it is about one; None where the speaker has withdrawn.

    Raises `RefusedError` where nobody of that name belongs to the household.
    """
    speaker = participant_of(connection, said.by, now)
    if speaker is None:
        return None
    row = insert(schema.utterance).values(
        participant_id=speaker,
        at=to_us(now),
        medium=said.medium,
        language=LANGUAGE,
        words=said.words,
        verbatim=True,
        consent_scope=ConsentScope.HOME,
        source=said.source,
    )
    number = int(connection.execute(row.returning(schema.utterance.c.id)).scalar_one())
    if said.alarm_id is not None:
        link = {"utterance_id": number, "kind": LinkKind.ALARM, "key": str(said.alarm_id), "version": 0}
        connection.execute(insert(schema.utterance_link).values(**link))
    touch(connection, TOPIC)
    return number


def texts_with_ideas(connection: Connection, now: datetime) -> int:
    """Record each text of the household that begins with the word idea, once; gives how many are new."""
    known = set(connection.execute(select(schema.utterance.c.source)).scalars())
    members = current(connection).people
    texts = connection.execute(select(inbound.c.id, inbound.c.person, inbound.c.text).order_by(inbound.c.id)).all()
    new = [
        Spoken(by=row.person, words=match[1], source=f"text:{row.id}", medium=Medium.SMS)
        for row in texts
        if row.person in members and f"text:{row.id}" not in known and (match := IDEA.match(row.text))
    ]
    return sum(record_spoken(connection, one, now) is not None for one in new)


def label_words(connection: Connection, labels: Iterable[tuple[int, str]]) -> list[str]:
    """Why each of these labels (its number, its reason) was given: not where its speaker has taken it back since.

    The label itself is part of the alarm's own history, which the hub never rewrites.
    """
    source, redacted = schema.utterance.c.source, schema.utterance.c.redacted_at
    gone = set(connection.execute(select(source).where(source.like("label:%"), redacted.is_not(None))).scalars())
    return [TAKEN_BACK if because and f"label:{number}" in gone else because for number, because in labels]


def _utter(connection: Connection, said: Row[Any], speaker: int, source: str) -> int:
    own_words = bool(said.because)
    row = insert(schema.utterance).values(
        participant_id=speaker,
        at=said.at,
        medium=Medium.PORTAL,
        language=LANGUAGE,
        words=said.because or VERDICTS[Verdict(said.verdict)],
        verbatim=own_words,
        consent_scope=ConsentScope.HOME,
        source=source,
    )
    number = int(connection.execute(row.returning(schema.utterance.c.id)).scalar_one())
    links = {(LinkKind.ALARM, str(said.alarm_id), 0), *_settings_of(connection, said.alarm_id)}
    rows = [{"utterance_id": number, "kind": k, "key": key, "version": v} for k, key, v in sorted(links)]
    connection.execute(insert(schema.utterance_link), rows)
    return number


def _settings_of(connection: Connection, alarm_id: int) -> Iterator[tuple[LinkKind, str, int]]:
    findings = select(finding.c.settings).join(alarm_finding).where(alarm_finding.c.alarm_id == alarm_id)
    for used in connection.execute(findings).scalars():
        for key, setting in used.items():
            yield LinkKind.SETTING, key, int(setting["version"])


def participant_of(connection: Connection, person: str, now: datetime) -> int | None:
    """The number of somebody of the household, who takes part from now on if they did not yet; None if they withdrew.

    Raises `RefusedError` where nobody of that name belongs to the household.
    """
    found = select(schema.participant).where(schema.participant.c.person == person)
    known = connection.execute(found).one_or_none()
    if known is not None:
        return None if known.withdrawn_at is not None else int(known.id)
    contact = current(connection).people.get(person)
    if contact is None:
        raise RefusedError("you do not belong to this household.")
    row = insert(schema.participant).values(
        pseudonym=_pseudonym(connection, contact.role),
        role=contact.role,
        consent_scope=ConsentScope.HOME,
        consented_at=to_us(now),
        person=person,
    )
    return int(connection.execute(row.returning(schema.participant.c.id)).scalar_one())


def _pseudonym(connection: Connection, role: Role) -> str:
    others = select(func.count()).select_from(schema.participant).where(schema.participant.c.role == role)
    return f"{PSEUDONYMS[role]} {connection.execute(others).scalar_one() + 1}"
