"""A disk that is full, read-only or damaged, for real: the store goes on in memory, loses nothing, and comes back."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select

from hub.store import twin as twins
from hub.store.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreDiskError,
    StoreError,
    StoreFullError,
    StoreReadOnlyError,
)
from hub.store.resilient import RETURN_COMMITS, ResilientStore
from hub.store.schema import device, intent
from tests.hub.blank import blank_database

AT_US = 1_795_500_000_000_000
Troubles = list[StoreError | None]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")


class Disk:
    """A file system of two megabytes, which can be filled and made read-only."""

    def __init__(self, at: Path) -> None:
        self.at = at
        self._ballast = at / "ballast"

    def fill(self) -> None:
        with self._ballast.open("wb", buffering=0) as file:
            for size in (65536, 4096, 512, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    continue

    def empty(self) -> None:
        self._ballast.unlink()

    def remount(self, how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", str(self.at)], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    at = tmp_path / "disk"
    at.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(at)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    blank_database(at / "home.sqlite3")
    yield Disk(at)
    subprocess.run(["umount", "-l", str(at)], check=False, capture_output=True)


@pytest.fixture
def troubles() -> Troubles:
    return []


def open_store(folder: Path, troubles: Troubles) -> ResilientStore:
    return ResilientStore.open(folder / "home.sqlite3", on_trouble=troubles.append, busy_s=0.5, flush_s=0.02)


def add(name: str, size: int = 10) -> Callable[[Connection], object]:
    values = {"name": name, "kind": "x" * size, "config": {}, "added_at": AT_US}
    return lambda connection: connection.execute(insert(device), values)


def forbid_writing(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA query_only = ON")


def names(connection: Connection) -> list[str]:
    return list(connection.scalars(select(device.c.name).order_by(device.c.id)))


def on_disk(folder: Path) -> list[str]:
    other = sqlite3.connect(folder / "home.sqlite3")
    try:
        return [name for (name,) in other.execute("SELECT name FROM device ORDER BY id")]
    finally:
        other.close()


def kinds(troubles: Troubles) -> list[str]:
    return [type(trouble).__name__ for trouble in troubles]


def beat(store: ResilientStore, times: int = RETURN_COMMITS) -> None:
    for _ in range(times):
        store.run(lambda _: None)


@needs_root
def test_a_disk_that_fills_up_while_the_hub_runs(disk: Disk, troubles: Troubles) -> None:
    store = open_store(disk.at, troubles)
    store.run(add("before"))
    disk.fill()
    store.run(add("while full", size=100_000))
    store.run(add("and on"))
    assert store.run(names) == ["before", "while full", "and on"]
    with store.reading() as connection:
        assert names(connection) == ["before", "while full", "and on"]
    assert isinstance(store.held, StoreFullError | StoreDiskError)
    beat(store)
    assert store.held is not None, "it is still full"
    assert on_disk(disk.at) == ["before"]
    disk.empty()
    beat(store)
    assert store.held is None
    assert on_disk(disk.at) == ["before", "while full", "and on"]
    store.run(add("after"))
    store.shut()
    assert on_disk(disk.at)[-1] == "after"
    assert [one is None for one in troubles] == [False, True]
    assert not twins.twin_of(disk.at / "home.sqlite3").exists()


@needs_root
def test_a_disk_that_turns_read_only_and_stays_so_past_the_hubs_end(disk: Disk, troubles: Troubles) -> None:
    store = open_store(disk.at, troubles)
    store.run(add("before"))
    store.shut()
    disk.remount("ro")
    store = open_store(disk.at, troubles)
    assert isinstance(store.held, StoreReadOnlyError | StoreDiskError)
    store.run(add("while read-only"))
    store.shut()
    assert on_disk_by_copy(disk.at) == ["before"]

    again = open_store(disk.at, troubles)
    assert again.run(names) == ["before", "while read-only"], "another process goes on with the twin"
    disk.remount("rw")
    beat(again)
    assert again.held is None
    again.shut()
    assert on_disk(disk.at) == ["before", "while read-only"]


def on_disk_by_copy(folder: Path) -> list[str]:
    """What a disk holds on which SQLite cannot open a database."""
    copied = folder.with_name("copied")
    copied.mkdir(exist_ok=True)
    for file in folder.glob("home.sqlite3*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, copied / file.name)
    return on_disk(copied)


@needs_root
def test_a_disk_that_is_full_when_the_hub_starts_and_has_room_when_it_ends(disk: Disk, troubles: Troubles) -> None:
    disk.fill()
    store = open_store(disk.at, troubles)
    store.run(add("while full", size=100_000))
    assert store.held is not None
    disk.empty()
    store.shut()
    assert on_disk(disk.at) == ["while full"]
    assert not twins.twin_of(disk.at / "home.sqlite3").exists()


@needs_root
def test_a_twin_that_a_killed_hub_left_is_taken_up_by_the_next(disk: Disk, troubles: Troubles) -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from hub.store.resilient import ResilientStore; from hub.store.schema import device\n"
        "from sqlalchemy import insert\n"
        "store = ResilientStore.open(Path(sys.argv[1]))\n"
        "row = {'name': 'before the kill', 'kind': 'x', 'config': {}, 'added_at': 1}\n"
        "store.run(lambda c: c.execute(insert(device), row))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    disk.fill()
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    subprocess.run([sys.executable, "-c", script, str(disk.at / "home.sqlite3")], check=False, env=environment)
    disk.empty()
    store = open_store(disk.at, troubles)
    assert store.held is None
    assert store.run(names) == ["before the kill"]
    store.shut()


def spoil(path: Path, table: str) -> None:
    """Overwrite one table's first page."""
    with sqlite3.connect(path) as other:
        page = other.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    other.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)


