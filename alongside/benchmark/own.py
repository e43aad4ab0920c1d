"""What the hub makes of what it hears, and stores beside it: no event of the home, so no part of a count of events."""

from sqlalchemy import ColumnElement, select

from devices.model import Quantity
from devices.registry import KINDS
from hub.store.schema import observation, quantity

OWN = frozenset(Quantity) - {what for kind in KINDS.values() for what in kind.yields}
"""What no device says."""


def heard() -> ColumnElement[bool]:
    """The condition that an observation is one that was heard."""
    return observation.c.quantity_id.not_in(select(quantity.c.id).where(quantity.c.name.in_(OWN)))
