"""Part of a transaction that may fail on its own without undoing the rest."""

from collections.abc import Callable

from hub.escalation.context import Context
from hub.store.connect import driver
from hub.store.errors import store_error


def attempt(ctx: Context, work: Callable[[], object]) -> Exception | None:
    """Do this work in a savepoint; gives what it raised, all that it did being undone. The database's own is raised."""
    database = driver(ctx.connection)
    claimed = len(ctx.calls or ())
    database.execute("SAVEPOINT attempt")
    try:
        work()
    except Exception as error:  # whatever it is, the caller says what becomes of it
        if store_error(error) is not None:
            raise
        database.execute("ROLLBACK TO attempt")
        if ctx.calls is not None:
            del ctx.calls[claimed:]  # nobody may be called for a message that is not there
        failure: Exception | None = error
    else:
        failure = None
    database.execute("RELEASE attempt")
    return failure
