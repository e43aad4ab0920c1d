"""The private bus: needs no root, leaves no orphan, says what is missing."""

import asyncio
import sys
from pathlib import Path

import pytest
from dbus_fast.aio import MessageBus

from devices.simulated.bluez import BusError, EmulatedBlueZ, PrivateBus
from devices.transports.ble_dbus import close
from tests.devices.ble_rig import CLOCK, DEADLINE_S, until

# A parent that starts a bus, tells its address and the daemon's number, and then waits to be killed.
PARENT = """
import os, sys
from devices.simulated.bluez import PrivateBus
bus = PrivateBus().start()
children = open(f"/proc/self/task/{os.getpid()}/children").read().split()
print(bus.address, children[0], flush=True)
sys.stdin.read()
"""


async def connects(address: str) -> bool:
    try:
        await close(await MessageBus(bus_address=address).connect())
    except (OSError, EOFError):
        return False
    return True


def runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def test_it_serves_until_it_is_stopped_and_again_at_the_same_address() -> None:
    with PrivateBus() as bus:
        assert await connects(bus.address)
        bus.stop()
        bus.stop()
        assert not await connects(bus.address)
        bus.start()
        assert await connects(bus.address)
        folder = Path(bus.address.removeprefix("unix:path=")).parent
    assert not await connects(bus.address)
    assert not folder.exists()


async def test_two_do_not_meet() -> None:
    with PrivateBus() as one, PrivateBus() as other:
        first = await EmulatedBlueZ(one.address, CLOCK.sleep).start()
        second = await EmulatedBlueZ(other.address, CLOCK.sleep).start()
        await first.kill()
        await second.kill()


async def test_it_dies_with_a_parent_that_is_killed() -> None:
    pipe = asyncio.subprocess.PIPE
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, stdin=pipe, stdout=pipe)
    assert parent.stdout is not None
    address, daemon = (await parent.stdout.readline()).decode().split()
    assert await connects(address)
    parent.kill()
    async with asyncio.timeout(DEADLINE_S):
        assert await parent.stdout.read() == b"", "the daemon holds no pipe of its parent's caller open"
        await parent.wait()
    await until(lambda: not runs(int(daemon)))


def test_a_missing_program_is_named_with_what_to_install() -> None:
    said = r"dbus-daemon-of-yore is not installed.*sudo apt-get install dbus"
    with pytest.raises(BusError, match=said), PrivateBus("dbus-daemon-of-yore"):
        pytest.fail("it must not start")


def test_a_daemon_that_does_not_start_says_why() -> None:
    with pytest.raises(BusError, match="did not start"), PrivateBus("false"):
        pytest.fail("it must not start")


async def test_two_emulations_on_one_bus_are_refused(bluez: EmulatedBlueZ) -> None:
    async def no_wait(_: float) -> None:
        """Do not wait for the other to go."""

    second = EmulatedBlueZ(bluez.address, no_wait)
    with pytest.raises(BusError, match=r"Another program owns org\.bluez"):
        await second.start()
    await second.kill()
