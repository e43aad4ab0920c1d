"""Texts that lie in the modem's memory: put together from their parts, and kept there until the hub has them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s

from hub.channels.gsm.received import Delivered, PduError, read
from hub.model import Inbound

KEPT_S = 600.0
"""So long a text stays in the modem after the hub was first given it: a crash in between loses no reply."""
PATIENCE_S = 120.0
"""So long the missing part of a text is waited for."""
NEARLY_FULL = 0.8
"""From here on, texts that the hub has had go earlier: a full memory takes no reply in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One message in the modem's memory."""

    index: int
    pdu: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One text, and where its parts lie. `whole`: none of them is missing."""

    key: str
    sender: str
    text: str
    at: datetime | None
    places: tuple[int, ...]
    whole: bool


_Part = tuple[Delivered, int]
"""A message, and where it lies."""


@dataclass(slots=True, kw_only=True)
class _Age:
    """When a text was first seen, and first given to the hub, on the boot clock."""

    seen_s: float
    given_s: float | None = None


class Inbox:
    """What is in the memory as it was last listed. `channel` is by which kind of channel replies come."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._letters: Sequence[Letter] = ()
        self._spoilt: tuple[int, ...] = ()
        self._ages: dict[str, _Age] = {}

    def listed(self, stored: Iterable[Stored], now_s: float) -> None:
        """Take in what the memory holds now."""
        self._letters, self._spoilt = _sorted(stored)
        self._ages = {one.key: self._ages.get(one.key, _Age(seen_s=now_s)) for one in self._letters}

    def give(self, now: datetime, now_s: float) -> list[Inbound]:
        """Every text that is whole, or has been waited for; again and again until it is removed."""
        ready = [one for one in self._letters if one.whole or now_s - self._ages[one.key].seen_s >= PATIENCE_S]
        for one in ready:
            age = self._ages[one.key]
            age.given_s = now_s if age.given_s is None else age.given_s
        return [
            Inbound(provider_id=one.key, channel=self._channel, sender=one.sender, text=one.text, at=one.at or now)
            for one in ready
        ]

    def removable(self, now_s: float, used: int, room: int) -> list[int]:
        """Where the memory may be cleared: what cannot be read, and what the hub has had for long enough."""
        kept_s = 0.0 if used >= NEARLY_FULL * room else KEPT_S
        given = [one for one in self._letters if self._given_for(one, now_s) >= kept_s]
        return sorted({*self._spoilt, *(place for one in given for place in one.places)})

    def _given_for(self, letter: Letter, now_s: float) -> float:
        given_s = self._ages[letter.key].given_s
        return -1.0 if given_s is None else now_s - given_s


def _sorted(stored: Iterable[Stored]) -> tuple[list[Letter], tuple[int, ...]]:
    """The texts, in the order in which they lie there, and the places of what cannot be read."""
    groups: dict[tuple[object, ...], list[_Part]] = {}
    spoilt = []
    for one in stored:
        message = _message(one.pdu)
        if message is None:
            spoilt.append(one.index)
            continue
        place = message.place
        group = (one.index,) if place is None else (message.sender, place.text, place.parts)
        groups.setdefault(group, []).append((message, one.index))
    return list(map(_letter, groups.values())), tuple(spoilt)


def _message(pdu: str) -> Delivered | None:
    try:
        message = read(pdu)
    except PduError:
        return None
    return message if isinstance(message, Delivered) else None


def _letter(parts: Sequence[_Part]) -> Letter:
    """One text of its parts, in their order, each once however often it came."""
    known = {one.place.part if one.place else 1: one for one, _ in reversed(parts)}
    messages = [known[number] for number in sorted(known)]
    first = messages[0]
    text = "".join(one.text for one in messages)
    identity = f"{first.sender}/{first.at}/{first.place}/{text}"
    return Letter(
        key=f"gsm-in-{blake2s(identity.encode(), digest_size=10).hexdigest()}",
        sender=first.sender,
        text=text,
        at=first.at,
        places=tuple(index for _, index in parts),
        whole=len(messages) >= (first.place.parts if first.place else 1),
    )
