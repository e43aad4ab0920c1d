"""A database that is locked, full, read-only, damaged or gone: told to whoever waits, and outlived."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select

from hub.store import rows as bulk
from hub.store.connect import driver
from hub.store.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreDiskError,
    StoreError,
    StoreFullError,
    StoreReadOnlyError,
    store_error,
)
from hub.store.rows import Row
from hub.store.schema import device, observation
from hub.store.writer import Store
from tests.hub.blank import blank_database
from tests.hub.store.conftest import until

AT_US = 1_795_500_000_000_000
Troubles = list[StoreError | None]


def row(number: int, value: float = 72.0) -> Row:
    return (number, 1, 2, AT_US + number, value, None)


def add_device(connection: Connection) -> None:
    connection.execute(insert(device), {"name": "button", "kind": "button", "config": {}, "added_at": AT_US})


def write_much(connection: Connection) -> None:
    for number in range(200):
        values = {"name": f"{number}", "kind": "x" * 4000, "config": {}, "added_at": AT_US}
        connection.execute(insert(device), values)


def forbid_growth(connection: Connection) -> None:
    """Let SQLite itself say that the disk is full, as soon as another page is needed."""
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def forbid_writing(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA query_only = ON")


def count(store: Store) -> int:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(observation)) or 0


@pytest.fixture
def troubles() -> Troubles:
    return []


@pytest.fixture
def watched(tmp_path: Path, troubles: Troubles) -> Store:
    return Store.open(blank_database(tmp_path / "home.sqlite3"), on_trouble=troubles.append, busy_s=0.05, flush_s=0.02)


async def test_locked_by_another_process(watched: Store, troubles: Troubles) -> None:
    other = sqlite3.connect(watched.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    watched.append([row(1)])
    results = await asyncio.gather(*(watched.submit(add_device) for _ in range(3)), return_exceptions=True)

    assert [type(result) for result in results] == [StoreBusyError] * 3
    assert not any(result.permanent for result in results if isinstance(result, StoreError))
    assert isinstance(watched.trouble, StoreBusyError)
    other.execute("COMMIT")
    other.close()
    await until(lambda: count(watched) == 1)  # what waited is written without being asked again
    await watched.submit(add_device)
    assert [type(trouble) for trouble in troubles] == [StoreBusyError, type(None)]
    await watched.close()


@pytest.mark.parametrize(
    ("spoil", "job", "error"),
    [(forbid_growth, write_much, StoreFullError), (forbid_writing, add_device, StoreReadOnlyError)],
)
async def test_a_disk_that_takes_no_more(
    watched: Store,
    troubles: Troubles,
    spoil: Callable[[Connection], None],
    job: Callable[[Connection], None],
    error: type[StoreError],
) -> None:
    def spoil_and_go_on(connection: Connection) -> None:
        spoil(connection)
        job(connection)

    with pytest.raises(error) as raised:
        await watched.submit(spoil_and_go_on)

    assert not raised.value.permanent
    assert type(watched.trouble) is error
    await watched.submit(add_device)  # the disk is well again: so is the store
    assert [type(trouble) for trouble in troubles] == [error, type(None)]
    await watched.close()


async def test_trouble_is_said_once_and_so_is_its_end(watched: Store, troubles: Troubles) -> None:
    other = sqlite3.connect(watched.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(3):
        with pytest.raises(StoreBusyError):
            await watched.submit(add_device)
    other.execute("COMMIT")
    other.close()
    for _ in range(2):
        await watched.submit(lambda _: None)

    assert [type(trouble) for trouble in troubles] == [StoreBusyError, type(None)]
    await watched.close()


async def test_readings_wait_for_a_disk_that_comes_back(watched: Store, troubles: Troubles) -> None:
    await watched.submit(forbid_writing)
    watched.append([row(1), row(2)])
    await until(lambda: len(troubles) == 2)  # read-only, then well again on a new connection

    assert count(watched) == 2
    assert watched.dropped_rows == 0
    await watched.close()


async def test_a_reading_that_sqlite_refuses_does_not_cost_the_others(
    watched: Store, caplog: pytest.LogCaptureFixture
) -> None:
    watched.append([row(1), row(2, value=float("nan")), row(3)])  # SQLite takes NaN for NULL
    await watched.submit(lambda _: None)

    assert count(watched) == 2
    assert watched.dropped_rows == 1
    assert "observation 2 of device 1 was refused" in caplog.text
    assert watched.trouble is None
    await watched.close()


def test_memory_is_bounded_while_the_disk_is_away(caplog: pytest.LogCaptureFixture) -> None:
    buffer = bulk.Buffer()
    buffer.add([row(bulk.HELD_ROWS + 1), row(bulk.HELD_ROWS + 2)])

    buffer.give_back([row(number) for number in range(bulk.HELD_ROWS)])

    held = buffer.take()
    assert (len(held), held[0][0], held[-1][0]) == (bulk.HELD_ROWS, 2, bulk.HELD_ROWS + 2)
    assert buffer.dropped == 2
    assert "2 readings were lost" in caplog.text


async def test_a_damaged_table_costs_only_the_jobs_that_need_it(tmp_path: Path, troubles: Troubles) -> None:
    path = damaged_in(tmp_path, "device")
    store = Store.open(path, on_trouble=troubles.append)

    bad = store.submit(lambda c: c.execute(select(device)).all())
    good = store.submit(lambda c: c.execute(insert(observation), observed(5)).rowcount)

    assert await good == 1
    with pytest.raises(StoreCorruptError) as raised:
        await bad
    assert raised.value.permanent
    with pytest.raises(StoreCorruptError), store.reading() as connection:
        connection.execute(select(device)).all()
    await store.close()


def observed(number: int) -> dict[str, object]:
    return {"id": number, "device_id": 1, "quantity_id": 1, "at": AT_US, "value": 1.0}


def damaged_in(tmp_path: Path, table: str) -> Path:
    """A good database with one table's first page overwritten."""
    path = tmp_path / "home.sqlite3"
    store = Store.open(path)
    store.run(add_device)
    store.shut()
    with sqlite3.connect(path) as other:
        page = other.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    other.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    return path


