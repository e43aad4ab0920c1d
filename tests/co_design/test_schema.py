"""The model, the tables and the migration say the same; no link of the chain can point at nothing."""

from dataclasses import MISSING, fields
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Table, delete, insert, inspect
from sqlalchemy.exc import IntegrityError

from co_design import model, model_deciding, schema, schema_deciding
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
    model_deciding.Ballot: schema_deciding.ballot,
    model_deciding.Option: schema_deciding.option,
    model_deciding.Vote: schema_deciding.vote,
    model_deciding.Decision: schema_deciding.decision,
    model_deciding.Change: schema_deciding.change,
    model_deciding.Exposure: schema_deciding.exposure,
    model_deciding.Effect: schema_deciding.effect,
    model_deciding.Feedback: schema_deciding.feedback,
    model_deciding.Marked: schema_deciding.mark,
    model_deciding.Issued: schema_deciding.issued,
}


@pytest.mark.parametrize(("kind", "table"), CHAIN.items(), ids=lambda one: getattr(one, "name", None))
def test_each_link_has_a_column_for_every_field_and_demands_what_has_no_default(kind: type, table: Table) -> None:
    optional = {column.name for column in table.columns if column.nullable}
    assert {one.name for one in fields(kind)} == set(table.columns.keys())
    assert {one.name for one in fields(kind) if one.default is None} == optional
    assert all(one.default is not MISSING or not table.c[one.name].nullable for one in fields(kind))


def test_the_migrations_make_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "home.sqlite3", also=[schema.MIGRATIONS])
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [one for one in compare_metadata(context, metadata) if "codesign" in str(one)]
        assert {name for name in inspect(connection).get_table_names() if name.startswith("codesign_")} == {
            table.name for table in metadata.tables.values() if table.name.startswith("codesign_")
        }
    store.shut()
    assert differences == []


def test_what_was_never_said_cannot_be_linked(home: MadeHome) -> None:
    link = {"utterance_id": 99, "kind": "alarm", "key": "1", "version": 0}
    with pytest.raises(IntegrityError), home.writing() as connection:
        connection.execute(insert(schema.utterance_link).values(**link))


def test_what_was_done_and_who_thought_otherwise_cannot_be_deleted(home: MadeHome) -> None:
    home.put(schema_deciding.act, name="plan", subject_id=1, by="maya", at=0)
    with pytest.raises(IntegrityError, match="nothing is deleted"), home.writing() as connection:
        connection.execute(delete(schema_deciding.act))
