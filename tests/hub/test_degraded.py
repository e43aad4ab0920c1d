"""A hub whose disk fails it goes on from memory: it speaks, it texts, it says so, and loses nothing that was stored."""

import asyncio
import os
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from devices.model import Frame, LinkEvent
from hub import degraded
from hub.auditor import Complaint, Now, judge, look
from hub.clock import SystemClock
from hub.daemon import run
from hub.ears import Ear
from hub.lock import AlreadyRunningError, only_hub
from hub.simulated.channel import SimulatedChannel
from hub.store import twin as twins
from hub.store.errors import StoreCorruptError
from hub.store.schema import alarm, fault, sensor_event
from hub.watch import Given
from tests.hub.homes import pressed, settle_in

CLOCK = SystemClock()
WITHIN_S = 30.0


async def until(condition: Callable[[], bool], what: str) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not condition():
            await CLOCK.sleep(0.02)
    assert condition(), what


class Radio:
    """Hears what a test lets it hear."""

    name = "radio"

    def __init__(self) -> None:
        self.deliver: Callable[[Frame], None] | None = None

    async def run(self, deliver: Callable[[Frame], None], report: Callable[[LinkEvent], None]) -> None:
        del report
        self.deliver = deliver
        await asyncio.Event().wait()

    def press(self, packet: int) -> None:
        assert self.deliver is not None
        self.deliver(pressed(packet, CLOCK.now()))


class Running:
    """A whole hub on a disk of the test's."""

    def __init__(self, db: Path) -> None:
        self.db = db
        self.radio = Radio()
        self.sms = SimulatedChannel("twilio")
        self.speaker = SimulatedChannel("speaker")

    def texts(self) -> list[str]:
        return [message.text for message in self.sms.taken]

    def rows(self, column: object) -> list[object]:
        where = twins.twin_of(self.db) if twins.twin_of(self.db).exists() else self.db
        query = str(select(column))  # type: ignore[call-overload]
        with suppress(sqlite3.OperationalError):
            connection = sqlite3.connect(where)
            try:
                return [value for (value,) in connection.execute(query)]
            finally:
                connection.close()
        return []


