"""Channels with work of their own are kept at it, and people hear of one that stays broken."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import insert

from devices.model import LinkEvent, LinkState
from hub.attendance import Attendance
from hub.channels.attended import Around
from hub.escalation.service import Escalation
from hub.model import AlarmState
from hub.simulated.channel import SimulatedChannel
from hub.store import faults
from hub.store.faults import Fault
from hub.store.schema import alarm, to_us
from hub.store.writer import Store
from hub.supervisor import Failure
from tests.fakes import START, FakeClock, settle
from tests.hub.escalation.homes import HOUSEHOLD


class Modem(SimulatedChannel):
    """A channel with work of its own: it says of itself what a test wants."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.arounds: list[Around] = []
        self.fails = False

    async def run(self, around: Around) -> None:
        self.arounds.append(around)
        if self.fails:
            raise OSError("no")
        await asyncio.Event().wait()

    def says(self, state: LinkState, words: str = "") -> None:
        self.arounds[-1].report(LinkEvent(subject=self.name, state=state, at=START, detail=words))


@dataclass
class Told:
    links: list[LinkEvent] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def attendance(open_store: Store, clock: FakeClock, told: Told) -> AsyncIterator[Attendance]:
    desk = Escalation(open_store, clock, {}, lambda _: HOUSEHOLD)
    made = Attendance(open_store, clock, told.links.append, desk, told.failures.append)
    yield made
    await made.end()


def open_faults(store: Store) -> list[tuple[str, str]]:
    with store.reading() as connection:
        return [(case.kind, case.because) for case in faults.open_cases(connection)]


async def advance(store: Store, clock: FakeClock, seconds: float) -> None:
    """Time passes, and what is written then is."""
    await clock.advance(seconds)
    await store.submit(lambda _: None)
    await settle()


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("gsm_modem", ("gsm_dead", "No texts go out by the mobile modem: it is not plugged in.")),
        ("speaker", ("speaker_dead", "The hub cannot speak to the resident: it is not plugged in.")),
        ("pigeon", ("channel_dead", "A channel of the hub does not work: it is not plugged in.")),
    ],
)
async def test_a_channel_that_stays_broken_is_told_of_once_in_plain_words(
    attendance: Attendance, open_store: Store, clock: FakeClock, name: str, fault: tuple[str, str]
) -> None:
    modem = Modem(name)
    attendance.begin([modem])
    await advance(open_store, clock, 0)
    modem.says(LinkState.DOWN, "it is not plugged in")
    await advance(open_store, clock, 115)
    assert open_faults(open_store) == []
    await advance(open_store, clock, 120)
    assert open_faults(open_store) == [fault]
    modem.says(LinkState.UP)
    await advance(open_store, clock, 10)
    assert open_faults(open_store) == []


async def test_a_channel_that_is_not_used_any_more_leaves_no_case(
    attendance: Attendance, open_store: Store, clock: FakeClock
) -> None:
    left = [
        Fault(kind=kind, subject=subject, because="It is silent.", opened_at=START)
        for kind, subject in (("gsm_dead", "gsm_modem"), ("lost", "kitchen_motion"))
    ]
    open_store.run(lambda connection: [faults.open_case(connection, case) for case in left])
    attendance.begin([])
    await advance(open_store, clock, 0)
    assert open_faults(open_store) == [("lost", "It is silent.")]


async def test_a_channel_that_comes_back_is_nobody_s_alarm(
    attendance: Attendance, open_store: Store, clock: FakeClock, told: Told
) -> None:
    modem = Modem("gsm_modem")
    attendance.begin([modem, SimulatedChannel("twilio")])
    await settle()
    modem.says(LinkState.DOWN, "it does not answer")
    await advance(open_store, clock, 60)
    modem.says(LinkState.UP, "its signal is good")
    await advance(open_store, clock, 600)
    assert open_faults(open_store) == []
    assert [(one.state, one.detail) for one in told.links] == [
        (LinkState.DOWN, "it does not answer"),
        (LinkState.UP, "its signal is good"),
    ]
    assert told.links[1].at > START  # by the hub's own clock


async def test_a_channel_is_begun_once_however_many_names_it_has(attendance: Attendance) -> None:
    modem = Modem("gsm_modem")
    attendance.begin([modem, modem])
    await settle()
    assert len(modem.arounds) == 1


async def test_its_work_is_begun_again_when_it_fails(attendance: Attendance, clock: FakeClock, told: Told) -> None:
    modem = Modem("gsm_modem")
    modem.fails = True
    attendance.begin([modem])
    await settle()
    assert [one.part for one in told.failures] == ["the channel gsm_modem"]
    modem.fails = False
    await clock.advance(5)
    assert len(modem.arounds) == 2


@pytest.mark.parametrize("state", AlarmState)
async def test_whether_the_resident_is_still_being_asked(
    attendance: Attendance, open_store: Store, state: AlarmState
) -> None:
    open_alarm = state not in (AlarmState.RESOLVED, AlarmState.CANCELLED)
    row = {
        "kind": "fall",
        "severity": 9,
        "state": state,
        "policy": {},
        "because": "x",
        "facts": {},
        "opened_at": to_us(START),
        "version": 1,
        "code": "42",
        "round": 0,
        "step": -1,
        "prompts_given": 1,
        "next_at": to_us(START) if open_alarm else None,
        "next_reason": "x" if open_alarm else None,
        "next_boot_s": 1.0 if open_alarm else None,
        "boot_id": "boot-1" if open_alarm else None,
        "closed_at": None if open_alarm else to_us(START),
        "outcome": None if open_alarm else "ok",
    }
    number = open_store.run(lambda c: c.execute(insert(alarm).values(row).returning(alarm.c.id)).scalar_one())
    modem = Modem("speaker")
    attendance.begin([modem])
    await settle()
    assert modem.arounds[0].is_asked(number) is (state is AlarmState.CHECKIN)
    assert not modem.arounds[0].is_asked(number + 1)
