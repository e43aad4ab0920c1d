"""A simulated home: every kind of device is heard through a hub's own ears, and it ends cleanly."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alongside.simulate import app
from alongside.simulation import simulated
from devices.beside import beside
from devices.kinds import Use
from devices.model import Frame, LinkEvent
from devices.registry import KINDS
from devices.simulated.bluez import ENVIRONMENT
from devices.simulated.home import Life
from devices.simulated.orders import Order
from hub.ears import Ears, needed
from hub.supervisor import Failure, Supervisor
from tests.devices.ble_rig import CLOCK, until
from tests.fakes import START
from tests.hub.homes import HOME

EXAMPLE = Path(__file__).parents[2] / "examples" / "home.toml"
RARE = frozenset({"enocean_rocker", "cms50d", "enocean_temperature"})
"""What speaks less than once an hour, by itself: too seldom for a test."""
STREAMS = ["polar", "metamotion"]
"""They send many packets a second, so they cannot be hurried as the others can."""
EVERY = [name for name, kind in KINDS.items() if kind.use is not Use.AT_WILL and name not in (*RARE, *STREAMS)]
OPTIONS = {
    "home_assistant": 'options = { device_class = "motion" }',
    "esp3": 'options = { profile = "D5-00-01", port = "/dev/serial/by-id/usb-enocean" }',
}


def address_of(number: int, name: str) -> str:
    kind = KINDS[name]
    if kind.path == "serial":
        return f"0029A1{number:02X}" if kind.sender_of else f"/dev/serial/by-id/usb-{name}"
    return f"zigbee2mqtt/{name}" if kind.path == "mqtt" else f"A4:C1:38:00:01:{number:02X}"


def tables(names: list[str]) -> Iterator[str]:
    for number, name in enumerate(names):
        yield f'[devices.d_{name}]\nkind = "{name}"\naddress = "{address_of(number, name)}"'
        if KINDS[name].sender_of and name != "esp3":
            yield 'port = "/dev/serial/by-id/usb-enocean"'
        if name == "xiaomi_door":
            yield 'key_secret = "door_key"'
        yield OPTIONS.get(name, "")


def home_of(names: list[str]) -> str:
    return HOME.split("[devices")[0] + "\n".join(tables(names))


def failed(failure: Failure) -> None:
    raise AssertionError(failure)


@pytest.mark.parametrize(("names", "speed"), [(EVERY, 1200.0), (STREAMS, 10.0)])
async def test_every_kind_is_heard_through_a_hubs_own_ears(
    monkeypatch: pytest.MonkeyPatch, names: list[str], speed: float
) -> None:
    frames: list[Frame] = []
    links: list[LinkEvent] = []
    monkeypatch.delenv("ALONGSIDE_DOOR_KEY", raising=False)
    async with simulated(home_of(names), Life(start=START, seed=11, at_most_every_s=120.0), speed, CLOCK) as running:
        for line in running.environment.read_text().splitlines():
            name, _, value = line.removeprefix("export ").partition("=")
            monkeypatch.setenv(name, value)
        assert "xiaomi_door" not in names or os.environ["ALONGSIDE_DOOR_KEY"]
        setups = list(running.home.devices.values())
        supervisor = Supervisor(CLOCK, failed)
        await Ears(supervisor, CLOCK, frames.append, links.append).listen(needed(setups))
        async with beside(running.play.run()):
            await until(lambda: all(one.taken for one in running.play.counts.values()), 30.0)
            await until(lambda: {frame.address for frame in frames} >= {one.address for one in setups})
        await supervisor.stop()
        counts = running.play.counts
        assert all(counts[one.name].sent >= counts[one.name].taken > 0 for one in setups)
        folder = running.environment.parent
        assert Counter(frame.address for frame in frames).keys() <= {one.address for one in setups}
    assert not folder.exists()


async def test_nobody_is_there_to_hear_and_it_lives_all_the_same() -> None:
    life = Life(start=START, orders=(Order(fault="dead_battery", much=0.0, device="pendant"),))
    async with simulated(EXAMPLE.read_text(), life, 3600.0, CLOCK) as running:
        async with beside(running.play.run()):
            await until(lambda: running.play.counts["bathroom_radar"].sent > 100)
            await until(lambda: running.play.counts["chest_strap"].sent > 100)
        assert running.play.counts["chest_strap"].taken == 0
        assert running.play.counts["pendant"].sent == 0
    assert running.receivers[0] == "an emulated Bluetooth radio"


def test_the_command_stops_when_told_and_leaves_nothing() -> None:
    words = [sys.executable, "-m", "alongside", "simulate", "--home", str(EXAMPLE), "--speed", "60", "--json"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        begun = json.loads(process.stdout.readline())
        file = Path(begun["environment"])
        assert begun["devices"] == 7
        assert f"export {ENVIRONMENT}=unix:path=" in file.read_text()
        process.send_signal(signal.SIGINT)
        *_, last = map(json.loads, process.stdout.read().splitlines())
        assert process.wait(20) == 0
    assert last["sent"] >= last["taken"] >= 0
    assert not file.exists()


def test_it_ends_after_the_hours_that_were_asked_for(tmp_path: Path) -> None:
    home = tmp_path / "home.toml"
    home.write_text(HOME.split("[devices")[0])
    done = CliRunner().invoke(app, ["--home", str(home), "--speed", "3600", "--hours", "0.1"])
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "0 devices live 3600 times as fast as life, on nothing."
    assert lines[2].endswith("/environment")
    assert lines[3] == "  alongside hub --console"
    assert lines[-1].endswith("0 frames were sent, and 0 of them could be heard.")


@pytest.mark.parametrize(
    ("text", "fault", "reason"),
    [
        (HOME, "drop=0.1", "It cannot be simulated: there is no fault 'drop'; did you mean 'drops'?"),
        (HOME, "pendnt:drops", "It cannot be simulated: there is no device 'pendnt'; did you mean 'pendant'?"),
        ("nonsense", "drops", "It cannot be simulated: this is not TOML"),
        ("\udcff", "drops", "It cannot be simulated: this is not a text file in UTF-8."),
    ],
)
def test_what_cannot_be_simulated_is_told_in_a_sentence(tmp_path: Path, text: str, fault: str, reason: str) -> None:
    home = tmp_path / "home.toml"
    home.write_bytes(text.encode(errors="surrogateescape"))
    done = CliRunner().invoke(app, ["--home", str(home), "--fault", fault])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(reason)
