"""Writing in the registers. An entry is never overwritten: it gets a new version."""

from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select

from co_design import schema_deciding as deciding
from co_design.acts.base import Act, Doing, Name, Payload, add, needed
from co_design.acts.sessions import still_here
from co_design.registers.bodies import BODIES, BY_DECISION, Register
from hub.intents import RefusedError


class Write(Payload):
    """A new version of an entry. `key` names the entry; one is made up where none is given."""

    kind: Register
    key: Name | None = None
    body: dict[str, Any]
    decision: int | None = None


def write(doing: Doing, given: Write) -> int:
    """Write an entry, or its next version."""
    if given.kind in BY_DECISION and given.decision is None:
        raise RefusedError(f"the register of {given.kind}s is changed by a decision; name its number.")
    if given.decision is not None:
        needed(doing, deciding.decision, given.decision)
    body = _read(given)
    if (participant := getattr(body, "participant", None)) is not None:
        still_here(doing, participant)
    key = given.key or f"{given.kind}-{_count(doing, given.kind) + 1}"
    return add(
        doing,
        deciding.register,
        register=given.kind,
        key=key,
        version=_version(doing, given.kind, key) + 1,
        body=body.model_dump(mode="json"),
        by=doing.by,
        at=doing.now,
        participant_id=participant,
        decision_id=given.decision,
    )


def _read(given: Write) -> Payload:
    try:
        return BODIES[given.kind].model_validate(given.body)
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, one['loc'])) or given.kind}: {one['msg']}" for one in error.errors())
        raise RefusedError(f"this is no entry of that register ({'; '.join(problems)}).") from error


def _count(doing: Doing, kind: Register) -> int:
    counted = select(func.count(func.distinct(deciding.register.c.key))).where(deciding.register.c.register == kind)
    return int(doing.connection.execute(counted).scalar_one())


def _version(doing: Doing, kind: Register, key: str) -> int:
    c = deciding.register.c
    newest = select(func.max(c.version)).where(c.register == kind, c.key == key)
    return int(doing.connection.execute(newest).scalar() or 0)


ACTS = {"write": Act(payload=Write, do=write)}
