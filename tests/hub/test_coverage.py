"""What the hub cannot see is data: which sense of which room, from when to when, and why."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from analytics.model import Finding, FindingKind
from devices.model import LinkState, Quantity
from devices.supervision.senses import Sense
from hub.coverage import Span, Unseen, _both, _joined, unreliable, unseen
from hub.escalation import story
from hub.escalation.retelling import Reader, retell
from hub.household import apply
from hub.store.writer import Store
from tests.fakes import START, FakeClock
from tests.hub.homes import HOME
from tests.hub.test_device_faults import BEDROOM, HALL, HOUR_S, KITCHEN, MINUTE_S, TAGS, Rig

RADAR = """
[devices.bathroom_radar]
kind = "ld2410"
address = "/dev/radar"
room = "bathroom"
"""
TWO = (
    RADAR
    + """
[devices.bathroom_fall_radar]
kind = "mr60"
address = "/dev/fall-radar"
room = "bathroom"
"""
)


def rig(store: Store, clock: FakeClock, more: str) -> Rig:
    text = HOME + more
    store.run(lambda connection: apply(connection, text, clock.now(), "a test"))
    return Rig(store, clock, text)


def lost(rig: Rig, *, ago: timedelta = timedelta(0)) -> list[Unseen]:
    """What cannot be seen now, or could not since then."""
    with rig.store.reading() as connection:
        return list(unseen(connection, rig.household, rig.clock.now() - ago, rig.clock.now()))


async def test_a_silent_radar_is_a_bathroom_that_cannot_be_seen(open_store: Store, clock: FakeClock) -> None:
    home = rig(open_store, clock, RADAR)
    home.beacons = {"bathroom_radar"}
    await home.run(10 * MINUTE_S)
    assert lost(home) == []
    home.beacons = set()
    silent_since = home.clock.now()
    await home.run(3 * MINUTE_S)
    (one,) = lost(home)
    assert one == Unseen(
        sense=Sense.PRESENCE,
        where="bathroom",
        since=silent_since,
        until=None,
        because="The bathroom radar has been silent since 09:10, so I cannot tell whether Edith is in the bathroom.",
        devices=("bathroom_radar",),
    )
    with home.store.reading() as connection:
        assert unreliable(connection, home.household, home.clock.now()) == {"bathroom_radar"}
    home.beacons = {"bathroom_radar"}
    await home.run(5 * MINUTE_S)
    assert lost(home) == []
    (past,) = lost(home, ago=timedelta(hours=1))
    assert past.since == silent_since
    assert past.until is not None


async def test_a_room_with_another_sensor_is_still_seen(open_store: Store, clock: FakeClock) -> None:
    home = rig(open_store, clock, TWO)
    home.beacons = {"bathroom_radar", "bathroom_fall_radar"}
    for name in home.beacons:
        home.tell(name, Quantity.OCCUPIED, 1.0)
    await home.run(10 * MINUTE_S)
    home.beacons = {"bathroom_fall_radar"}
    await home.run(3 * MINUTE_S)
    assert Sense.PRESENCE not in {one.sense for one in lost(home)}
    home.beacons = set()
    await home.run(3 * MINUTE_S)
    (presence,) = [one for one in lost(home) if one.sense is Sense.PRESENCE]
    assert presence.devices == ("bathroom_radar", "bathroom_fall_radar")
    assert presence.because.startswith("The bathroom fall radar has been silent since 09:13")


async def test_a_radio_that_is_off_is_every_room_that_it_hears(open_store: Store, clock: FakeClock) -> None:
    home = rig(open_store, clock, TAGS)
    home.beacons = {HALL, KITCHEN, BEDROOM}
    await home.run(HOUR_S)
    home.beacons = set()
    home.link(LinkState.DOWN)
    await home.run(3 * MINUTE_S)
    found = {(one.sense, one.where) for one in lost(home)}
    assert {(Sense.CLIMATE, "hall"), (Sense.PRESENCE, "kitchen"), (Sense.CALL, None), (Sense.DOOR, None)} <= found
    with home.store.reading() as connection:
        assert unreliable(connection, home.household, home.clock.now()) == set(home.household.devices)


async def test_a_case_that_is_closed_by_hand_makes_nothing_visible(open_store: Store, clock: FakeClock) -> None:
    home = rig(open_store, clock, RADAR)
    home.beacons = {"bathroom_radar"}
    await home.run(MINUTE_S)
    home.beacons = set()
    await home.run(3 * MINUTE_S)
    home.close(1)
    await home.run(MINUTE_S)
    assert home.open() == []
    assert [one.until for one in lost(home)] == [None]


async def test_an_alarm_says_what_could_not_be_seen_while_it_was_open(open_store: Store, clock: FakeClock) -> None:
    home = rig(open_store, clock, RADAR)
    home.beacons = {"bathroom_radar"}
    await home.run(MINUTE_S)
    home.beacons = set()
    await home.run(3 * MINUTE_S)
    now = home.clock.now()
    still = Finding(
        kind=FindingKind.INACTIVITY,
        severity=5,
        at=now,
        because="Nobody has moved for long.",
        detector="inactivity",
        detector_version=1,
        episode="one",
    )
    (number,) = home.store.run(lambda connection: home.desk.admit(connection, [still], now))
    with home.store.reading() as connection:
        told = story.read(connection, number)
    lines = list(retell(told, Reader(tz=home.household.tz, names={})))
    place = lines.index("What could not be seen")
    assert lines[place + 1] == (
        "  The bathroom radar has been silent since 09:01, so I cannot tell whether Edith is in the bathroom."
    )
    home.beacons = {"bathroom_radar"}
    await home.run(MINUTE_S)
    with home.store.reading() as connection:
        again = story.read(connection, number)
    assert "It was over at" in "\n".join(retell(again, Reader(tz=home.household.tz, names={})))


async def test_an_alarm_about_the_equipment_does_not_repeat_itself(open_store: Store, clock: FakeClock) -> None:
    home = rig(open_store, clock, RADAR)
    home.link(LinkState.DOWN)
    await home.run(3 * MINUTE_S)
    with home.store.reading() as connection:
        assert story.read(connection, 1).unseen == []


def spans(*times: tuple[int, int | None]) -> list[Span]:
    return [
        Span(since=at(since), until=None if until is None else at(until), because=str(since)) for since, until in times
    ]


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def times(found: Iterable[Span]) -> list[tuple[int, int | None]]:
    def minute(moment: datetime) -> int:
        return round((moment - START).total_seconds() / 60)

    return [(minute(one.since), None if one.until is None else minute(one.until)) for one in found]


@pytest.mark.parametrize(
    ("given", "joined"),
    [
        (spans(), []),
        (spans((5, 9), (1, 3)), [(1, 3), (5, 9)]),
        (spans((1, 6), (5, 9)), [(1, 9)]),
        (spans((1, 9), (2, 3)), [(1, 9)]),
        (spans((1, None), (2, 3)), [(1, None)]),
        (spans((1, 3), (3, None)), [(1, None)]),
    ],
)
def test_times_that_overlap_are_one(given: list[Span], joined: list[tuple[int, int | None]]) -> None:
    assert times(_joined(given)) == joined


@pytest.mark.parametrize(
    ("these", "those", "both"),
    [
        (spans((1, 5)), spans((5, 9)), []),
        (spans((1, 5)), spans((4, 9)), [(4, 5)]),
        (spans((1, None)), spans((4, 9), (12, None)), [(4, 9), (12, None)]),
        (spans((1, 3), (5, 8)), spans((2, 6)), [(2, 3), (5, 6)]),
    ],
)
def test_a_sense_is_lost_while_all_that_have_it_are(
    these: list[Span], those: list[Span], both: list[tuple[int, int | None]]
) -> None:
    assert times(_both(these, those)) == both
