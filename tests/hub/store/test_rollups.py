from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert, select

from hub.store import rollups
from hub.store.connect import writer_engine
from hub.store.schema import from_us, observation, observation_hour, rollup_hour, to_us
from hub.store.upgrade import upgrade
from tests.fakes import START

HOUR = rollups.HOUR_US
START_US = to_us(START)

ROW = st.tuples(
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(-5 * HOUR, 5 * HOUR),  # the clock may jump: times need not rise with the ids
    st.integers(-100, 100).map(float),
)
BATCHES = st.lists(st.lists(ROW, max_size=12), max_size=6)
Summary = tuple[int, float, float, float, float, int]


def store_rows(connection: Connection, first_id: int, batch: list[tuple[int, int, int, float]]) -> None:
    rows = [
        {"id": number, "device_id": device, "quantity_id": kind, "at": START_US + offset, "value": value}
        for number, (device, kind, offset, value) in enumerate(batch, first_id)
    ]
    if rows:
        connection.execute(insert(observation), rows)


def expected(connection: Connection) -> dict[tuple[int, int, int], Summary]:
    groups: dict[tuple[int, int, int], list[tuple[int, float]]] = defaultdict(list)
    for row in connection.execute(select(observation).order_by(observation.c.id)):
        groups[row.device_id, row.quantity_id, row.at // HOUR].append((row.id, row.value))
    return {key: summary(rows) for key, rows in groups.items()}


def summary(rows: list[tuple[int, float]]) -> Summary:
    values = [value for _, value in rows]
    return (len(values), sum(values), min(values), max(values), values[-1], rows[-1][0])


def summaries(connection: Connection) -> dict[tuple[int, int, int], Summary]:
    return {(row[0], row[1], row[2]): tuple(row[3:]) for row in connection.execute(select(rollup_hour))}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rollups") / "home.sqlite3"
    upgrade(path, (), 1.0)
    return path


@given(batches=BATCHES, window=st.tuples(st.integers(-6 * HOUR, 6 * HOUR), st.integers(0, 6 * HOUR)))
@settings(deadline=None, max_examples=150)
def test_summaries_and_windows_are_exact_whatever_the_order_of_times(
    path: Path, batches: list[list[tuple[int, int, int, float]]], window: tuple[int, int]
) -> None:
    engine = writer_engine(path, 1.0)
    with engine.connect() as connection:
        number = 1
        for batch in batches:
            store_rows(connection, number, batch)
            check_window(connection, window)  # before the batch is summarised …
            number += len(batch)
            assert rollups.update(connection) == number - 1
            check_window(connection, window)  # … and after
        assert rollups.update(connection) == number - 1  # nothing new: nothing changes
        incremental = summaries(connection)
        assert incremental == expected(connection)
        rollups.rebuild(connection)
        assert summaries(connection) == incremental
        connection.rollback()
    engine.dispose()


def check_window(connection: Connection, window: tuple[int, int]) -> None:
    start, end = from_us(START_US + window[0]), from_us(START_US + sum(window))
    found = set(connection.scalars(select(observation.c.id).where(rollups.within(connection, start, end))))
    rows = connection.execute(select(observation))
    assert found == {row.id for row in rows if to_us(start) <= row.at < to_us(end)}


def test_an_empty_database_has_nothing_to_summarise(engine: Engine) -> None:
    with engine.begin() as connection:
        assert rollups.update(connection) == 0
        assert rollups.reach(connection) == 0
        assert connection.execute(select(observation_hour)).all() == []


def test_a_window_is_found_by_ids_and_not_by_reading_everything(engine: Engine) -> None:
    with engine.begin() as connection:
        store_rows(connection, 1, [(1, 1, hour * HOUR, 1.0) for hour in range(200)])
        rollups.update(connection)
        condition = rollups.within(connection, START, START + timedelta(hours=2))
        query = select(observation.c.id).where(condition)
        text = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]

    assert not [step for step in plan if step.startswith("SCAN")]
    assert any("INTEGER PRIMARY KEY" in step for step in plan)
