"""The commands that let people in, and out again."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from carer_portal.cli import app
from carer_portal.signin import accounts, invitations, sessions
from carer_portal.signin.invitations import Kind
from hub.clock import SystemClock
from tests.carer_portal.home import MadeHome


def run(home: MadeHome, *words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, [*words, "--db", str(home.path)])
    assert done.exit_code == code, done.output
    return done.output


def test_somebody_is_invited_by_a_link_that_counts(home: MadeHome) -> None:
    home.set_up()
    said = run(home, "invite", "priya", "--url", "https://portal.example/")
    assert said.startswith("Priya (family) joins with this link, once, within a week:\n")
    found = re.search(r"https://portal\.example/join/(\S+)", said)
    assert found
    with home.writing() as connection:
        assert invitations.whose(connection, found[1], Kind.JOIN, SystemClock().now()) == "priya"


def test_who_has_joined_is_said(home: MadeHome) -> None:
    home.set_up()
    home.signed_in("priya")
    with home.writing() as connection:
        accounts.save(connection, "priya", None, SystemClock().now())
    said = run(home, "people")
    assert "priya            Priya (family): has joined; signed in on 1\n" in said
    assert "tom              Tom (family): has not joined\n" in said


def test_somebody_is_signed_out_everywhere_and_their_invitations_count_no_longer(home: MadeHome) -> None:
    home.set_up()
    tokens = [home.signed_in("priya"), home.signed_in("priya")]
    with home.writing() as connection:
        link = invitations.make(connection, "priya", Kind.JOIN, "a test", SystemClock().now())
    assert run(home, "sign-out", "priya") == "Signed out on 2 devices.\n"
    assert run(home, "sign-out", "tom") == "Signed out on 0 devices.\n"
    with home.writing() as connection:
        assert [sessions.find(connection, token, SystemClock().now()) for token in tokens] == [None, None]
        assert invitations.whose(connection, link, Kind.JOIN, SystemClock().now()) is None


def test_a_lost_phone_does_not_lock_somebody_out(home: MadeHome) -> None:
    home.set_up()
    now = SystemClock().now()
    with home.writing() as connection:
        accounts.save(connection, "priya", None, now)
        accounts.offer_second_factor(connection, "priya")
    assert run(home, "forget-factor", "priya") == "No code is asked for any longer.\n"
    with home.writing() as connection:
        known = accounts.find(connection, "priya")
    assert known is not None
    assert known.totp_secret is None


@pytest.mark.parametrize("command", ["invite", "forget-factor"])
def test_a_name_that_nobody_has_is_refused(home: MadeHome, command: str) -> None:
    home.set_up()
    assert "There is no 'zoe' in this household; its people are fay, joan" in run(home, command, "zoe", code=2)


@pytest.mark.parametrize("words", [["people"], ["sign-out", "priya"], ["invite", "priya"]])
def test_without_a_home_the_next_step_is_said(tmp_path: Path, words: list[str]) -> None:
    done = CliRunner().invoke(app, [*words, "--db", str(tmp_path / "none.sqlite3")])
    assert done.exit_code == 2
    assert "alongside home apply home.toml" in done.output


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "no.sqlite3"
    path.write_text("this is not a database, and never was one" * 30)
    done = CliRunner().invoke(app, ["people", "--db", str(path)])
    assert done.exit_code == 2
    assert "Traceback" not in done.output
