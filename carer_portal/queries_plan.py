"""The people who help, who is on call when, and what would be said: as this viewer may know it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection

from analytics.model import FindingKind
from carer_portal.sight import Look
from hub.cli_people import standings
from hub.escalation.preview import previews
from hub.escalation.rota import at_wall
from hub.household.model import Rota
from hub.model import Role

DAYS_AHEAD: Final = 7
LOOKED_AT_EVERY: Final = timedelta(minutes=15)
"""Turns begin on quarters of an hour in people's lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """One person on the plan. `ways` are channels, with numbers only where contacts are shared."""

    display: str
    role: Role
    key_holder: bool
    ways: tuple[str, ...]
    on_now: bool
    messages: int
    messages_agreed: int | None
    nights: int
    nights_agreed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTurns:
    """Who takes over when on one day."""

    day: date
    turns: tuple[tuple[str, time], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of the plan; `text` is None where it is not this viewer's to read."""

    step: str
    who: str
    channel: str
    text: str | None
    not_told: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The page. `helpers` is None for whoever does not help."""

    helpers: tuple[Helper, ...] | None
    rotas: tuple[tuple[str, tuple[DayTurns, ...]], ...]
    kinds: tuple[FindingKind, ...]


def plan(connection: Connection, look: Look) -> Plan:
    """As this viewer may know it."""
    if not look.sight.helps:
        return Plan(helpers=None, rotas=(), kinds=())
    household = look.household
    return Plan(
        helpers=tuple(_helpers(connection, look)),
        rotas=tuple((name, tuple(_calendar(rota, look))) for name, rota in household.rotas.items()),
        kinds=tuple(kind for kind in FindingKind if kind in household.alarms) if look.sight.may("kind") else (),
    )


def texts(look: Look, kind: FindingKind) -> tuple[Said, ...]:
    """What would be said about such an alarm: in full only what is meant for the viewer's own role."""
    if not look.sight.helps or not look.sight.may("kind"):
        return ()
    return tuple(
        Said(
            step=one.step,
            who=look.resident if one.role is Role.RESIDENT else one.name,
            channel=one.channel,
            text=one.text if look.own or one.role is look.viewer.role else None,
            not_told=one.not_told,
        )
        for one in previews(look.household, kind, look.now)
    )


def _helpers(connection: Connection, look: Look) -> Iterator[Helper]:
    numbers = look.sight.may("contacts")
    for one in standings(connection, look.household, look.now, look.now):
        person = one.person
        ways = [f"{way.channel} {way.to}".strip() if numbers else way.channel for way in person.addresses]
        yield Helper(
            display=person.display,
            role=person.role,
            key_holder=person.key_holder,
            ways=tuple(dict.fromkeys(ways)),
            on_now=bool(one.on_now),
            messages=one.load.messages,
            messages_agreed=one.cap.messages,
            nights=len(one.load.nights),
            nights_agreed=one.cap.nights,
        )


def _calendar(rota: Rota, look: Look) -> Iterator[DayTurns]:
    today = look.now.astimezone(look.tz).date()
    for day in (today + timedelta(days=n) for n in range(DAYS_AHEAD)):
        turns: list[tuple[str, time]] = []
        wall = datetime.combine(day, time())
        while wall.date() == day:
            who = at_wall(rota, wall)
            if not turns or turns[-1][0] != who:
                turns.append((who, wall.time()))
            wall += LOOKED_AT_EVERY
        yield DayTurns(day=day, turns=tuple((_called(who, look), at) for who, at in turns))


def _called(key: str, look: Look) -> str:
    contact = look.household.people.get(key)
    return contact.display if contact else key
