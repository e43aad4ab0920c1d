"""The centre's figures: how the homes are, and what a worker did."""

from sqlalchemy import Engine, insert

from hub.centre import schema
from hub.centre.ingest import Arrived
from hub.centre.metrics import WorkersFigures, of_centre
from hub.store.columns import to_us
from hub.sync.wire import Lane
from tests.fakes import START
from tests.hub.test_metrics import figures


def test_how_the_homes_are_is_told_in_figures(engine: Engine) -> None:
    with engine.begin() as connection:
        hub = {"id": 1, "name": "flat-12", "enrolled_at": 0, "beat_at": to_us(START), "beat": {"behind": 4}}
        connection.execute(insert(schema.hub).values(**hub))
        connection.execute(insert(schema.lane).values(hub_id=1, lane="readings", upto=900))
        for serial, ends in (("a", 100), ("b", 300)):
            paper = {"serial": serial, "hub_id": 1, "issued_at": 0, "expires_at": to_us(START) + ends * 1_000_000}
            connection.execute(insert(schema.certificate).values(**paper))
    found = figures(of_centre(engine, lambda: START))
    assert found["alongside_centre_homes", "well"] == 1
    assert found["alongside_centre_homes", "silent"] == 0
    assert found["alongside_centre_behind",] == 4
    assert found["alongside_centre_numbered", "readings"] == 900
    assert found["alongside_centre_certificate_seconds",] == 300
    assert found["alongside_database_readable",] == 1


def test_an_empty_centre_has_figures_too(engine: Engine) -> None:
    found = figures(of_centre(engine, lambda: START))
    assert found["alongside_centre_behind",] == 0
    assert ("alongside_centre_certificate_seconds",) not in found


def test_a_worker_counts_what_it_takes_in() -> None:
    counted = WorkersFigures()
    counted.took([Arrived(hub="hh-1", lane=Lane.ALARMS, payload=b"12345")] * 2)
    counted.heard("beat", 3)
    counted.away("broker")
    found = figures(counted.registry)
    assert found["alongside_worker_batches_total", "alarms"] == 2
    assert found["alongside_worker_bytes_total", "alarms"] == 10
    assert found["alongside_worker_signs_total", "beat"] == 3
    assert found["alongside_worker_failures_total", "broker"] == 1
