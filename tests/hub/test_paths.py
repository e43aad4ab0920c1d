import os
from pathlib import Path

import pytest

from hub.paths import data_folder, database_path


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ALONGSIDE_DB", "STATE_DIRECTORY", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_the_option_comes_first_then_the_environment_then_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/one:/var/lib/two")
    assert database_path() == Path("/var/lib/one/home.sqlite3")
    monkeypatch.setenv("ALONGSIDE_DB", "/somewhere/else.sqlite3")
    assert database_path() == Path("/somewhere/else.sqlite3")
    assert database_path(Path("mine.sqlite3")) == Path("mine.sqlite3")


def test_without_any_it_lies_where_such_data_usually_does() -> None:
    assert database_path() == data_folder({}, root=os.geteuid() == 0) / "home.sqlite3"
    assert data_folder({}, root=True) == Path("/var/lib/alongside")
    assert data_folder({}, root=False) == Path.home() / ".local" / "share" / "alongside"
    assert data_folder({"XDG_DATA_HOME": "/data/ben"}, root=False) == Path("/data/ben/alongside")
