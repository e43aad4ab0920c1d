"""A walk test: what a device says meanwhile calls nobody, for as long as was asked, and never for longer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from devices.model import Quantity, Reading, Trigger, TriggerKind
from hub.catalogue import Catalogue
from hub.intents import LONGEST_WALK_MIN, Handler, IntentKind, WalkTest, carry_out, checked, request
from hub.store.schema import intent, sensor_event
from hub.store.writer import Store
from hub.walks import REASON, Walks
from tests.fakes import START
from tests.hub.conftest import BUTTON, DOOR


@pytest.fixture
def walks(open_store: Store, catalogue: Catalogue) -> Walks:
    return Walks(open_store, catalogue.devices)


def asked(store: Store, walks: Walks, device: str, minutes: float) -> str:
    """What the hub answers."""
    table: dict[str, Handler] = {IntentKind.WALK_TEST: checked(WalkTest, walks.act)}
    payload = {"device": device, "minutes": minutes}
    store.run(lambda connection: request(connection, IntentKind.WALK_TEST, payload, "nadia", START))
    (outcome,) = store.run(lambda connection: carry_out(connection, table, START))
    with store.reading() as connection:
        assert outcome.result in connection.scalars(select(intent.c.result)).all()
    return outcome.result


def press(device: str = BUTTON, minutes: float = 1.0) -> Trigger:
    return Trigger(device=device, kind=TriggerKind.PRESS, at=START + timedelta(minutes=minutes), token="7")  # noqa: S106


async def test_a_press_meanwhile_is_written_down_and_counts_for_nothing(open_store: Store, walks: Walks) -> None:
    assert asked(open_store, walks, BUTTON, 5.0) == f"For 5 minutes what {BUTTON} says calls nobody."
    charge = Reading(device=BUTTON, quantity=Quantity.BATTERY_PERCENT, value=90.0, at=START)
    other = press(DOOR)
    assert list(walks.heard([press(), charge, other])) == [charge, other]
    await open_store.submit(lambda _: None)
    with open_store.reading() as connection:
        (row,) = connection.execute(select(sensor_event)).all()
    assert (row.kind, row.token, row.reason, row.alarm_id) == ("press", "7", REASON, None)


async def test_it_ends_when_its_time_is_over(open_store: Store, walks: Walks) -> None:
    asked(open_store, walks, BUTTON, 5.0)
    assert list(walks.heard([press(minutes=4.9)])) == []
    assert list(walks.heard([press(minutes=5.0)])) == [press(minutes=5.0)]
    assert list(walks.heard([press(minutes=1.0)])) == [press(minutes=1.0)]  # and does not begin anew by itself


async def test_it_ends_when_somebody_says_so(open_store: Store, walks: Walks) -> None:
    asked(open_store, walks, BUTTON, 5.0)
    assert "is over" in asked(open_store, walks, BUTTON, 0.0)
    assert list(walks.heard([press()])) == [press()]
    assert "is over" in asked(open_store, walks, BUTTON, 0.0)


@pytest.mark.parametrize(
    ("device", "minutes", "reason"),
    [
        ("buton", 5.0, "refused: there is no device 'buton'; did you mean 'button'?"),
        (BUTTON, LONGEST_WALK_MIN + 1, "refused: "),
        (BUTTON, -1.0, "refused: "),
    ],
)
async def test_what_cannot_be_is_refused(
    open_store: Store, walks: Walks, device: str, minutes: float, reason: str
) -> None:
    assert asked(open_store, walks, device, minutes).startswith(reason)
    assert list(walks.heard([press()])) == [press()]


async def test_a_store_that_is_closed_is_told_in_the_log(
    open_store: Store, walks: Walks, caplog: pytest.LogCaptureFixture
) -> None:
    asked(open_store, walks, BUTTON, 5.0)
    open_store.run(lambda connection: connection.exec_driver_sql("DROP TABLE sensor_event"))
    assert list(walks.heard([press()])) == []
    await open_store.submit(lambda _: None)
    assert "a press of a walk test could not be written down: OperationalError" in caplog.text
