"""The model, the tables and the migration say the same; no link of the chain can point at nothing."""

from dataclasses import fields
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Table, insert, inspect
from sqlalchemy.exc import IntegrityError

from co_design import model, schema
from hub.store.schema import metadata
from hub.store.writer import Store
from tests.carer_portal.home import MadeHome

CHAIN: dict[type, Table] = {
    model.Workshop: schema.workshop,
    model.Participant: schema.participant,
    model.Utterance: schema.utterance,
    model.Touchpoint: schema.touchpoint,
    model.Theme: schema.theme,
    model.Need: schema.need,
    model.Idea: schema.idea,
    model.Decision: schema.decision,
    model.Change: schema.change,
    model.Feedback: schema.feedback,
}


@pytest.mark.parametrize(("kind", "table"), CHAIN.items(), ids=lambda one: getattr(one, "name", None))
def test_each_link_has_a_column_for_every_field_and_demands_what_has_no_default(kind: type, table: Table) -> None:
    optional = {column.name for column in table.columns if column.nullable}
    assert {one.name for one in fields(kind)} == set(table.columns.keys())
    assert {one.name for one in fields(kind) if one.default is None} == optional


def test_the_migration_makes_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "home.sqlite3", also=[schema.MIGRATIONS])
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [one for one in compare_metadata(context, metadata) if "version_" not in str(one)]
        assert {name for name in inspect(connection).get_table_names() if name.startswith("codesign_")} == {
            table.name for table in metadata.tables.values() if table.name.startswith("codesign_")
        }
    store.shut()
    assert differences == []


def test_what_was_never_said_cannot_be_linked(home: MadeHome) -> None:
    link = {"utterance_id": 99, "kind": "alarm", "key": "1", "version": 0}
    with pytest.raises(IntegrityError), home.writing() as connection:
        connection.execute(insert(schema.utterance_link).values(**link))
