"""What a job leaves to be done once it is durable."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from hub.store.changes import touch
from hub.store.writer import Store


@pytest.fixture
async def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "home.sqlite3")


async def test_it_is_called_once_the_job_is_durable_and_before_whoever_waits_goes_on(store: Store) -> None:
    called: list[str] = []

    def job(connection: Connection) -> None:
        touch(connection, "topic")
        store.after_commit(lambda: called.append("after"))
        assert called == []

    await store.submit(job)
    assert called == ["after"]
    await store.close()


async def test_of_a_job_that_is_undone_nothing_follows(store: Store) -> None:
    called: list[str] = []

    def job(_: Connection) -> None:
        store.after_commit(lambda: called.append("after"))
        raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        await store.submit(job)
    await store.submit(lambda connection: touch(connection, "topic"))
    assert called == []
    await store.close()


async def test_what_fails_after_a_commit_fails_alone(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    called: list[str] = []

    def job(_: Connection) -> str:
        store.after_commit(lambda: called.append("first"))
        store.after_commit(lambda: called[99])
        store.after_commit(lambda: called.append("last"))
        return "done"

    assert await store.submit(job) == "done"
    assert called == ["first", "last"]
    assert "what should follow a commit failed: IndexError" in caplog.text
    await store.close()


async def test_only_a_job_can_leave_something(store: Store) -> None:
    await store.submit(lambda connection: touch(connection, "topic"))
    with pytest.raises(RuntimeError, match="only a job"):
        store.after_commit(lambda: None)
    await store.close()
