"""Everything taken away, and everything gone: from the file's very bytes, and from its copies."""

import shutil
import sqlite3
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from typer.testing import CliRunner, Result

from alongside import erase, export
from analytics.model import FindingKind
from carer_portal import erasing, schema
from carer_portal.database import Database
from co_design.record import record_label
from devices.model import Quantity
from hub.household import apply
from hub.intents import Verdict
from hub.lock import only_hub
from hub.model import AlarmState, NotificationState
from hub.store.schema import alarm, quantity
from hub.store.twin import MEMORY
from hub.store.writer import Store
from tests.carer_portal.home import MadeHome, home_toml
from tests.carer_portal.views import looked

APPS = {"erase": erase.app, "export": export.app}
SECRETS = ("Margaret Hill", "Because of fall", "the cat did it", "+447700900001", "she likes to read")


@pytest.fixture
def full(home: MadeHome, monkeypatch: pytest.MonkeyPatch) -> MadeHome:
    """A home in which a lot is known."""
    monkeypatch.setenv(MEMORY, str(home.path.parent / "memory"))
    home.all_is_well()
    number = home.alarm(FindingKind.FALL, AlarmState.ESCALATING)
    home.told(number, "priya", NotificationState.DELIVERED, ago=1)
    for by, words in (("margaret", "the cat did it"), ("priya", "a fair alarm")):
        said = home.labelled(number, by, Verdict.WRONG, words)
        with home.writing() as connection:
            record_label(connection, said, home.now)
    with home.writing() as connection:
        connection.execute(insert(schema.moment).values(words="she likes to read", by="margaret", at=1))
    looked(home, "nurses", "fhir", 60)
    return home


def run(command: str, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(APPS[command], list(words), input=typed)


def bytes_of(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in path.parent.glob(path.name + "*"))


def test_everything_is_written_into_one_file(full: MadeHome, tmp_path: Path) -> None:
    out = tmp_path / "all.zip"
    done = run("export", "resident", "margaret", "--out", str(out), "--db", str(full.path))
    assert done.exit_code == 0, done.output
    assert f"tables are in {out}." in done.stdout
    assert "observation: 5" in done.stderr
    with zipfile.ZipFile(out) as archive:
        assert b"the cat did it" in archive.read("data/codesign_utterance.json")


def test_everything_is_gone_from_the_file_s_very_bytes(full: MadeHome) -> None:
    before = bytes_of(full.path)
    assert all(secret.encode() in before for secret in SECRETS)
    full.engine.dispose()
    done = run("erase", "resident", "margaret", "--yes", "--db", str(full.path))
    assert done.exit_code == 0, done.output
    assert "given away 2026-11-24: fhir, to nurses" in done.stderr
    assert "rows of" in done.stdout
    after = bytes_of(full.path)
    assert [secret for secret in SECRETS if secret.encode() in after] == []
    assert b"a fair alarm" in after, "what others said is theirs"


def test_one_receipt_is_left_and_the_guards_are_back(full: MadeHome) -> None:
    erasing.erase(database_of(full), "margaret", "margaret", full.now)
    with full.writing() as connection:
        [receipt] = connection.execute(select(schema.erasure)).all()
        assert receipt.rows["alarm"] == 1
        assert connection.execute(select(quantity)).first() is not None
    full.set_up()
    number = full.alarm(FindingKind.FALL, AlarmState.ESCALATING)
    with pytest.raises(IntegrityError), full.writing() as connection:
        connection.execute(alarm.delete().where(alarm.c.id == number))


def database_of(home: MadeHome) -> Database:
    return Database(home.path)


def test_another_household_can_move_in(full: MadeHome) -> None:
    erasing.erase(database_of(full), "margaret", "margaret", full.now)
    store = Store.open(full.path)
    try:
        store.run(lambda connection: apply(connection, home_toml(), full.now, "a test"))
    finally:
        store.shut()
    full.reads("kitchen", Quantity.MOTION, 1, ago=1)


def test_copies_are_found_and_erased_and_other_files_left_alone(full: MadeHome, tmp_path: Path) -> None:
    full.engine.dispose()
    beside, elsewhere = full.path.with_name("home-monday.sqlite3"), tmp_path / "elsewhere" / "old.db"
    elsewhere.parent.mkdir()
    for target in (beside, elsewhere):
        with sqlite3.connect(full.path) as source, sqlite3.connect(target) as copy:
            source.backup(copy)
    other = full.path.with_name("home-notes.txt")
    other.write_text("not a database")
    foreign = full.path.with_name("home-other.sqlite3")
    with sqlite3.connect(foreign) as database:
        database.execute("CREATE TABLE recipe (words)")
    assert erasing.copies_of(full.path) == [beside]
    given = ["--copy", str(elsewhere), "--db", str(full.path)]
    done = run("erase", "resident", "margaret", *given, typed="margaret\n")
    assert done.exit_code == 0, done.output
    for path in (full.path, beside, elsewhere):
        assert [secret for secret in SECRETS if secret.encode() in bytes_of(path)] == []
    assert other.read_text() == "not a database"
    shutil.rmtree(elsewhere.parent)


@pytest.mark.parametrize(
    ("command", "words", "typed", "because"),
    [
        ("erase", ["priya", "--yes"], "", "'priya' does not live here: the resident of this home is 'margaret'."),
        ("erase", ["margaret"], "yes\n", "Nothing was erased."),
        ("export", ["priya", "--out", "x.zip"], "", "'priya' does not live here"),
        ("export", ["margaret", "--out", "/nowhere/x.zip"], "", "/nowhere/x.zip: No such file or directory."),
    ],
)
def test_what_is_not_meant_is_refused(full: MadeHome, command: str, words: list[str], typed: str, because: str) -> None:
    done = run(command, "resident", *words, "--db", str(full.path), typed=typed)
    assert done.exit_code == 2
    assert because in done.stderr
    assert b"Margaret Hill" in bytes_of(full.path)


def test_while_the_hub_runs_nothing_is_erased(full: MadeHome) -> None:
    with only_hub(full.path):
        done = run("erase", "resident", "margaret", "--yes", "--db", str(full.path))
    assert done.exit_code == 2
    assert "The hub is running" in done.stderr


@pytest.mark.parametrize("command", ["export", "erase"])
def test_without_a_home_that_is_said(tmp_path: Path, command: str) -> None:
    words = ["--out", "x.zip"] if command == "export" else ["--yes"]
    done = run(command, "resident", "margaret", *words, "--db", str(tmp_path / "none.sqlite3"))
    assert done.exit_code == 2
    assert "no household was declared yet" in done.stderr
    broken = tmp_path / "broken.sqlite3"
    broken.write_bytes(b"no database at all" * 100)
    assert run(command, "resident", "margaret", *words, "--db", str(broken)).exit_code == 2


def test_a_copy_that_is_not_there_is_refused_and_nothing_is_erased(full: MadeHome, tmp_path: Path) -> None:
    full.engine.dispose()
    done = run("erase", "resident", "margaret", "--yes", "--copy", str(tmp_path / "nowhere"), "--db", str(full.path))
    assert done.exit_code != 0
    assert "There is no copy" in done.output
    assert SECRETS[0].encode() in bytes_of(full.path)
