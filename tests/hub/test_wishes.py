"""What the resident decides: a rest for the sensors, and who may see what. On a whole hub, and by itself."""

import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from devices.model import Observation, Quantity, Reading, Trigger, TriggerKind
from hub import household, pauses, wishes
from hub.household import current
from hub.intents import REFUSED, carry_out, request
from hub.model import AlarmState, Role
from hub.store.connect import writer_engine
from hub.store.schema import alarm, consent, intent, observation
from hub.wishes import Wish
from tests.fakes import START, FakeClock
from tests.hub.homes import HOME, moved, opened, pressed, settle_in
from tests.hub.test_daemon import House, running

HOUR = timedelta(hours=1)
NIGHT = datetime(2026, 11, 25, 2, tzinfo=UTC)


@pytest.fixture
def connection(db: Path) -> Iterator[Connection]:
    settle_in(db)
    engine = writer_engine(db, 5.0)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def ask(
    connection: Connection, kind: str, payload: Mapping[str, object], by: str = "edith", now: datetime = START
) -> str:
    request(connection, kind, payload, by, now)
    [outcome] = carry_out(connection, wishes.HANDLERS, now)
    return outcome.result


@pytest.mark.parametrize(
    ("length", "now", "said"),
    [
        ("hour", START, "The sensors rest until 10:00. The call button still works."),
        ("tonight", START, "The sensors rest until 07:00. The call button still works."),
        (
            "tonight",
            datetime(2026, 11, 25, 2, tzinfo=UTC),
            "The sensors rest until 07:00. The call button still works.",
        ),
        ("until_i_say", START, "The sensors rest until you say. The call button still works."),
    ],
)
def test_she_says_for_how_long_and_reads_until_when(
    connection: Connection, length: str, now: datetime, said: str
) -> None:
    assert ask(connection, Wish.PAUSE, {"length": length}, now=now) == said
    lasting = pauses.current(connection, now)
    assert lasting is not None
    assert lasting.started == now
    assert (lasting.until is None) == (length == "until_i_say")


def test_tonight_ends_with_the_next_morning(connection: Connection) -> None:
    ask(connection, Wish.PAUSE, {"length": "tonight"}, now=NIGHT)
    assert pauses.current(connection, datetime(2026, 11, 25, 6, 59, tzinfo=UTC)) is not None
    assert pauses.current(connection, datetime(2026, 11, 25, 7, tzinfo=UTC)) is None


def test_she_ends_it_when_she_likes(connection: Connection) -> None:
    assert ask(connection, Wish.RESUME, {}) == "The sensors were listening already."
    ask(connection, Wish.PAUSE, {"length": "hour"})
    assert ask(connection, Wish.RESUME, {}, now=START + HOUR / 2) == "The sensors listen again."
    assert pauses.current(connection, START + HOUR / 2) is None
    assert pauses.latest_end(connection, START + HOUR) == START + HOUR / 2


def test_another_pause_replaces_the_one_that_lasts(connection: Connection) -> None:
    ask(connection, Wish.PAUSE, {"length": "until_i_say"})
    ask(connection, Wish.PAUSE, {"length": "hour"}, now=START + HOUR)
    assert pauses.current(connection, START + 2 * HOUR) is None
    assert pauses.latest_end(connection, START + 9 * HOUR) == START + 2 * HOUR


def test_one_that_ran_out_ended_when_it_ran_out(connection: Connection) -> None:
    ask(connection, Wish.PAUSE, {"length": "hour"})
    assert pauses.latest_end(connection, START + 3 * HOUR) == START + HOUR
    ask(connection, Wish.RESUME, {}, now=START + 3 * HOUR)
    assert pauses.latest_end(connection, START + 3 * HOUR) == START + HOUR


@pytest.mark.parametrize("kind", [Wish.PAUSE, Wish.RESUME, Wish.SHARE])
def test_nobody_else_decides_that(connection: Connection, kind: Wish) -> None:
    payloads: dict[Wish, Mapping[str, object]] = {
        Wish.PAUSE: {"length": "hour"},
        Wish.RESUME: {},
        Wish.SHARE: {"fields": {"family": ["name"]}},
    }
    payload = payloads[kind]
    for by in ("nadia", "nobody"):
        assert ask(connection, kind, payload, by) == f"{REFUSED}only the person who lives here decides that."


