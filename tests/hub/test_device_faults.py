"""A trouble with a device, from its first silence to the end of its case: who is told, and that it ends by itself."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import select

from devices.model import Frame, LinkEvent, LinkState, Quantity, Reading
from devices.supervision.model import Condition
from hub.device_faults import LOOK_EVERY_S, DeviceFaults
from hub.ears import RADIO, needed
from hub.escalation.service import Escalation
from hub.fault_cases import GONE, responsible
from hub.fault_notices import AGAIN_AFTER
from hub.household import parse
from hub.household.model import Household
from hub.intents import CloseFault, RefusedError
from hub.model import AlarmState
from hub.simulated.channel import SimulatedChannel
from hub.store import faults, learnt
from hub.store.faults import Fault
from hub.store.schema import alarm, finding, notification
from hub.store.writer import Store
from hub.vigil import Vigil
from tests.fakes import FakeClock
from tests.hub.homes import HOME

FALL_RADAR = """
[devices.fall_radar]
kind = "mr60_fall"
address = "/dev/fall-radar"
room = "bathroom"
"""
TAGS = "".join(
    f"""
[devices.{name}_tag]
kind = "ruuvitag"
address = "A4:C1:38:00:01:0{number}"
room = "{name}"
"""
    for number, name in enumerate(("hall", "kitchen", "bedroom"))
)
HALL, KITCHEN, BEDROOM = "hall_tag", "kitchen_tag", "bedroom_tag"
MINUTE_S = 60.0
HOUR_S = 3600.0


class Rig:
    """The watch over a home's devices on a real store, with a real escalation whose calls nobody makes."""

    def __init__(self, store: Store, clock: FakeClock, text: str) -> None:
        self.store = store
        self.clock = clock
        self.beacons: set[str] = set()
        self.start(text)

    def start(self, text: str, kept: Mapping[str, Mapping[str, object]] | None = None) -> None:
        """The hub starts, or starts again."""
        self.vigil = Vigil(self.clock, kept)
        self.arrange(text)

    def arrange(self, text: str) -> None:
        """This household is in force from now on."""
        self.household: Household = parse(text)
        channels = {"twilio": SimulatedChannel("twilio"), "speaker": SimulatedChannel("speaker")}
        self.desk = Escalation(self.store, self.clock, channels, lambda _: self.household)
        self.vigil.expect(self.household, needed(self.household.devices.values()))
        self.faults = DeviceFaults(self.store, self.clock, self.vigil, self.desk, self.household)

    def hear(self, name: str) -> None:
        frame = Frame(address="", source="", payload=b"", at=self.clock.now(), signal_dbm=-60)
        self.vigil.heard(name, frame)

    def tell(self, name: str, quantity: Quantity, value: float) -> None:
        self.hear(name)
        self.vigil.take(Reading(device=name, quantity=quantity, value=value, at=self.clock.now()))

    def link(self, state: LinkState, subject: str = RADIO) -> None:
        self.vigil.link(LinkEvent(subject=subject, state=state, at=self.clock.now(), detail="it is switched off"))

    async def run(self, seconds: float) -> None:
        """Time passes; each beacon is heard twice a minute."""
        for _ in range(round(seconds / LOOK_EVERY_S)):
            await self.clock.advance(LOOK_EVERY_S)
            for name in self.beacons:
                self.hear(name)
            await self.faults.look()

    def open(self) -> list[Fault]:
        with self.store.reading() as connection:
            return faults.open_cases(connection)

    def only(self) -> Fault:
        (case,) = self.open()
        return case

    def case(self, number: int) -> Fault:
        with self.store.reading() as connection:
            return faults.get(connection, number)

    def told(self) -> list[str]:
        """What people were told, in order."""
        with self.store.reading() as connection:
            return list(connection.execute(select(finding.c.because).order_by(finding.c.id)).scalars())

    def alarms(self) -> list[AlarmState]:
        with self.store.reading() as connection:
            return [AlarmState(state) for state in connection.execute(select(alarm.c.state)).scalars()]

    def purposes(self) -> list[str]:
        with self.store.reading() as connection:
            return list(connection.execute(select(notification.c.purpose).order_by(notification.c.id)).scalars())

    def close(self, number: int, by: str = "nadia", outcome: str = "She knows.") -> str:
        asked = CloseFault(fault_id=number, outcome=outcome)
        return self.store.run(lambda connection: self.faults.close(connection, asked, by, self.clock.now()))


@pytest.fixture
def rig(open_store: Store, clock: FakeClock) -> Rig:
    return Rig(open_store, clock, HOME + FALL_RADAR)


@pytest.fixture
def tags(open_store: Store, clock: FakeClock) -> Rig:
    rig = Rig(open_store, clock, HOME + TAGS)
    rig.beacons = {HALL, KITCHEN, BEDROOM}
    return rig


