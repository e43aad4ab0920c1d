"""A hub's parts on a real store: a small home, its catalogue, and somebody who takes what was noticed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from analytics.model import Answer, Finding, Home, Sensor
from devices.model import TriggerKind
from hub.catalogue import Catalogue
from hub.store import devices, findings
from hub.store.devices import Declared
from hub.store.writer import Store
from tests.fakes import START, FakeClock
from tests.hub.blank import blank_database

BUTTON, DOOR, MOTION, WATCH = "button", "front_door", "kitchen_motion", "watch"

HOME = Home(
    id="hh-1",
    tz=ZoneInfo("Europe/London"),
    resident="margaret",
    resident_name="Margaret",
    sensors={
        BUTTON: Sensor(
            device=BUTTON, kind="shelly_button", name="button", answers={TriggerKind.DOUBLE_PRESS: Answer.FINE}
        ),
        DOOR: Sensor(device=DOOR, kind="shelly_door", name="front door", room="hall", outer_door=True),
        MOTION: Sensor(device=MOTION, kind="shelly_motion", name="kitchen sensor", room="kitchen"),
        WATCH: Sensor(device=WATCH, kind="heart_rate", name="watch", person="margaret"),
    },
)


class Register:
    """Takes what was noticed and opens no alarm: keeps the findings, and what the resident answered."""

    def __init__(self) -> None:
        self.admitted: list[Finding] = []
        self.answers: list[str] = []
        self.returns: list[datetime] = []
        self.deals = 0
        self.refusals: list[Exception] = []

    def admit(self, connection: Connection, found: Sequence[Finding], now: datetime) -> list[int]:
        del now
        if self.refusals:
            raise self.refusals.pop(0)
        self.admitted += [one for one in found if findings.record(connection, one) is not None]
        return []

    def fine(self, connection: Connection, device: str, now: datetime) -> list[int]:
        del connection, now
        self.answers.append(device)
        return []

    def returned(self, connection: Connection, now: datetime) -> list[int]:
        del connection
        self.returns.append(now)
        return []

    def committed(self) -> None:
        self.deals += 1


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "home.sqlite3"


@pytest.fixture
def open_store(db: Path) -> Iterator[Store]:
    store = Store.open(blank_database(db))
    yield store
    store.shut()


def declare(store: Store, home: Home = HOME) -> Catalogue:
    """Let the home's devices be declared."""

    def job(connection: Connection) -> Catalogue:
        devices.sync(
            connection, [Declared(name=one.device, kind=one.kind, config={}) for one in home.sensors.values()], START
        )
        return Catalogue(devices=devices.ids(connection), quantities=devices.quantity_ids(connection))

    return store.run(job)


@pytest.fixture
def catalogue(open_store: Store) -> Catalogue:
    return declare(open_store)