def test_what_is_shared_is_so_from_that_moment(connection: Connection) -> None:
    shared = {"fields": {"family": ["kind"], "neighbour": ["kind_plain"]}}
    assert ask(connection, Wish.SHARE, shared) == "It is so from now on."
    now_in_force = current(connection).consent
    assert now_in_force.revision == 2
    assert now_in_force.fields[Role.FAMILY] == {"kind"}
    assert now_in_force.fields[Role.NEIGHBOUR] == {"kind_plain"}
    rows = connection.execute(select(consent).where(consent.c.revision == 2)).all()
    assert {(row.role, row.field, row.granted_by) for row in rows} == {
        ("family", "kind", "edith"),
        ("neighbour", "kind_plain", "edith"),
    }
    assert ask(connection, Wish.SHARE, shared) == "That is how it is already."


def test_all_sharing_can_be_stopped_and_the_rest_of_the_household_stays(connection: Connection) -> None:
    before = current(connection)
    ask(connection, Wish.SHARE, {"fields": {role: [] for role in Role if role is not Role.RESIDENT}})
    after = current(connection)
    assert not any(after.consent.fields.values())
    assert (after.people, after.plans, after.devices) == (before.people, before.plans, before.devices)
    assert "revision = 2" in household.export(connection)


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"family": ["secrets"]}, "there is no field 'secrets'"),
        ({"resident": []}, "you see everything about yourself."),
        ({"stranger": []}, "the request could not be read"),
    ],
)
def test_what_cannot_be_shared_is_refused_and_changes_nothing(
    connection: Connection, fields: dict[str, list[str]], because: str
) -> None:
    said = ask(connection, Wish.SHARE, {"fields": fields})
    assert said.startswith(REFUSED)
    assert because in said
    assert current(connection).consent.revision == 1


def test_what_is_heard_all_the_same() -> None:
    def reading(quantity: Quantity) -> Reading:
        return Reading(device="x", quantity=quantity, value=1, at=START)

    kept: list[Observation] = [
        Trigger(device="x", kind=TriggerKind.PRESS, at=START),
        reading(Quantity.BATTERY_PERCENT),
        reading(Quantity.SMOKE),
    ]
    dropped: list[Observation] = [
        Trigger(device="x", kind=TriggerKind.FALL, at=START),
        reading(Quantity.MOTION),
        reading(Quantity.HEART_RATE_BPM),
    ]
    assert pauses.heard([*kept, *dropped]) == kept


def asks(house: House, kind: Wish, payload: Mapping[str, object]) -> None:
    house.write(lambda connection: request(connection, kind, payload, "edith", house.clock.now()))


def answered(house: House) -> list[str | None]:
    return [row["result"] for row in house.rows(intent)]


def resting(house: House) -> bool:
    return house.hand.starts > 0 and all(answered(house))


async def test_while_the_sensors_rest_nothing_is_kept_nobody_is_asked_and_a_press_still_fetches_help(
    db: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "hub.daemon")
    settle_in(db)
    house = House(db, FakeClock(START + timedelta(hours=14)))
    async with running(house):
        asks(house, Wish.PAUSE, {"length": "until_i_say"})
        await house.until(lambda: resting(house) and "follows a new arrangement" in caplog.text)
        kept = house.count(observation)
        house.hand.deliver(opened(1, house.clock.now()))  # the front door, at night: an alarm on any other day
        house.hand.deliver(moved(1, house.clock.now()))
        await house.clock.advance(1800)
        assert (house.count(alarm), house.count(observation)) == (0, kept)
        assert not house.speaker.taken
        house.hand.deliver(pressed(2, house.clock.now()))
        await house.until(lambda: bool(house.sms.taken))
        assert house.state() is AlarmState.ESCALATING


async def test_when_it_is_over_a_silence_counts_from_then_on(db: Path) -> None:
    settle_in(db, HOME)
    house = House(db, FakeClock())
    async with running(house):
        house.hand.deliver(moved(1, house.clock.now()))
        await house.clock.advance(2)
        asks(house, Wish.PAUSE, {"length": "hour"})
        await house.until(lambda: resting(house))
        await house.clock.advance(3 * 3600 + 1800)  # 09:00 to 12:30, of which it rested one hour
        assert house.count(alarm) == 0
        await house.until(lambda: house.count(alarm) == 1, step_s=600)
        assert house.clock.now() >= START + HOUR + timedelta(hours=4)
