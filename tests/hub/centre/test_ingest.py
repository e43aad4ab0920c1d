"""A real PostgreSQL takes each batch in once, in its hub's order, whatever arrives twice, late, spoilt or by others."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, func, insert, select, text

from hub.centre import schema
from hub.centre.ingest import Arrived, Have, ingest
from hub.store.columns import to_us
from hub.sync.outbox import FORGET, columns
from hub.sync.wire import Batch, Lane, pack, pack_readings, pack_rows
from tests.fakes import START

NOW_US = to_us(START)


@pytest.fixture
def centre(engine: Engine) -> Engine:
    with engine.begin() as connection:
        for number, name in ((1, "hh-1"), (2, "hh-2")):
            connection.execute(insert(schema.hub).values(id=number, name=name, enrolled_at=0))
            connection.execute(
                insert(schema.lane), [{"hub_id": number, "lane": lane.value, "upto": 0} for lane in Lane]
            )
    return engine


def readings(after: int, upto: int, at: int = NOW_US, hub: str = "hh-1") -> Arrived:
    rows = [(number, 1, 2, at + number, float(number), None) for number in range(after + 1, upto + 1)]
    body = pack_readings(columns(rows))
    return Arrived(hub=hub, lane=Lane.READINGS, payload=pack(Batch(after=after, upto=upto, body=body)))


def records(after: int, upto: int, *rows: tuple[str, dict[str, Any]], lane: Lane = Lane.RECORDS) -> Arrived:
    return Arrived(hub="hh-1", lane=lane, payload=pack(Batch(after=after, upto=upto, body=pack_rows(rows))))


def take(centre: Engine, *arrived: Arrived) -> list[Have]:
    with centre.begin() as connection:
        return ingest(connection, arrived, START)


def count(connection: Connection, table: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def stored(centre: Engine) -> list[int]:
    with centre.connect() as connection:
        return list(connection.execute(text("SELECT id FROM observation WHERE hub_id = 1 ORDER BY id")).scalars())


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 4), min_size=1, max_size=12))
def test_whatever_comes_twice_late_or_early_each_reading_is_there_once(centre: Engine, order: list[int]) -> None:
    with centre.begin() as connection:
        connection.execute(text("DELETE FROM observation"))
        connection.execute(text("DELETE FROM rollup_hour"))
        connection.execute(text("UPDATE lane SET upto = 0"))
    have = 0
    for which in order:
        (answer,) = take(centre, readings(10 * which, 10 * which + 10))
        if which * 10 == have:
            have += 10
        assert answer == Have(hub="hh-1", lane=Lane.READINGS, upto=have)
    assert stored(centre) == list(range(1, have + 1))
    with centre.connect() as connection:
        assert (connection.execute(select(func.sum(schema.rollup_hour.c.n))).scalar() or 0) == have


def test_batches_of_one_hub_in_one_transaction_follow_each_other(centre: Engine) -> None:
    assert take(centre, readings(0, 5), readings(5, 9), readings(0, 5)) == [
        Have(hub="hh-1", lane=Lane.READINGS, upto=9)
    ]
    assert stored(centre) == list(range(1, 10))


def test_readings_lie_in_their_month_and_absurd_ones_apart(centre: Engine) -> None:
    take(centre, readings(0, 3), readings(3, 5, at=0))
    with centre.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM observation_2026_11")).scalar() == 3
        assert connection.execute(text("SELECT count(*) FROM observation_other")).scalar() == 2


def test_rows_are_as_they_are_there_now_and_what_is_hidden_is_empty(centre: Engine) -> None:
    open_alarm = {"id": 4, "state": "checking_in", "room": "bath", "version": 1}
    closed = {"id": 4, "state": "resolved", "version": 2}
    take(centre, records(0, 2, ("alarm", open_alarm), ("alarm", closed), lane=Lane.ALARMS))
    with centre.connect() as connection:
        (row,) = connection.execute(select(schema.MIRRORED["alarm"])).mappings().all()
    assert (row["hub_id"], row["state"], row["version"], row["room"]) == (1, "resolved", 2, None)


def test_what_is_withdrawn_is_forgotten(centre: Engine) -> None:
    take(centre, readings(0, 5), records(0, 1, (FORGET, {"quantities": [2]})))
    assert stored(centre) == []
    with centre.connect() as connection:
        assert count(connection, schema.rollup_hour) == 0


@pytest.mark.parametrize("body", [b"[[", b'[["nothing", {"id": 1}]]', b'[["alarm", {}]]', b'{"id": 1}'])
def test_a_batch_that_cannot_be_read_is_kept_and_what_follows_comes(centre: Engine, body: bytes) -> None:
    spoilt = Arrived(hub="hh-1", lane=Lane.RECORDS, payload=pack(Batch(after=0, upto=3, body=body)))
    assert take(centre, spoilt, records(3, 4, ("quantity", {"id": 1, "name": "motion"})))[0].upto == 4
    with centre.connect() as connection:
        assert connection.execute(select(schema.unreadable.c.payload)).scalar_one() == spoilt.payload
        assert count(connection, schema.MIRRORED["quantity"]) == 1


def test_times_that_are_none_are_set_aside(centre: Engine) -> None:
    assert take(centre, readings(0, 1, at=2**62))[0].upto == 1
    with centre.connect() as connection:
        assert count(connection, schema.unreadable) == 1


def test_what_is_no_batch_changes_nothing_and_is_answered_with_what_is_there(centre: Engine) -> None:
    assert take(centre, Arrived(hub="hh-1", lane=Lane.ALARMS, payload=b"junk"))[0].upto == 0


def test_a_hub_that_is_not_known_or_no_longer_is_not_answered(centre: Engine) -> None:
    with centre.begin() as connection:
        connection.execute(schema.hub.update().where(schema.hub.c.id == 2).values(revoked_at=1))
    assert take(centre, readings(0, 1, hub="hh-2"), readings(0, 1, hub="stranger")) == []
    assert stored(centre) == []


def test_a_session_sees_the_home_that_it_names_and_no_other(centre: Engine) -> None:
    take(centre, readings(0, 2), readings(0, 3, hub="hh-2"))

    def seen(of_hub: str) -> int:
        with centre.connect() as connection:
            connection.execute(text(f"SET LOCAL ROLE {schema.READER}"))
            connection.execute(
                text("SELECT set_config(:name, :hub, true)"), {"name": schema.HUB_SETTING, "hub": of_hub}
            )
            return count(connection, schema.observation)

    assert [seen("1"), seen("2"), seen("3"), seen("")] == [2, 3, 0, 0]


def test_making_the_tables_again_changes_nothing(centre: Engine) -> None:
    take(centre, readings(0, 2))
    with centre.begin() as connection:
        schema.create(connection)
    assert stored(centre) == [1, 2]
