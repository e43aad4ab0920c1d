import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Table

from hub.store import schema
from hub.store.errors import StoreBusyError, StoreTooNewError
from hub.store.upgrade import OWN, newest, upgrade, version_table
from hub.store.writer import Store

MIGRATION = '''
"""Another room's table."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "{revision}", {before}, None, None
def upgrade():
    {what}
'''
CREATE = 'op.create_table("workshop", sa.Column("id", sa.Integer, primary_key=True))'
ADD = 'op.add_column("workshop", sa.Column("title", sa.String))'
FAIL = 'op.create_table("half", sa.Column("id", sa.Integer)); op.execute("SELECT * FROM nowhere")'


def write_migration(folder: Path, revision: str, before: str | None, what: str) -> None:
    versions = folder / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    text = MIGRATION.format(revision=revision, before=repr(before), what=what)
    (versions / f"{revision}_it.py").write_text(text)


def tables(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    return found


def test_the_migrations_make_exactly_the_tables_of_the_schema(engine: Engine) -> None:
    own = {table.name for table in vars(schema).values() if isinstance(table, Table)}  # other rooms add theirs

    def ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or name in own

    with engine.connect() as connection:
        options = {"version_table": version_table(OWN), "include_object": ours, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema.metadata) == []


def test_constraints_and_rowids_are_those_of_the_schema(engine: Engine) -> None:
    """What Alembic does not compare: checks, and the table that is its own index."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all()
    texts = {row.name: row.sql for row in rows}

    assert "ck_alarm_open_has_a_future" in texts["alarm"]
    assert "ck_sensor_event_accounted_for" in texts["sensor_event"]
    assert "WITHOUT ROWID" in texts["rollup_hour"]


def test_alembic_agrees_on_which_revision_is_the_newest() -> None:
    config = Config()
    config.set_main_option("script_location", str(OWN))
    config.set_main_option("path_separator", "newline")

    assert ScriptDirectory.from_config(config).get_heads() == [newest(OWN)]


def test_an_up_to_date_database_is_opened_without_alembic(tmp_path: Path) -> None:
    path = tmp_path / "home.sqlite3"
    Store.open(path).shut()
    script = """
        import sys; from pathlib import Path; from hub.store.writer import Store
        store = Store.open(Path(sys.argv[1])); store.shut()
        print("alembic" in sys.modules)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=True)

    assert done.stdout.strip() == "False"


def test_another_room_s_tables_have_their_own_history(tmp_path: Path) -> None:
    path, room = tmp_path / "home.sqlite3", tmp_path / "co_design" / "migrations"
    write_migration(room, "0001", None, CREATE)
    Store.open(path, also=[room]).shut()
    assert {"workshop", "alarm", "version_store", "version_co_design"} <= tables(path)

    write_migration(room, "0002", "0001", ADD)
    Store.open(path).shut()  # who does not know the room leaves it alone
    Store.open(path, also=[room]).shut()

    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT title FROM workshop").fetchall() == []
        assert connection.execute("SELECT * FROM version_co_design").fetchall() == [("0002",)]
    connection.close()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path, room = tmp_path / "home.sqlite3", tmp_path / "room" / "migrations"
    Store.open(path).shut()
    before = tables(path)
    write_migration(room, "0001", None, FAIL)

    with pytest.raises(Exception, match="nowhere"):
        Store.open(path, also=[room])

    assert tables(path) == before


def test_a_database_from_the_future_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "home.sqlite3"
    Store.open(path).shut()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE version_store SET version_num = '9999'")
    connection.close()

    with pytest.raises(StoreTooNewError, match=r"9999.*update Alongside") as raised:
        Store.open(path)
    assert raised.value.permanent


def test_two_processes_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    path = tmp_path / "home.sqlite3"
    script = (
        "import sys; from pathlib import Path; from hub.store.writer import Store; Store.open(Path(sys.argv[1])).shut()"
    )
    command = [sys.executable, "-c", script, str(path)]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]

    assert [(process.communicate(timeout=50)[1], process.returncode) for process in both] == [(b"", 0)] * 2


def test_an_upgrade_waits_only_so_long_for_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "home.sqlite3"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreBusyError, match="locked"):
        Store.open(path, busy_s=0.05)
    other.close()


def test_opening_needs_no_lock_when_nothing_is_to_be_done(tmp_path: Path) -> None:
    path = tmp_path / "home.sqlite3"
    Store.open(path).shut()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    upgrade(path, (), 0.05)
    other.close()