async def test_a_fall_radar_that_falls_silent_is_a_case_and_an_alarm_and_both_end_when_it_is_heard_again(
    rig: Rig,
) -> None:
    rig.beacons = {"fall_radar"}
    await rig.run(5 * MINUTE_S)
    assert rig.open() == []
    rig.beacons = set()
    await rig.run(2 * MINUTE_S)
    case = rig.only()
    assert (case.kind, case.subject, case.owner) == (Condition.LOST, "fall_radar", "nadia")
    assert case.because == "The fall radar has been silent since 09:05, so I would not notice a fall by it."
    assert case.cover == "Nothing stands in for it: please look in or ring more often until it works."
    assert case.due_at == rig.clock.now() + timedelta(hours=24)
    assert rig.told() == []
    await rig.run(5 * MINUTE_S)
    assert rig.told() == [f"{case.because} {case.cover}"]
    assert rig.only().alarm_id == 1
    rig.beacons = {"fall_radar"}
    await rig.run(MINUTE_S)
    assert rig.open() == []
    ended = rig.case(1)
    assert (ended.outcome, ended.closed_by) == ("It is heard again.", None)
    assert rig.alarms() == [AlarmState.RESOLVED]
    await rig.run(HOUR_S)
    assert len(rig.told()) == 1


async def test_a_sensor_that_can_wait_is_a_case_within_three_intervals_and_is_told_after_half_an_hour(
    tags: Rig,
) -> None:
    await tags.run(HOUR_S)
    tags.beacons.discard(HALL)
    await tags.run(2 * MINUTE_S)
    assert (
        tags.only().because == "The hall tag has been silent since 10:00, so I cannot tell how warm it is in the hall."
    )
    assert tags.told() == []
    await tags.run(30 * MINUTE_S)
    assert len(tags.told()) == 1


async def test_one_that_comes_back_in_time_is_told_to_nobody(tags: Rig) -> None:
    await tags.run(HOUR_S)
    tags.beacons.discard(HALL)
    await tags.run(10 * MINUTE_S)
    tags.beacons.add(HALL)
    await tags.run(HOUR_S)
    assert tags.open() == []
    assert tags.told() == []


async def test_a_radio_that_is_off_is_one_case_and_one_alarm_not_one_a_sensor(tags: Rig) -> None:
    await tags.run(HOUR_S)
    tags.beacons = set()
    tags.link(LinkState.DOWN)
    await tags.run(3 * HOUR_S)
    assert tags.only().kind == Condition.RECEIVER_DOWN
    assert len(tags.told()) == 1
    assert "so I cannot rely on the pendant, the front door and 4 more. Nothing" in tags.told()[0]
    tags.link(LinkState.UP)
    tags.beacons = {HALL, KITCHEN, BEDROOM}
    await tags.run(MINUTE_S)
    assert tags.open() == []
    assert tags.alarms() == [AlarmState.RESOLVED]


async def test_tired_batteries_are_one_notice_the_next_morning(tags: Rig) -> None:
    await tags.run(2 * HOUR_S)
    for name in (HALL, KITCHEN):
        tags.tell(name, Quantity.BATTERY_PERCENT, 11.0)
    await tags.run(MINUTE_S)
    assert [case.kind for case in tags.open()] == [Condition.BATTERY_LOW, Condition.BATTERY_LOW]
    assert tags.told() == []
    await tags.clock.advance(23 * HOUR_S)
    await tags.run(2 * MINUTE_S)
    assert tags.told() == [
        "2 batteries need changing. The battery of the hall tag is at 11 %. The battery of the kitchen tag is at 11 %."
    ]
    tags.tell(HALL, Quantity.BATTERY_PERCENT, 100.0)
    await tags.run(MINUTE_S)
    assert tags.alarms() == [AlarmState.ESCALATING]
    tags.tell(KITCHEN, Quantity.BATTERY_PERCENT, 100.0)
    await tags.run(MINUTE_S)
    assert tags.alarms() == [AlarmState.RESOLVED]
    assert tags.case(1).outcome == "The battery was replaced or charged."


async def silent_radar(rig: Rig) -> Fault:
    """A case that people were told of."""
    rig.beacons = {"fall_radar"}
    await rig.run(MINUTE_S)
    rig.beacons = set()
    await rig.run(7 * MINUTE_S)
    return rig.only()


async def test_whoever_takes_the_alarm_has_the_case(rig: Rig) -> None:
    text = HOME.replace("[people.nadia]", '[people.ben]\nrole = "family"\n[people.nadia]') + FALL_RADAR
    rig.start(text)
    case = await silent_radar(rig)
    assert case.alarm_id is not None
    rig.store.run(lambda connection: connection.execute(alarm.update().values(owner="ben")))
    await rig.run(MINUTE_S)
    assert rig.only().owner == "ben"


