"""A sensor dies and comes back, on the emulated stack: its case, the text about it, and the end of both."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from devices.model import LinkState
from devices.simulated.frames_mr60 import presence
from devices.simulated.serial import SimulatedPort
from hub.daemon import run
from hub.ears import needed
from hub.model import AlarmState, Purpose
from hub.store.schema import fault, frame_count, learnt, link_event
from hub.watch import Given
from tests.fakes import FakeClock
from tests.hub.homes import HOME, settle_in
from tests.hub.test_daemon import House

RADAR = """
[devices.fall_radar]
kind = "mr60_fall"
address = "{port}"
room = "bathroom"
"""


class WithPort(House):
    """A hub that opens the ports its household names."""

    port: SimulatedPort

    def given(self) -> Given:
        return replace(super().given(), ears=needed)

    async def speak(self) -> None:
        """The radar says something, and the hub hears it."""
        before = self.heard()
        self.port.send(presence(there=False))
        await self.until(lambda: self.heard() > before, step_s=5)

    def heard(self) -> int:
        return sum(row["good"] for row in self.rows(frame_count))

    def texts(self) -> list[str]:
        return [message.text for message in self.sms.taken]


@pytest.fixture
def house(db: Path, clock: FakeClock, tmp_path: Path) -> Iterator[WithPort]:
    with SimulatedPort(tmp_path / "radar") as port:
        settle_in(db, HOME.partition("[devices.pendant]")[0] + RADAR.format(port=port.path))
        house = WithPort(db, clock)
        house.port = port
        yield house


async def test_a_radar_that_dies_is_a_case_and_a_text_and_its_return_ends_both(house: WithPort) -> None:
    stop, ready = asyncio.Event(), asyncio.Event()
    hub = asyncio.create_task(run(house.db, house.clock, house.given(), stop, ready.set))
    await ready.wait()
    await house.until(lambda: any(row["state"] == LinkState.UP for row in house.rows(link_event)))
    await house.speak()
    await house.until(lambda: house.count(fault) == 1, step_s=30)
    (case,) = house.rows(fault)
    assert (case["kind"], case["subject"], case["owner"]) == ("lost", "fall_radar", "nadia")
    assert not house.sms.taken  # a blink is told to nobody
    await house.until(lambda: bool(house.sms.taken), step_s=30)
    assert house.texts()[0].startswith(
        "Edith's alarm system: The fall radar has been silent since 09:00, so I would not notice a fall by it."
        " Reply 1 going, 2 cannot, 3 safe"
    )
    await house.speak()
    await house.until(lambda: house.rows(fault)[0]["closed_at"] is not None, step_s=10)
    await house.until(lambda: len(house.sms.taken) == 2)
    assert house.state() is AlarmState.RESOLVED
    assert house.sms.taken[1].purpose is Purpose.CLOSED
    assert house.texts()[1].startswith("The trouble with the alarm system at Edith's is over.")
    stop.set()
    await house.until(hub.done)
    await hub
    assert "fall_radar" in {row["subject"] for row in house.rows(learnt)}


async def test_a_port_that_is_pulled_out_is_told_as_what_it_is(house: WithPort) -> None:
    stop, ready = asyncio.Event(), asyncio.Event()
    hub = asyncio.create_task(run(house.db, house.clock, house.given(), stop, ready.set))
    await ready.wait()
    await house.until(lambda: any(row["state"] == LinkState.UP for row in house.rows(link_event)))
    await house.speak()
    house.port.unplug()
    await house.until(lambda: bool(house.sms.taken), step_s=30)
    (case,) = house.rows(fault)
    assert (case["kind"], case["subject"]) == ("receiver_down", house.port.path)
    assert case["because"].endswith("so I cannot rely on the fall radar.")
    house.port.plug()
    await house.until(lambda: house.rows(fault)[0]["closed_at"] is not None, step_s=10)
    stop.set()
    await house.until(hub.done)
    await hub
