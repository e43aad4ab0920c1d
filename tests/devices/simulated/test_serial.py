import os
from pathlib import Path

import numpy as np
import pytest

from devices.simulated.serial import SimulatedPort, with_noise


def test_the_stable_path_leads_to_a_terminal_while_it_is_plugged_in(tmp_path: Path) -> None:
    link = tmp_path / "radar"
    port = SimulatedPort(link)
    assert not link.exists()
    for _ in range(2):
        port.plug()
        port.plug()
        assert link.is_char_device()
        port.unplug()
        port.unplug()
        assert not link.is_symlink()
    assert port.path == str(link)


def test_bytes_arrive_as_they_were_sent(tmp_path: Path) -> None:
    with SimulatedPort(tmp_path / "radar") as port:
        reader = os.open(port.path, os.O_RDONLY | os.O_NOCTTY)
        assert port.send(bytes(range(256))) == 256
        received = os.read(reader, 4096)
        os.close(reader)
    assert received == bytes(range(256))


def test_what_nobody_takes_is_lost(tmp_path: Path) -> None:
    with SimulatedPort(tmp_path / "radar") as port:
        while port.send(bytes(1000)):
            pass
        assert port.send(b"x") == 0
    assert port.send(b"x") == 0


def test_a_reader_is_told_when_the_cable_is_pulled(tmp_path: Path) -> None:
    port = SimulatedPort(tmp_path / "radar")
    port.plug()
    reader = os.open(port.path, os.O_RDONLY | os.O_NOCTTY)
    port.unplug()
    try:
        assert os.read(reader, 1) == b""
    except OSError as error:
        assert error.strerror == "Input/output error"  # noqa: PT017 -- which of the two, is the kernel's choice
    finally:
        os.close(reader)


@pytest.mark.parametrize("most", [0, 20])
def test_noise_lies_between_frames_and_is_the_same_for_the_same_seed(most: int) -> None:
    frames = [b"\1" * 30, b"\2" * 30]
    stream, again = (with_noise(frames, np.random.default_rng(3), most) for _ in range(2))
    assert stream == again
    assert all(frame in stream for frame in frames)
    assert 60 <= len(stream) <= 60 + 2 * most
