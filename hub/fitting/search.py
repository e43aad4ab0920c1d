"""Looks for devices everywhere that this machine can hear, and knows which are declared already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from devices.discovery import likeness, listen
from devices.discovery.model import Found, Guess
from devices.kinds import Path
from devices.model import Clock
from devices.mqtt import USUAL, Broker, broker_of
from devices.registry import KINDS, is_sender
from hub.ears import SECRET
from hub.household.model import Household
from hub.secrets import read_secret
from hub.store import counters

SERIAL = "serial"
SENDER = "esp3"
"""The kind of a sender of which no more is known than that an EnOcean receiver hears it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is asked for. `brokers` None: those that the home uses, or the usual one if there is one.

    `ports` None: all that are plugged in.
    """

    seconds: float = listen.SECONDS
    radio: bool = True
    ports: Sequence[str] | None = None
    brokers: Sequence[Broker] | None = None
    ask: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Something that was heard, what it may be, and, where it is declared, as which device and which kind."""

    found: Found
    guesses: Sequence[Guess] = ()
    declared: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightings:
    """All that was heard, the troubles in a sentence each, and whether anything could be listened with at all."""

    known: Sequence[Sighting]
    strangers: Sequence[Sighting]
    troubles: Sequence[str]
    deaf: bool


async def search(clock: Clock, asked: Search, home: Household | None, overheard: Sequence[Sighting] = ()) -> Sightings:
    """Listen for as long as was asked. `overheard` is what a hub has heard through a port that it keeps to itself."""
    from devices.discovery.ports import plugged_in  # noqa: PLC0415 -- only where somebody searches

    used = _brokers(home)
    brokers = asked.brokers if asked.brokers is not None else used or (broker_of(USUAL),)
    where = listen.Where(
        seconds=asked.seconds,
        radio=asked.radio,
        ports=plugged_in() if asked.ports is None else asked.ports,
        brokers=brokers,
        password=read_secret(SECRET),
        ask=asked.ask,
    )
    heard = await listen.listen(clock, where)
    seen = [_sighting(found, home) for found in heard.found]
    seen += [one for one in overheard if one.found.address not in {each.address for each in heard.found}]
    assumed = asked.brokers is None and not used
    return Sightings(
        known=[one for one in seen if one.guesses or one.declared],
        strangers=[one for one in seen if not one.guesses and not one.declared],
        troubles=[one for one in heard.troubles if not (assumed and USUAL in one)],  # most homes have no broker
        deaf=not heard.listened,
    )


def overheard(connection: Connection, home: Household) -> list[Sighting]:
    """The radio senders that a hub has heard through its serial receivers, and that nobody declared."""
    ports = {one.options["port"] for one in home.devices.values() if KINDS[one.kind].sender_of is not None}
    options = {"port": next(iter(ports))} if len(ports) == 1 else {}
    return [
        Sighting(
            found=Found(
                path=Path.SERIAL,
                address=sender.address,
                count=sender.unknown,
                signal_dbm=sender.signal_dbm,
                options=options,
            ),
            guesses=[Guess(kind=SENDER, because="the hub has heard it through its receiver", general=True)],
        )
        for sender in counters.senders(connection)
        if sender.device is None and sender.source == SERIAL and is_sender(sender.address)
    ]


def facts_of(one: Sighting) -> Mapping[str, object]:
    """A sighting as plain values."""
    found = one.found
    return {
        "path": found.path.value,
        "address": found.address,
        "name": found.name,
        "signal_dbm": found.signal_dbm,
        "heard": found.count,
        "declared": one.declared,
        "kinds": [guess.kind for guess in one.guesses],
        "because": one.guesses[0].because if one.guesses else None,
        "options": dict(found.options),
    }


def line_of(one: Sighting) -> str:
    """A sighting in a line for people."""
    found, best = one.found, next(iter(one.guesses), None)
    signal = "" if found.signal_dbm is None else f"{found.signal_dbm} dBm"
    named = f" “{found.name}”" if found.name and found.name != found.address else ""
    what = f"{KINDS[best.kind].title} [{best.kind}]: {best.because}" if best else "no sensor that I know"
    if one.declared and one.kind:
        what = f"your {one.declared}, {KINDS[one.kind].title} [{one.kind}]"
    return f"{found.address:<24} {signal:>8}  {what}{named}"


def _sighting(found: Found, home: Household | None) -> Sighting:
    devices = home.devices.values() if home else ()
    same = (one for one in devices if one.address == found.address and _heard_as(KINDS[one.kind].path) is found.path)
    mine, guesses = next(same, None), likeness.guesses(found)
    if mine is None:
        return Sighting(found=found, guesses=guesses)
    return Sighting(found=found, guesses=guesses, declared=mine.name, kind=mine.kind)


def _heard_as(path: Path) -> Path:
    return Path.ADVERT if path is Path.GATT else path


def _brokers(home: Household | None) -> Sequence[Broker]:
    """Those that the home's devices are heard through."""
    devices = home.devices.values() if home else ()
    urls = {one.options.get("broker", USUAL) for one in devices if KINDS[one.kind].path is Path.MQTT}
    return [broker_of(url) for url in sorted(urls)]
