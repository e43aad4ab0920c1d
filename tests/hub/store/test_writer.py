import asyncio
import os
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from hub.store.changes import touch, versions
from hub.store.errors import StoreClosedError
from hub.store.rows import FLUSH_ROWS, Row
from hub.store.schema import change, device, observation, sensor_event
from hub.store.writer import Store
from tests.hub.store.conftest import until

AT_US = 1_795_500_000_000_000


def rows(store: Store, n: int) -> list[Row]:
    return [(store.next_id(), 1, 2, AT_US + i, 72.0 + i, None) for i in range(n)]


def count(store: Store) -> int:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(observation)) or 0


def added(name: str) -> Callable[[Connection], int]:
    """A job that adds a device."""
    values = {"name": name, "kind": "button", "config": {}, "added_at": AT_US}
    return lambda connection: connection.execute(insert(device), values).rowcount


def device_names(store: Store) -> set[str]:
    with store.reading() as connection:
        return set(connection.scalars(select(device.c.name)))


def commits_in_log(store: Store) -> int:
    """How many frames of SQLite's write-ahead log end a transaction: they name the size of the database."""
    log = store.path.with_name(f"{store.path.name}-wal").read_bytes()
    page = int.from_bytes(log[8:12], "big")
    return sum(log[at + 4 : at + 8] != b"\0\0\0\0" for at in range(32, len(log), 24 + page))


@contextmanager
def held(store: Store) -> Iterator[None]:
    """Keep the writer busy, so that what is submitted meanwhile waits together."""
    started, go_on = threading.Event(), threading.Event()

    def wait(_: Connection) -> None:
        started.set()
        go_on.wait(10)

    waiting = store.submit(wait)
    started.wait(10)
    yield
    go_on.set()
    waiting.add_done_callback(lambda _: None)


async def test_a_job_is_durable_when_its_future_resolves(store: Store) -> None:
    assert await store.submit(added("button")) == 1
    with sqlite3.connect(store.path) as other:
        assert other.execute("SELECT name FROM device").fetchall() == [("button",)]
    other.close()


