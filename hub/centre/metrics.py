"""Figures of the centre for Prometheus: how the homes are, and what a worker does. No home is named."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from sqlalchemy import Connection, Engine

from hub.centre.ingest import Arrived
from hub.centre.overview import HomeState, homes
from hub.metrics import FromDatabase, Measured, of_process

_COMMITS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

CENTRE = (
    Measured(
        name="alongside_centre_alarms_open",
        help="Open alarms of all homes, by where they stand.",
        labels=("state",),
        query="SELECT state, count(*) FROM alarm WHERE closed_at IS NULL GROUP BY state",
    ),
    Measured(
        name="alongside_centre_faults_open",
        help="Open faults of all homes, by kind.",
        labels=("kind",),
        query="SELECT coalesce(kind, 'hidden'), count(*) FROM fault WHERE closed_at IS NULL GROUP BY 1",
    ),
    Measured(
        name="alongside_centre_incidents_open",
        help="Incidents that are not over, by kind.",
        labels=("kind",),
        query="SELECT kind, count(*) FROM incident WHERE closed_at IS NULL GROUP BY kind",
    ),
    Measured(
        name="alongside_centre_incidents_untold",
        help="Incidents that operators could not be told of yet.",
        query="SELECT count(*) FROM incident WHERE told_at IS NULL",
    ),
    Measured(
        name="alongside_centre_behind",
        help="How much the hubs had still to tell at their last beats, all together.",
        query="SELECT coalesce(sum((beat->>'behind')::bigint), 0) FROM hub WHERE revoked_at IS NULL",
    ),
    Measured(
        name="alongside_centre_requests_waiting",
        help="What hubs were asked for and have not answered.",
        query="SELECT count(*) FROM command WHERE done_at IS NULL",
    ),
    Measured(
        name="alongside_centre_unreadable",
        help="Batches that could not be read, and were kept.",
        query="SELECT count(*) FROM unreadable",
        grows=True,
    ),
    Measured(
        name="alongside_centre_numbered",
        help="Up to where hubs have numbered what they told, all together, by lane.",
        labels=("lane",),
        query="SELECT lane, sum(upto) FROM lane GROUP BY lane",
    ),
    Measured(
        name="alongside_centre_certificate_seconds",
        help="How long the hub whose certificate ends first can still come in.",
        query="SELECT (min(ends) - :now_us) / 1e6 FROM (SELECT max(certificate.expires_at) AS ends FROM certificate"
        " JOIN hub ON hub.id = certificate.hub_id WHERE hub.revoked_at IS NULL GROUP BY hub.id) AS last"
        " HAVING count(*) > 0",
    ),
)


class Homes(Measured):
    """The homes by state, as the operators' page counts them."""

    def rows(self, connection: Connection, now: datetime) -> Iterable[Sequence[object]]:
        """One row a state."""
        states = [one.state for one in homes(connection, now)]
        return [(state, states.count(state)) for state in HomeState]


HOMES = Homes(name="alongside_centre_homes", help="Homes by state.", labels=("state",), query="")


class WorkersFigures:
    """What one worker does. Kept always, served where somebody asks."""

    def __init__(self) -> None:
        self.registry = of_process()
        self._batches = self._counter("batches", "Batches that hubs sent, by lane.", ["lane"])
        self._bytes = self._counter("bytes", "Bytes of batches, packed, by lane.", ["lane"])
        self._signs = self._counter("signs", "Signs of life, and of their end, by what they are.", ["what"])
        self._failures = self._counter("failures", "How often the broker or the database was away.", ["of"])
        self.waiting = Gauge("alongside_worker_waiting", "Messages that wait to be taken in.", registry=self.registry)
        self.commit_s = Histogram(
            "alongside_worker_commit_seconds",
            "How long a transaction takes.",
            registry=self.registry,
            buckets=_COMMITS_S,
        )

    def took(self, arrived: Sequence[Arrived]) -> None:
        """Batches were taken in, or were there already."""
        for one in arrived:
            self._batches.labels(one.lane.value).inc()
            self._bytes.labels(one.lane.value).inc(len(one.payload))

    def heard(self, what: str, count: int) -> None:
        """So many signs: `beat`, `gone`."""
        self._signs.labels(what).inc(count)

    def away(self, of: str) -> None:
        """The `broker` or the `database` was away."""
        self._failures.labels(of).inc()

    def _counter(self, name: str, told: str, labels: Sequence[str]) -> Counter:
        return Counter(f"alongside_worker_{name}", told, labels, registry=self.registry)


def of_centre(engine: Engine, now: Callable[[], datetime]) -> CollectorRegistry:
    """The figures of a centre's database."""
    return of_process(FromDatabase((*CENTRE, HOMES), engine.connect, now))