def test_a_file_that_is_no_database_is_said_at_opening(tmp_path: Path) -> None:
    path = tmp_path / "home.sqlite3"
    path.write_bytes(b"This is not a database. " * 500)

    with pytest.raises(StoreCorruptError, match=r"home\.sqlite3: the file is not a database") as raised:
        Store.open(path)
    assert raised.value.permanent


def test_a_damaged_file_is_said_at_opening(tmp_path: Path) -> None:
    path = damaged_in(tmp_path, "version_store")

    with pytest.raises(StoreCorruptError, match="damaged"):
        Store.open(path)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreDiskError, match=r"home\.sqlite3"):
        Store.open(tmp_path / "file" / "home.sqlite3")


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(StoreDiskError, match="cannot be opened"):
        Store.open(tmp_path)


async def test_a_job_that_commits_by_itself_is_told_and_harms_nobody(watched: Store) -> None:
    def commit(connection: Connection) -> None:
        connection.exec_driver_sql("COMMIT")

    with pytest.raises(StoreError, match="the writer failed"):
        await watched.submit(commit)

    await watched.submit(add_device)
    await watched.close()


async def test_a_job_that_closes_the_connection_is_told_and_harms_nobody(watched: Store) -> None:
    with pytest.raises(StoreError, match="the writer failed"):
        await watched.submit(lambda c: driver(c).close())

    await watched.submit(add_device)
    await watched.close()


async def test_what_cannot_be_written_before_closing_is_counted(
    watched: Store, caplog: pytest.LogCaptureFixture
) -> None:
    other = sqlite3.connect(watched.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    watched.append([row(1), row(2)])
    await watched.close()
    other.close()

    assert "2 readings could not be written" in caplog.text


def test_the_default_is_to_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store.open(tmp_path / "home.sqlite3")
    store.run(forbid_writing)
    with pytest.raises(StoreReadOnlyError):
        store.run(add_device)
    store.run(add_device)
    store.shut()

    assert "the database is in trouble: the database cannot be written" in caplog.text
    assert "the database can be written again" in caplog.text


def run_python(script: str, path: Path, complaint: str = "") -> list[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-c", textwrap.dedent(script), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False, env=environment)
    assert (complaint in done.stderr) if complaint else (done.stderr == "")
    return done.stdout.split()


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """The kernel refuses to let the files grow; jobs go through as long as they fit, and readings wait."""
    script = """
        import resource, signal, sys; from pathlib import Path
        from hub.store.writer import Store
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        store = Store.open(Path(sys.argv[1]), on_trouble=lambda trouble: print(type(trouble).__name__), flush_s=0.05)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
        store.append([(store.next_id(), 1, 2, n, n / 7, None) for n in range(20_000)])
        print(store.run(lambda c: c.exec_driver_sql("SELECT count(*) FROM observation").scalar()))
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print(store.run(lambda c: c.exec_driver_sql("SELECT count(*) FROM observation").scalar()))
        store.shut()
    """
    assert run_python(script, tmp_path / "home.sqlite3") == ["StoreDiskError", "0", "NoneType", "20000"]


def test_a_log_that_cannot_be_moved_into_the_database_goes_on_growing(tmp_path: Path) -> None:
    """Where the database itself may not grow, but its log may: nothing is lost, and it is said."""
    script = """
        import resource, signal, sys; from pathlib import Path
        from hub.store.writer import Store
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        path = Path(sys.argv[1])
        store = Store.open(path)
        store.append([(store.next_id(), 1, 2, n, n / 7, None) for n in range(150_000)])
        store.shut()
        store = Store.open(path)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size - 500_000, resource.RLIM_INFINITY))
        for n in range(205):
            store.append([(store.next_id(), 1, 2, n, n / 7, None)])
            store.run(lambda c: None)
        print(store.run(lambda c: c.exec_driver_sql("SELECT count(*) FROM observation").scalar()))
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        store.shut()
    """
    complaint = "the database's log could not be moved into it"
    assert run_python(script, tmp_path / "home.sqlite3", complaint) == ["150205"]


def test_a_file_without_permission() -> None:
    """As a user who may only read: root may write everywhere, so the script gives that up first."""
    script = """
        import os, sys; from pathlib import Path
        from hub.store.errors import StoreError; from hub.store.writer import Store
        path = Path(sys.argv[1])
        Store.open(path).shut()
        path.chmod(0o444)
        path.parent.chmod(0o555)
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            Store.open(path)
        except StoreError as error:
            print(type(error).__name__, error.permanent, flush=True)
        os._exit(0)  # whoever measures coverage could not write its file any more
    """
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to other users
        Path(folder).chmod(0o755)
        assert run_python(script, Path(folder) / "home.sqlite3") == ["StoreReadOnlyError", "False"]
        Path(folder).chmod(0o755)


@pytest.mark.parametrize("error", [ValueError("no"), sqlite3.IntegrityError("no"), sqlite3.OperationalError("no")])
def test_errors_that_are_not_about_the_database(error: Exception) -> None:
    assert store_error(error) is None
