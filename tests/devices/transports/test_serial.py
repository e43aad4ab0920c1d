"""The unmodified pyserial at one end of a pseudo-terminal, a simulated device at the other."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import serial

from devices.decoders import ld2410
from devices.kinds import DeviceKind, DeviceSetup, SerialLine, SetupError
from devices.model import Frame, LinkEvent, LinkState
from devices.registry import KINDS
from devices.simulated.frames_esp3 import contact, packet, rocker_press
from devices.simulated.frames_ld2410 import Target, report
from devices.simulated.serial import SimulatedPort, with_noise
from devices.transports.serial import CHUNK, LARGEST_BUFFER, RETRY_S, SerialTransport, ports
from tests.devices.transports.serial_rig import CLOCK, grown, running, until
from tests.fakes import FakeClock, settle

EMPTY = report()
SOMEBODY = report(moving=Target(distance_cm=120, energy_percent=80))
RADAR = KINDS["ld2410"]
DONGLE = KINDS["esp3"]


@pytest.fixture
def port(tmp_path: Path) -> Iterator[SimulatedPort]:
    with SimulatedPort(tmp_path / "radar") as simulated:
        yield simulated


def transport(port: SimulatedPort, kind: DeviceKind = RADAR) -> SerialTransport:
    assert kind.serial is not None
    assert kind.split is not None
    return SerialTransport(CLOCK, port.path, kind.serial, kind.split, kind.sender_of)


async def test_frames_are_heard_in_order_with_the_ports_path(port: SimulatedPort) -> None:
    async with running(transport(port)) as heard:
        await until(lambda: heard.states == [LinkState.UP])
        before = CLOCK.now()
        port.send(EMPTY + SOMEBODY)
        port.send(EMPTY)
        await until(lambda: len(heard.frames) == 3)
    assert heard.payloads == [EMPTY, SOMEBODY, EMPTY]
    assert {(frame.address, frame.source) for frame in heard.frames} == {(port.path, "serial")}
    assert all(before <= frame.at <= CLOCK.now() for frame in heard.frames)
    assert heard.links[0].subject == port.path


async def test_a_frame_may_come_byte_by_byte(port: SimulatedPort) -> None:
    async with running(transport(port)) as heard:
        await until(lambda: heard.states == [LinkState.UP])
        await port.dribble(EMPTY + SOMEBODY, CLOCK.sleep)
        await until(lambda: len(heard.frames) == 2)
    assert heard.payloads == [EMPTY, SOMEBODY]


async def test_noise_costs_no_frame(port: SimulatedPort) -> None:
    frames = [EMPTY, SOMEBODY] * 20
    stream = with_noise(frames, np.random.default_rng(7))
    async with running(transport(port)) as heard:
        await until(lambda: heard.states == [LinkState.UP])
        for start in range(0, len(stream), 50):
            port.send(stream[start : start + 50])
            await CLOCK.sleep(0)
        await until(lambda: len(heard.frames) == len(frames))
    assert heard.payloads == frames


async def test_a_port_that_is_pulled_out_is_told_and_heard_again_when_it_is_back(port: SimulatedPort) -> None:
    async with running(transport(port)) as heard:
        await until(lambda: heard.states == [LinkState.UP])
        port.send(EMPTY + SOMEBODY[:9])
        await until(lambda: len(heard.frames) == 1)
        port.unplug()
        await until(lambda: heard.states == [LinkState.UP, LinkState.DOWN, LinkState.DOWN])
        port.plug()
        await until(lambda: heard.states[-1] is LinkState.UP)
        port.send(SOMEBODY)
        await until(lambda: len(heard.frames) == 2)
    assert heard.payloads == [EMPTY, SOMEBODY], "what was left of a torn frame is forgotten"
    details = [event.detail for event in heard.links]
    assert details[1].startswith("it was pulled out or lost its power (")
    assert details[2:] == ["it is not plugged in", ""]


async def test_a_port_may_be_plugged_in_later(tmp_path: Path) -> None:
    port = SimulatedPort(tmp_path / "radar")
    async with running(transport(port)) as heard:
        await until(lambda: heard.states == [LinkState.DOWN])
        with port:
            await until(lambda: heard.states == [LinkState.DOWN, LinkState.UP])


async def test_a_port_that_another_program_has_open_is_told_and_taken_when_it_is_free(port: SimulatedPort) -> None:
    other = serial.Serial(port.path, exclusive=True)
    async with running(transport(port)) as heard:
        await until(lambda: heard.states == [LinkState.DOWN])
        assert heard.links[0].detail == "another program has it open"
        other.close()
        await until(lambda: heard.states == [LinkState.DOWN, LinkState.UP])


async def test_no_other_program_gets_a_port_that_the_hub_has_open(port: SimulatedPort) -> None:
    async with running(transport(port)) as heard:
        await until(lambda: heard.states == [LinkState.UP])
        with pytest.raises(serial.SerialException, match="exclusively lock"):
            serial.Serial(port.path, exclusive=True)


async def test_what_is_no_serial_port_is_told_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "radar").write_text("not a terminal")
    async with running(transport(SimulatedPort(tmp_path / "radar"))) as heard:
        await until(lambda: heard.states == [LinkState.DOWN])
    assert "Inappropriate ioctl" in heard.links[0].detail


async def test_a_speed_that_a_port_cannot_have_is_told(port: SimulatedPort) -> None:
    odd = SerialTransport(CLOCK, port.path, SerialLine(baud=-1), ld2410.split)
    async with running(odd) as heard:
        await until(lambda: heard.states == [LinkState.DOWN])
    assert "baud" in heard.links[0].detail


async def test_a_missing_port_is_tried_less_and_less_often_and_told_once(tmp_path: Path) -> None:
    """Counted by when the attempts find the port."""
    clock = FakeClock()
    port = SimulatedPort(tmp_path / "radar")
    links: list[LinkEvent] = []
    frames: list[Frame] = []
    assert RADAR.serial is not None
    hearing = SerialTransport(clock, port.path, RADAR.serial, ld2410.split)
    task = asyncio.create_task(hearing.run(frames.append, links.append))
    await settle()
    for wait_s in (*RETRY_S, RETRY_S[-1]):
        assert len(links) == 1
        await clock.advance(wait_s)
    port.plug()
    await clock.advance(RETRY_S[-1] - 0.1)
    assert len(links) == 1
    await clock.advance(0.1)
    assert [event.state for event in links] == [LinkState.DOWN, LinkState.UP]
    task.cancel()
    port.unplug()


async def test_a_port_that_was_heard_is_sought_quickly_again(tmp_path: Path) -> None:
    clock = FakeClock()
    links: list[LinkEvent] = []
    frames: list[Frame] = []
    assert RADAR.serial is not None
    with SimulatedPort(tmp_path / "radar") as port:
        hearing = SerialTransport(clock, port.path, RADAR.serial, ld2410.split)
        task = asyncio.create_task(hearing.run(frames.append, links.append))
        for number in range(1, 4):
            await grown(links, 2 * number - 1)
            port.send(EMPTY)
            await grown(frames, number)
            port.unplug()
            await grown(links, 2 * number)
            port.plug()
            await clock.advance(RETRY_S[0])
        task.cancel()
    assert [event.state for event in links] == [LinkState.UP, LinkState.DOWN] * 3 + [LinkState.UP]


async def test_a_stream_without_a_frame_is_kept_in_bounded_memory(port: SimulatedPort) -> None:
    kept: list[int] = []

    def hoards(buffer: bytearray) -> list[bytes]:
        kept.append(len(buffer))
        return []

    async with running(SerialTransport(CLOCK, port.path, SerialLine(baud=9600), hoards)) as heard:
        await until(lambda: heard.states == [LinkState.UP])
        sent = 0
        while sent < LARGEST_BUFFER * 2:
            sent += port.send(bytes(1000))
            await CLOCK.sleep(0)
        await until(lambda: sum(1 for size in kept if size >= LARGEST_BUFFER) > 2)
    assert max(kept) <= LARGEST_BUFFER + CHUNK


async def test_an_error_of_the_receiver_is_not_taken_for_a_lost_port(port: SimulatedPort) -> None:
    def fails(_: Frame) -> None:
        raise OSError("the receiver's own")

    hearing = transport(port)
    links: list[LinkEvent] = []
    task = asyncio.create_task(hearing.run(fails, links.append))
    await until(lambda: len(links) == 1)
    port.send(EMPTY)
    with pytest.raises(OSError, match="the receiver's own"):
        await task
    serial.Serial(port.path, exclusive=True).close()  # it was let go of


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def test_no_file_is_left_open(port: SimulatedPort) -> None:
    before = open_files()
    async with running(transport(port)) as heard:
        for _ in range(3):
            await until(lambda: bool(heard.states) and heard.states[-1] is LinkState.UP)
            port.send(EMPTY)
            port.unplug()
            await until(lambda: heard.states[-1] is LinkState.DOWN)
            port.plug()
    assert open_files() == before


async def test_one_dongle_hears_many_senders(port: SimulatedPort) -> None:
    async with running(transport(port, DONGLE)) as heard:
        await until(lambda: heard.states == [LinkState.UP])
        port.send(rocker_press("0029a1b2") + contact("01825DAB", is_open=True) + packet(b"\0", kind=2))
        await until(lambda: len(heard.frames) == 3)
    assert [(frame.address, frame.signal_dbm) for frame in heard.frames] == [
        ("0029A1B2", -55),
        ("01825DAB", -55),
        (port.path, None),
    ]


def declared(name: str, kind: str, address: str, port: str | None = None) -> DeviceSetup:
    return DeviceSetup(name=name, kind=kind, address=address, options={"port": port} if port else {})


def test_devices_that_share_a_receiver_share_its_port() -> None:
    found = ports(
        [
            declared("hall", "ld2410", "/dev/radar"),
            declared("button", "enocean_rocker", "0029A1B2", "/dev/dongle"),
            declared("pendant", "shelly_button", "A4:C1:38:00:00:02"),
            declared("door", "enocean_contact", "01825DAB", "/dev/dongle"),
            declared("upstairs", "esp3", "01825DAC", "/dev/other"),
        ],
        KINDS,
    )
    assert [(port.path, port.devices, port.line.baud) for port in found] == [
        ("/dev/radar", ("hall",), 256_000),
        ("/dev/dongle", ("button", "door"), 57_600),
        ("/dev/other", ("upstairs",), 57_600),
    ]
    assert found[0].transport(CLOCK).name == "serial /dev/radar"


@pytest.mark.parametrize(
    ("devices", "reason"),
    [
        (
            [declared("hall", "ld2410", "/dev/radar"), declared("bath", "ld2410", "/dev/radar")],
            "devices hall, bath: they cannot share the port /dev/radar",
        ),
        (
            [declared("hall", "ld2410", "/dev/x"), declared("button", "esp3", "0029A1B2", "/dev/x")],
            "devices hall, button: they cannot share the port /dev/x",
        ),
        ([declared("button", "esp3", "0029A1B2")], "device button: say in `port`"),
    ],
)
def test_devices_that_cannot_share_a_port_are_refused(devices: list[DeviceSetup], reason: str) -> None:
    with pytest.raises(SetupError, match=reason):
        ports(devices, KINDS)
