"""Part of a transaction that may fail on its own without undoing the rest."""

from collections.abc import Callable

from sqlalchemy import Connection

from hub.store.connect import driver
from hub.store.errors import store_error


def attempt(connection: Connection, work: Callable[[], object]) -> Exception | None:
    """Do this work in a savepoint; gives what it raised, all that it did being undone. The database's own is raised."""
    database = driver(connection)
    database.execute("SAVEPOINT attempt")
    try:
        work()
    except Exception as error:  # whatever it is, the caller says what becomes of it
        if store_error(error) is not None:
            raise
        database.execute("ROLLBACK TO attempt")
        failure: Exception | None = error
    else:
        failure = None
    database.execute("RELEASE attempt")
    return failure
