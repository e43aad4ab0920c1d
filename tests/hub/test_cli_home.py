import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.cli_home import app
from hub.store.writer import Store

EXAMPLE = Path(__file__).parents[2] / "examples" / "home.toml"


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("ALONGSIDE_KITCHEN_MOTION_KEY", raising=False)
    monkeypatch.setenv("ALONGSIDE_DB", str(tmp_path / "home.sqlite3"))
    return tmp_path / "home.sqlite3"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_apply_says_what_has_changed_and_what_is_missing(db: Path) -> None:
    done = run("apply", str(EXAMPLE), "--by", "setup")

    assert done.exit_code == 0
    assert done.stdout.startswith("Revision 1 of the household.\nConsent revision 1.\n7 devices added, changed or")
    assert done.stderr.startswith("Note: kitchen_motion cannot be read: the secret 'kitchen_motion_key' is missing")
    with sqlite3.connect(db) as connection:
        assert connection.execute("SELECT applied_by FROM household").fetchall() == [("setup",)]
    connection.close()


def test_apply_again_says_that_nothing_has_changed(db: Path) -> None:
    run("apply", str(EXAMPLE))

    assert run("apply", str(EXAMPLE)).stdout == "Nothing has changed.\n"
    assert db.exists()


def test_a_bad_file_is_refused_with_its_line(db: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(EXAMPLE.read_text().replace("rounds = 1", 'rounds = "one"'))

    done = run("apply", str(bad))

    assert (done.exit_code, done.stdout) == (1, "")
    line = bad.read_text().splitlines().index('rounds = "one"') + 1
    reason = "plans.service.rounds: it must be a whole number. Nothing was changed.\n"
    assert done.stderr == f"{bad}: line {line}: {reason}"
    assert run("show").exit_code == 1
    assert db.exists()


def test_a_file_that_is_no_text(db: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"\xff\xfe")

    done = run("apply", str(bad))

    assert done.exit_code == 1
    assert "this is not a text file in UTF-8. Nothing was changed." in done.stderr
    assert not db.exists()


def test_export_gives_the_file_back(db: Path, tmp_path: Path) -> None:
    run("apply", str(EXAMPLE), "--db", str(db))

    assert run("export").stdout == EXAMPLE.read_text()
    assert run("export", "--output", str(tmp_path / "out.toml")).stdout == ""
    refused = run("export", "--output", str(tmp_path / "no" / "out.toml"))
    assert (refused.exit_code, "cannot be written: No such file or directory" in refused.stderr) == (1, True)
    assert (tmp_path / "out.toml").read_text() == EXAMPLE.read_text()
    assert run("apply", str(tmp_path / "out.toml")).stdout == "Nothing has changed.\n"


def test_show_tells_it_in_words(db: Path) -> None:
    run("apply", str(EXAMPLE), "--by", "setup")

    shown = run("show").stdout

    assert shown.startswith(
        "Edith Marlow's home (marlow, Europe/London)\nRevision 1 of the household, applied by setup on"
    )
    for line in (
        "Olive: neighbour, by sms, has a key",
        "her pendant: Shelly BLU Button, worn or on a table, worn by Edith Marlow",
        "front door: Shelly BLU Door/Window, hall",
        "fall: severity 9 of 10, plan 'life', the resident is asked first, twice within 30 seconds",
        "panic: severity 10 of 10, plan 'life', people are told at once",
        "life: 3 steps, gone through twice",
        "  1. whoever is on for 'family on call' by sms and voice; then 1 minute to answer",
        "  If nobody has answered, everybody is called, and again every 5 minutes.",
        "neighbour: the first name and that somebody may need help",
    ):
        assert f"  {line}\n" in shown
    assert "inactivity.longest_silence_min = 180.0: Edith Marlow, " in shown
    assert "I do not want to lie there for long." in shown
    assert "+447700900101" not in shown
    assert "PT" not in shown
    assert db.exists()


def test_show_tells_of_responders_and_of_what_is_the_family_s(db: Path, tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    agreed = 'responder = { consented = 2026-05-01, competence = ["first_aid"], distance_m = 200, radius_m = 500 }'
    for old, new in (
        ('role = "neighbour"\nname', f'role = "neighbour"\n{agreed}\nname'),
        ("[rotas.family_on_call]", 'responders_after_acceptance = ["address"]\n[rotas.family_on_call]'),
        ('{ role = "neighbour", via = ["sms"] }', '{ tier = "responders", competence = "first_aid", via = ["sms"] }'),
        ("inactivity = { severity = 5,", 'inactivity = { severity = 5, belongs_to = "family",'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "home.toml").write_text(text, encoding="utf-8")
    assert run("apply", str(tmp_path / "home.toml")).stderr.startswith("Note: ")
    shown = run("show").stdout
    assert "Olive: neighbour, by sms, has a key, may be called as a responder up to 500 m away" in shown
    assert "community responders able to do first aid by sms" in shown
    assert "a community responder who is on the way: the address" in shown
    assert "three times within 5 minutes; a matter for the family alone" in shown
    assert db.exists()


def test_a_file_with_a_byte_order_mark_is_read_like_any_other(db: Path, tmp_path: Path) -> None:
    marked = tmp_path / "home.toml"
    marked.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert run("apply", str(marked)).exit_code == 0
    assert run("export").stdout == EXAMPLE.read_text(encoding="utf-8")
    assert run("apply", str(EXAMPLE)).stdout == "Nothing has changed.\n"
    assert db.exists()


@pytest.mark.parametrize("command", ["show", "export"])
def test_before_anything_was_applied(db: Path, command: str) -> None:
    done = run(command)

    assert done.exit_code == 1
    assert done.stderr.startswith("No household was declared yet: write a home.toml and run `alongside home apply")
    assert not db.exists()


def test_an_empty_database_says_so_too(db: Path) -> None:
    Store.open(db).shut()

    assert run("export").stderr.startswith("No household was declared yet")


@pytest.mark.parametrize("arguments", [("apply", str(EXAMPLE)), ("show",)])
def test_a_database_in_trouble_is_named(db: Path, arguments: tuple[str, ...]) -> None:
    db.write_bytes(b"This is not a database. " * 500)

    done = run(*arguments)

    assert done.exit_code == 1
    assert f"{db}: the file is not a database" in done.stderr


def test_a_locked_database_is_waited_for_and_then_told(db: Path) -> None:
    Store.open(db).shut()
    other = sqlite3.connect(db, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    done = run("apply", str(EXAMPLE))
    other.close()

    assert done.exit_code == 1
    assert "The database is locked by another process" in done.stderr
    assert "Nothing was changed." in done.stderr
