"""The household as it is in this very transaction, without reading it anew each time."""

from sqlalchemy import Connection, func, select

from hub.household import current
from hub.household.model import Household
from hub.store.prepared import Prepared
from hub.store.schema import household as table

_NEWEST = Prepared(select(func.max(table.c.revision)))


class LiveHousehold:
    """Reads the household's revision each time, and the household only when that has changed.

    So contacts and consent are those of the moment at which a message is written or sent.
    """

    def __init__(self) -> None:
        self._known: tuple[int, Household] | None = None

    def __call__(self, connection: Connection) -> Household:
        """The household in force. Raises `HouseholdError` where none was ever applied."""
        revision = _NEWEST.run(connection).fetchone()[0]
        if self._known is None or self._known[0] != revision:
            self._known = (revision, current(connection))
        return self._known[1]
