"""`alongside hub` as it is started: it says that it listens, stops when told, and says in a sentence why it cannot."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from typer.testing import CliRunner

from hub.cli_hub import Rooms, make_app
from hub.lock import only_hub
from hub.serving import listening
from tests.hub.homes import HOME, settle_in

CANNOT_START = 2
WITHOUT_BLUETOOTH = HOME.partition("[devices.pendant]")[0]
RADAR = """
[devices.radar]
kind = "ld2410"
address = "{port}"
room = "bathroom"
"""


@contextmanager
def started(db: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "alongside", "hub", "--db", str(db), *options]
    surroundings = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=surroundings
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_that_it_listens_and_stops_when_told(db: Path, number: signal.Signals) -> None:
    settle_in(db, WITHOUT_BLUETOOTH)
    with started(db, "--console", "--metrics", "0", "--log-json") as hub:
        assert hub.stdout is not None
        (url,) = re.findall(r"http://127\.0\.0\.1:\d+/metrics", hub.stdout.readline())
        assert hub.stdout.readline() == f"The hub is listening. Its database is {db}.\n"
        assert "alongside_database_readable 1.0" in requests.get(url, timeout=10).text
        hub.send_signal(number)
        said, _ = hub.communicate(timeout=30)
        assert "everything it heard is stored" in said
        assert hub.returncode == 0


def test_a_port_that_is_missing_and_a_radio_that_cannot_be_had_are_said_and_it_goes_on(db: Path) -> None:
    settle_in(db, HOME + RADAR.format(port=db.with_name("radar")))
    with started(db, "--console") as hub:
        assert hub.stderr is not None
        said = [hub.stderr.readline() for _ in range(2)]
        assert any(f"{db.with_name('radar')} is down: it is not plugged in" in line for line in said)
        assert any("Bluetooth" in line and "The system's message bus cannot be reached" in line for line in said)
        hub.terminate()
        hub.communicate(timeout=30)
        assert hub.returncode == 0


def refused(db: Path, *options: str) -> str:
    app = make_app(Rooms(labelled=lambda *_: None))
    result = CliRunner().invoke(app, ["--db", str(db), *options])
    assert result.exit_code == CANNOT_START
    return result.output


def test_without_a_household_it_says_how_to_give_it_one(db: Path) -> None:
    assert "There is no home to watch" in refused(db)
    assert "alongside home apply home.toml" in refused(db)


def test_what_is_no_database_is_refused(db: Path) -> None:
    db.write_text("a shopping list, longer than the header of a database would be: " * 10)
    assert "The hub cannot start" in refused(db)


def test_a_second_hub_is_refused(db: Path) -> None:
    settle_in(db)
    with only_hub(db):
        assert f"another hub is running on {db}." in refused(db)


def test_figures_on_a_port_that_is_taken_are_refused(db: Path) -> None:
    settle_in(db)
    with listening(0) as taken:
        port = taken.getsockname()[1]
        said = refused(db, "--metrics", str(port))
    assert said == f"The figures cannot be served on port {port}: Address already in use.\n"


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert "The hub cannot start" in refused(file / "home.sqlite3")
