"""The auditor watches the hub, and the hub watches the auditor: the silence of either is noticed, and told."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, update
from typer.testing import CliRunner

from analytics.model import FindingKind
from hub import auditor_pulse, household
from hub.auditor import LOOK_EVERY_S, Auditor, Complaint, Now, Seen, is_time, judge
from hub.auditor_pulse import Pulse
from hub.auditor_watch import BACK, KIND, SILENT, AuditorWatch, is_silent
from hub.cli_auditor import app, make
from hub.clock import SystemClock
from hub.escalation.boot import this_boot
from hub.escalation.context import Context
from hub.escalation.timers import Moment
from hub.escalation.transaction import carry_out
from hub.household.model import Household, SmsPolicy
from hub.model import ChannelError, Evidence, Message
from hub.simulated.channel import SimulatedChannel
from hub.store import faults, heartbeat
from hub.store.heartbeat import Beat
from hub.store.schema import alarm, notification
from hub.store.writer import Store
from hub.telling import letters, tell, to_resident, ways
from tests.fakes import START, FakeClock, settle
from tests.hub.escalation.conftest import empty_database, new_store  # noqa: F401 -- fixtures
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import CONSENT, HOUSEHOLD, JOAN, PRIYA, TOM

EXAMPLE = (Path(__file__).parents[2] / "examples" / "home.toml").read_text()
BOOT = "boot-1"


def now(boot_s: float = 1000.0, began_s: float = 0.0) -> Now:
    return Now(boot_id=BOOT, boot_s=boot_s, began_s=began_s)


def beat(boot_s: float, boot_id: str = BOOT) -> Beat:
    return Beat(boot_id=boot_id, boot_s=boot_s, at=START)


@pytest.mark.parametrize(
    ("seen", "at", "wrong"),
    [
        (None, now(), {Complaint.UNREADABLE}),
        (Seen(beat=beat(995)), now(), set()),
        (Seen(beat=beat(930)), now(), {Complaint.SILENT}),
        (Seen(beat=beat(930)), now(began_s=960), set()),  # it may have been off before we looked
        (Seen(beat=beat(930)), now(1100, began_s=960), {Complaint.SILENT}),
        (Seen(beat=None), now(began_s=900), set()),
        (Seen(beat=None), now(began_s=800), {Complaint.SILENT}),
        (Seen(beat=beat(5000, "earlier")), now(began_s=900), set()),
        (Seen(beat=beat(5000, "earlier")), now(began_s=800), {Complaint.SILENT}),
        (Seen(beat=beat(995), late_alarms=1), now(), {Complaint.ALARM}),
        (Seen(beat=beat(995), futureless=1), now(), {Complaint.ALARM}),
        (Seen(beat=beat(995), late_messages=2), now(), {Complaint.MESSAGE}),
    ],
)
def test_what_is_wrong(seen: Seen | None, at: Now, wrong: set[Complaint]) -> None:
    assert judge(seen, at) == wrong


@pytest.mark.parametrize(
    ("told", "minutes", "due"),
    [
        (0, 0, True),
        (1, 14, False),
        (1, 15, True),
        (2, 59, False),
        (2, 60, True),
        (3, 119, False),
        (3, 120, True),
        (4, 180, True),
    ],
)
def test_people_are_told_again_and_never_no_more(told: int, minutes: int, due: bool) -> None:
    assert is_time(told, timedelta(minutes=minutes)) is due


class Home:
    """A database with a hub that beats, and an auditor on a clock of the test's."""

    def __init__(self, path: Path, desk: Desk) -> None:
        self.path = path
        self.desk = desk
        self.clock = FakeClock(START)
        self.channel = SimulatedChannel("twilio")
        self.speaker = SimulatedChannel("speaker")
        self.auditor = self.anew()

    def anew(self) -> Auditor:
        found = {"twilio": self.channel, "speaker": self.speaker}
        watcher = make(self.path, self.clock, lambda _: (found, ("a channel is lacking",)))
        watcher.boot_id = BOOT
        return watcher

    def beats(self) -> None:
        here = Beat(boot_id=BOOT, boot_s=self.clock.boot_s(), at=self.clock.now())
        self.desk.store.run(lambda connection: heartbeat.beat(connection, here))

    def told(self) -> list[str]:
        return [message.to for message in self.channel.taken]

    def cases(self) -> list[tuple[str, bool]]:
        with self.desk.store.reading() as connection:
            return [(case.kind, case.closed_at is None) for case in faults.newest(connection, 10)]


