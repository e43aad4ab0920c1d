"""What the resident decides about what the home may notice, and who may see it."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import tomlkit
from pydantic import StringConstraints
from sqlalchemy import Connection

from hub import pauses
from hub.household import HouseholdError, apply, current, export
from hub.household.model import Household
from hub.intents import Handler, Payload, RefusedError, checked
from hub.model import Role

AN_HOUR: Final = timedelta(hours=1)
MORNING: Final = time(7)
"""Until when "tonight" lasts."""


class Wish(StrEnum):
    """The kinds of request."""

    PAUSE = "pause"
    RESUME = "resume"
    SHARE = "share"


class Length(StrEnum):
    """How long the sensors rest."""

    AN_HOUR = "hour"
    TONIGHT = "tonight"
    UNTIL_I_SAY = "until_i_say"


class PauseWish(Payload):
    """Let the sensors rest."""

    length: Length


class Resume(Payload):
    """Listen again."""


Field = Annotated[str, StringConstraints(max_length=40)]


class Share(Payload):
    """Which fields these roles may see from now on; a role that is not named keeps what it has."""

    fields: dict[Role, tuple[Field, ...]]


def pause(connection: Connection, wish: PauseWish, by: str, now: datetime) -> str:
    """Let the sensors rest. Raises `RefusedError` for anybody but the resident."""
    household = _of_the_resident(connection, by)
    until = _until(wish.length, now, household.tz)
    pauses.begin(connection, until, by, now)
    if until is None:
        return "The sensors rest until you say. The call button still works."
    return f"The sensors rest until {until.astimezone(household.tz):%H:%M}. The call button still works."


def resume(connection: Connection, _wish: Resume, by: str, now: datetime) -> str:
    """Listen again."""
    _of_the_resident(connection, by)
    return "The sensors listen again." if pauses.end(connection, now) else "The sensors were listening already."


def share(connection: Connection, wish: Share, by: str, now: datetime) -> str:
    """Put another consent in force: everything that is said and shown from now on follows it."""
    household = _of_the_resident(connection, by)
    if Role.RESIDENT in wish.fields:
        raise RefusedError("you see everything about yourself.")
    if all(set(fields) == household.consent.fields.get(role, frozenset()) for role, fields in wish.fields.items()):
        return "That is how it is already."
    document = tomlkit.parse(export(connection))
    table = document.setdefault("consent", tomlkit.table())
    table["revision"] = household.consent.revision + 1
    for role, fields in wish.fields.items():
        table[role.value] = sorted(set(fields))
    try:
        apply(connection, document.as_string(), now, by)
    except HouseholdError as error:
        raise RefusedError(f"{error.reason}.") from error
    return "It is so from now on."


HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        Wish.PAUSE: checked(PauseWish, pause),
        Wish.RESUME: checked(Resume, resume),
        Wish.SHARE: checked(Share, share),
    }
)


def _of_the_resident(connection: Connection, by: str) -> Household:
    household = current(connection)
    if by != household.resident:
        raise RefusedError("only the person who lives here decides that.")
    return household


def _until(length: Length, now: datetime, tz: ZoneInfo) -> datetime | None:
    if length is Length.UNTIL_I_SAY:
        return None
    if length is Length.AN_HOUR:
        return now + AN_HOUR
    local = now.astimezone(tz)
    morning = datetime.combine(local.date(), MORNING, tz)
    return morning if morning > local else datetime.combine(local.date() + timedelta(days=1), MORNING, tz)
