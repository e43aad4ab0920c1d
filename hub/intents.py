"""What people ask for on a page, carried out once by the hub, each answered in a plain sentence.

A page may only insert rows into `intent`; the hub alone acts. A request that cannot be carried out is refused with its
reason and changes nothing.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlalchemy import Connection, Row, insert, select, update

from hub.plainly import plainly
from hub.store.changes import touch
from hub.store.schema import alarm, intent, label, to_us

log = logging.getLogger(__name__)

REFUSED = "refused: "
TOPIC = "intent"
LONGEST_WALK_MIN = 15.0
"""So long at most a button may be tried out: whoever needs help then presses in vain."""


class RefusedError(ValueError):
    """A request that cannot be carried out; the message is the plain reason. Permanent: the same fails again."""


class IntentKind(StrEnum):
    """What a page can ask for."""

    ACKNOWLEDGE = "acknowledge"
    CLOSE = "close"
    LABEL = "label"
    RESIDENT = "resident"
    CLOSE_FAULT = "close_fault"
    WALK_TEST = "walk_test"


class Said(StrEnum):
    """What a carer says of an alarm."""

    GOING = "going"
    CANNOT = "cannot"
    ARRIVED = "arrived"


class ResidentSaid(StrEnum):
    """What the resident says."""

    FINE = "fine"
    HELP = "help"


class Verdict(StrEnum):
    """What people say of an alarm afterwards."""

    RIGHT = "right"
    WRONG = "wrong"
    NOT_NOW = "not_now"


Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
"""Free text from a page: trimmed, and never longer than anybody would read."""


class Payload(BaseModel):
    """What comes with a request; anything unknown in it is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Acknowledge(Payload):
    """Somebody takes an alarm, cannot, or has arrived."""

    alarm_id: int
    said: Said


class Close(Payload):
    """Somebody closes an alarm and says how it ended."""

    alarm_id: int
    outcome: Annotated[Words, StringConstraints(min_length=1)]


class CloseFault(Payload):
    """Somebody closes the case of a fault, and says why."""

    fault_id: int
    outcome: Annotated[Words, StringConstraints(min_length=1)]


class Label(Payload):
    """Somebody says whether an alarm was right, and why."""

    alarm_id: int
    verdict: Verdict
    because: Words = ""


class Resident(Payload):
    """The resident answers, or calls."""

    said: ResidentSaid


class WalkTest(Payload):
    """Somebody walks the rooms with a device: what it says for so long calls nobody. No minutes: it is over."""

    device: str
    minutes: Annotated[float, Field(ge=0, le=LONGEST_WALK_MIN)]


Handler = Callable[[Connection, Mapping[str, object], str, datetime], str]
"""Carries out one request of one person inside the current transaction and answers in a sentence.

Raises `RefusedError` (or pydantic's `ValidationError`) where it cannot.
"""

PayloadT = TypeVar("PayloadT", bound=Payload)
Act = Callable[[Connection, PayloadT, str, datetime], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one request ended."""

    intent_id: int
    kind: str
    result: str

    @property
    def refused(self) -> bool:
        """Whether nothing was changed."""
        return self.result.startswith(REFUSED)


def checked(model: type[PayloadT], act: Act[PayloadT]) -> Handler:
    """A handler that reads the payload as `model` before it acts."""

    def handler(connection: Connection, payload: Mapping[str, object], by: str, now: datetime) -> str:
        return act(connection, model.model_validate(payload), by, now)

    return handler


def handler_table(
    *,
    acknowledge: Act[Acknowledge],
    close: Act[Close],
    resident: Act[Resident],
    labelled: Callable[[Connection, int, datetime], object],
) -> dict[str, Handler]:
    """One row a kind. The acts on alarms are the escalation's; `labelled` is told of each new label's number."""
    return {
        IntentKind.ACKNOWLEDGE: checked(Acknowledge, acknowledge),
        IntentKind.CLOSE: checked(Close, close),
        IntentKind.RESIDENT: checked(Resident, resident),
        IntentKind.LABEL: checked(Label, _labelling(labelled)),
    }


def request(connection: Connection, kind: str, payload: Mapping[str, object], by: str, now: datetime) -> int:
    """Ask the hub for something; gives the request's number, under which the answer appears."""
    row = insert(intent).values(kind=kind, payload=dict(payload), by=by, at=to_us(now)).returning(intent.c.id)
    number = int(connection.execute(row).scalar_one())
    touch(connection, TOPIC)
    return number


def answer(connection: Connection, number: int) -> str | None:
    """What the hub said to this request; None while it waits."""
    result: str | None = connection.execute(select(intent.c.result).where(intent.c.id == number)).scalar_one()
    return result


def carry_out(connection: Connection, handlers: Mapping[str, Handler], now: datetime) -> list[Outcome]:
    """Carry out every waiting request once, in the order asked, each alone: one that fails undoes only itself."""
    waiting = connection.execute(select(intent).where(intent.c.done_at.is_(None)).order_by(intent.c.id)).all()
    outcomes = [_carry_out_one(connection, handlers, row, now) for row in waiting]
    if outcomes:
        touch(connection, TOPIC)
    return outcomes


def _carry_out_one(connection: Connection, handlers: Mapping[str, Handler], row: Row[Any], now: datetime) -> Outcome:
    result = _result(connection, handlers, row, now)
    connection.execute(update(intent).where(intent.c.id == row.id).values(done_at=to_us(now), result=result))
    return Outcome(intent_id=row.id, kind=row.kind, result=result)


def _result(connection: Connection, handlers: Mapping[str, Handler], row: Row[Any], now: datetime) -> str:
    handler = handlers.get(row.kind)
    if handler is None:
        return f"{REFUSED}this hub does not know what {row.kind!r} means."
    try:
        with connection.begin_nested():
            return handler(connection, row.payload, row.by, now)
    except ValidationError as error:
        return f"{REFUSED}the request could not be read ({plainly(error)})."
    except RefusedError as error:
        return REFUSED + str(error)
    except Exception:
        log.exception("request %d (%s) failed", row.id, row.kind)
        return f"{REFUSED}something went wrong in the hub, so nothing was changed. Please ring if it is urgent."


def _labelling(labelled: Callable[[Connection, int, datetime], object]) -> Act[Label]:
    def act(connection: Connection, said: Label, by: str, now: datetime) -> str:
        if connection.execute(select(alarm.c.id).where(alarm.c.id == said.alarm_id)).first() is None:
            raise RefusedError(f"there is no alarm {said.alarm_id}.")
        values = {"alarm_id": said.alarm_id, "verdict": said.verdict, "because": said.because, "by": by}
        added = connection.execute(insert(label).values(at=to_us(now), **values).returning(label.c.id))
        labelled(connection, added.scalar_one(), now)
        return "Thank you. What you said is kept with the alarm."

    return act