@pytest.fixture
def home(new_store: Callable[[], Store], tmp_path: Path) -> Home:  # noqa: F811 -- the fixture
    desk = Desk(new_store())
    desk.store.run(lambda connection: household.apply(connection, EXAMPLE, START, "test"))
    return Home(tmp_path / "home.sqlite3", desk)


async def test_a_hub_that_beats_is_let_be(home: Home) -> None:
    home.beats()
    assert await home.auditor.audit() == set()
    assert auditor_pulse.take(home.path) == Pulse(boot_id=BOOT, boot_s=home.clock.boot_s())
    assert not home.told()


async def test_a_hub_that_falls_silent_is_told_of_by_the_auditor_itself(home: Home) -> None:
    home.beats()
    await home.auditor.audit()
    await home.clock.advance(61)
    assert await home.auditor.audit() == {Complaint.SILENT}
    assert home.told() == ["+447700900101"], "whoever is on call on a Tuesday morning"
    assert home.channel.taken[0].text.startswith("The alarm system at Edith's needs help: it has stopped")
    assert "ring 999" in home.speaker.taken[0].text
    assert home.cases() == [("hub_silent", True)]
    await home.clock.advance(900)
    await home.auditor.audit()
    assert len(home.told()) == 2
    home.beats()
    assert await home.auditor.audit() == set()
    assert home.cases() == [("hub_silent", False)]


async def test_when_nobody_is_reached_it_tries_again_with_the_next_look(home: Home) -> None:
    home.beats()
    home.channel.then.extend([ChannelError("no connection")])
    home.speaker.then.extend([ChannelError("no sound")])
    await home.auditor.audit()
    await home.clock.advance(61)
    await home.auditor.audit()
    assert home.told() == []
    await home.clock.advance(LOOK_EVERY_S)
    await home.auditor.audit()
    assert len(home.told()) == 1


async def test_an_open_alarm_that_nothing_moves_is_told_of(home: Home) -> None:
    home.desk.open(FindingKind.PANIC)
    home.desk.accept(home.desk.run())
    await home.clock.advance(61 + 61)
    home.beats()
    assert Complaint.ALARM in await home.auditor.audit()
    assert "an alarm is open and is not being dealt with" in home.channel.taken[0].text


async def test_a_message_that_nothing_sends_is_told_of(home: Home) -> None:
    home.desk.open(FindingKind.PANIC)
    home.desk.do(lambda ctx: ctx.connection.execute(update(alarm).values(next_boot_s=99999.0)))
    home.desk.do(lambda ctx: ctx.connection.execute(update(notification).values(boot_id=BOOT)))
    await home.clock.advance(61)
    home.beats()
    assert await home.auditor.audit() == {Complaint.MESSAGE}


async def test_a_database_that_goes_bad_is_told_of_from_memory(home: Home) -> None:
    home.beats()
    await home.auditor.audit()
    home.desk.store.shut()
    home.path.write_bytes(b"no database at all" * 1000)
    for suffix in ("-wal", "-shm"):
        home.path.with_name(home.path.name + suffix).unlink(missing_ok=True)
    assert await home.auditor.audit() == {Complaint.UNREADABLE}
    assert len(home.told()) == 1


async def test_a_home_that_was_never_read_can_only_be_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    watcher = make(tmp_path / "none" / "home.sqlite3", FakeClock(), lambda _: ({}, ()))
    assert await watcher.audit() == {Complaint.UNREADABLE}
    assert "nobody can be told" in caplog.text
    assert "cannot say that it is alive" in caplog.text


async def test_it_looks_again_and_again(home: Home) -> None:
    task = asyncio.create_task(home.auditor.run())
    for _ in range(20):
        home.beats()
        await home.clock.advance(LOOK_EVERY_S)
    assert auditor_pulse.take(home.path) == Pulse(boot_id=BOOT, boot_s=home.clock.boot_s())
    task.cancel()
    await settle()


def test_who_is_told_first_and_who_then() -> None:
    assert [way.to for way in ways(HOUSEHOLD, 0, START)] == [PRIYA]
    assert [way.to for way in ways(HOUSEHOLD, 1, START)] == [PRIYA, TOM]


def test_consent_holds_here_too() -> None:
    nobody_may = replace(HOUSEHOLD, consent=replace(CONSENT, fields={}))
    (message,) = letters(nobody_may, ways(nobody_may, 0, START), "it has stopped", START)
    assert "Margaret" not in message.text
    assert "someone you look after" in message.text


