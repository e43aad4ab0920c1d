"""Entries of the registers, as they lie in the database: every version, and who wrote it when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from co_design.acts.base import Payload
from co_design.registers.bodies import BODIES, Register
from co_design.schema_deciding import register
from hub.store.schema import from_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One version of one entry."""

    register: Register
    key: str
    version: int
    body: Any
    by: str
    at: datetime
    decision_id: int | None = None


def every_version(connection: Connection, kind: Register) -> list[Entry]:
    """All versions of a register, entry by entry, the oldest first."""
    found = select(register).where(register.c.register == kind).order_by(register.c.key, register.c.version)
    return [_entry(row) for row in connection.execute(found).all()]


def current(connection: Connection, kind: Register) -> list[Entry]:
    """The newest version of each entry of a register."""
    return list({one.key: one for one in every_version(connection, kind)}.values())


def _entry(row: Any) -> Entry:
    kind = Register(row.register)
    body: Payload = BODIES[kind].model_validate(row.body)
    return Entry(
        register=kind,
        key=row.key,
        version=row.version,
        body=body,
        by=row.by,
        at=from_us(row.at),
        decision_id=row.decision_id,
    )
