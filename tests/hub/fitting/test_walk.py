"""Room by room: what counts, what does not, and what is told besides."""

import asyncio

from devices.kinds import DeviceSetup
from devices.model import Quantity, Reading, Trigger, TriggerKind
from hub.fitting.hearing import Heard, Said, Trouble
from hub.fitting.walk import Listener, Step, is_pressed, rooms_for, walk
from hub.household import parse
from tests.fakes import START
from tests.hub.homes import HOME

HOUSE = parse(HOME)
PENDANT, KITCHEN = HOUSE.devices["pendant"], HOUSE.devices["kitchen_motion"]
PRESS = Said(observation=Trigger(device="pendant", kind=TriggerKind.PRESS, at=START), signal_dbm=-70)
CHARGE = Said(observation=Reading(device="pendant", quantity=Quantity.BATTERY_PERCENT, value=90.0, at=START))
MOVED = Said(observation=Reading(device="kitchen_motion", quantity=Quantity.MOTION, value=1.0, at=START))
DEAF = Trouble(sentence="radio cannot be heard")


async def walked(
    setup: DeviceSetup, rooms: list[str | None], said: dict[str | None, list[Said | Trouble]]
) -> list[Step | Trouble]:
    """What comes of it where this is said in each room, and a press on the way there."""
    heard: Heard = asyncio.Queue()
    heard.put_nowait(PRESS)

    def go(room: str | None) -> None:
        for one in said.get(room, []):
            heard.put_nowait(one)

    async def signal(one: Said) -> int | None:
        return one.signal_dbm

    listener = Listener(heard=heard, signal=signal)
    return [one async for one in walk(listener, setup, rooms, 0.05, go)]


def heard_in(steps: list[Step | Trouble]) -> dict[str | None, bool]:
    return {one.room: one.heard for one in steps if isinstance(one, Step)}


async def test_a_button_is_heard_where_it_is_pressed_and_nowhere_else() -> None:
    steps = await walked(PENDANT, ["hall", "attic"], {"hall": [CHARGE, MOVED, PRESS], "attic": [CHARGE]})
    assert heard_in(steps) == {"hall": True, "attic": False}
    assert isinstance(steps[0], Step)
    assert (steps[0].signal_dbm, steps[0].after_s) == (-70, 0.0)


async def test_a_sensor_is_heard_by_anything_that_it_says() -> None:
    assert heard_in(await walked(KITCHEN, ["kitchen"], {"kitchen": [PRESS, MOVED]})) == {"kitchen": True}


async def test_a_trouble_is_told_and_the_walk_goes_on() -> None:
    steps = await walked(PENDANT, ["hall", None], {"hall": [DEAF, PRESS], None: [PRESS, DEAF]})
    assert steps[0] == DEAF
    assert heard_in(steps) == {"hall": True, None: True}
    late = await walked(PENDANT, ["hall", "attic"], {"hall": [PRESS, DEAF], "attic": [PRESS]})
    assert DEAF in late  # what was told between two rooms is not forgotten


def test_what_is_carried_is_tried_in_every_room_and_what_stays_in_its_own() -> None:
    assert list(rooms_for(PENDANT, HOUSE)) == ["kitchen"]
    assert list(rooms_for(KITCHEN, HOUSE)) == ["kitchen"]
    assert list(rooms_for(PENDANT, parse(HOME.replace('room = "kitchen"', "")))) == [None]
    assert (is_pressed(PENDANT), is_pressed(KITCHEN)) == (True, False)
