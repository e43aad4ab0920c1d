"""The benchmark's home is the same for a seed, in order, and of 40 sensors."""

import csv
import sys
from itertools import islice, pairwise
from pathlib import Path

import pytest

from benchmarks.generate_events import DAY_S, events, main, write
from devices.model import Quantity, TriggerKind


def test_a_seed_always_gives_the_same_home() -> None:
    assert list(islice(events(1), 3000)) == list(islice(events(1), 3000))
    assert list(islice(events(1), 3000)) != list(islice(events(2), 3000))


def test_a_hundred_thousand_events_are_more_than_a_week_of_forty_sensors_in_order() -> None:
    made = list(islice(events(1), 100_000))
    assert len({event.sensor_id for event in made}) == 40
    assert all(earlier.ts <= later.ts for earlier, later in pairwise(made))
    assert made[-1].ts - made[0].ts > 7 * DAY_S


def test_every_kind_is_one_that_the_hub_knows() -> None:
    known = {*Quantity, *TriggerKind}
    assert {event.kind for event in islice(events(1), 40_000)} <= known


def test_something_happens_that_must_be_noticed() -> None:
    made = list(islice(events(1), 40_000))
    assert [event for event in made if event.kind == TriggerKind.PRESS]
    assert [event for event in made if event.kind == Quantity.HEART_RATE_BPM and event.value > 110]


def test_the_file_has_the_columns_of_the_benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "events.csv"
    monkeypatch.setattr(sys, "argv", ["generate_events", str(path), "--count", "50"])
    main()
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 50
    assert list(rows[0]) == ["ts", "sensor_id", "kind", "value"]
    again = tmp_path / "again.csv"
    write(again, 50, 1)
    assert again.read_text() == path.read_text()
