"""Looks after the hubs: who is silent is an incident, told once; and lets the outside know that it still looks."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

import urllib3
from sqlalchemy import Connection, Engine, insert, select, text, update

from devices.model import Clock
from hub.centre import schema
from hub.centre.silence import AWAY, IncidentKind, Open, Sign, judge
from hub.store.columns import from_us, to_us
from hub.supervisor import describe

LOOK_EVERY_S = 10.0
_ANSWERS_WITHIN_S = 5.0

log = logging.getLogger(__name__)

Tell = Callable[[str], None]
"""Tells the operators one sentence. Raises `urllib3.exceptions.HTTPError` where it cannot."""


def webhook(url: str) -> Tell:
    """Tell by a POST of the sentence, as ntfy and most chat services take it."""
    pool = urllib3.PoolManager(timeout=_ANSWERS_WITHIN_S, retries=False)

    def tell(sentence: str) -> None:
        pool.request("POST", url, body=sentence.encode())

    return tell


def outside(url: str) -> Callable[[], None]:
    """Visit a page of whoever watches over this centre, who tells when the visits stop (a dead man's switch)."""
    pool = urllib3.PoolManager(timeout=_ANSWERS_WITHIN_S, retries=False)

    def visit() -> None:
        pool.request("GET", url)

    return visit


class Lookout:
    """Of any number of these, the one that holds the database's lock looks; the others wait for it."""

    def __init__(self, engine: Engine, clock: Clock, tell: Tell, visit: Callable[[], None] = lambda: None) -> None:
        self._engine = engine
        self._clock = clock
        self._tell = tell
        self._visit = visit
        self._looked_at: datetime | None = None
        self._looking_since: datetime | None = None

    async def run(self) -> None:
        """Look, again and again, until cancelled."""
        while True:
            self.look()
            await self._clock.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Look once: open and close incidents, tell what was not told yet."""
        now = self._clock.now()
        with self._engine.begin() as connection:
            if not connection.execute(text("SELECT pg_try_advisory_xact_lock(7303)")).scalar():
                self._looked_at = None
                return
            self._judge(connection, now)
        self._tell_all(now)
        self._say_that_we_look()

    def _judge(self, connection: Connection, now: datetime) -> None:
        if self._looked_at is None or now - self._looked_at > AWAY or self._looking_since is None:
            self._looking_since = now
        self._looked_at = now
        verdict = judge(_signs(connection), _open(connection), now, self._looking_since)
        for kind, hubs in verdict.opened:
            values = {"kind": kind, "hubs": sorted(hubs), "because": _because(kind, len(hubs))}
            connection.execute(insert(schema.incident).values(opened_at=to_us(now), **values))
        if verdict.closed:
            over = update(schema.incident).where(schema.incident.c.id.in_(verdict.closed))
            connection.execute(over.values(closed_at=to_us(now)))

    def _tell_all(self, now: datetime) -> None:
        its = schema.incident.c
        with self._engine.begin() as connection:
            waiting = connection.execute(select(schema.incident).where(its.told_at.is_(None)).order_by(its.id)).all()
            for row in waiting:
                try:
                    self._tell(f"{row.because} ({', '.join(_names(connection, row.hubs))})")
                except urllib3.exceptions.HTTPError as error:
                    log.error("an incident could not be told, and will be tried again: %s", describe(error))  # noqa: TRY400
                    return
                connection.execute(update(schema.incident).where(its.id == row.id).values(told_at=to_us(now)))

    def _say_that_we_look(self) -> None:
        try:
            self._visit()
        except urllib3.exceptions.HTTPError as error:
            log.warning("whoever watches over this centre cannot be reached: %s", describe(error))


_SIGNS = text(  # what a hub tells is a sign of it, too: so an alarm that has just come is not without one
    "SELECT hub.id, greatest(hub.beat_at, told.at) AS at, EXISTS (SELECT 1 FROM alarm WHERE alarm.hub_id = hub.id"
    " AND alarm.closed_at IS NULL) AS alarm FROM hub LEFT JOIN (SELECT hub_id, max(at) AS at FROM lane GROUP BY hub_id)"
    " AS told ON told.hub_id = hub.id WHERE hub.revoked_at IS NULL AND hub.beat_at IS NOT NULL"
)


def _signs(connection: Connection) -> list[Sign]:
    rows = connection.execute(_SIGNS)
    return [Sign(hub_id=row.id, beat_at=from_us(row.at), alarm=row.alarm) for row in rows]


def _open(connection: Connection) -> list[Open]:
    rows = connection.execute(select(schema.incident).where(schema.incident.c.closed_at.is_(None)))
    return [Open(id=row.id, kind=IncidentKind(row.kind), hubs=frozenset(row.hubs)) for row in rows]


def _because(kind: IncidentKind, count: int) -> str:
    if kind is IncidentKind.MANY:
        return f"{count} hubs fell silent together: look for a common cause, such as power, the network or the broker"
    if kind is IncidentKind.ALARM:
        return f"An alarm is open and nothing is heard of the hub any more, in {count} homes: see to each at once"
    return "A hub has been silent for more than three minutes: its home is not watched over from here"


def _names(connection: Connection, hubs: Sequence[int]) -> list[str]:
    """The first few hubs by name."""
    rows = connection.execute(select(schema.hub.c.name).where(schema.hub.c.id.in_(hubs)).order_by(schema.hub.c.name))
    names = list(rows.scalars())
    return names if len(names) <= 5 else [*names[:5], f"and {len(names) - 5} more"]
