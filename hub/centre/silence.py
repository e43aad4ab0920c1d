"""Which hubs are silent, and how that is told: one by one, or, where many fall silent together, as one. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SILENT_AFTER = timedelta(seconds=200)
"""Three beats of a minute and a little; with a look every 15 s it is told within 4 minutes."""
SILENT_IN_ALARM = timedelta(seconds=45)
"""While an alarm is open its hub beats every 15 s: with a look every 10 s its silence is told within the minute."""
TOGETHER = timedelta(minutes=3)
"""Hubs whose last beats lie this close fell silent together."""
MANY, MANY_SHARE = 5, 0.1
"""So many, and this share of all: no longer the fault of single homes."""
AWAY = timedelta(seconds=60)
"""If the centre itself did not look for so long, it was away, and hubs are given time to be heard again."""


class IncidentKind(StrEnum):
    """What is told."""

    SILENT = "silent"
    MANY = "many"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """When a hub was last heard of, and whether it had an open alarm then."""

    hub_id: int
    beat_at: datetime
    alarm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An incident that is not over."""

    id: int
    kind: IncidentKind
    hubs: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What changes: incidents to open, each with its hubs, and those that are over."""

    opened: Sequence[tuple[IncidentKind, frozenset[int]]]
    closed: Sequence[int]


def judge(signs: Sequence[Sign], known: Sequence[Open], now: datetime, looking_since: datetime) -> Verdict:
    """Judge who is silent. `looking_since` is since when the centre has been looking without a break."""
    silent = {one.hub_id: one for one in signs if now - max(one.beat_at, looking_since) >= _patience(one)}
    closed = [one.id for one in known if not one.hubs & silent.keys()]
    told = frozenset[int]().union(*(one.hubs for one in known))
    fresh = [one for hub, one in silent.items() if hub not in told]
    calm = {one.hub_id: one.beat_at for one in fresh if not one.alarm}
    in_alarm = frozenset(one.hub_id for one in fresh if one.alarm)
    opened = [(IncidentKind.ALARM, in_alarm)] if in_alarm else []
    return Verdict(opened=[*opened, *_grouped(calm, len(signs))], closed=closed)


def _patience(one: Sign) -> timedelta:
    return SILENT_IN_ALARM if one.alarm else SILENT_AFTER


def _grouped(silent: Mapping[int, datetime], hubs: int) -> list[tuple[IncidentKind, frozenset[int]]]:
    """Those who fell silent together as one incident where they are many, else each by itself."""
    found: list[tuple[IncidentKind, frozenset[int]]] = []
    rest = sorted(silent, key=silent.__getitem__)
    while rest:
        together = [hub for hub in rest if silent[hub] - silent[rest[0]] <= TOGETHER]
        if len(together) >= max(MANY, MANY_SHARE * hubs):
            found.append((IncidentKind.MANY, frozenset(together)))
        else:
            found += [(IncidentKind.SILENT, frozenset({hub})) for hub in together]
        rest = rest[len(together) :]
    return found
