"""A home that was lived in: its observations and what its detectors found, stored as a running hub stores them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, insert

from analytics.engine import Engine
from analytics.model import Finding
from analytics.registry import build
from analytics.settings import resolve
from devices.model import Quantity, Reading
from hub import household
from hub.catalogue import Catalogue
from hub.model import Provenance
from hub.rebuild import rebuild
from hub.store import devices, findings
from hub.store.rows import to_row
from hub.store.schema import alarm, alarm_finding, label, to_us
from hub.store.settings import Choice, add, in_force
from hub.store.writer import Store
from tests.analytics.routine.homes import minutes_of
from tests.hub.homes import HOME

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LIMIT = "inactivity.longest_silence_min"


class Lived:
    """A hub's life, told by what it stored. Fixed limits: 240 minutes, and 120 from `decide` on."""

    def __init__(self, store: Store, begins: datetime) -> None:
        self.store = store
        self.now = begins
        self.found: list[Finding] = []
        store.run(lambda connection: household.apply(connection, HOME, begins, "test"))
        self.decide(240.0)

    def decide(self, minutes: float) -> None:
        """Somebody decides how long a silence may last; the hub starts anew with it."""
        choice = Choice(key=LIMIT, value=minutes, provenance=Provenance.RESIDENT, by="edith", because="a test")
        self.store.run(lambda connection: add(connection, choice, self.now))
        with self.store.reading() as connection:
            home, settings = household.current(connection).home, resolve(in_force(connection))
            rebuilt = rebuild(connection, lambda: Engine(build(home, settings)), self.now)
        self.engine = rebuilt.engine
        self._catalogue = self.store.run(_catalogue)
        self._tell(rebuilt.to_tell)

    def days(self, days: int, seed: int) -> None:
        """Usual days, each with a nap at one that lasts an hour and a half; every seventh is spent lying down."""
        begins = self.now
        for minute in minutes_of(days, seed):
            lies = minute // 1_440 % 7 == 6 and 9 * 60 < minute % 1_440 < 15 * 60
            if not lies:
                self._move(begins + minute * MINUTE)
        self.until(begins + days * DAY)

    def until(self, at: datetime) -> None:
        """Let time pass, half an hour at a time."""
        while self.now < at:
            self.now = min(at, self.now + 30 * MINUTE)
            self._tell(self.engine.advance(self.now))

    def label(self, verdict: str) -> None:
        """Somebody says this of the first alarm."""
        values = {"alarm_id": 1, "verdict": verdict, "because": "a test", "by": "edith", "at": to_us(self.now)}
        self.store.run(lambda connection: connection.execute(insert(label).values(**values)))

    def _move(self, at: datetime) -> None:
        self.until(at)
        reading = Reading(device="kitchen_motion", quantity=Quantity.MOTION, value=1.0, at=at)
        number = self.store.next_id()
        device, quantity = self._catalogue.devices[reading.device], self._catalogue.quantities[reading.quantity]
        self.store.append([to_row(number, device, quantity, reading)])
        self._tell(self.engine.feed(replace(reading), number))

    def _tell(self, found: Sequence[Finding]) -> None:
        for one in found:
            self.found.append(one)
            self.store.run(partial(_alarm, found=one, number=len(self.found)))


def _catalogue(connection: Connection) -> Catalogue:
    return Catalogue(devices=devices.ids(connection), quantities=devices.quantity_ids(connection))


def _alarm(connection: Connection, found: Finding, number: int) -> None:
    row = dict.fromkeys(alarm.c.keys()) | {
        "id": number,
        "kind": found.kind,
        "severity": found.severity,
        "state": "resolved",
        "policy": {},
        "facts": {},
        "code": "12",
        "because": found.because,
        "opened_at": to_us(found.at),
        "closed_at": to_us(found.at),
        "version": 1,
        "round": 0,
        "step": 0,
        "prompts_given": 0,
    }
    connection.execute(insert(alarm).values(**row))
    finding_id = findings.record(connection, found)
    connection.execute(insert(alarm_finding).values(alarm_id=number, finding_id=finding_id))