async def test_the_file_is_as_safe_as_sqlite_can_make_it(store: Store) -> None:
    def pragmas(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert await store.submit(pragmas) == ["wal", 2, 1]


async def test_a_job_that_raises_is_undone_alone(store: Store) -> None:
    def fail(connection: Connection) -> None:
        added("broken")(connection)
        raise ValueError("no")

    with held(store):
        good = [store.submit(added(name)) for name in "ab"]
        bad = store.submit(fail)
        last = store.submit(added("c"))

    assert await asyncio.gather(*good, last) == [1, 1, 1]
    with pytest.raises(ValueError, match="no"):
        await bad
    assert device_names(store) == {"a", "b", "c"}
    assert store.trouble is None


async def test_jobs_that_wait_together_share_one_commit(store: Store) -> None:
    before = commits_in_log(store)
    with held(store):
        store.append(rows(store, 10))
        jobs = [store.submit(added(str(n))) for n in range(50)]
    await asyncio.gather(*jobs)

    assert len(device_names(store)) == 50
    assert commits_in_log(store) - before == 1  # the job that kept the writer busy wrote nothing


async def test_a_constraint_is_the_job_s_own_error(store: Store) -> None:
    await store.submit(added("a"))

    with pytest.raises(IntegrityError):
        await store.submit(added("a"))
    with pytest.raises(OperationalError, match="no such table"):
        await store.submit(lambda c: c.exec_driver_sql("SELECT * FROM nowhere"))
    assert store.trouble is None


async def test_rows_are_written_ahead_of_the_next_job(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "home.sqlite3", flush_s=3600)
    store.append(rows(store, 3))

    seen = await store.submit(lambda c: list(c.scalars(select(observation.c.id).order_by(observation.c.id))))

    assert seen == [1, 2, 3]
    await store.close()


async def test_a_failing_job_does_not_take_the_rows_ahead_of_it_along(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "home.sqlite3", flush_s=3600)
    store.append(rows(store, 3))

    with pytest.raises(ZeroDivisionError):
        await store.submit(lambda _: 1 // 0)

    assert count(store) == 3
    await store.close()


async def test_rows_alone_are_written_after_a_while(store: Store) -> None:
    store.append(rows(store, 2))
    await until(lambda: count(store) == 2)
    store.append(rows(store, 2))
    await until(lambda: count(store) == 4)


async def test_many_rows_do_not_wait(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "home.sqlite3", flush_s=3600)
    store.append(rows(store, FLUSH_ROWS))

    await until(lambda: count(store) == FLUSH_ROWS)
    await store.close()


async def test_appending_nothing_costs_nothing(store: Store) -> None:
    store.append([])

    assert await store.submit(lambda _: "well") == "well"


async def test_close_writes_everything_that_waits(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "home.sqlite3", flush_s=3600)
    with held(store):
        job = store.submit(added("a"))
        store.append(rows(store, 5))
    await store.close()
    await store.close()

    assert await job == 1
    with sqlite3.connect(store.path) as other:
        assert other.execute("SELECT count(*) FROM observation").fetchone() == (5,)
    other.close()
    assert not store.path.with_name("home.sqlite3-wal").exists()


async def test_a_closed_store_takes_nothing(store: Store) -> None:
    await store.close()

    with pytest.raises(StoreClosedError, match="closed"):
        store.submit(lambda _: None)
    with pytest.raises(StoreClosedError):
        store.run(lambda _: None)
    with pytest.raises(StoreClosedError):
        store.append([(1, 1, 1, AT_US, 1.0, None)])


async def test_numbers_go_on_after_the_highest_of_observations_and_events(tmp_path: Path) -> None:
    path = tmp_path / "home.sqlite3"
    store = Store.open(path)
    assert [store.next_id(), store.next_id()] == [1, 2]
    store.append([(2, 1, 1, AT_US, 1.0, None)])
    await store.close()

    store = Store.open(path)
    number = store.next_id()
    assert number == 3
    await store.submit(added("button"))
    event = {"id": 7, "device_id": 1, "kind": "press", "at": AT_US, "reason": "practice"}
    await store.submit(lambda c: c.execute(insert(sensor_event), event))
    await store.close()

    store = Store.open(path)
    assert store.next_id() == 8
    await store.close()


def test_a_thread_without_an_event_loop_waits_for_its_job(store: Store) -> None:
    assert store.run(added("a")) == 1
    with pytest.raises(ZeroDivisionError):
        store.run(lambda _: 1 // 0)


async def test_threads_write_at_the_same_time(store: Store) -> None:
    def work(name: int) -> None:
        for number in range(20):
            store.run(added(f"{name}.{number}"))
            store.append(rows(store, 1))

    await asyncio.gather(*(asyncio.to_thread(work, name) for name in range(4)))
    await until(lambda: count(store) == 80)

    assert len(device_names(store)) == 80


async def test_a_waiter_that_gave_up_harms_nobody(store: Store) -> None:
    with held(store):
        given_up = store.submit(added("a"))
        given_up.cancel()
        other = store.submit(lambda _: "well")

    assert await other == "well"
    assert device_names(store) == {"a"}


def test_an_event_loop_that_was_closed_harms_nobody(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    started, go_on = threading.Event(), threading.Event()

    def wait(_: Connection) -> None:
        started.set()
        go_on.wait(10)

    async def leave_without_waiting() -> None:
        store.submit(wait)

    asyncio.run(leave_without_waiting())
    started.wait(10)
    go_on.set()

    assert store.run(lambda _: "well") == "well"
    assert "nobody is left to hear" in caplog.text


async def test_a_reader_cannot_write(store: Store) -> None:
    with store.reading() as connection, pytest.raises(OperationalError, match="readonly"):
        added("a")(connection)


async def test_what_a_reader_does_wrong_is_its_own_error(store: Store) -> None:
    with pytest.raises(OperationalError, match="no such table"), store.reading() as connection:
        connection.exec_driver_sql("SELECT * FROM nowhere")


async def test_a_reader_sees_one_state(store: Store) -> None:
    with store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(device)) == 0
        await store.submit(added("a"))
        assert connection.scalar(select(func.count()).select_from(device)) == 0
    assert device_names(store) == {"a"}


async def test_the_log_is_moved_into_the_database_between_commits(store: Store) -> None:
    log = store.path.with_name("home.sqlite3-wal")
    for number in range(450):
        await store.submit(added(str(number)))

    assert log.stat().st_size < 450 * 4096
    assert len(device_names(store)) == 450


async def test_a_topic_counts_up_once_a_commit(store: Store) -> None:
    for _ in range(3):
        await store.submit(lambda c: touch(c, "alarm"))
    await store.submit(lambda c: touch(c, "device"))

    with store.reading() as connection:
        assert versions(connection) == {"alarm": 3, "device": 1}
        assert connection.scalar(select(func.count()).select_from(change)) == 2


def run_python(script: str, path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(script), str(path)]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    return subprocess.run(command, capture_output=True, text=True, timeout=50, check=False, env=environment)


def test_a_program_that_forgets_to_close_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "home.sqlite3"
    done = run_python(
        """
        import sys; from pathlib import Path; from hub.store.writer import Store
        store = Store.open(Path(sys.argv[1]), flush_s=3600)
        store.append([(store.next_id(), 1, 2, 3, 72.0, None)])
        """,
        path,
    )

    assert (done.returncode, done.stderr) == (0, "")
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT count(*) FROM observation").fetchone() == (1,)
    other.close()


def test_a_forked_child_neither_writes_nor_closes(tmp_path: Path) -> None:
    done = run_python(
        """
        import os, sys; from pathlib import Path
        from hub.store.errors import StoreClosedError; from hub.store.writer import Store
        store = Store.open(Path(sys.argv[1]))
        child = os.fork()
        if child == 0:
            try:
                store.run(lambda c: None)
            except StoreClosedError:
                store.shut()
                os._exit(42)
            os._exit(1)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(code, store.run(lambda c: c.exec_driver_sql("SELECT 7").scalar()))
        """,
        tmp_path / "home.sqlite3",
    )

    assert (done.stdout.strip(), done.stderr) == ("42 7", "")


def test_a_program_killed_in_the_middle_keeps_every_commit_it_was_told_of(tmp_path: Path) -> None:
    path = tmp_path / "home.sqlite3"
    done = run_python(
        """
        import os, signal, sys; from pathlib import Path; from hub.store.writer import Store
        store = Store.open(Path(sys.argv[1]))
        for n in range(1000):
            store.append([(store.next_id(), 1, 2, n, 1.0, None)])
            store.run(lambda c: None)
            print(n, flush=True)
            if n == 30:
                os.kill(os.getpid(), signal.SIGKILL)
        """,
        path,
    )

    assert done.returncode == -9
    store = Store.open(path)
    assert count(store) == int(done.stdout.split()[-1]) + 1
    assert store.next_id() == 32
    store.shut()
