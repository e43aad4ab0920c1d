"""What pages ask of the record, done by the hub: anything by the facilitator, their own words by everybody else."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from co_design.acts.perform import perform
from co_design.record import participant_of
from co_design.schema import participant, utterance
from co_design.schema_deciding import feedback
from hub.household import current
from hub.intents import Handler, Payload, RefusedError, checked
from hub.model import Role

KIND: Final = "co_design"
THANKS: Final = "Thank you. It is in the record."


class Request(Payload):
    """One act, and what it is given."""

    act: str
    given: dict[str, Any]


def carry_out(connection: Connection, asked: Request, by: str, now: datetime) -> str:
    """Do it, if it is theirs to do. Raises `RefusedError`."""
    household = current(connection)
    if by not in household.people:
        raise RefusedError("you do not belong to this household.")
    given: Mapping[str, Any] = asked.given
    if household.people[by].role is not Role.FACILITATOR:
        given = _their_own(connection, asked, by, now)
    perform(connection, asked.act, given, by, now)
    return THANKS


def _their_own(connection: Connection, asked: Request, by: str, now: datetime) -> Mapping[str, Any]:
    check = _OWN.get(asked.act)
    if check is None:
        raise RefusedError("this is for the facilitator to write.")
    me = participant_of(connection, by, now)
    if me is None:
        raise RefusedError("you have withdrawn; nothing more is kept of you.")
    return check(connection, asked.given, me)


Check = Callable[[Connection, Mapping[str, Any], int], Mapping[str, Any]]


def _speaks(_connection: Connection, given: Mapping[str, Any], me: int) -> Mapping[str, Any]:
    """Whatever is said here is said by whoever says it."""
    return {**given, "participant": me}


def _of(table: Table, name: str) -> Check:
    """What it is about must be theirs."""

    def check(connection: Connection, given: Mapping[str, Any], me: int) -> Mapping[str, Any]:
        whose = select(table.c.participant_id).where(table.c.id == given.get(name))
        if connection.execute(whose).scalar() != me:
            raise RefusedError("this is not yours.")
        return given

    return check


_OWN: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "utter": _speaks,
        "withdraw": _speaks,
        "take_back": _of(utterance, "utterance"),
        "answer": _of(feedback, "feedback"),
    }
)
"""What anybody may do, in their own name."""

HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType({KIND: checked(Request, carry_out)})


def own_number(connection: Connection, person: str) -> int | None:
    """The number under which somebody of the household takes part; None where they do not."""
    return connection.execute(select(participant.c.id).where(participant.c.person == person)).scalar()
