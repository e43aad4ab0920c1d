"""What the hub writes down of itself every few seconds: that it is alive, and what it only counts."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from devices.model import Clock, LinkEvent
from hub.catalogue import Catalogue
from hub.clock import boot_id
from hub.rejections import Rejection, Rejections
from hub.router import MOST_UNKNOWN_SENDERS, OTHERS, FrameCount, Router
from hub.store import counters, heartbeat, links
from hub.store.changes import touch
from hub.store.heartbeat import Beat
from hub.store.schema import frame_count, from_us, rejection, to_us
from hub.store.writer import Store

BEAT_S = 5.0
TOPIC = "frame_count"


class Ledger:
    """Collects what can wait a few seconds, and commits it with the heartbeat."""

    def __init__(self, store: Store, clock: Clock, catalogue: Catalogue) -> None:
        self._store = store
        self._clock = clock
        self._catalogue = catalogue
        self._links: list[LinkEvent] = []

    def report(self, event: LinkEvent) -> None:
        """Take a change of a link."""
        self._links.append(event)

    async def keep(self, router: Router, rejections: Rejections) -> None:
        """Write every few seconds, until cancelled."""
        while True:
            await self.write(router, rejections)
            await self._clock.sleep(BEAT_S)

    async def write(self, router: Router, rejections: Rejections) -> None:
        """Write now: everything counted so far, and that the hub is alive."""
        counts, rejected = router.take_counts(), rejections.take()
        changes, self._links = self._links, []
        beat = Beat(boot_id=boot_id(), boot_s=self._clock.boot_s(), at=self._clock.now())

        def write(connection: Connection) -> None:
            heartbeat.beat(connection, beat)
            _add_counts(connection, counts)
            _add_rejections(connection, rejected, self._catalogue)
            for change in changes:
                links.add(connection, change)

        await self._store.submit(write)


def _add_counts(connection: Connection, counts: Sequence[FrameCount]) -> None:
    if not counts:
        return
    counters.add(connection, counts)
    if any(count.unknown for count in counts):
        _forget_strangers(connection)
    touch(connection, TOPIC)


def _forget_strangers(connection: Connection) -> None:
    """Keep the strangers heard last, and add the others up in one row: phones change their address all day."""
    stranger = frame_count.c.device.is_(None) & (frame_count.c.address != OTHERS)
    newest_first = (frame_count.c.last_at.desc(), frame_count.c.address)
    rows = connection.execute(select(frame_count).where(stranger).order_by(*newest_first)).all()
    surplus = rows[MOST_UNKNOWN_SENDERS:]
    if not surplus:
        return
    unknown = sum(row.unknown for row in surplus)
    last_at = from_us(max(row.last_at for row in surplus))
    counters.add(connection, [FrameCount(address=OTHERS, device=None, last_at=last_at, unknown=unknown)])
    connection.execute(delete(frame_count).where(frame_count.c.address.in_([row.address for row in surplus])))


def _add_rejections(connection: Connection, rejected: Sequence[Rejection], catalogue: Catalogue) -> None:
    rows = [
        {
            "device_id": catalogue.devices[one.reading.device],
            "quantity_id": catalogue.quantities[one.reading.quantity],
            "at": to_us(one.reading.at),
            "value": one.reading.value,
            "reason": one.reason,
        }
        for one in rejected
    ]
    if rows:
        connection.execute(insert(rejection), rows)
