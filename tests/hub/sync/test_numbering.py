"""Whatever becomes of a hub's database and of answers on the way: each reading is at the centre, under one number."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine, insert
from sqlalchemy.pool import StaticPool

from devices.model import Quantity
from hub.household.model import Consent
from hub.model import Role
from hub.store.schema import metadata, observation, quantity
from hub.sync import outbox
from hub.sync.numbering import Numbering
from hub.sync.wire import Lane, unpack_readings

ALL = Consent(revision=1, fields={Role.OPERATOR: frozenset({"room"})})


def memory() -> Engine:
    return create_engine("sqlite://", poolclass=StaticPool)


def raw(engine: Engine) -> sqlite3.Connection:
    found = engine.raw_connection().driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found


@dataclass
class Centre:
    """Takes a batch only where it begins at its mark, as `hub.centre.ingest` does."""

    upto: int = 0
    values: dict[int, float] = field(default_factory=dict)
    took: int = 0

    def take(self, waiting: outbox.Waiting) -> int:
        if waiting.batch.after == self.upto < waiting.batch.upto:
            read = unpack_readings(waiting.batch.body)
            self.values |= dict(zip(read.id.tolist(), read.value.tolist(), strict=True))
            self.took += len(read)
            self.upto = waiting.batch.upto
        return self.upto


EMPTY = memory()
metadata.create_all(EMPTY)
with EMPTY.begin() as first:
    first.execute(insert(quantity).values(id=1, name=Quantity.MOTION))


class Home:
    """A hub's database that is used, copied, and replaced by its copy."""

    def __init__(self) -> None:
        self.engine, self.copy = memory(), memory()
        self.asked = False
        self.heard = 0.0
        raw(EMPTY).backup(raw(self.engine))
        self.start()
        self.keep()

    def start(self) -> None:
        with self.engine.begin() as connection:
            outbox.begin(connection)
        self.asked = False

    def hear(self) -> None:
        """Another reading, with a value that no other has."""
        self.heard += 1
        with self.engine.begin() as connection:
            number = outbox.newest_reading(connection) + 1
            values = {"device_id": 1, "quantity_id": 1, "at": number, "value": self.heard}
            connection.execute(insert(observation).values(id=number, **values))

    def keep(self) -> None:
        raw(self.engine).backup(raw(self.copy))

    def restore(self) -> None:
        raw(self.copy).backup(raw(self.engine))
        self.start()

    def tell(self, centre: Centre, *, answered: bool = True) -> bool:
        """One batch, as the line sends it; is there nothing left?"""
        with self.engine.begin() as connection:
            waiting = self._next(connection)
            if waiting is None:
                return True
            outbox.sending(connection, Lane.READINGS, waiting.batch.upto)
        upto = centre.take(waiting)
        if answered:
            with self.engine.begin() as connection:
                outbox.heard(connection, Lane.READINGS, upto)
            self.asked = True
        return False

    def _next(self, connection: Connection) -> outbox.Waiting | None:
        if not self.asked:
            return outbox.question(connection, Lane.READINGS)
        return outbox.waiting(connection, Lane.READINGS, ALL)

    def values(self) -> set[float]:
        with self.engine.connect() as connection:
            return {row.value for row in connection.execute(observation.select())}


@pytest.fixture
def home() -> Iterator[Home]:
    made = Home()
    yield made
    made.engine.dispose()
    made.copy.dispose()


STEPS = ("hear", "tell", "tell, unanswered", "start", "keep", "restore")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=40))
def test_each_reading_that_there_is_arrives_once_whatever_becomes_of_the_database(steps: list[str]) -> None:
    home, centre = Home(), Centre()
    for step in steps:
        match step:
            case "tell":
                home.tell(centre)
            case "tell, unanswered":
                home.tell(centre, answered=False)
            case "keep" if not home.asked:
                pass  # a copy of a hub that hears no centre: see the next test
            case "hear" | "keep" | "restore" | "start":
                getattr(home, step)()
    while not home.tell(centre):
        pass
    told = list(centre.values.values())
    assert home.values() <= set(told)
    assert len(set(told)) == len(told) == centre.took
    with home.engine.connect() as connection:
        assert outbox.readings_behind(connection) == 0
    home.engine.dispose()
    home.copy.dispose()


def test_of_a_copy_that_was_made_out_of_contact_readings_may_come_twice_but_none_is_lost(home: Home) -> None:
    centre = Centre()
    home.hear()
    home.keep()  # it has not asked the centre yet
    while not home.tell(centre):
        pass
    home.restore()
    home.hear()
    while not home.tell(centre):
        pass
    assert sorted(centre.values.values()) == [1.0, 1.0, 2.0]


def test_an_empty_database_in_place_of_a_full_one_numbers_on(home: Home) -> None:
    centre = Centre(upto=5_000)
    home.hear()
    while not home.tell(centre):
        pass
    assert centre.values == {5_001: 1.0}


def test_who_joins_the_same_centre_again_does_not_tell_its_readings_twice(home: Home) -> None:
    centre = Centre()
    home.hear()
    while not home.tell(centre):
        pass
    with home.engine.begin() as connection:
        outbox.end(connection)
    home.start()
    home.hear()
    while not home.tell(centre):
        pass
    assert centre.values == {1: 1.0, 2: 2.0}


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5),
    st.lists(st.integers(1, 200), max_size=20),
)
def test_numbers_go_out_in_order_each_once_and_lead_back(copies: list[tuple[int, int]], numbers: list[int]) -> None:
    known = Numbering()
    for told, more in copies:
        known = known.lifted(told, known.out(told) + more)
    out = [known.out(number) for number in range(1, 201)]
    assert out == sorted(set(out))
    assert [known.own(number) for number in out] == list(range(1, 201))
    assert known.out_all(np.array(numbers, np.int64)).tolist() == [known.out(number) for number in numbers]


def test_evidence_names_readings_by_their_numbers_at_the_centre() -> None:
    known = Numbering().lifted(10, 100)
    row = {"id": 1, "evidence": [{"what": "a", "id": 10}, {"what": "b", "id": 11}, {"what": "c", "id": None}]}
    assert [one["id"] for one in known.finding(row)["evidence"]] == [10, 101, None]
