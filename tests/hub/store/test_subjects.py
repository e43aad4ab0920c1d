"""The small modules of functions: each subject is written and read back on a real file."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from analytics.model import Evidence, Finding, FindingKind, SettingValue
from analytics.settings import SettingError
from devices.model import LinkEvent, LinkState, Quantity, Reading, Trigger, TriggerKind
from hub.model import Provenance
from hub.router import FrameCount
from hub.store import counters, devices, faults, findings, heartbeat, learnt, links, observations, rollups
from hub.store import settings as chosen
from hub.store.changes import versions
from hub.store.devices import Declared
from hub.store.faults import Fault
from hub.store.heartbeat import Beat
from hub.store.rows import insert, to_row
from hub.store.schema import device, finding, frame_count, from_us, quantity, sensor_event, to_us
from hub.store.settings import Choice
from tests.fakes import START

DOOR = Declared(name="front_door", kind="bthome", config={"address": "A4:C1:38:00:00:01", "room": "hall"})
BUTTON = Declared(name="wrist_button", kind="bthome", config={"address": "A4:C1:38:00:00:02"})
MINUTE = timedelta(minutes=1)
COUNT = "7"


class TestDevices:
    def test_the_same_declaration_changes_nothing(self, engine: Engine) -> None:
        with engine.begin() as connection:
            assert devices.sync(connection, [DOOR, BUTTON], START) == 2
            before = versions(connection)
            assert devices.sync(connection, [DOOR, BUTTON], START + MINUTE) == 0
            assert versions(connection) == before
            assert devices.ids(connection) == {"front_door": 1, "wrist_button": 2}

    def test_a_removed_device_keeps_its_number_and_gets_it_back(self, engine: Engine) -> None:
        with engine.begin() as connection:
            devices.sync(connection, [DOOR, BUTTON], START)
            assert devices.sync(connection, [BUTTON], START) == 1
            assert devices.ids(connection) == {"wrist_button": 2}
            assert devices.names(connection) == {1: "front_door", 2: "wrist_button"}
            assert devices.sync(connection, [DOOR, BUTTON], START) == 1
            assert devices.ids(connection)["front_door"] == 1

    def test_a_changed_device_is_changed(self, engine: Engine) -> None:
        moved = replace(DOOR, config={**DOOR.config, "room": "kitchen"})
        with engine.begin() as connection:
            devices.sync(connection, [DOOR, BUTTON], START)
            assert devices.sync(connection, [moved, BUTTON], START) == 1
            assert connection.scalar(select(device.c.config)) == moved.config

    def test_every_quantity_has_a_number_that_stays(self, engine: Engine) -> None:
        with engine.begin() as connection:
            first = devices.quantity_ids(connection)
            assert devices.quantity_ids(connection) == first
            assert set(first) == set(Quantity)
            assert devices.quantities(connection) == {number: one for one, number in first.items()}

    def test_a_new_quantity_does_not_move_the_others_and_an_unknown_one_is_left_out(self, engine: Engine) -> None:
        with engine.begin() as connection:
            connection.execute(quantity.insert(), [{"id": 7, "name": "of_the_future"}, {"id": 9, "name": "open"}])
            numbers = devices.quantity_ids(connection)
            assert numbers[Quantity.OPEN] == 9
            assert min(number for one, number in numbers.items() if one is not Quantity.OPEN) == 10
            assert 7 not in devices.quantities(connection)


class TestSettings:
    CHOICE = Choice(
        key="inactivity.longest_silence_min",
        value=180.0,
        provenance=Provenance.RESIDENT,
        by="margaret",
        because="I do not want to lie there for long.",
    )

    def test_every_version_is_kept_and_the_newest_is_in_force(self, engine: Engine) -> None:
        longer = replace(self.CHOICE, value=300.0, reference="decision-1", review_at=START + 30 * 24 * 60 * MINUTE)
        with engine.begin() as connection:
            first = chosen.add(connection, self.CHOICE, START)
            second = chosen.add(connection, longer, START + MINUTE)

            assert (first.version, first.value, first.at) == (1, 180.0, START)
            assert (second.version, second.review_at) == (2, longer.review_at)
            assert chosen.history(connection, self.CHOICE.key) == [first, second]
            assert chosen.current(connection) == {self.CHOICE.key: second}
            assert chosen.in_force(connection) == {self.CHOICE.key: SettingValue(value=300.0, version=2)}

    @pytest.mark.parametrize(("key", "value"), [("inactivity.longest_silence_min", 1.0), ("no.such_thing", 1.0)])
    def test_what_would_stop_the_detectors_is_refused(self, engine: Engine, key: str, value: float) -> None:
        with engine.begin() as connection, pytest.raises(SettingError):
            chosen.add(connection, replace(self.CHOICE, key=key, value=value), START)


class TestCounters:
    def test_counts_add_up_and_the_last_error_stays(self, engine: Engine) -> None:
        known = FrameCount(address="A4:C1:38:00:00:01", device="front_door", last_at=START, good=3, signal_dbm=-70)
        bad = replace(known, good=0, malformed=1, last_error="expected 2 bytes", last_at=START + MINUTE, signal_dbm=-81)
        unknown = FrameCount(address="(others)", device=None, last_at=START, unknown=5)
        with engine.begin() as connection:
            counters.add(connection, [])
            counters.add(connection, [known, unknown])
            counters.add(connection, [bad])
            counters.add(connection, [replace(known, last_at=START + 2 * MINUTE, signal_dbm=None, source="gatt:2a19")])
            first, second = connection.execute(select(frame_count).order_by(frame_count.c.last_at.desc())).all()

        assert (first.device, first.good, first.malformed, first.unknown) == ("front_door", 6, 1, 0)
        assert (from_us(first.last_at), first.last_error) == (START + 2 * MINUTE, "expected 2 bytes")
        assert (first.signal_dbm, first.source) == (-81, "gatt:2a19")
        assert (second.device, second.unknown) == (None, 5)


def test_the_last_word_on_each_link(engine: Engine) -> None:
    down = LinkEvent(subject="radio", state=LinkState.DOWN, at=START, detail="adapter off")
    up = LinkEvent(subject="radio", state=LinkState.UP, at=START + MINUTE)
    port = LinkEvent(subject="/dev/serial/by-id/radar", state=LinkState.UP, at=START)
    with engine.begin() as connection:
        for event in (down, port, up):
            links.add(connection, event)

        assert links.now(connection) == {"radio": up, "/dev/serial/by-id/radar": port}


def test_the_last_heartbeat(engine: Engine) -> None:
    first = Beat(boot_id="a", boot_s=5.0, at=START)
    second = Beat(boot_id="b", boot_s=1.0, at=START + MINUTE)
    with engine.begin() as connection:
        assert heartbeat.last(connection) is None
        heartbeat.beat(connection, first)
        assert heartbeat.last(connection) == first
        heartbeat.beat(connection, second)
        assert heartbeat.last(connection) == second


class TestFindings:
    FOUND = Finding(
        kind=FindingKind.ABNORMAL_PULSE,
        severity=8,
        at=START,
        because="Her pulse was 141 for a minute.",
        detector="pulse_range",
        detector_version=1,
        episode="2026-11-24T09:00",
        room="kitchen",
        evidence=(Evidence(device="strap", what="heart_rate_bpm", value=141.0, at=START, id=7),),
        settings={"abnormal_pulse.high_bpm": SettingValue(value=131.0, version=2)},
    )

    def test_an_episode_is_kept_once_and_whole(self, engine: Engine) -> None:
        with engine.begin() as connection:
            assert findings.record(connection, self.FOUND) == 1
            assert findings.record(connection, replace(self.FOUND, severity=9)) is None
            assert findings.record(connection, replace(self.FOUND, episode="later")) == 2
            row = connection.execute(select(finding).where(finding.c.id == 1)).one()
            assert versions(connection) == {"finding": 2}

        assert (row.kind, row.severity, from_us(row.at), row.room) == ("abnormal_pulse", 8, START, "kitchen")
        assert (row.because, row.detector, row.detector_version) == (self.FOUND.because, "pulse_range", 1)
        assert row.settings == {"abnormal_pulse.high_bpm": {"value": 131.0, "version": 2}}
        evidence = {"device": "strap", "what": "heart_rate_bpm", "value": 141.0, "at": START.isoformat(), "id": 7}
        assert row.evidence == [evidence]


class TestFaults:
    CASE = Fault(
        kind="lost",
        subject="bathroom_motion",
        because="The bathroom sensor has been silent since 09:10.",
        opened_at=START,
        owner="tom",
        due_at=START + 60 * MINUTE,
        cover="The hall sensor still sees her pass.",
        since=START - 10 * MINUTE,
    )

    def test_one_open_case_a_subject(self, engine: Engine) -> None:
        with engine.begin() as connection:
            number = faults.open_case(connection, self.CASE)
            assert number == 1
            assert faults.open_case(connection, self.CASE) is None
            assert faults.open_case(connection, replace(self.CASE, subject="door", due_at=None, since=None)) == 2
            assert faults.open_cases(connection)[0] == replace(self.CASE, id=1)
            assert faults.find(connection, "lost", "bathroom_motion") == replace(self.CASE, id=1)
            assert faults.find(connection, "stuck", "bathroom_motion") is None
            assert [case.number for case in faults.newest(connection, limit=1)] == [2]

    def test_a_closed_case_may_happen_again(self, engine: Engine) -> None:
        with engine.begin() as connection:
            faults.open_case(connection, self.CASE)
            assert faults.close_case(connection, 1, "new battery", START + MINUTE, by="tom")
            assert not faults.close_case(connection, 1, "again", START + MINUTE)
            assert faults.open_cases(connection) == []
            (closed,) = faults.closed_since(connection, START)
            assert (closed.outcome, closed.closed_by, closed.closed_at) == ("new battery", "tom", START + MINUTE)
            assert faults.closed_since(connection, START + MINUTE) == []
            assert faults.open_case(connection, self.CASE) == 2

    def test_what_is_known_of_a_case_changes_until_it_is_closed(self, engine: Engine) -> None:
        with engine.begin() as connection:
            faults.open_case(connection, self.CASE)
            assert faults.own(connection, 1, "priya")
            assert faults.restate(connection, 1, "It has been silent since yesterday.", None)
            assert faults.told(connection, 1, START + MINUTE, None, START + 9 * MINUTE)
            case = faults.get(connection, 1)
            assert (case.owner, case.because, case.cover) == ("priya", "It has been silent since yesterday.", None)
            assert (case.told_at, case.due_at) == (START + MINUTE, START + 9 * MINUTE)
            faults.close_case(connection, 1, "new battery", START + MINUTE)
            assert not faults.own(connection, 1, "tom")
            with pytest.raises(faults.UnknownFaultError, match="no fault 2"):
                faults.get(connection, 2)
        with pytest.raises(ValueError, match="not stored"):
            assert self.CASE.number

    @pytest.mark.parametrize(
        ("since", "until", "there"),
        [(-30, -11, False), (-30, -10, True), (0, 1, True), (4, 9, True), (5, 9, False)],
    )
    def test_which_troubles_there_were_in_a_time(self, engine: Engine, since: int, until: int, there: bool) -> None:
        with engine.begin() as connection:
            faults.open_case(connection, self.CASE)
            faults.close_case(connection, 1, "new battery", START + 5 * MINUTE)
            found = faults.between(connection, START + since * MINUTE, START + until * MINUTE)
        assert bool(found) is there


class TestLearnt:
    def test_what_was_learnt_last_is_what_is_kept(self, engine: Engine) -> None:
        with engine.begin() as connection:
            learnt.keep(connection, {}, START)
            learnt.keep(connection, {"door": {"limit_s": 90.0}, "mat": {"limit_s": None}}, START)
            learnt.keep(connection, {"door": {"limit_s": 120.0}}, START + MINUTE)
            assert learnt.kept(connection) == {"door": {"limit_s": 120.0}, "mat": {"limit_s": None}}


class TestObservations:
    def test_the_past_comes_back_in_the_order_it_was_heard_in(self, engine: Engine) -> None:
        motion = Reading(device="front_door", quantity=Quantity.MOTION, value=1.0, at=START)
        door = Reading(device="front_door", quantity=Quantity.OPEN, value=1.0, at=START + MINUTE, quality=0.5)
        press = Trigger(device="wrist_button", kind=TriggerKind.PRESS, at=START + 2 * MINUTE, token=COUNT)
        late = Reading(device="front_door", quantity=Quantity.MOTION, value=0.0, at=START + 3 * MINUTE)
        with engine.begin() as connection:
            devices.sync(connection, [DOOR, BUTTON], START)
            numbers = devices.quantity_ids(connection)
            rows = [to_row(n, 1, numbers[one.quantity], one) for n, one in ((1, motion), (2, door), (4, late))]
            insert(connection, rows)
            event = {"id": 3, "device_id": 2, "kind": press.kind, "at": to_us(press.at), "token": COUNT, "reason": "-"}
            connection.execute(sensor_event.insert(), event)

            everything: dict[Quantity | TriggerKind, datetime] = dict.fromkeys((*Quantity, *TriggerKind), START)
            end = START + timedelta(hours=1)
            whole = [(1, motion), (2, door), (3, press), (4, late)]
            assert list(observations.past(connection, everything, end)) == whole
            rollups.update(connection)
            assert list(observations.past(connection, everything, end)) == whole
            assert list(observations.past(connection, everything, START + 3 * MINUTE)) == whole[:3]
            some: dict[Quantity | TriggerKind, datetime] = {Quantity.MOTION: START + MINUTE, TriggerKind.PRESS: START}
            assert list(observations.past(connection, some, end)) == [(3, press), (4, late)]
            assert list(observations.past(connection, {TriggerKind.FALL: START}, end)) == []
            assert list(observations.past(connection, {}, end)) == []
