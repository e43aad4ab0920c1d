"""A hub's figures as Prometheus gets them: right, without a name, and silent where the database cannot be read."""

from datetime import timedelta
from pathlib import Path

import pytest
import requests
from prometheus_client import CollectorRegistry
from sqlalchemy import insert

from analytics.model import FindingKind
from hub.metrics import READABLE, of_hub, served
from hub.model import NotificationState
from hub.store.schema import heartbeat, observation, to_us
from hub.store.writer import Store
from hub.sync import outbox
from tests.fakes import START
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import HOUSEHOLD, finding


@pytest.fixture
def desk(open_store: Store) -> Desk:
    return Desk(open_store)


def figures(registry: CollectorRegistry) -> dict[tuple[str, ...], float]:
    """By name and labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name.startswith("alongside_")
    }


def test_what_is_open_late_and_behind_is_told_in_figures(desk: Desk) -> None:
    desk.admit(finding(FindingKind.FALL))
    desk.accept(desk.run())
    values = [{"id": number, "device_id": 1, "quantity_id": 1, "at": 0, "value": 1.0} for number in (1, 2)]
    alive = {"boot_id": "b", "boot_s": 1.0, "at": to_us(START)}
    desk.do(lambda ctx: ctx.connection.execute(insert(observation), values))
    desk.do(lambda ctx: ctx.connection.execute(insert(heartbeat).values(alive)))
    desk.do(lambda ctx: outbox.begin(ctx.connection))
    later = START + timedelta(hours=1)
    found = figures(of_hub(desk.store.path, lambda: later))
    assert found["alongside_alarms_opened_total",] == 1
    assert found["alongside_alarms_open", "checking_in"] == 1
    assert 3500 < found["alongside_alarm_overdue_seconds",] < 3600
    assert found["alongside_messages", "speaker", NotificationState.ACCEPTED] == 1
    assert found["alongside_observations_total",] == 2
    assert found["alongside_sync_readings_behind",] == 2
    assert found["alongside_sync_behind",] > 0
    assert found["alongside_heartbeat_age_seconds",] == 3600
    assert found[READABLE,] == 1


def test_nobody_is_named(desk: Desk) -> None:
    desk.admit(finding(FindingKind.FALL))
    desk.accept(desk.run())
    with served(of_hub(desk.store.path, lambda: START), 0) as port:
        said = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text
    assert "alongside_alarms_opened_total 1.0" in said
    assert "process_cpu_seconds_total" in said
    private = set(HOUSEHOLD.people) | {c.display for c in HOUSEHOLD.people.values()} | {"fall", "+44"}
    assert [word for word in private if word in said] == []


def test_a_database_that_cannot_be_read_is_said_and_nothing_else(tmp_path: Path) -> None:
    assert figures(of_hub(tmp_path / "none.sqlite3", lambda: START)) == {(READABLE,): 0}
