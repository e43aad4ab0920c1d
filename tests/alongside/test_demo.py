"""The demo as people start it: the whole day once, and the ways in which it can end early."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alongside.demo import story
from alongside.demo.house import MAKERS
from alongside.demo.model import Shows
from alongside.demo.show import STARTS
from alongside.demo.stage import document
from hub.household import parse

COMMAND = [sys.executable, "-m", "alongside", "demo"]
CALM = ["checking_in", "cancelled"]
HELPED = ["checking_in", "escalating", "acknowledged", "attending", "resolved"]
Record = Mapping[str, Any]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Temporary files and logs go where the test can look for what is left."""
    return {**os.environ, "TMPDIR": str(folder), "XDG_STATE_HOME": str(folder / "state"), **more}


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith("alongside-")]


def children_of(folder: Path) -> list[str]:
    """Programs that still run with this folder in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if str(folder).encode() in entry.read_bytes():
                found.append(entry.parent.name)
        except OSError:
            continue  # it has just ended, or is somebody else's
    return found


def test_the_day_as_one_json_object(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--once", "--json", "--port", "0"],
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["ok"]
    check_devices(told)
    check_alarms(told)
    check_messages(told)
    assert left_over(tmp_path) == []
    assert children_of(tmp_path) == []


def check_devices(told: Record) -> None:
    assert {one["device"]: one["kind"] for one in told["devices"]} == {
        name: setup.kind for name, setup in parse(document(Path("/"))).devices.items()
    }
    assert all(one["frames"] > 0 and one["malformed"] == 0 for one in told["devices"])
    assert told["observations"] > 1_000


def check_alarms(told: Record) -> None:
    states = {one["kind"]: [turn["state"] for turn in one["states"]] for one in told["alarms"]}
    assert states == {story.PULSE: CALM, story.FALL: HELPED}
    assert [one["detector"] for one in told["findings"]] == ["pulse_range", "device_fall", "fall_together"]
    assert told["findings"][-1]["because"].startswith("The front door was opened at 18:29, after the fall")
    for one in told["alarms"]:
        times = [turn["at"] for turn in one["states"]]
        assert times == sorted(times)
        assert times[0].startswith("2026-11-24T")
        assert one["because"].endswith(".")
    fall = told["alarms"][1]
    assert fall["owner"] == story.DAUGHTER
    assert "We will fit a rail" in fall["outcome"]
    assert told["heard"] == ["I was only hoovering."]


def check_messages(told: Record) -> None:
    sent = [(one["to"], one["channel"], one["purpose"]) for one in told["messages"]]
    assert sent.count((story.RESIDENT, "speaker", "check_in")) == 3  # once for the pulse, twice for the fall
    assert sent.count((story.DAUGHTER, "sms", "alarm")) == 1
    assert {to for to, channel, _ in sent if channel == "sms"} == {story.DAUGHTER}
    text = next(one["text"] for one in told["messages"] if one["purpose"] == "alarm")
    assert re.match(r"Rose may have fallen \(bathroom, 18:2\d\)\. Reply 1 going", text)  # a busy machine hears it late


@contextmanager
def started(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """The demo as the foreground of a terminal: Ctrl-C is for it and all that it has started."""
    with subprocess.Popen(
        [*COMMAND, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(folder),
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_said_and_ctrl_c_puts_everything_away(tmp_path: Path) -> None:
    with taken_port() as port, started(tmp_path, "--port", str(port)) as demo:
        assert demo.stdout is not None
        said = ""
        while "An ordinary morning" not in said:
            line = demo.stdout.readline()
            assert line, f"the demo ended: {said}"
            said += line
        os.killpg(demo.pid, signal.SIGINT)
        _, complaints = demo.communicate(timeout=40)
    assert f"Port {port} is taken" in said
    assert "http://127.0.0.1:" in said
    assert (demo.returncode, complaints.strip()) == (0, "Stopped; everything has been put away.")
    assert left_over(tmp_path) == []
    assert children_of(tmp_path) == []


def test_what_is_missing_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        COMMAND, capture_output=True, text=True, env=environment(tmp_path, PATH="/nowhere"), timeout=50, check=False
    )
    assert done.returncode == 1
    assert done.stdout.splitlines() == [STARTS]
    assert done.stderr.startswith("The demo cannot start: ")
    assert "Traceback" not in done.stderr
    assert left_over(tmp_path) == []


def test_json_is_for_a_demo_that_ends() -> None:
    done = subprocess.run([*COMMAND, "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--json goes with --once" in done.stderr


def test_the_story_uses_every_device_of_the_household_and_no_other() -> None:
    home = parse(document(Path("/")))
    shown = {act.device for scene in story.DAY for beat in scene.beats for act in beat.acts if isinstance(act, Shows)}
    assert shown == set(home.devices)
    assert {setup.kind for setup in home.devices.values()} == set(MAKERS)


def test_the_times_of_the_story_never_go_back() -> None:
    times = [beat.at for scene in story.DAY for beat in scene.beats if beat.at is not None]
    assert times == sorted(times)
