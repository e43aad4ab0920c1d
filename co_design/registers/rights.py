"""The register of decision rights, as the rules take it."""

from sqlalchemy import Connection

from co_design.registers.bodies import Register
from co_design.registers.entries import current
from co_design.rights import Right


def registered(connection: Connection) -> list[Right]:
    """The rights that were decided on; they come before those that the system shipped with."""
    entries = (one.body for one in current(connection, Register.RIGHT))
    return [Right(pattern=one.pattern, roles=one.roles, words=one.words) for one in entries]
