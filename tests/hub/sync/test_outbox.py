"""What waits for the centre: everything once, in order, and only what consent lets leave the home."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from devices.model import Quantity
from hub.household.model import Consent
from hub.intents import carry_out
from hub.model import Role
from hub.store import devices
from hub.store.schema import device, intent, metadata, observation
from hub.store.writer import Store
from hub.sync import outbox
from hub.sync.leaving import SHOWS, VITALS, may_leave, shown
from hub.sync.uplink import take_command
from hub.sync.wire import Lane, unpack_readings, unpack_rows
from tests.fakes import FakeClock
from tests.hub.homes import HOME, settle_in

NOTHING = Consent(revision=1, fields={})
ALL = Consent(
    revision=2, fields={Role.OPERATOR: frozenset({"kind", "room", "contacts", "vitals", "time", "name", "address"})}
)


@pytest.fixture
def joined(tmp_path: Path) -> Iterator[Store]:
    db = tmp_path / "home.sqlite3"
    settle_in(db, HOME)
    store = Store.open(db)
    store.run(devices.quantity_ids)
    store.run(outbox.begin)
    yield store
    store.shut()


def rows(connection: Connection, lane: Lane, consent: Consent = ALL) -> list[tuple[str, dict[str, Any]]]:
    found = outbox.waiting(connection, lane, consent)
    return [] if found is None else [(name, dict(row)) for name, row in unpack_rows(found.batch.body)]


def told(connection: Connection, lane: Lane, consent: Consent = ALL) -> list[tuple[str, dict[str, Any]]]:
    """What waits, as if the centre had then taken it."""
    found = rows(connection, lane, consent)
    waiting = outbox.waiting(connection, lane, consent)
    if waiting is not None:
        outbox.sending(connection, lane, waiting.batch.upto)
        outbox.heard(connection, lane, waiting.batch.upto)
    return found


def store_readings(connection: Connection, names: list[Quantity], first_id: int = 1) -> None:
    numbers = devices.quantity_ids(connection)
    for number, name in enumerate(names, start=first_id):
        values = {"device_id": 1, "quantity_id": numbers[name], "at": number, "value": 1.0}
        connection.execute(observation.insert().values(id=number, **values))


def test_what_is_there_when_a_home_joins_is_told_once(joined: Store) -> None:
    first = joined.run(lambda connection: told(connection, Lane.RECORDS))
    assert {"household", "consent", "device"} <= {name for name, _ in first}
    assert joined.run(lambda connection: told(connection, Lane.RECORDS)) == []


def test_joining_again_changes_nothing(joined: Store) -> None:
    joined.run(lambda connection: told(connection, Lane.RECORDS))
    before = joined.run(lambda connection: outbox.have(connection, Lane.RECORDS))
    joined.run(outbox.begin)
    assert joined.run(lambda connection: outbox.have(connection, Lane.RECORDS)) == before


def test_a_change_is_told_as_it_is_now_and_once(joined: Store) -> None:
    def job(connection: Connection) -> list[tuple[str, dict[str, Any]]]:
        told(connection, Lane.RECORDS)
        for kind in ("first", "second"):
            connection.execute(update(device).where(device.c.id == 1).values(kind=kind))
        return told(connection, Lane.RECORDS)

    ((table, row),) = joined.run(job)
    assert (table, row["id"], row["kind"]) == ("device", 1, "second")


def test_what_is_undone_is_not_told(joined: Store) -> None:
    joined.run(lambda connection: told(connection, Lane.RECORDS))

    def fails(connection: Connection) -> None:
        connection.execute(update(device).values(kind="never"))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        joined.run(fails)
    assert joined.run(lambda connection: rows(connection, Lane.RECORDS)) == []


def test_what_the_centre_lacks_is_told_again(joined: Store) -> None:
    first = joined.run(lambda connection: told(connection, Lane.RECORDS))
    joined.run(lambda connection: outbox.heard(connection, Lane.RECORDS, 0))  # it was restored from an old backup
    again = joined.run(lambda connection: rows(connection, Lane.RECORDS))
    assert {(name, str(row)) for name, row in again} == {(name, str(row)) for name, row in first}


def test_an_older_copy_of_this_database_tells_all_again_and_numbers_on_from_what_the_centre_has(joined: Store) -> None:
    first = joined.run(lambda connection: rows(connection, Lane.RECORDS))
    joined.run(lambda connection: outbox.heard(connection, Lane.RECORDS, 5_000))
    again = joined.run(lambda connection: told(connection, Lane.RECORDS))
    assert {(name, str(row)) for name, row in again} == {(name, str(row)) for name, row in first}
    joined.run(lambda connection: connection.execute(update(device).where(device.c.id == 1).values(kind="new")))
    waiting = joined.run(lambda connection: outbox.waiting(connection, Lane.RECORDS, ALL))
    assert waiting is not None
    assert 5_000 < waiting.batch.after < waiting.batch.upto


def test_readings_go_in_order_and_only_those_that_may_leave(joined: Store) -> None:
    names = [Quantity.MOTION, Quantity.HEART_RATE_BPM, Quantity.BATTERY_PERCENT]

    def job(connection: Connection) -> list[int]:
        store_readings(connection, names)
        found = []
        for consent in (NOTHING, ALL):
            waiting = outbox.waiting(connection, Lane.READINGS, consent)
            assert waiting is not None
            assert waiting.batch.upto == len(names)
            found.append(len(unpack_readings(waiting.batch.body)))
        outbox.sending(connection, Lane.READINGS, len(names))
        outbox.heard(connection, Lane.READINGS, len(names))
        assert outbox.waiting(connection, Lane.READINGS, ALL) is None
        return found

    assert joined.run(job) == [1, 3]


def test_without_consent_a_row_leaves_only_what_helps_to_keep_watch() -> None:
    row = {"id": 1, "kind": "fall", "because": "A fall.", "room": "bath", "facts": {}, "owner": "nadia", "policy": {}}
    assert shown("alarm", {**row, "state": "open"}, NOTHING) == {"id": 1, "state": "open"}
    assert shown("alarm", row, ALL) == row


def test_a_withdrawal_tells_everything_anew_and_what_is_to_be_forgotten(joined: Store) -> None:
    def job(connection: Connection) -> list[tuple[str, dict[str, Any]]]:
        told(connection, Lane.RECORDS)
        outbox.forget(connection, NOTHING)
        return told(connection, Lane.RECORDS, NOTHING)

    found = joined.run(job)
    assert all("config" not in row for name, row in found if name == "device")
    (forgotten,) = [row for name, row in found if name == outbox.FORGET]
    numbers = joined.run(devices.quantity_ids)
    assert {numbers[one] for one in VITALS} <= set(forgotten["quantities"])
    assert numbers[Quantity.BATTERY_PERCENT] not in forgotten["quantities"]


def test_every_column_that_needs_consent_is_one_of_its_table() -> None:
    for name, columns in SHOWS.items():
        assert set(columns) <= set(metadata.tables[name].c.keys())
    assert may_leave("signal_dbm", NOTHING)
    assert not may_leave("motion", NOTHING)


def test_leaving_the_centre_leaves_nothing_behind(joined: Store) -> None:
    joined.run(outbox.end)
    joined.run(lambda connection: connection.execute(update(device).values(kind="any")))
    joined.run(outbox.begin)
    assert joined.run(lambda connection: outbox.have(connection, Lane.RECORDS)) == 0


def test_what_the_centre_asks_is_done_once_however_often_it_asks(joined: Store) -> None:
    asked = {"id": 7, "kind": "resident", "payload": {"said": "fine"}, "by": "an operator"}
    clock = FakeClock()

    def job(connection: Connection) -> list[tuple[str, dict[str, Any]]]:
        for _ in range(3):
            take_command(connection, asked, clock)
        told(connection, Lane.ALARMS)
        carry_out(connection, {}, clock.now())
        return told(connection, Lane.ALARMS)

    ((table, row),) = joined.run(job)
    assert (table, row["command"]) == ("intent", 7)
    assert row["result"].startswith("refused")
    assert joined.run(lambda connection: len(connection.execute(select(intent)).all())) == 1


def test_how_far_behind_the_centre_is_is_known(joined: Store) -> None:
    def job(connection: Connection) -> tuple[int, int]:
        told(connection, Lane.RECORDS)
        told(connection, Lane.ALARMS)
        before = outbox.behind(connection)
        store_readings(connection, [Quantity.MOTION, Quantity.MOTION])
        return before, outbox.behind(connection)

    assert joined.run(job) == (0, 2)
