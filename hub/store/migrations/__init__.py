"""The history of the tables, carried out by Alembic when a database is opened (`hub.store.upgrade`)."""
