"""How things stand in the registers: what was promised and is kept or lapsed, what is due, what is too much."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from co_design.registers.entries import Entry

BURDEN_WINDOW = timedelta(days=90)
LAPSED_AFTER = 2
"""A promise of which nothing was heard for so many of its own intervals has lapsed."""


class Standing(StrEnum):
    """How a promise stands."""

    KEPT = "kept"
    LATE = "late"
    LAPSED = "lapsed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A commitment, its steward, and when its heart last beat; `readopted`: how often it was taken up again."""

    key: str
    what: str
    steward: str
    standing: Standing
    last_heard: datetime
    readopted: int


def promises(versions: Iterable[Entry], now: datetime) -> list[Promise]:
    """Every commitment, from all versions of the register."""
    by_key: dict[str, list[Entry]] = defaultdict(list)
    for one in versions:
        by_key[one.key].append(one)
    return [_promise(beats, now) for beats in by_key.values()]


def _promise(beats: list[Entry], now: datetime) -> Promise:
    newest = beats[-1]
    gaps = (later.at - earlier.at for earlier, later in pairwise(beats))
    lapse = LAPSED_AFTER * timedelta(days=newest.body.every_days)
    return Promise(
        key=newest.key,
        what=newest.body.what,
        steward=newest.body.steward,
        standing=_standing(newest, now),
        last_heard=newest.at,
        readopted=sum(gap > lapse for gap in gaps),
    )


def _standing(newest: Entry, now: datetime) -> Standing:
    every, silent = timedelta(days=newest.body.every_days), now - newest.at
    if newest.body.ended is not None:
        return Standing.ENDED
    if silent > LAPSED_AFTER * every:
        return Standing.LAPSED
    return Standing.LATE if silent > every else Standing.KEPT


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What taking part cost one person within the window; `over`: in which ways that is more than was agreed."""

    participant: int
    minutes: int
    nights_woken: int
    pence: int
    over: tuple[str, ...]


CAPS: Mapping[str, int] = {"minutes": 600, "nights_woken": 3, "pence": 2000}
"""More than this within 90 days, and somebody asks the person whether it is too much."""


def loads(entries: Iterable[Entry], attended: Mapping[int, int], now: datetime) -> list[Load]:
    """What it cost each person: what was entered for them, and the minutes they gave to sessions (`attended`)."""
    recent = [one.body for one in entries if one.at > now - BURDEN_WINDOW]
    people = sorted({*attended, *(one.participant for one in recent)})
    return [_load(person, [one for one in recent if one.participant == person], attended) for person in people]


def _load(person: int, theirs: list[object], attended: Mapping[int, int]) -> Load:
    sums = {name: sum(getattr(one, name) for one in theirs) for name in CAPS}
    sums["minutes"] += attended.get(person, 0)
    over = tuple(name for name, cap in CAPS.items() if sums[name] > cap)
    return Load(participant=person, over=over, **sums)


def usable(donations: Iterable[Entry], purpose: str, now: datetime) -> list[Entry]:
    """What may be used for a purpose at this moment: given for it, not ended, not past its day."""
    return [
        one for one in donations if one.body.purpose == purpose and not one.body.ended and one.body.expires_at > now
    ]


def receipt(donation: Entry, pseudonym: str) -> str:
    """What the giver keeps."""
    body = donation.body
    return (
        f"Receipt {donation.key}, version {donation.version}. {pseudonym} gives: {body.data}. For: {body.purpose}."
        f" Until {body.expires_at:%d %B %Y}; to end it sooner, tell the facilitator, or withdraw."
    )
