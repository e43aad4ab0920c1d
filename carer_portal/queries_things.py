"""The things in the home: how each device stands, what is broken, which rooms nothing watches."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from carer_portal.queries_home import sensors
from carer_portal.sight import Look
from devices.model import Quantity
from devices.registry import KINDS
from hub.fitting.standing import standings
from hub.model import Role
from hub.store import faults

NOTICES: Final = frozenset({Quantity.MOTION, Quantity.OCCUPIED})
"""What tells of movement in a room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One device. `room` and `state` are None where they may not be known: they tell of the person."""

    name: str
    room: str | None
    heard_at: datetime | None
    signal_dbm: int | None
    battery: str
    state: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A fault as a case: whose it is, by when, and what covers for it meanwhile."""

    id: int
    because: str
    owner: str | None
    due_at: datetime | None
    cover: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Things:
    """The page. `mends`: this viewer may say that something is mended; `gaps` is None where rooms may not be known."""

    things: tuple[Thing, ...]
    broken: tuple[Broken, ...]
    gaps: tuple[str, ...] | None
    mends: bool


def things(connection: Connection, look: Look) -> Things:
    """As this viewer may know it: whoever mends things knows where they are, and not what they notice."""
    sight = look.sight
    rooms = sight.may("room") or look.viewer.role is Role.OPERATOR
    tells = sight.may("room", "time") and sight.person
    named = sensors(connection, look.household, sight)
    found = tuple(
        Thing(
            name=named.title(one.name),
            room=look.household.devices[one.name].room if rooms else None,
            heard_at=one.heard_at if tells or look.viewer.role is Role.OPERATOR else None,
            signal_dbm=one.signal_dbm,
            battery=one.battery,
            state=one.state if tells else None,
        )
        for one in standings(connection, look.household, look.now)
    )
    return Things(
        things=found,
        broken=tuple(_broken(case, look) for case in faults.open_cases(connection)),
        gaps=_gaps(look) if rooms else None,
        mends=sight.helps or look.viewer.role is Role.OPERATOR,
    )


def _broken(case: faults.Fault, look: Look) -> Broken:
    contact = look.household.people.get(case.owner or "")
    return Broken(
        id=case.number,
        because=look.sight.fault(case.because),
        owner=contact.display if contact else case.owner,
        due_at=case.due_at,
        cover=case.cover if look.sight.fault(case.because) == case.because else None,
    )


def _gaps(look: Look) -> tuple[str, ...]:
    """Rooms that have a device, and none that notices movement."""
    rooms = {setup.room for setup in look.household.devices.values() if setup.room}
    watched = {
        setup.room
        for setup in look.household.devices.values()
        if setup.room and NOTICES & frozenset(KINDS[setup.kind].yields)
    }
    return tuple(sorted(room.replace("_", " ") for room in rooms - watched))
