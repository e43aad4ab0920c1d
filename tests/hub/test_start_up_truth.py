"""What is wrong when the hub starts raises its alarm, once; an outage of its own is no reason for a storm."""

from datetime import timedelta
from pathlib import Path

from analytics.model import FindingKind
from hub.model import AlarmState, Purpose
from hub.store.schema import alarm, fault, finding
from tests.fakes import START, FakeClock
from tests.hub.homes import moved, opened, settle_in
from tests.hub.test_daemon import House, running

HOUR = timedelta(hours=1)


async def lived_in(db: Path) -> None:
    """An ordinary morning, after which the hub is off."""
    settle_in(db)
    house = House(db, FakeClock(START))
    async with running(house):
        for packet in range(1, 6):
            house.hand.deliver(moved(packet, house.clock.now()))
            house.hand.deliver(opened(packet, house.clock.now()))
            await house.clock.advance(60)


async def test_a_silence_that_began_before_the_outage_is_asked_about_at_the_start(db: Path) -> None:
    await lived_in(db)
    house = House(db, FakeClock(START + 6 * HOUR))
    async with running(house):
        await house.until(lambda: bool(house.speaker.taken))
        (only,) = house.rows(alarm)
        assert (only["kind"], only["state"]) == (FindingKind.INACTIVITY, AlarmState.CHECKIN)
        assert (house.clock.now() - START - 6 * HOUR).total_seconds() < 30


async def test_an_outage_of_three_days_is_no_storm(db: Path) -> None:
    """Nobody moved that we know of, and every sensor is silent: one question, one notice, and nothing twice."""
    await lived_in(db)
    house = House(db, FakeClock(START + 72 * HOUR))
    async with running(house):
        await house.clock.advance(600)
        texts = [one for one in house.sms.taken if one.purpose in (Purpose.ALARM, Purpose.EXHAUSTED)]
        kinds = sorted(row["kind"] for row in house.rows(alarm))
        assert len(kinds) == len(set(kinds)), "one alarm for each kind of trouble, however many sensors speak of it"
        assert len(texts) <= 2
        opened_first = len(kinds)
    again = House(db, FakeClock(START + 72 * HOUR + timedelta(minutes=15)))
    async with running(again):
        await again.clock.advance(600)
        assert len(again.rows(alarm)) == opened_first, "started again, it raises nothing anew"
    assert len(again.rows(finding)) == len({(row["detector"], row["episode"]) for row in again.rows(finding)})
    assert len(again.rows(fault)) == len({(row["kind"], row["subject"]) for row in again.rows(fault)})
