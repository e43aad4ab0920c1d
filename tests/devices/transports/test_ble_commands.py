"""Wearables that stream once they were told to: through the unmodified bleak, against the emulated BlueZ."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import numpy as np
import pytest

from devices.decoders import metamotion, polar
from devices.kinds import DeviceSetup
from devices.model import DecodeError, LinkState, SampleBlock
from devices.registry import KINDS
from devices.simulated import frames_metamotion, frames_polar
from devices.simulated.bluez import EmulatedBlueZ, Service, refusal
from devices.simulated.wearables import SimulatedMetaMotion, SimulatedPolar, SimulatedWearable
from devices.transports.ble import BleTransport
from tests.devices.ble_rig import BRISK, CLOCK, Ear, until

STRAP, WRIST = "C0:00:00:00:00:01", "C0:00:00:00:00:02"


def declared(kind: str, address: str, **options: str) -> DeviceSetup:
    return DeviceSetup(name=kind, kind=kind, address=address, options=options)


@contextlib.asynccontextmanager
async def listening(setup: DeviceSetup) -> AsyncIterator[Ear]:
    """A hub that has declared this device."""
    kind, ear = KINDS[setup.kind], Ear()
    assert kind.on_connect is not None
    gatt, commands = {setup.address: kind.sources}, {setup.address: kind.on_connect(setup)}
    transport = BleTransport(CLOCK, None, gatt, BRISK, commands)
    running = asyncio.create_task(transport.run(ear.frames.append, ear.links.append))
    try:
        await until(lambda: ear.is_up("radio"))
        yield ear
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def connected(device: SimulatedWearable, ear: Ear) -> None:
    """Advertise as a device does until the hub listens to it."""
    async with asyncio.timeout(20):
        while not (device.heard and ear.is_up(device.peripheral.address)):
            device.advertise()
            await CLOCK.sleep(0.02)


def without(service: Service, uuid: str) -> Service:
    """The same service, without one of its characteristics."""
    kept = tuple(one for one in service.characteristics if one.uuid != uuid)
    return Service(uuid=service.uuid, characteristics=kept)


def blocks(ear: Ear, setup: DeviceSetup) -> list[SampleBlock]:
    decode = KINDS[setup.kind].make_decoder(setup)
    return [said for frame in ear.frames for said in decode(frame) if isinstance(said, SampleBlock)]


async def test_a_strap_streams_once_it_was_asked_at_its_rate(bluez: EmulatedBlueZ) -> None:
    strap, setup = SimulatedPolar(bluez, STRAP), declared("polar", STRAP, rate_hz="200")
    async with listening(setup) as ear:
        await connected(strap, ear)
        assert [command.hex() for command in strap.written] == ["02020001c8000101100002010800"]
        assert strap.send(frames_polar.packet([(0, 0, 1000)] * 36, 1_000_000_000))
        await until(lambda: bool(ear.payloads(polar.DATA_SOURCE)))
        assert ear.details(STRAP) == [""]
    (block,) = blocks(ear, setup)
    assert (block.rate_hz, block.acceleration_g.shape) == (200.0, (36, 3))
    assert len(ear.payloads(polar.CONTROL_SOURCE)) == 2, "what it can do, and its answer"


async def test_a_wrist_sensor_streams_once_it_was_told_all(bluez: EmulatedBlueZ) -> None:
    wrist, setup = SimulatedMetaMotion(bluez, WRIST), declared("metamotion", WRIST)
    async with listening(setup) as ear:
        await connected(wrist, ear)
        assert wrist.streams
        assert not wrist.advertise(), "it is silent while somebody is connected"
        assert wrist.send(frames_metamotion.packet([(0.0, 0.0, 1.0)] * 3))
        await until(lambda: bool(ear.payloads(metamotion.SOURCE)))
    (block,) = blocks(ear, setup)
    np.testing.assert_allclose(block.acceleration_g, [[0.0, 0.0, 1.0]] * 3)


async def test_a_device_that_was_out_of_range_is_started_again(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedPolar(bluez, STRAP)
    async with listening(declared("polar", STRAP)) as ear:
        await connected(strap, ear)
        strap.drop()
        await until(lambda: ear.is_down(STRAP))
        assert not strap.streams
        strap.peripheral.in_range = True
        await connected(strap, ear)
        assert strap.streams


async def test_a_refusal_of_the_device_is_told(bluez: EmulatedBlueZ) -> None:
    strap, setup = SimulatedPolar(bluez, STRAP, rates_hz=(52.0,)), declared("polar", STRAP)
    async with listening(setup) as ear:
        await connected(strap, ear)
        await until(lambda: len(ear.payloads(polar.CONTROL_SOURCE)) == 2)
    decode = KINDS["polar"].make_decoder(setup)
    answer = [frame for frame in ear.frames if frame.source == polar.CONTROL_SOURCE][-1]
    with pytest.raises(DecodeError, match="it refuses to stream: it has no such rate"):
        decode(answer)


async def test_a_command_that_fails_is_told_and_tried_again(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedPolar(bluez, STRAP)
    bluez.refuse("WriteValue", refusal("Failed", "Operation failed with ATT error: 0x0e"))
    async with listening(declared("polar", STRAP)) as ear:
        await connected(strap, ear)
        assert strap.streams
    assert [link.state for link in ear.links if link.subject == STRAP][:2] == [LinkState.DOWN, LinkState.UP]
    assert "GATT Protocol Error" in ear.details(STRAP)[0]


async def test_a_device_that_lacks_what_is_written_to_is_told(bluez: EmulatedBlueZ) -> None:
    wrist = SimulatedMetaMotion(bluez, WRIST)
    wrist.peripheral.services = tuple(without(service, metamotion.COMMAND) for service in wrist.peripheral.services)
    async with listening(declared("metamotion", WRIST)) as ear:
        await connected(wrist, ear)
        assert ear.details(WRIST) == [f"The device lacks {metamotion.COMMAND}"]
        assert not wrist.written