async def test_who_closes_a_case_is_not_told_of_the_same_trouble_again_and_is_of_a_new_one(rig: Rig) -> None:
    case = await silent_radar(rig)
    assert rig.close(case.number) == "Thank you. The fault is closed."
    assert rig.alarms() == [AlarmState.RESOLVED]
    closed = rig.case(case.number)
    assert (closed.closed_by, closed.outcome) == ("nadia", "She knows.")
    await rig.run(HOUR_S)
    assert rig.open() == []
    again = await silent_radar(rig)
    assert again.number != case.number


async def test_only_a_person_of_the_household_closes_a_fault_and_only_once(rig: Rig) -> None:
    case = await silent_radar(rig)
    with pytest.raises(RefusedError, match="no such person"):
        rig.close(case.number, by="a stranger")
    with pytest.raises(RefusedError, match="there is no fault 9"):
        rig.close(9)
    rig.close(case.number)
    with pytest.raises(RefusedError, match="closed already"):
        rig.close(case.number)


async def test_what_is_overdue_is_told_again_until_somebody_does_something(rig: Rig) -> None:
    await silent_radar(rig)
    rig.store.run(lambda connection: rig.desk.settle(connection, 1, "I will see to it.", "nadia", rig.clock.now()))
    await rig.clock.advance(24 * HOUR_S)
    await rig.run(MINUTE_S)
    assert len(rig.told()) == 2
    assert rig.told()[1].startswith("Still so: The fall radar has been silent since 09:01 yesterday")
    again = rig.only()
    assert again.told_at is not None
    assert again.due_at == again.told_at + AGAIN_AFTER
    assert rig.alarms() == [AlarmState.RESOLVED, AlarmState.ESCALATING]


async def test_a_device_that_is_taken_out_of_the_home_takes_its_case_along(rig: Rig) -> None:
    case = await silent_radar(rig)
    rig.arrange(HOME)
    await rig.run(MINUTE_S)
    assert rig.open() == []
    assert rig.case(case.number).outcome == GONE


async def test_a_restart_forgets_neither_the_rhythm_nor_the_case(tags: Rig) -> None:
    await tags.run(HOUR_S)
    tags.beacons.discard(HALL)
    await tags.run(3 * MINUTE_S)
    await tags.faults.keep()
    with tags.store.reading() as connection:
        kept = learnt.kept(connection)
    tags.start(HOME + TAGS, kept)
    await tags.run(MINUTE_S)
    assert tags.only().subject == HALL
    tags.beacons.discard(KITCHEN)
    await tags.run(3 * MINUTE_S)  # it is known to be quick: otherwise it would be half an hour
    assert {case.subject for case in tags.open()} == {HALL, KITCHEN}


async def test_the_watch_keeps_looking_and_keeps_what_it_learns(rig: Rig) -> None:
    async with asyncio.TaskGroup() as group:
        watch = group.create_task(rig.faults.run())
        for _ in range(25):
            rig.hear("fall_radar")
            await rig.clock.advance(LOOK_EVERY_S)
            await rig.store.submit(lambda _: None)
        watch.cancel()
    with rig.store.reading() as connection:
        assert "fall_radar" in learnt.kept(connection)


async def test_a_fault_that_another_part_opens_is_told_as_well(rig: Rig, clock: FakeClock) -> None:
    case = Fault(kind="auditor_silent", subject="the auditor", because="The auditor is silent.", opened_at=clock.now())
    rig.store.run(lambda connection: faults.open_case(connection, case))
    await rig.run(MINUTE_S)
    assert rig.told() == ["The auditor is silent."]
    assert rig.only().alarm_id == 1


def test_a_fault_is_first_of_all_whoevers_the_plan_tells_first(clock: FakeClock) -> None:
    rota = parse(HOME)
    person = parse(HOME.replace('{ rota = "on_call", via', '{ who = "nadia", via'))
    role = parse(HOME.replace('{ rota = "on_call", via', '{ role = "family", via'))
    assert [responsible(home, clock.now()) for home in (rota, person, role)] == ["nadia", "nadia", "nadia"]


def test_home_toml_says_how_faults_are_collected() -> None:
    fault = 'fault = { severity = 4, plan = "life"'
    text = HOME.replace(fault, f'{fault}, digest = "PT2H", never_digest = ["lost"]')
    policy = parse(text).faults
    assert (policy.digest, policy.never_digest) == (timedelta(hours=2), frozenset({"lost"}))
    assert parse(HOME).faults.digest == timedelta(minutes=30)
    assert not parse(HOME.replace('fault = { severity = 4, plan = "life" }\n', "")).faults.never_digest


async def test_a_case_of_another_part_that_nobody_has_is_given_to_somebody(rig: Rig, clock: FakeClock) -> None:
    case = Fault(kind="canary", subject="the canary", because="No answer came back.", opened_at=clock.now())
    rig.store.run(lambda connection: faults.open_case(connection, case))
    await rig.run(MINUTE_S)
    assert rig.only().owner == "nadia"
