"""What Alembic runs: on the connection that `hub.store.upgrade` hands over, inside its transaction."""

from alembic import context

if hasattr(context, "config"):  # it has one only while Alembic runs this file, not when tests look into it for examples
    attributes = context.config.attributes
    context.configure(
        connection=attributes["connection"],
        version_table=attributes["version_table"],
        render_as_batch=True,
        transactional_ddl=True,
    )
    context.run_migrations()
