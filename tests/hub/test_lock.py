"""Two hubs never work on one database."""

from pathlib import Path

import pytest

from hub.lock import AlreadyRunningError, is_running, only_hub


def test_the_second_hub_is_refused_and_the_next_one_is_not(db: Path) -> None:
    with only_hub(db), pytest.raises(AlreadyRunningError, match="another hub is running on"), only_hub(db):
        pass
    with only_hub(db):
        pass


def test_each_database_has_its_own_hub(db: Path) -> None:
    with only_hub(db), only_hub(db.with_name("other.sqlite3")):
        pass


def test_whether_a_hub_runs_can_be_asked_without_disturbing_it(db: Path) -> None:
    assert not is_running(db)
    with only_hub(db):
        assert is_running(db)
        assert is_running(db)
    assert not is_running(db)
