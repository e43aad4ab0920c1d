"""Every device of the demo's story says what the story wants, through the real transports and decoders."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from alongside.demo import story
from alongside.demo.house import MAKERS, House, NotHeardError, Props
from alongside.demo.model import Shows
from devices.kinds import DeviceSetup
from devices.kinds import Path as By
from devices.model import Frame, Observation, Quantity, Reading, Transport, Trigger, TriggerKind
from devices.registry import KINDS
from devices.simulated.bluez import EmulatedBlueZ
from devices.transports.ble import BleTransport
from devices.transports.serial import ports
from hub.clock import StoryClock
from tests.devices.ble_rig import BRISK, CLOCK, until
from tests.fakes import START

ACTS = sorted(
    {
        (act.device, act.what, act.value)
        for scene in story.DAY
        for beat in scene.beats
        for act in beat.acts
        if isinstance(act, Shows) and not (act.what is TriggerKind.FALL and not act.value)
    }
)
KIND_OF = {
    story.PENDANT: "shelly_button",
    story.FRONT_DOOR: "shelly_door",
    story.BEDROOM: "shelly_motion",
    story.BEDSIDE: "ld2410",
    story.FRIDGE: "enocean_contact",
    story.ARMBAND: "heart_rate",
    story.OXIMETER: "pulse_oximeter",
    story.FALL_RADAR: "mr60_fall",
}


def setups(folder: Path) -> Mapping[str, DeviceSetup]:
    """One device of each kind that the story has."""
    made = {}
    for number, (name, kind) in enumerate(KIND_OF.items()):
        setup = DeviceSetup(name=name, kind=kind, address=f"C0:00:00:00:00:{number:02X}")
        if KINDS[kind].path is By.SERIAL:
            setup = replace(setup, address=str(folder / name))
        if KINDS[kind].sender_of is not None:
            setup = replace(setup, address="01825DAB", options={"port": str(folder / "dongle")})
        made[name] = setup
    return made


class Ear:
    """Reads what the transports hear, as the hub does."""

    def __init__(self, devices: Mapping[str, DeviceSetup]) -> None:
        self._decoders = {one.address: KINDS[one.kind].make_decoder(one) for one in devices.values()}
        self.heard: list[Observation] = []

    def deliver(self, frame: Frame) -> None:
        if frame.address in self._decoders:
            self.heard += self._decoders[frame.address](frame)

    @property
    def presses(self) -> list[str | None]:
        """The number of each press."""
        return [one.token for one in self.heard if isinstance(one, Trigger)]

    def has_heard(self, act: Shows) -> bool:
        return any(one.device == act.device and said(one) == (act.what, act.value) for one in self.heard)


def said(observation: Observation) -> tuple[Quantity | TriggerKind, float]:
    if isinstance(observation, Trigger):
        return observation.kind, 1.0
    assert isinstance(observation, Reading)
    return observation.quantity, observation.value


@contextlib.asynccontextmanager
async def playing(bluez: EmulatedBlueZ, folder: Path) -> AsyncIterator[tuple[House, Ear]]:
    """The house, its devices chattering, and a hub's ear for it; time runs sixty times as fast as in life."""
    clock = StoryClock(folder / "clock.json")
    clock.set(START, 60)
    devices = setups(folder)
    props = Props(bluez, CLOCK)
    house, ear = House(props, devices.values()), Ear(devices)
    gatt = {one.address: KINDS[one.kind].sources for one in devices.values() if KINDS[one.kind].path is By.GATT}
    transports: list[Transport] = [BleTransport(clock, None, gatt, BRISK)]
    transports += [port.transport(clock) for port in ports(devices.values(), KINDS)]
    tasks = [asyncio.create_task(one.run(ear.deliver, lambda _: None)) for one in transports]
    tasks.append(asyncio.create_task(house.chatter(clock)))
    try:
        yield house, ear
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        props.unplug()


def test_every_kind_that_can_be_played_is_played() -> None:
    assert set(KIND_OF.values()) == set(MAKERS)


async def test_what_the_story_shows_is_what_is_read(bluez: EmulatedBlueZ, tmp_path: Path) -> None:
    acts = [Shows(device=d, what=w, value=v) for d, w, v in ACTS if d in KIND_OF]
    async with playing(bluez, tmp_path) as (house, ear):
        for act in acts:
            await house.show(act)
            await until(lambda act=act: ear.has_heard(act))  # type: ignore[misc]  # the act of this turn
    assert {act.device for act in acts} == set(KIND_OF)


async def test_a_press_is_one_press_however_often_it_is_sent(bluez: EmulatedBlueZ, tmp_path: Path) -> None:
    press = Shows(device=story.PENDANT, what=TriggerKind.DOUBLE_PRESS)
    async with playing(bluez, tmp_path) as (house, ear):
        await house.show(press)
        await house.show(press)
        await until(lambda: ear.presses[-1:] == ["2"])
    assert ear.presses == ["1", "2"]


async def test_a_movement_ends_by_itself(bluez: EmulatedBlueZ, tmp_path: Path) -> None:
    async with playing(bluez, tmp_path) as (house, ear):
        await house.show(Shows(device=story.BEDROOM, what=Quantity.MOTION))
        await until(lambda: ear.has_heard(Shows(device=story.BEDROOM, what=Quantity.MOTION, value=0.0)))


async def test_a_device_that_nobody_listens_to_says_so(bluez: EmulatedBlueZ, tmp_path: Path) -> None:
    house = House(Props(bluez, CLOCK, heard_within_s=0.05), [setups(tmp_path)[story.PENDANT]])
    with pytest.raises(NotHeardError, match="did not listen to pendant"):
        await house.show(Shows(device=story.PENDANT, what=TriggerKind.PRESS))
