"""What was lost and what was said twice, from what the database holds and what the carriers took."""

from collections import Counter
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from sqlalchemy import RowMapping, Table, select

from alongside.crash.house import Press
from analytics.model import FindingKind
from hub.escalation.outbox import WAITING
from hub.model import TERMINAL, NotificationState, Purpose
from hub.store.connect import reader_engine
from hub.store.schema import alarm, device, inbound, notification, sensor_event

UNSETTLED = frozenset({*WAITING, NotificationState.CALLING, NotificationState.UNKNOWN})
"""States in which a message is still to be dealt with."""
_CALLS = frozenset({Purpose.ALARM, Purpose.EXHAUSTED})

Rows = Sequence[RowMapping]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the database holds."""

    events: Rows
    alarms: Rows
    messages: Rows
    pendants: dict[int, str]
    replies: int = 0

    @property
    def busy(self) -> bool:
        """Whether something is still to be done."""
        open_ = any(row["state"] not in TERMINAL for row in self.alarms)
        return open_ or any(row["state"] in UNSETTLED for row in self.messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """What is wrong, one sentence each: none, if all is well."""

    alarms: int
    sends: int
    lost: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)

    def __add__(self, other: Self) -> Self:
        """Both together."""
        return replace(
            self,
            alarms=self.alarms + other.alarms,
            sends=self.sends + other.sends,
            lost=self.lost + other.lost,
            duplicates=self.duplicates + other.duplicates,
        )


def read(db: Path) -> Kept:
    """What the database holds now."""
    engine = reader_engine(db, 5.0)
    try:
        with engine.connect() as connection:

            def rows(table: Table) -> Rows:
                return connection.execute(select(table)).mappings().all()

            pendants = {row["id"]: row["name"] for row in rows(device)}
            return Kept(
                events=rows(sensor_event),
                alarms=rows(alarm),
                messages=rows(notification),
                pendants=pendants,
                replies=len(rows(inbound)),
            )
    finally:
        engine.dispose()


def reckon(kept: Kept, receipts: Set[Press], bodies: Collection[str]) -> Reckoning:
    """Hold what the database says against what the pendants and the carriers know."""
    counts = Counter(_reference(body) for body in bodies)
    return Reckoning(
        alarms=len(kept.alarms),
        sends=len(bodies),
        lost=[*_lost_presses(kept, receipts), *_lost_alarms(kept, counts), *_lost_messages(kept, counts)],
        duplicates=[
            f"the text {reference} was taken {count} times" for reference, count in counts.items() if count > 1
        ],
    )


def _lost_presses(kept: Kept, receipts: Set[Press]) -> list[str]:
    """Presses whose receipt was given, and that are not part of an alarm."""
    attached = {
        Press(pendant=kept.pendants[row["device_id"]], packet=int(row["token"]))
        for row in kept.events
        if row["alarm_id"] is not None
    }
    return [f"press {one.packet} of {one.pendant}" for one in receipts - attached]


def _lost_alarms(kept: Kept, counts: Counter[str]) -> list[str]:
    """Calls for help of which no carrier ever heard, and alarms that were left open."""
    told = {row["alarm_id"] for row in kept.messages if row["purpose"] in _CALLS and counts[row["reference"]]}
    unheard = [row["id"] for row in kept.alarms if row["kind"] == FindingKind.PANIC and row["id"] not in told]
    left = [row["id"] for row in kept.alarms if row["state"] not in TERMINAL]
    return [f"nobody heard of alarm {number}" for number in unheard] + [f"alarm {number} was left" for number in left]


def _lost_messages(kept: Kept, counts: Counter[str]) -> list[str]:
    """Messages that were left unsettled, or are believed sent and are not."""
    believed = frozenset({NotificationState.ACCEPTED, NotificationState.SENT, NotificationState.DELIVERED})
    return [
        f"message {row['id']} is {row['state']}"
        for row in kept.messages
        if row["state"] in UNSETTLED or (row["state"] in believed and not counts[row["reference"]])
    ]


def _reference(body: str) -> str:
    """The mark of a text, which is its own."""
    return body.partition("Ref ")[2][:5]
