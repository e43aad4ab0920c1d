"""Asks at the terminal for what was not said of a new device."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import typer

from devices.cli import options_from
from devices.kinds import SetupError, Use
from devices.model import Frame
from devices.registry import KINDS
from devices.spelling import unknown
from hub import clock
from hub.fitting import declare
from hub.fitting.document import New
from hub.fitting.search import Search, Sighting, line_of, search
from hub.household.model import Household
from hub.secrets import read_secret

_CARRIED = frozenset({Use.WORN, Use.BUTTON})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was said on the command line; None is asked for."""

    name: str | None
    kind: str | None
    address: str | None
    room: str | None
    person: str | None
    key: str | None
    options: Sequence[str]
    new_room: bool
    seconds: float

    @property
    def complete(self) -> bool:
        """Whether nothing needs to be asked."""
        return None not in (self.name, self.kind, self.address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The new device, its key where it has one, and what was heard of it."""

    new: New
    key: bytes | None = None
    heard: Sequence[Frame] = ()


def told(asked: Asked, home: Household, overheard: Sequence[Sighting] = ()) -> Told:
    """All that there is to know of the device; asks for what is missing. Raises `SetupError`."""
    if asked.complete:
        return _keyed(_roomed(Told(new=_as_given(asked)), asked, home), asked)
    sighting = None if asked.address else _chosen(asked, home, overheard)
    kind = asked.kind or _kind(sighting)
    if kind not in KINDS:
        raise SetupError(unknown("kind", kind, KINDS))
    address = asked.address or (sighting.found.address if sighting else typer.prompt("Its address, port or topic"))
    name = asked.name or typer.prompt("What shall it be called", default=_name(sighting, kind))
    found_options = sighting.found.options if sighting else {}
    new = New(kind=kind, address=address, name=name, options={**found_options, **options_from(list(asked.options))})
    heard = sighting.found.frames if sighting else ()
    new = replace(new, room=asked.room or _room(home), person=asked.person or _person(home, kind))
    return _keyed(_roomed(Told(new=new, heard=heard), asked, home), asked)


def _as_given(asked: Asked) -> New:
    return New(
        kind=asked.kind or "",
        address=asked.address or "",
        name=asked.name or "",
        room=asked.room,
        person=asked.person,
        options=options_from(list(asked.options)),
    )


def _chosen(asked: Asked, home: Household, overheard: Sequence[Sighting]) -> Sighting | None:
    """One of what can be heard and is not declared; None where it is not among them."""
    typer.echo(f"Listening for {asked.seconds:g} s. Wake the sensor now: press it, open it, move before it.")
    seen = asyncio.run(search(clock.from_environment(), Search(seconds=asked.seconds), home, overheard))
    for trouble in seen.troubles:
        typer.echo(f"Note: {trouble}.", err=True)
    new = [one for one in seen.known if one.declared is None]
    for number, one in enumerate(new, 1):
        typer.echo(f"{number:>3}  {line_of(one)}")
    if not new:
        typer.echo("Nothing new was heard that I know.")
        return None
    number = _number("Which one is it? 0 if none of these", len(new))
    return new[number - 1] if number else None


def _number(question: str, most: int) -> int:
    while True:
        number: int = typer.prompt(question, type=int)
        if 0 <= number <= most:
            return number
        typer.echo(f"Please give a number from 0 to {most}.")


def _kind(sighting: Sighting | None) -> str:
    best = next((guess.kind for guess in sighting.guesses), None) if sighting else None
    kind: str = typer.prompt("What kind is it (the README has a table)", default=best)
    return kind


def _name(sighting: Sighting | None, kind: str) -> str:
    return (sighting.found.name if sighting else None) or kind.replace("_", " ")


def _room(home: Household) -> str | None:
    known = ", ".join(declare.rooms_of(home))
    return (
        typer.prompt(f"In which room{f' ({known})' if known else ''}; Enter for none", default="", show_default=False)
        or None
    )


def _person(home: Household, kind: str) -> str | None:
    if KINDS[kind].use not in _CARRIED:
        return None
    question = f"Who carries it ({', '.join(home.people)}); Enter for nobody"
    return typer.prompt(question, default="", show_default=False) or None


def _roomed(one: Told, asked: Asked, home: Household) -> Told:
    """Refuse a room that is most likely a slip of the pen."""
    reason = declare.room_refusal(home, one.new.room) if one.new.room and not asked.new_room else None
    if reason is None:
        return one
    if asked.complete:
        raise SetupError(f"{reason} `--new-room` makes a new one")
    typer.echo(f"{reason[:1].upper()}{reason[1:]}")
    if typer.confirm("Is it a new room?"):
        return one
    return _roomed(replace(one, new=replace(one.new, room=_room(home))), asked, home)


def _keyed(one: Told, asked: Asked) -> Told:
    """With its key, where it has one; what was heard must be readable with it."""
    if not asked.key and (asked.complete or not _is_secret(one)):
        return one
    key = declare.key_of(
        asked.key or typer.prompt("It encrypts what it says. Its key (32 hex digits)", hide_input=True)
    )
    new = replace(one.new, key_secret=declare.secret_of(one.new.key))
    if declare.can_be_read(declare.setup_of(new, key), one.heard) is False:
        raise SetupError("what was heard of it cannot be read with this key")
    return Told(new=new, key=key, heard=one.heard)


def _is_secret(one: Told) -> bool:
    kind = KINDS[one.new.kind]
    return declare.may_be_secret(kind) and declare.can_be_read(declare.setup_of(one.new), one.heard) is False


def key_is_set(new: New, key: bytes | None) -> bool:
    """Whether the hub's secrets, as this terminal sees them, hold the device's key."""
    held = read_secret(new.key_secret) if new.key_secret else None
    return held is not None and key is not None and held.replace(":", "").lower() == key.hex()