def test_a_database_that_is_damaged_while_the_hub_runs_is_saved_and_kept(tmp_path: Path, troubles: Troubles) -> None:
    path = blank_database(tmp_path / "home.sqlite3")
    store = open_store(tmp_path, troubles)
    store.run(add("before"))
    store.shut()
    spoil(path, "rejection")
    store = open_store(tmp_path, troubles)
    store.run(add("between"))
    store.run(lambda connection: connection.exec_driver_sql("SELECT * FROM rejection").all())
    assert isinstance(store.held, StoreCorruptError)
    assert store.run(names) == ["before", "between"]
    beat(store)
    assert store.held is None
    store.shut()
    assert on_disk(tmp_path) == ["before", "between"]
    kept = [one.read_bytes() for one in tmp_path.glob("home.sqlite3.damaged-*")]
    assert any(b"\xff" * 4096 in content for content in kept)
    assert kinds(troubles) == ["StoreCorruptError", "NoneType"]


def test_a_file_that_is_no_database_is_kept_and_replaced(tmp_path: Path, troubles: Troubles) -> None:
    path = tmp_path / "home.sqlite3"
    path.write_bytes(b"This is not a database. " * 500)
    store = open_store(tmp_path, troubles)
    assert isinstance(store.held, StoreCorruptError)
    store.run(add("anew"))
    store.shut()
    assert on_disk(tmp_path) == ["anew"]
    (kept,) = tmp_path.glob("home.sqlite3.damaged-*")
    assert kept.read_bytes().startswith(b"This is not a database.")


def test_what_a_page_asks_on_the_disk_meanwhile_is_kept(tmp_path: Path, troubles: Troubles) -> None:
    path = blank_database(tmp_path / "home.sqlite3")
    store = open_store(tmp_path, troubles)
    pages = store.run(lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar())
    store.run(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}"))
    store.run(add("while full", size=100_000))
    assert isinstance(store.held, StoreFullError)
    with sqlite3.connect(path) as other:
        other.execute("INSERT INTO intent (kind, payload, by, at) VALUES (?, ?, ?, ?)", ("close", "{}", "nadia", AT_US))
    other.close()
    beat(store)
    assert store.held is None
    assert store.run(lambda connection: connection.scalar(select(func.count()).select_from(intent))) == 1
    store.shut()


def test_a_lock_is_no_trouble_of_the_disk(tmp_path: Path, troubles: Troubles) -> None:
    blank_database(tmp_path / "home.sqlite3")
    store = open_store(tmp_path, troubles)
    other = sqlite3.connect(tmp_path / "home.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusyError):
        store.run(add("locked out"))
    assert store.held is None
    other.execute("ROLLBACK")
    other.close()
    store.shut()


def test_without_memory_the_trouble_is_told_as_ever(
    tmp_path: Path, troubles: Troubles, monkeypatch: pytest.MonkeyPatch
) -> None:
    blank_database(tmp_path / "home.sqlite3")
    store = open_store(tmp_path, troubles)
    in_the_way = tmp_path / "memory"
    in_the_way.mkdir()
    (in_the_way / f"alongside-{os.geteuid()}").symlink_to(tmp_path)
    monkeypatch.setenv(twins.MEMORY, str(in_the_way))
    store.run(forbid_writing)
    with pytest.raises(StoreReadOnlyError):
        store.run(add("x"))
    store.shut()
    (tmp_path / "home.sqlite3").write_bytes(b"This is not a database. " * 500)
    with pytest.raises(StoreCorruptError):
        open_store(tmp_path, troubles)


def test_the_twins_of_two_homes_are_two(tmp_path: Path) -> None:
    one, other = (twins.twin_of(tmp_path / name) for name in ("one.sqlite3", "other.sqlite3"))
    assert one != other
    assert one.parent.name == f"alongside-{os.geteuid()}"
