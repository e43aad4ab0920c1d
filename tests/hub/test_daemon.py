"""The hub as a whole, in one process: frames in, messages out, changes followed, and an orderly stop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, RowMapping, Table, insert, select

from analytics.model import Detector, Home, Settings
from analytics.registry import build
from devices.model import LinkEvent, LinkState
from hub import household
from hub.arrangement import arrange
from hub.channels.twilio_webhooks import TEXT_PATH
from hub.daemon import Hub, run
from hub.household import HouseholdError
from hub.intents import IntentKind, request
from hub.model import AlarmState, Channel, Provenance, Purpose
from hub.serving import listening
from hub.simulated import carrier_hooks
from hub.simulated.carrier import TOKEN
from hub.simulated.channel import SimulatedChannel
from hub.store import heartbeat, links, settings
from hub.store.changes import touch
from hub.store.connect import reader_engine, writer_engine
from hub.store.errors import StoreError, StoreFullError
from hub.store.schema import alarm, device, finding, intent, label, observation, sensor_event
from hub.store.schema import household as household_table
from hub.store.settings import Choice
from hub.store.writer import Store
from hub.vigil import Vigil
from hub.watch import Base, Given, Watch
from tests.fakes import START, FakeClock, settle
from tests.hub.homes import DAUGHTER, HOME, Hand, moved, opened, pressed, settle_in
from tests.hub.rigs import Broken

DEADLINE_S = 50.0


class House:
    """A running hub, and the means to act on it and to look at what became of it."""

    def __init__(self, db: Path, clock: FakeClock) -> None:
        self.db = db
        self.clock = clock
        self.hand = Hand()
        self.sms = SimulatedChannel("twilio")
        self.speaker = SimulatedChannel("speaker")
        self.labels: list[int] = []
        self.lacking: tuple[str, ...] = ()
        self.detectors: Callable[[Home, Settings], list[Detector]] = build

    def given(self) -> Given:
        channels: dict[str, Channel] = {"twilio": self.sms, "speaker": self.speaker}
        return Given(
            adapters=lambda _: (channels, self.lacking),
            labelled=lambda _connection, number, _now: self.labels.append(number),
            ears=self.hand.ears,
            detectors=self.detectors,
        )

    def count(self, table: Table) -> int:
        return len(self.rows(table))

    def rows(self, table: Table) -> list[RowMapping]:
        engine = reader_engine(self.db, 5.0)
        try:
            with engine.connect() as connection:
                return list(connection.execute(select(table)).mappings().all())
        finally:
            engine.dispose()

    def write(self, job: Callable[[Connection], object]) -> None:
        """As another process does: a page, or a command."""
        engine = writer_engine(self.db, 5.0)
        with engine.begin() as connection:
            job(connection)
        engine.dispose()

    async def until(self, condition: Callable[[], bool], step_s: float = 0.5) -> None:
        """Let time pass until something is so."""
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                await self.clock.advance(step_s)
                await asyncio.to_thread(lambda: None)

    def state(self) -> AlarmState:
        (row,) = self.rows(alarm)
        return AlarmState(row["state"])


@pytest.fixture
def house(db: Path, clock: FakeClock) -> House:
    settle_in(db)
    return House(db, clock)


@asynccontextmanager
async def running(house: House) -> AsyncIterator[House]:
    """The hub, from being ready to its orderly stop."""
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(run(house.db, house.clock, house.given(), stop, ready.set))
    waits = [asyncio.create_task(ready.wait()), task]
    await asyncio.wait(waits, timeout=DEADLINE_S, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    await house.hand.listening.wait()
    try:
        yield house
    finally:
        stop.set()
        await house.until(task.done)
        await task


async def test_a_press_becomes_a_text_and_her_reply_takes_the_alarm(house: House) -> None:
    async with running(house):
        house.hand.deliver(pressed(1, house.clock.now()))
        await house.until(lambda: bool(house.sms.taken))
        (message,) = house.sms.taken
        assert message.to == DAUGHTER
        assert house.state() is AlarmState.ESCALATING
        house.sms.answer(DAUGHTER, "1", house.clock.now())
        await house.until(lambda: house.state() is AlarmState.ACKNOWLEDGED)
    (event,) = house.rows(sensor_event)
    assert event["alarm_id"] == house.rows(alarm)[0]["id"]


async def test_she_is_asked_and_a_double_press_says_that_all_is_well(db: Path) -> None:
    settle_in(db)
    house = House(db, FakeClock(START + timedelta(hours=14)))
    async with running(house):
        house.hand.deliver(opened(1, house.clock.now()))
        await house.until(lambda: bool(house.speaker.taken), step_s=30)
        assert house.state() is AlarmState.CHECKIN
        house.hand.deliver(pressed(1, house.clock.now(), "double_press"))
        await house.until(lambda: house.state() is AlarmState.CANCELLED)
    assert not house.sms.taken
    (event,) = house.rows(sensor_event)
    assert event["alarm_id"] is not None


async def test_who_comes_back_after_a_restart_is_noticed_and_nobody_is_disturbed(db: Path) -> None:
    settle_in(db, HOME.replace('window = "PT1M" }', 'window = "PT5M", resident_cancel = "returned_home" }'))
    house = House(db, FakeClock(START + timedelta(hours=14)))
    async with running(house):
        house.hand.deliver(opened(1, house.clock.now()))
        await house.until(lambda: bool(house.speaker.taken), step_s=30)
    house.hand = Hand()
    async with running(house):
        house.hand.deliver(moved(1, house.clock.now()))
        await house.until(lambda: house.state() is AlarmState.CANCELLED)
    assert not house.sms.taken


async def test_after_a_stop_nothing_that_was_heard_is_missing(house: House) -> None:
    async with running(house):
        for packet in range(1, 101):
            house.hand.deliver(moved(packet, house.clock.now()))
    assert house.count(observation) == 100
    with reader_engine(house.db, 1.0).connect() as connection:
        assert heartbeat.last(connection) is not None


async def test_a_restarted_hub_neither_repeats_nor_forgets(house: House) -> None:
    async with running(house):
        house.hand.deliver(pressed(1, house.clock.now()))
        await house.until(lambda: bool(house.sms.taken))
    house.hand = Hand()
    async with running(house):
        house.hand.deliver(pressed(1, house.clock.now()))  # the radio repeats the advertisement
        await house.clock.advance(30)
        house.sms.answer(DAUGHTER, "1", house.clock.now())
        await house.until(lambda: house.state() is AlarmState.ACKNOWLEDGED)
    assert [one.purpose for one in house.sms.calls].count(Purpose.ALARM) == 1
    assert house.count(alarm) == 1


async def test_a_new_household_is_followed_without_losing_a_frame_or_the_transports(house: House) -> None:
    async with running(house):
        house.write(lambda c: household.apply(c, HOME.replace("kitchen_motion", "hall_motion"), START, "a test"))
        for packet in range(1, 60):
            house.hand.deliver(moved(packet, house.clock.now()))
            await house.clock.advance(0.1)
        await house.until(lambda: house.count(sensor_event) >= 0)
        assert house.hand.starts == 1
    with reader_engine(house.db, 1.0).connect() as connection:
        names = {row.id: row.name for row in connection.execute(select(device))}
    by_device = [names[row["device_id"]] for row in house.rows(observation)]
    assert set(by_device) == {"kitchen_motion", "hall_motion"}
    assert len(by_device) == 59


async def test_a_setting_that_is_decided_takes_effect_at_once(house: House) -> None:
    choice = Choice(
        key="inactivity.longest_silence_min",
        value=60.0,
        provenance=Provenance.RESIDENT,
        by="edith",
        because="I do not want to lie there for long.",
    )
    async with running(house):
        house.hand.deliver(moved(1, house.clock.now()))
        await house.clock.advance(90 * 60)
        assert house.count(finding) == 0
        house.write(lambda c: settings.add(c, choice, house.clock.now()))
        await house.until(lambda: house.count(finding) == 1)


async def test_what_a_page_asks_for_is_carried_out(house: House) -> None:
    async with running(house):
        house.hand.deliver(pressed(1, house.clock.now()))
        await house.until(lambda: bool(house.sms.taken))
        number = house.rows(alarm)[0]["id"]
        said = {"alarm_id": number, "said": "going"}
        house.write(lambda c: request(c, IntentKind.ACKNOWLEDGE, said, "nadia", house.clock.now()))
        await house.until(lambda: house.state() is AlarmState.ACKNOWLEDGED)
        verdict = {"alarm_id": number, "verdict": "wrong", "because": "I sat on it."}
        house.write(lambda c: request(c, IntentKind.LABEL, verdict, "edith", house.clock.now()))
        await house.until(lambda: bool(house.labels))
    assert house.labels == [house.rows(label)[0]["id"]]
    assert all(row["result"] for row in house.rows(intent))


async def test_twilio_reaches_a_hub_that_has_a_public_address(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALONGSIDE_TWILIO_TOKEN", TOKEN)
    with listening(0) as free:
        port = free.getsockname()[1]
    public = f"http://127.0.0.1:{port}"
    text = f'{HOME}\n[channels.twilio]\npublic_url = "{public}"\nport = {port}\n'
    house.write(lambda c: household.apply(c, text, START, "test"))
    async with running(house):
        house.hand.deliver(pressed(1, house.clock.now()))
        await house.until(lambda: bool(house.sms.taken))
        form = {"MessageSid": "SM1", "From": DAUGHTER, "Body": "1"}
        assert (await carrier_hooks.post(public + TEXT_PATH, form, TOKEN)).status == 200
        assert house.state() is AlarmState.ACKNOWLEDGED


async def test_a_transport_that_fails_is_started_again_and_people_are_told(house: House) -> None:
    house.hand.fails_next = True
    async with running(house):
        await house.until(lambda: house.hand.starts == 2)
        house.hand.deliver(moved(1, house.clock.now()))
        await house.until(lambda: house.count(finding) == 1)
    (fault,) = house.rows(finding)
    assert fault["because"].startswith("A part of the hub does not work as it should: the test's hand (OSError")


async def test_a_detector_that_fails_is_told_and_the_others_go_on(house: House) -> None:
    house.detectors = lambda home, settings: [Broken(), *build(home, settings)]
    async with running(house):
        house.hand.deliver(moved(1, house.clock.now()))
        house.hand.deliver(pressed(1, house.clock.now()))
        await house.until(lambda: house.count(finding) == 2)
    because = {row["kind"]: row["because"] for row in house.rows(finding)}
    assert "does not work as it should: the detector broken (ZeroDivisionError at rigs.py" in because["fault"]
    assert "was pressed" in because["panic"]


async def test_a_household_that_this_version_cannot_read_changes_nothing(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def apply(connection: Connection) -> None:
        connection.execute(insert(household_table).values(row))
        touch(connection, "household")

    row = {"revision": 2, "document": "no household", "sha256": "", "applied_at": 0, "applied_by": "a newer version"}
    async with running(house):
        house.write(apply)
        await house.until(lambda: "the hub goes on as before" in caplog.text)
        house.hand.deliver(moved(1, house.clock.now()))
    assert house.count(observation) == 1


async def test_trouble_with_the_database_is_told_once_it_can_be_written(house: House) -> None:
    troubles: asyncio.Queue[StoreError | None] = asyncio.Queue()
    store, stop = Store.open(house.db), asyncio.Event()
    hub = Hub(Base(store=store, clock=house.clock, given=house.given(), vigil=Vigil(house.clock)), troubles)
    task = asyncio.create_task(hub.run(stop, lambda: None))
    await house.hand.listening.wait()
    for trouble in (StoreFullError("there is no space left"), None):
        troubles.put_nowait(trouble)
    await house.until(lambda: house.count(finding) == 1)
    assert house.rows(finding)[0]["because"].startswith("The hub's disk is full. The hub goes on from memory")
    stop.set()
    await house.until(task.done)
    await store.close()


async def test_a_watch_that_cannot_write_at_its_end_says_so(house: House, caplog: pytest.LogCaptureFixture) -> None:
    store = Store.open(house.db)
    base = Base(store=store, clock=house.clock, given=house.given(), vigil=Vigil(house.clock))
    watch = Watch(base, await store.submit(arrange), lambda: None)
    watch.begin()
    await settle()
    await store.close()
    await watch.end()
    assert "the database did not take everything before the end: StoreClosedError" in caplog.text


async def test_a_radio_that_stays_away_is_told_and_a_blink_is_not(house: House) -> None:
    async with running(house):
        at = house.clock.now()
        house.hand.report(LinkEvent(subject="radio", state=LinkState.DOWN, at=at, detail="off"))
        house.hand.report(LinkEvent(subject="radio", state=LinkState.UP, at=at))
        await house.clock.advance(300)
        assert not [row for row in house.rows(finding) if "hears nothing" in row["because"]]
        house.hand.report(LinkEvent(subject="radio", state=LinkState.DOWN, at=house.clock.now(), detail="off"))
        await house.until(lambda: house.count(finding) > 0, step_s=10)
    (fault,) = house.rows(finding)
    assert (
        fault["because"]
        == "The hub hears nothing through the test's hand (off), so I cannot rely on the pendant, the front"
        " door and the kitchen motion. Nothing stands in for it: please look in or ring more often until it works."
    )
    with reader_engine(house.db, 1.0).connect() as connection:
        assert links.now(connection)["radio"].state is LinkState.DOWN


async def test_what_the_hub_lacks_is_told(house: House) -> None:
    house.lacking = ("texts by twilio cannot be sent: a secret is missing",)
    async with running(house):
        await house.until(lambda: house.count(finding) == 1)
    assert house.rows(finding)[0]["because"] == "texts by twilio cannot be sent: a secret is missing."


async def test_a_hub_without_a_household_says_how_to_give_it_one(db: Path, clock: FakeClock) -> None:
    with pytest.raises(HouseholdError, match="alongside home apply"):
        await run(db, clock, House(db, clock).given(), asyncio.Event())


@pytest.fixture
def shopping_list(db: Path) -> Path:
    db.write_text("this is a shopping list, and longer than a header of a database would be; " * 10)
    return db


async def test_a_file_that_is_no_database_is_refused(shopping_list: Path, clock: FakeClock) -> None:
    with pytest.raises(StoreError, match=r"home\.sqlite3"):
        await run(shopping_list, clock, House(shopping_list, clock).given(), asyncio.Event())
