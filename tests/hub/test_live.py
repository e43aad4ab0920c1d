"""The household is read anew when it has changed, and not otherwise."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from hub import household
from hub.household import HouseholdError
from hub.live import LiveHousehold
from hub.store.writer import Store
from tests.fakes import START
from tests.hub.homes import HOME, settle_in


def apply(text: str, connection: Connection) -> None:
    household.apply(connection, text, START, "a test")


def test_a_change_is_seen_in_the_next_transaction(db: Path) -> None:
    settle_in(db)
    store = Store.open(db)
    live = LiveHousehold()
    before = store.run(live)
    assert store.run(live) is before
    store.run(lambda connection: apply(HOME.replace('tz = "Europe/London"', 'tz = "Europe/Berlin"'), connection))
    assert store.run(live).tz.key == "Europe/Berlin"
    store.shut()


def test_without_a_household_it_says_so(open_store: Store) -> None:
    with pytest.raises(HouseholdError, match="alongside home apply"):
        open_store.run(LiveHousehold())
