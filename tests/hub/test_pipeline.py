"""Observations are stored and noticed; what is urgent is durable at once, what is impossible is kept out."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from analytics.engine import Engine
from analytics.model import FindingKind
from analytics.registry import build
from analytics.settings import resolve
from analytics.signs import Signs
from analytics.vitals.quality import QualityGate
from devices.model import Observation, Quantity, Reading, SampleBlock, Trigger, TriggerKind
from hub.catalogue import Catalogue
from hub.faults import finding_of
from hub.homecoming import Homecoming
from hub.ingest import FINE_BUT_NOTHING_OPEN, NOBODY_MINDED, Ingest
from hub.pipeline import LONGEST_NAP_S, Calls, Parts, Pipeline
from hub.rejections import Rejections
from hub.repeats import Repeats
from hub.store import devices
from hub.store.schema import finding, from_us, observation, sensor_event
from hub.store.writer import Store
from hub.supervisor import Failure, Supervisor
from hub.vigil import Vigil
from tests.analytics.falls.movement import a_fall, blocks
from tests.analytics.vitals.hearts import fibrillating
from tests.fakes import START, FakeClock
from tests.hub.conftest import BUTTON, DOOR, HOME, MOTION, WATCH, Register, declare


class Rig:
    """A pipeline on a real store with every detector, and what came of it."""

    def __init__(self, store: Store, catalogue: Catalogue, clock: FakeClock, register: Register) -> None:
        self.store = store
        self.failures: list[Failure] = []
        self.rejections = Rejections()
        self.ingest = Ingest(store, clock, register, self.failures.append)
        self.engine = Engine(build(HOME, resolve({})))
        self.pipeline = Pipeline(
            Parts(
                store=store,
                catalogue=catalogue,
                engine=self.engine,
                ingest=self.ingest,
                calls=Calls(HOME, catalogue, Repeats()),
                homecoming=Homecoming(Signs(HOME, appliance_w=600.0), out_since=None),
                gate=QualityGate(HOME),
                rejections=self.rejections,
                mind=Vigil(clock).take,
            )
        )

    async def take(self, *observations: Observation) -> bool:
        """Take them at their own time; whether something was urgent, and is durable by now."""
        urgent = self.pipeline.take(observations, observations[0].at)
        if urgent is not None:
            await urgent
        return urgent is not None

    async def flush(self) -> None:
        await self.store.submit(lambda _: None)


@pytest.fixture
def rig(open_store: Store, catalogue: Catalogue, clock: FakeClock, register: Register) -> Rig:
    return Rig(open_store, catalogue, clock, register)


def motion(*, after: timedelta = timedelta(0)) -> Reading:
    return Reading(device=MOTION, quantity=Quantity.MOTION, value=1.0, at=START + after)


def press(kind: TriggerKind = TriggerKind.PRESS, *, number: int = 1) -> Trigger:
    return Trigger(device=BUTTON, kind=kind, at=START + timedelta(seconds=5 * number), token=str(number))


async def test_ordinary_readings_are_batched_and_stored_in_order(rig: Rig) -> None:
    assert not await rig.take(motion())
    assert not await rig.take(motion(after=timedelta(seconds=5)))
    await rig.flush()
    with rig.store.reading() as connection:
        rows = connection.execute(select(observation).order_by(observation.c.id)).all()
    assert [from_us(row.at) for row in rows] == [START, START + timedelta(seconds=5)]
    assert [row.quality for row in rows] == [None, None]


async def test_a_call_is_durable_at_once_with_the_readings_before_it(rig: Rig, register: Register) -> None:
    await rig.take(motion())
    assert await rig.take(press())
    with rig.store.reading() as connection:
        reading = connection.execute(select(observation)).one()
        event = connection.execute(select(sensor_event)).one()
        found = connection.execute(select(finding)).one()
    assert reading.id < event.id
    assert (event.kind, event.token, event.reason) == ("press", "1", NOBODY_MINDED)
    assert found.kind == FindingKind.PANIC
    assert found.evidence[0]["id"] == event.id
    assert register.deals == 1


async def test_a_replayed_press_stays_one_press(rig: Rig, register: Register) -> None:
    assert await rig.take(press())
    assert not await rig.take(press())
    assert await rig.take(press(number=2))
    assert len(register.admitted) == 2


async def test_a_press_that_means_fine_is_the_residents_answer(rig: Rig, register: Register) -> None:
    assert await rig.take(press(TriggerKind.DOUBLE_PRESS))
    assert register.answers == [BUTTON]
    assert not register.admitted
    with rig.store.reading() as connection:
        assert connection.execute(select(sensor_event.c.reason)).scalar_one() == FINE_BUT_NOTHING_OPEN


async def test_an_impossible_reading_is_kept_out_with_its_reason(rig: Rig) -> None:
    await rig.take(Reading(device=WATCH, quantity=Quantity.HEART_RATE_BPM, value=400.0, at=START))
    future = replace(motion(), at=START + timedelta(days=365))
    assert rig.pipeline.take([future], START) is None
    await rig.flush()
    reasons = [one.reason for one in rig.rejections.take()]
    assert "400 is impossible" in reasons[0]
    assert reasons[1] == "its time lies in the future"
    with rig.store.reading() as connection:
        assert connection.execute(select(observation)).all() == []


async def test_a_door_at_night_is_found_when_time_passes(rig: Rig, register: Register) -> None:
    night = START.replace(hour=23)
    await rig.take(Reading(device=DOOR, quantity=Quantity.OPEN, value=1.0, at=night))
    urgent = rig.pipeline.advance(night + timedelta(hours=1))
    assert urgent is not None
    await urgent
    assert [one.kind for one in register.admitted] == [FindingKind.WANDERING]


async def test_who_comes_back_after_a_door_at_night_is_noticed_once(rig: Rig, register: Register) -> None:
    night = START.replace(hour=23)
    await rig.take(Reading(device=DOOR, quantity=Quantity.OPEN, value=1.0, at=night))
    later = night + timedelta(hours=1)
    assert rig.pipeline.advance(later) is not None
    for minute in range(3):
        back = Reading(device=MOTION, quantity=Quantity.MOTION, value=1.0, at=later + timedelta(minutes=minute))
        assert await rig.take(back) == (minute == 0)
    assert register.returns == [later]


async def test_a_finding_of_the_hub_itself_goes_the_same_way(rig: Rig, register: Register) -> None:
    urgent = rig.pipeline.notice([finding_of("radio", "The radio is off.", START)], START)
    assert urgent is not None
    await urgent
    assert [one.kind for one in register.admitted] == [FindingKind.FAULT]
    assert rig.pipeline.notice([], START) is None


async def test_raw_samples_reach_detectors_only(rig: Rig) -> None:
    block = SampleBlock(device=WATCH, at=START, rate_hz=50.0, acceleration_g=np.zeros((50, 3), dtype=np.float32))
    assert not await rig.take(block)
    await rig.flush()
    with rig.store.reading() as connection:
        assert connection.execute(select(observation)).all() == []


async def test_what_a_detector_made_of_samples_is_stored_like_any_reading(rig: Rig, register: Register) -> None:
    for block in blocks(a_fall(after_s=1.0), start=START, device=WATCH):
        await rig.take(block)
    urgent = rig.pipeline.advance(START + timedelta(minutes=1))
    assert urgent is not None
    await urgent
    assert [one.kind for one in register.admitted] == [FindingKind.FALL]
    with rig.store.reading() as connection:
        rows = connection.execute(select(observation).order_by(observation.c.id)).all()
    assert from_us(rows[0].at) == START + timedelta(seconds=8.5)
    assert rows[0].value > 4.0


async def test_what_a_minute_of_heartbeats_showed_is_stored_like_any_reading(rig: Rig) -> None:
    ends = np.cumsum(fibrillating(200))
    for before, end in pairwise(ends.tolist()):
        at = START + timedelta(seconds=end)
        await rig.take(Reading(device=WATCH, quantity=Quantity.BEAT_INTERVAL_S, value=end - before, at=at))
    await rig.flush()
    with rig.store.reading() as connection:
        quantities = devices.quantities(connection)
        rows = connection.execute(select(observation).order_by(observation.c.id)).all()
    showed = [row for row in rows if quantities[row.quantity_id] is Quantity.PULSE_IRREGULARITY]
    assert len(showed) == 1
    assert showed[0].value > 0
    assert rig.engine.derived == []


async def test_the_ticker_meets_a_detectors_moment(rig: Rig, clock: FakeClock, register: Register) -> None:
    night = timedelta(hours=14)
    await clock.advance(night.total_seconds())
    await rig.take(Reading(device=DOOR, quantity=Quantity.OPEN, value=1.0, at=clock.now()))
    due = rig.engine.due
    assert due is not None
    supervisor = Supervisor(clock, rig.failures.append)
    supervisor.start("ticker", lambda: rig.pipeline.tick(clock))
    await clock.advance((due - clock.now()).total_seconds() + LONGEST_NAP_S)
    await supervisor.stop()
    await rig.ingest.drained()
    assert [one.kind for one in register.admitted] == [FindingKind.WANDERING]
    assert register.admitted[0].at == due


async def test_what_cannot_be_committed_is_tried_again_and_told(rig: Rig, clock: FakeClock, register: Register) -> None:
    register.refusals = [OSError("no space"), OSError("no space")]
    urgent = rig.pipeline.take([press()], START)
    assert urgent is not None
    while not urgent.done():
        await rig.flush()
        await clock.advance(1.0)
    assert [failure.count for failure in rig.failures] == [1, 2]
    assert rig.failures[0].reason.startswith("OSError at conftest.py")
    assert len(register.admitted) == 1
    with rig.store.reading() as connection:
        assert len(connection.execute(select(sensor_event)).all()) == 1


def test_the_catalogue_survives_a_restart(db: Path) -> None:
    first = Store.open(db)
    before = declare(first)
    first.shut()
    second = Store.open(db)
    assert declare(second) == before
    second.shut()
