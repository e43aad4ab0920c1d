"""What the portal's pages ask for beyond what the hub knows by itself: carried out by the hub, in its transaction.

Nothing here knows Streamlit: the hub loads this module.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import StringConstraints
from sqlalchemy import Connection, insert, select, update

from carer_portal.schema import case, moment
from co_design.record import Spoken, record_spoken
from hub.household import current
from hub.household.model import Household
from hub.intents import Handler, Payload, RefusedError, checked
from hub.model import Role
from hub.store.changes import touch
from hub.store.schema import alarm, to_us

TOPIC: Final = "case"
ANSWERED_WITHIN: Final = timedelta(days=14)
ANSWERS: Final = (Role.FACILITATOR, Role.OPERATOR, Role.CLINICIAN, Role.FAMILY)
"""Whose a case is: the first of these that the household has. The system's people answer for the system."""

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class PageKind(StrEnum):
    """The kinds of request."""

    CONTEST = "contest"
    ANSWER = "answer_case"
    MOMENT = "moment"


class Contest(Payload):
    """Somebody says that something is not right."""

    words: Words
    alarm_id: int | None = None


class AnswerCase(Payload):
    """Whoever it is for answers."""

    case_id: int
    words: Words


class Moment(Payload):
    """Something is to be remembered."""

    words: Words


def contest(connection: Connection, said: Contest, by: str, now: datetime) -> str:
    """Open a case with an owner and a due date. Raises `RefusedError`."""
    household = _member(connection, by)
    if said.alarm_id is not None and connection.scalar(select(alarm.c.id).where(alarm.c.id == said.alarm_id)) is None:
        raise RefusedError(f"there is no alarm {said.alarm_id}.")
    owner, due = owner_of(household, by), now + ANSWERED_WITHIN
    values = {"alarm_id": said.alarm_id, "words": said.words, "by": by, "owner": owner}
    added = insert(case).values(**values, opened_at=to_us(now), due_at=to_us(due)).returning(case.c.id)
    source = f"case:{connection.execute(added).scalar_one()}"
    record_spoken(connection, Spoken(by=by, words=said.words, source=source, alarm_id=said.alarm_id), now)
    touch(connection, TOPIC)
    name = household.people[owner].display if owner else "Somebody"
    return f"Thank you. {name} is to answer you by {due.astimezone(household.tz):%d.%m.%Y}."


def answer(connection: Connection, said: AnswerCase, by: str, now: datetime) -> str:
    """Answer a case, once. Raises `RefusedError`."""
    _member(connection, by)
    row = connection.execute(select(case).where(case.c.id == said.case_id)).one_or_none()
    if row is None or row.owner != by:
        raise RefusedError("this is not yours to answer.")
    if row.answered_at is not None:
        raise RefusedError("it has been answered already.")
    values = {"answer": said.words, "answered_by": by, "answered_at": to_us(now)}
    connection.execute(update(case).where(case.c.id == said.case_id).values(**values))
    touch(connection, TOPIC)
    return "Thank you. The answer can be read now."


def remember(connection: Connection, said: Moment, by: str, now: datetime) -> str:
    """Keep what was said, for the next talk about the system."""
    _member(connection, by)
    added = insert(moment).values(words=said.words, by=by, at=to_us(now)).returning(moment.c.id)
    source = f"moment:{connection.execute(added).scalar_one()}"
    record_spoken(connection, Spoken(by=by, words=said.words, source=source), now)
    touch(connection, TOPIC)
    return "Thank you. It is kept."


def owner_of(household: Household, by: str) -> str | None:
    """Who has to answer: never whoever asks."""
    for role in ANSWERS:
        for key, one in household.people.items():
            if one.role is role and key != by:
                return key
    return None


HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        PageKind.CONTEST: checked(Contest, contest),
        PageKind.ANSWER: checked(AnswerCase, answer),
        PageKind.MOMENT: checked(Moment, remember),
    }
)


def _member(connection: Connection, by: str) -> Household:
    household = current(connection)
    if by not in household.people:
        raise RefusedError("you do not belong to this household.")
    return household
