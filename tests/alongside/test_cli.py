import os
import subprocess
import sys
from pathlib import Path

import pytest

from alongside.cli import COMMANDS, load
from tests.hub.homes import HOME, settle_in

HEAVY = ("streamlit", "scipy", "pandas", "numpy", "sqlalchemy", "bleak", "twilio", "pydantic", "rich")


def alongside(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "alongside", *words]
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=50, check=False
    )


def test_help_says_what_it_is_for_and_what_it_is_not() -> None:
    done = alongside("--help")
    assert done.returncode == 0
    assert "asks the person first" in done.stdout
    assert "not a medical device" in done.stdout


def test_help_lists_every_command_with_its_purpose() -> None:
    said = " ".join(alongside("--help", COLUMNS="200").stdout.split())
    for name, entry in COMMANDS.items():
        assert f"{name} {entry.help}" in said


def test_with_no_word_it_explains_itself() -> None:
    assert "asks the person first" in alongside().stderr


def test_help_loads_nothing_heavy() -> None:
    code = f"import sys, alongside.cli; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_explains_itself(name: str) -> None:
    command = load(name)
    assert command.name == name
    assert command.help or command.callback.__doc__


def test_a_command_shows_its_own_help() -> None:
    done = alongside("demo", "--help")
    assert done.returncode == 0
    assert "--once" in done.stdout


def test_the_version() -> None:
    assert alongside("--version").stdout.startswith("alongside 0.")


def test_a_slip_of_the_finger_is_met_with_a_suggestion() -> None:
    done = alongside("dmeo")
    assert done.returncode == 2
    assert "'demo'" in done.stderr


def broken(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command with a room whose module breaks as nobody expected."""
    room = tmp_path / "broken_room.py"
    room.write_text("raise RuntimeError('the boiler burst')\n")
    code = (
        "import sys; sys.argv = ['alongside', 'demo'];"
        "from alongside import cli;"
        "cli.COMMANDS['demo'] = cli.Entry(module='broken_room', help='');"
        "cli.main()"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{Path.cwd()}", **environment},
        check=False,
    )


def test_an_unexpected_error_is_one_sentence_and_the_rest_is_in_the_log(tmp_path: Path) -> None:
    done = broken(tmp_path, XDG_STATE_HOME=str(tmp_path))
    log = tmp_path / "alongside" / "errors.log"
    assert log.stat().st_mode & 0o077 == 0  # what tells of a person is for this account alone
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"Something went wrong that should not have (RuntimeError). The details are in {log}.\n"
    assert "the boiler burst" in log.read_text()


def test_where_the_log_cannot_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "alongside").write_text("a file where the folder should be")
    done = broken(tmp_path, XDG_STATE_HOME=str(tmp_path))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "could not be written" in done.stderr


def test_a_number_too_large_to_work_with_is_refused_in_a_sentence(tmp_path: Path) -> None:
    settle_in(tmp_path / "home.sqlite3", HOME)
    done = alongside("alarms", "show", str(10**22), "--db", str(tmp_path / "home.sqlite3"))
    assert done.returncode == 2
    assert done.stderr == "One of the numbers or dates that were given is too large to work with.\n"
