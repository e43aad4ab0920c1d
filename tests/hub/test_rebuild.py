"""The detectors after a restart are as if there had been none; nobody is told twice, and nothing is forgotten."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert

from analytics.engine import Engine
from analytics.model import Finding, FindingKind, SettingValue
from analytics.registry import build
from analytics.settings import resolve
from devices.model import Quantity, Reading, Trigger, TriggerKind
from hub.catalogue import Catalogue
from hub.rebuild import RECENT, Rebuilt, presses, rebuild
from hub.repeats import Repeats
from hub.store import findings, heartbeat
from hub.store.heartbeat import Beat
from hub.store.rows import to_row
from hub.store.schema import sensor_event, to_us
from hub.store.writer import Store
from tests.fakes import START
from tests.hub.conftest import BUTTON, DOOR, HOME, MOTION, WATCH
from tests.hub.rigs import Broken

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
NOW = START + 8 * HOUR


class Past:
    """Writes what an earlier run of the hub left behind."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self.store = store
        self._catalogue = catalogue

    def heard(self, *observations: Reading | Trigger) -> None:
        self.store.append(self._row(one) for one in observations if isinstance(one, Reading))
        triggers = [one for one in observations if isinstance(one, Trigger)]
        self.store.run(lambda connection: self._write(connection, triggers))

    def alive_until(self, at: datetime) -> None:
        beat = Beat(boot_id="earlier", boot_s=1.0, at=at)
        self.store.run(lambda connection: heartbeat.beat(connection, beat))

    def told(self, found: Sequence[Finding]) -> None:
        self.store.run(lambda connection: [findings.record(connection, one) for one in found])

    def _row(self, reading: Reading) -> tuple[int, int, int, int, float, float | None]:
        device, quantity = self._catalogue.devices[reading.device], self._catalogue.quantities[reading.quantity]
        return to_row(self.store.next_id(), device, quantity, reading)

    def _write(self, connection: Connection, triggers: Sequence[Trigger]) -> None:
        for one in triggers:
            values = {"kind": one.kind, "at": to_us(one.at), "token": one.token, "reason": "a test"}
            device = self._catalogue.devices[one.device]
            connection.execute(insert(sensor_event).values(id=self.store.next_id(), device_id=device, **values))


@pytest.fixture
def past(open_store: Store, catalogue: Catalogue) -> Past:
    return Past(open_store, catalogue)


def restart(past: Past, now: datetime = NOW, **chosen: float) -> Rebuilt:
    settings = resolve({key.replace("__", "."): SettingValue(value=value) for key, value in chosen.items()})
    with past.store.reading() as connection:
        return rebuild(connection, lambda: Engine(build(HOME, settings)), now)


def kinds(rebuilt: Rebuilt) -> list[FindingKind]:
    return [one.kind for one in rebuilt.to_tell]


def motion(at: datetime) -> Reading:
    return Reading(device=MOTION, quantity=Quantity.MOTION, value=1.0, at=at)


def pulse(at: datetime, value: float) -> Reading:
    return Reading(device=WATCH, quantity=Quantity.HEART_RATE_BPM, value=value, at=at)


def press(number: int, at: datetime) -> Trigger:
    return Trigger(device=BUTTON, kind=TriggerKind.PRESS, at=at, token=str(number))


def racing(start: datetime) -> list[Reading]:
    return [pulse(start + number * timedelta(seconds=20), 150.0) for number in range(40)]


def test_a_new_home_has_nothing_to_tell(past: Past) -> None:
    assert kinds(restart(past)) == []


def test_what_became_true_while_the_hub_was_off_is_told_once(past: Past) -> None:
    past.heard(motion(START))
    past.alive_until(START + MINUTE)
    rebuilt = restart(past)
    assert kinds(rebuilt) == [FindingKind.INACTIVITY]
    past.told(rebuilt.to_tell)
    assert kinds(restart(past)) == []
    assert kinds(restart(past, NOW + HOUR)) == []


def test_what_was_told_before_the_restart_is_not_told_again(past: Past) -> None:
    past.heard(motion(START))
    past.alive_until(NOW - MINUTE)
    with past.store.reading() as connection:
        engine = rebuild(connection, lambda: Engine(build(HOME, resolve({}))), NOW).engine
    assert engine.due is None or engine.due > NOW
    past.told(restart(past).to_tell)
    assert kinds(restart(past)) == []


def test_a_finding_that_was_lost_in_the_crash_is_told(past: Past) -> None:
    start = NOW - RECENT
    past.heard(*racing(start))
    past.alive_until(start + 15 * MINUTE)
    assert FindingKind.ABNORMAL_PULSE in kinds(restart(past))


def test_a_rule_that_was_tightened_makes_no_alarm_of_what_is_long_over(past: Past) -> None:
    past.heard(motion(START), motion(START + 3 * HOUR), motion(NOW - 10 * MINUTE), *racing(START))
    past.alive_until(NOW - MINUTE)
    assert kinds(restart(past, inactivity__longest_silence_min=120.0)) == []


def test_a_rule_that_was_tightened_tells_what_is_so_now(past: Past) -> None:
    past.heard(motion(NOW - 3 * HOUR))
    past.alive_until(NOW - MINUTE)
    assert kinds(restart(past)) == []
    assert kinds(restart(past, inactivity__longest_silence_min=60.0)) == [FindingKind.INACTIVITY]


def test_the_detectors_go_on_from_where_they_were(past: Past) -> None:
    past.heard(motion(NOW - HOUR))
    past.alive_until(NOW - MINUTE)
    engine = restart(past).engine
    found = engine.advance(NOW + 3 * HOUR + MINUTE)
    assert [one.kind for one in found] == [FindingKind.INACTIVITY]
    assert found[0].evidence[0].id is not None


def test_a_door_left_open_at_night_is_still_watched_after_a_restart(past: Past) -> None:
    night = START + 14 * HOUR
    past.heard(Reading(device=DOOR, quantity=Quantity.OPEN, value=1.0, at=night))
    past.alive_until(night)
    engine = restart(past, night + MINUTE).engine
    assert [one.kind for one in engine.advance(night + HOUR)] == [FindingKind.WANDERING]


def test_presses_of_lately_are_known_after_a_restart(past: Past) -> None:
    past.heard(press(7, NOW - 3 * HOUR), press(8, NOW - MINUTE))
    with past.store.reading() as connection:
        repeats = Repeats(presses(connection, NOW))
    assert repeats.is_repeat(press(8, NOW))
    assert not repeats.is_repeat(press(7, NOW))


def test_a_broken_detector_does_not_keep_the_hub_from_starting(past: Past, caplog: pytest.LogCaptureFixture) -> None:
    past.heard(motion(NOW - 3 * HOUR))
    past.alive_until(NOW - MINUTE)
    settings = resolve({"inactivity.longest_silence_min": SettingValue(value=60.0)})
    with past.store.reading() as connection, caplog.at_level(logging.WARNING):
        rebuilt = rebuild(connection, lambda: Engine([Broken(), *build(HOME, settings)]), NOW)
    assert kinds(rebuilt) == [FindingKind.INACTIVITY]
    assert "detector broken failed" in caplog.text