async def test_the_other_path_takes_over() -> None:
    twilio, modem = SimulatedChannel("twilio"), SimulatedChannel("gsm_modem")
    twilio.then.append(ChannelError("no connection"))
    two: Household = replace(HOUSEHOLD, sms=SmsPolicy(primary="twilio", fallback="gsm_modem"))
    message = next(letters(two, ways(two, 0, START), "it has stopped", START))
    assert await tell({"twilio": twilio, "gsm_modem": modem}, two, [message, to_resident(two, "x", START)]) == 1
    assert [one.to for one in modem.taken] == [PRIYA]
    assert JOAN not in {one.to for one in modem.taken}


async def test_a_channel_with_work_of_its_own_does_it_meanwhile() -> None:
    class Working(SimulatedChannel):
        ran = False

        async def run(self, around: object) -> None:
            del around
            self.ran = True

        async def send(self, message: Message) -> Evidence:
            await settle()
            return await super().send(message)

    channel = Working("twilio")
    await tell({"twilio": channel}, HOUSEHOLD, list(letters(HOUSEHOLD, ways(HOUSEHOLD, 0, START), "x", START)))
    assert channel.ran


# The hub's eye on the auditor.


@pytest.mark.parametrize(
    ("pulse", "boot_s", "silent"),
    [
        (None, 9999.0, False),  # no auditor was ever set to this home
        (Pulse(boot_id=BOOT, boot_s=990.0), 1000.0, False),
        (Pulse(boot_id=BOOT, boot_s=990.0), 1111.0, True),
        (Pulse(boot_id="earlier", boot_s=99999.0), 1000.0, False),
        (Pulse(boot_id="earlier", boot_s=99999.0), 1121.0, True),
    ],
)
def test_whether_the_auditor_is_missed(pulse: Pulse | None, boot_s: float, silent: bool) -> None:
    assert is_silent(pulse, BOOT, boot_s, began_s=980.0 if pulse and pulse.boot_id == BOOT else 1000.0) is silent


async def test_15_the_auditors_silence_is_a_fault_until_it_is_back(home: Home) -> None:
    class Direct:
        def look_after(self, connection: Connection, work: Callable[[Context], None], now: datetime) -> None:
            moment = Moment(now=now, boot_s=home.clock.boot_s(), boot_id=BOOT)
            carry_out(Context(connection=connection, moment=moment, household=HOUSEHOLD, adapters=frozenset()), work)

    watch = AuditorWatch(home.desk.store, home.clock, Direct(), BOOT)
    await watch.look()
    assert home.cases() == []
    auditor_pulse.give(home.path, Pulse(boot_id=BOOT, boot_s=home.clock.boot_s()))
    await home.clock.advance(121)
    await watch.look()
    await watch.look()
    assert home.cases() == [(KIND, True)]
    with home.desk.store.reading() as connection:
        assert faults.open_cases(connection)[0].because == SILENT
    auditor_pulse.give(home.path, Pulse(boot_id=BOOT, boot_s=home.clock.boot_s()))
    await watch.look()
    with home.desk.store.reading() as connection:
        assert faults.newest(connection, 1)[0].outcome == BACK


def test_the_sign_of_life(tmp_path: Path) -> None:
    db = tmp_path / "home.sqlite3"
    assert auditor_pulse.take(db) is None
    auditor_pulse.give(db, Pulse(boot_id="b", boot_s=2.5))
    assert auditor_pulse.take(db) == Pulse(boot_id="b", boot_s=2.5)
    db.with_name("home.sqlite3.auditor").write_text("{")
    assert auditor_pulse.take(db) == Pulse(boot_id="", boot_s=0.0)
    assert auditor_pulse.retire(db)
    assert not auditor_pulse.retire(db)


def test_by_the_command(home: Home) -> None:
    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, [*words, "--db", str(home.path)])
        return result.exit_code, result.output

    code, said = run("--once", "--console")
    assert code == 1
    assert "[sms to nadia] The alarm system at Edith's needs help" in said
    assert "Wrong: it has stopped, and nobody is watched over." in said
    alive = Beat(boot_id=this_boot(), boot_s=SystemClock().boot_s(), at=START)
    home.desk.store.run(lambda connection: heartbeat.beat(connection, alive))
    assert run("--once", "--console") == (0, "All is well.\n")
    assert run("--retire") == (0, "No auditor is expected any more.\n")
    assert run("--retire") == (0, "None was expected.\n")