@asynccontextmanager
async def hub(db: Path) -> AsyncIterator[Running]:
    home, stop, ready = Running(db), asyncio.Event(), asyncio.Event()
    ear = Ear(part="radio", key="radio", make=lambda _: home.radio)
    channels = {"twilio": home.sms, "speaker": home.speaker, "console": home.speaker}
    given = Given(adapters=lambda _: (channels, ()), labelled=lambda *_: None, ears=lambda _: [ear])
    task = asyncio.create_task(run(db, CLOCK, given, stop, ready.set))
    waits = asyncio.create_task(ready.wait())
    await asyncio.wait((task, waits), return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    await until(lambda: home.radio.deliver is not None, "the radio to listen")
    try:
        yield home
    finally:
        stop.set()
        await task


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    at = tmp_path / "disk"
    at.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(at)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    settle_in(at / "home.sqlite3", now=CLOCK.now())
    yield at
    subprocess.run(["umount", "-l", str(at)], check=False, capture_output=True)
    twins.forget(twins.twin_of(at / "home.sqlite3"))


def fill(disk: Path) -> None:
    with (disk / "ballast").open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            with suppress(OSError):
                while True:
                    file.write(b"x" * size)


def remount(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)


def damaged(folder: Path) -> list[bytes]:
    return [one.read_bytes()[:23] for one in folder.glob("*.damaged-*")]


async def test_5_disk_full(disk: Path) -> None:
    db = disk / "home.sqlite3"
    async with hub(db) as home:
        home.radio.press(1)
        await until(lambda: len(home.sms.taken) == 1, "the first call")
        fill(disk)
        home.radio.press(2)
        await until(lambda: twins.twin_of(db).exists(), "the hub to go on in memory")
        await until(lambda: len(home.rows(sensor_event.c.id)) == 2, "the second press to be kept")
        await until(lambda: "disk" in home.rows(fault.c.kind), "the fault to be a case")
        (disk / "ballast").unlink()
    assert not twins.twin_of(db).exists()
    assert len(home.rows(sensor_event.c.id)) == 2, "all that happened is on the disk after all"


async def test_5_read_only_file_system(disk: Path) -> None:
    db = disk / "home.sqlite3"
    remount(disk, "ro")
    async with hub(db) as home:
        home.radio.press(1)
        await until(lambda: any("called for help" in text for text in home.texts()), "somebody to be called")
        await until(lambda: any("alarm system" in text for text in home.texts()), "people to hear of the disk")
        assert set(home.rows(fault.c.because)) <= set(degraded.SAYS.values())
    remount(disk, "rw")
    async with hub(db) as home:
        assert not twins.twin_of(db).exists()
        assert len(home.rows(alarm.c.id)) == 2, "the press and the disk"
        await until(lambda: home.rows(fault.c.closed_at) != [None], "the fault to be over")


async def test_5_corrupt_database_at_boot(tmp_path: Path) -> None:
    db = tmp_path / "home.sqlite3"
    settle_in(db, now=CLOCK.now())
    async with hub(db):
        pass
    for suffix in ("-wal", "-shm"):
        db.with_name(db.name + suffix).unlink(missing_ok=True)
    db.write_bytes(b"Nothing of it is left. " * 4000)
    async with hub(db) as home:
        home.radio.press(1)
        await until(lambda: any("called for help" in text for text in home.texts()), "somebody to be called")
        await until(lambda: any("alarm system" in text for text in home.texts()), "people to hear of the damage")
    assert damaged(tmp_path) == [b"Nothing of it is left. "]
    async with hub(db) as home:
        assert len(home.rows(sensor_event.c.id)) == 1


async def test_5_a_corrupt_database_of_a_home_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    db = tmp_path / "home.sqlite3"
    db.write_bytes(b"Nothing of it is left. " * 4000)
    with pytest.raises(StoreCorruptError):
        async with hub(db):
            pass
    assert db.read_bytes().startswith(b"Nothing of it is left.")
    assert damaged(tmp_path) == []


async def test_the_auditor_sees_a_hub_that_goes_on_in_memory(disk: Path) -> None:
    db = disk / "home.sqlite3"
    fill(disk)
    async with hub(db) as home:
        home.radio.press(1)
        await until(lambda: bool(home.sms.taken), "somebody to be called")
        seen = look(db, Now(boot_id="b", boot_s=CLOCK.boot_s(), began_s=CLOCK.boot_s()))
        assert seen is not None
        assert seen.in_memory
        assert seen.household is not None
        assert Complaint.DISK in judge(seen, Now(boot_id="b", boot_s=0.0, began_s=0.0))
        (disk / "ballast").unlink()


def test_only_one_hub_also_where_the_disk_takes_no_lock(disk: Path) -> None:
    db = disk / "home.sqlite3"
    lock = disk / "home.sqlite3.lock"
    lock.touch()
    remount(disk, "ro")
    with only_hub(db), pytest.raises(AlreadyRunningError), only_hub(db):
        pass
    remount(disk, "rw")
    lock.unlink()
    remount(disk, "ro")
    with only_hub(db), pytest.raises(AlreadyRunningError), only_hub(db):
        pass


def test_the_copy_of_the_declaration(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    db = tmp_path / "home.sqlite3"
    degraded.keep_copy(db, "one")
    degraded.keep_copy(db, "one")
    degraded.keep_copy(db, "two")
    copy = tmp_path / "home.sqlite3.home.toml"
    assert copy.read_text() == "two"
    assert copy.stat().st_mode & 0o077 == 0
    degraded.keep_copy(tmp_path / "none" / "home.sqlite3", "one")
    assert "cannot be kept" in caplog.text
