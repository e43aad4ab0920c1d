"""Watches the hub's database from outside, as a page does, and tells what is new."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from alongside.demo.model import Until
from devices.model import Clock
from hub.model import AlarmState, NotificationState
from hub.store.connect import reader_engine
from hub.store.schema import alarm, from_us, inbound, notification, transition

LOOKS_EVERY_S = 0.05
BUSY_S = 5.0
HANDED_OVER = (
    NotificationState.ACCEPTED,
    NotificationState.SENT,
    NotificationState.DELIVERED,
    NotificationState.READ,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An alarm came to be, or changed state."""

    at: datetime
    alarm_id: int
    kind: str
    state: str
    by: str | None
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message was handed to a channel."""

    at: datetime
    kind: str | None
    person: str
    channel: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Somebody wrote back."""

    at: datetime
    person: str
    text: str


News = Turn | Sent | Heard


class Witness:
    """Keeps looking, tells each piece of news once, and lets a story wait for one."""

    def __init__(self, db: Path, clock: Clock, tell: Callable[[News], None]) -> None:
        self._engine = reader_engine(db, BUSY_S)
        self._clock = clock
        self._tell = tell
        self._known: set[tuple[str, int]] = set()
        self._seen: list[News] = []
        self._looked = asyncio.Condition()

    async def run(self) -> None:
        """Look until cancelled."""
        try:
            while True:
                await self._look()
                await self._clock.sleep(LOOKS_EVERY_S)
        finally:
            self._engine.dispose()

    async def until(self, awaited: Until) -> None:
        """Wait until what is awaited has been seen."""
        async with self._looked:
            await self._looked.wait_for(lambda: happened(self._seen, awaited))

    def latest(self, kind: str) -> int | None:
        """The number of the newest alarm of this kind."""
        return max((news.alarm_id for news in self._seen if isinstance(news, Turn) and news.kind == kind), default=None)

    async def _look(self) -> None:
        with self._engine.connect() as connection:
            new = [one for one in everything(connection) if one[0] not in self._known]
        for key, news in sorted(new, key=lambda one: one[1].at):
            self._known.add(key)
            self._seen.append(news)
            self._tell(news)
        async with self._looked:
            self._looked.notify_all()


def happened(seen: list[News], awaited: Until) -> bool:
    """Whether the alarm has come to that state, and the text has gone, if one is awaited."""
    turns = [news for news in seen if isinstance(news, Turn) and news.kind == awaited.alarm]
    if not any(turn.state == awaited.state for turn in turns):
        return False
    return awaited.texted is None or any(
        isinstance(news, Sent) and (news.kind, news.person, news.channel) == (awaited.alarm, awaited.texted, "sms")
        for news in seen
    )


def everything(connection: Connection) -> list[tuple[tuple[str, int], News]]:
    """All news there is, each with its key; a day has too few to need anything cleverer."""
    return [*_turns(connection), *_sent(connection), *_heard(connection)]


def _turns(connection: Connection) -> list[tuple[tuple[str, int], News]]:
    columns = (transition, alarm.c.kind, alarm.c.because)
    moved = transition.c.from_state.is_distinct_from(transition.c.to_state)
    rows = connection.execute(select(*columns).join(alarm, alarm.c.id == transition.c.alarm_id).where(moved)).all()
    return [
        (
            ("turn", row.id),
            Turn(
                at=from_us(row.at),
                alarm_id=row.alarm_id,
                kind=row.kind,
                state=AlarmState(row.to_state),
                by=row.by,
                because=row.because,
            ),
        )
        for row in rows
    ]


def _sent(connection: Connection) -> list[tuple[tuple[str, int], News]]:
    joined = select(notification, alarm.c.kind).outerjoin(alarm, alarm.c.id == notification.c.alarm_id)
    rows = connection.execute(joined.where(notification.c.state.in_(HANDED_OVER))).all()
    return [
        (
            ("sent", row.id),
            Sent(
                at=from_us(row.called_at or row.created_at),
                kind=row.kind,
                person=row.person,
                channel=row.channel,
                text=row.text,
            ),
        )
        for row in rows
    ]


def _heard(connection: Connection) -> list[tuple[tuple[str, int], News]]:
    rows = connection.execute(select(inbound)).all()
    return [
        (("heard", row.id), Heard(at=from_us(row.at), person=row.person or "somebody unknown", text=row.text))
        for row in rows
    ]
