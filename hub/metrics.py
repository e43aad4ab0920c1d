"""Figures for Prometheus: read from the database whenever they are asked for, and telling nothing of anybody.

What happened to a person (which kind of alarm, which room, whose message) is no figure of these; how many, how late and
how far behind is.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from hub.serving import HOST
from hub.store.columns import to_us
from hub.store.connect import reader_engine
from hub.supervisor import describe

BUSY_S = 1.0
"""A look at the figures waits no longer for the database."""

log = logging.getLogger(__name__)

Look = Callable[[], AbstractContextManager[Connection]]
Row = Sequence[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One figure: a query that gives its labels and, last, its value. `grows`: it is a counter, which only rises.

    `needs` is the table without which there is no such figure. The query may use `:now_us`.
    """

    name: str
    help: str
    query: str
    labels: tuple[str, ...] = ()
    grows: bool = False
    needs: str | None = None

    def rows(self, connection: Connection, now: datetime) -> Iterable[Row]:
        """What the database says now."""
        if self.needs is not None and not inspect(connection).has_table(self.needs):
            return []
        query = text(self.query)
        return list(connection.execute(query, {"now_us": to_us(now)} if ":now_us" in self.query else {}))


HUB = (
    Measured(
        name="alongside_alarms_open",
        help="Alarms that are not closed, by where they stand.",
        labels=("state",),
        query="SELECT state, count(*) FROM alarm WHERE closed_at IS NULL GROUP BY state",
    ),
    Measured(
        name="alongside_alarms_opened",
        help="Alarms that were ever opened.",
        query="SELECT count(*) FROM alarm",
        grows=True,
    ),
    Measured(
        name="alongside_alarm_overdue_seconds",
        help="By how much the next step of an open alarm is late; 0: none is.",
        query="SELECT coalesce(max(:now_us - next_at, 0), 0) / 1e6"
        " FROM (SELECT min(next_at) AS next_at FROM alarm WHERE closed_at IS NULL)",
    ),
    Measured(
        name="alongside_messages",
        help="Messages by channel and by how far they have come.",
        labels=("channel", "state"),
        query="SELECT channel, state, count(*) FROM notification GROUP BY channel, state",
    ),
    Measured(
        name="alongside_message_overdue_seconds",
        help="By how much the message that should have been tried first is late; 0: none is.",
        query="SELECT coalesce(max(:now_us - next_at, 0), 0) / 1e6"
        " FROM (SELECT min(next_at) AS next_at FROM notification WHERE state IN ('pending', 'retry_wait'))",
    ),
    Measured(
        name="alongside_message_handover_seconds",
        help="How long the slowest message of the last day took from its decision to its channel.",
        query="SELECT coalesce(max(called_at - created_at), 0) / 1e6 FROM notification"
        " WHERE attempts = 1 AND created_at > :now_us - 86400000000",
    ),
    Measured(
        name="alongside_faults_open",
        help="What does not work in the home, by kind.",
        labels=("kind",),
        query="SELECT kind, count(*) FROM fault WHERE closed_at IS NULL GROUP BY kind",
    ),
    Measured(
        name="alongside_observations",
        help="Observations that were numbered since the home was set up.",
        query="SELECT coalesce(max(id), 0) FROM observation",
        grows=True,
    ),
    Measured(
        name="alongside_frames",
        help="Frames that were heard: good ones, spoilt ones, and those of senders that nobody declared.",
        labels=("result",),
        query="SELECT 'good', coalesce(sum(good), 0) FROM frame_count UNION ALL"
        " SELECT 'malformed', coalesce(sum(malformed), 0) FROM frame_count UNION ALL"
        " SELECT 'unknown', coalesce(sum(unknown), 0) FROM frame_count",
        grows=True,
    ),
    Measured(
        name="alongside_heartbeat_age_seconds",
        help="How long ago the hub last wrote that it is alive.",
        query="SELECT (:now_us - at) / 1e6 FROM heartbeat",
    ),
    Measured(
        name="alongside_database_bytes",
        help="The size of the database.",
        query="SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    ),
    Measured(
        name="alongside_sync_behind",
        help="Changes of rows that the centre lacks.",
        query="SELECT count(*) FROM sync_outbox",
        needs="sync_outbox",
    ),
    Measured(
        name="alongside_sync_readings_behind",
        help="Observations that the centre lacks.",
        query="SELECT coalesce((SELECT max(id) FROM observation), 0) - upto"
        " + coalesce((SELECT by FROM sync_lift ORDER BY after_id DESC LIMIT 1), 0) FROM sync_cursor"
        " WHERE lane = 'readings'",
        needs="sync_lift",
    ),
)
READABLE = "alongside_database_readable"


class FromDatabase(Collector):
    """Asks the database anew at each look; where it cannot be read, says only that."""

    def __init__(self, measured: Sequence[Measured], look: Look, now: Callable[[], datetime]) -> None:
        self._measured = measured
        self._look = look
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """The figures as they are now."""
        readable = 1
        try:
            with self._look() as connection:
                now = self._now()
                yield from [family(one, one.rows(connection, now)) for one in self._measured]
        except SQLAlchemyError as error:
            log.warning("the database cannot be read for its figures: %s", describe(error))
            readable = 0
        yield GaugeMetricFamily(READABLE, "1: the database can be read; 0: the figures are missing.", readable)

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: so that to register asks no database."""
        return []


def family(one: Measured, rows: Iterable[Row]) -> Metric:
    """Rows as Prometheus takes them."""
    kind = CounterMetricFamily if one.grows else GaugeMetricFamily
    made = kind(one.name, one.help, labels=one.labels)
    for *labels, value in rows:
        made.add_metric([str(label) for label in labels], float(str(value)))
    return made


def of_hub(db: Path, now: Callable[[], datetime]) -> CollectorRegistry:
    """The figures of a home's hub, and of its process."""

    @contextmanager
    def look() -> Iterator[Connection]:
        engine = reader_engine(db, BUSY_S)
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    return of_process(FromDatabase(HUB, look, now))


def of_process(*collectors: Collector) -> CollectorRegistry:
    """These figures, and what this process itself needs."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    for one in collectors:
        registry.register(one)
    return registry


@contextmanager
def served(registry: CollectorRegistry, port: int) -> Iterator[int]:
    """Serve figures on this computer alone; on which port. Raises `OSError` where it is taken."""
    server, thread = start_http_server(port, HOST, registry)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
