"""The portal's tables: the migrations make exactly what the schema says, and nobody rewrites who looked."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from carer_portal import schema
from hub.store.upgrade import version_table
from tests.carer_portal.home import MadeHome


def test_the_migrations_make_exactly_the_tables_of_the_schema(home: MadeHome) -> None:
    def ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or bool(name and name.startswith("portal_"))

    with home.engine.connect() as connection:
        options = {"version_table": version_table(schema.MIGRATIONS), "include_object": ours, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema.account.metadata) == []


def test_who_looked_is_neither_changed_nor_deleted(home: MadeHome) -> None:
    row = {"person": "priya", "role": "family", "page": "today", "at": 1}
    with home.writing() as connection:
        connection.execute(insert(schema.view).values(**row))
    for change in (update(schema.view).values(person="tom"), delete(schema.view)):
        with pytest.raises(IntegrityError), home.writing() as connection:
            connection.execute(change)
