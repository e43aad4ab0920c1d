import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.model import Frame, LinkEvent, LinkState
from devices.transports.recorded import RecordedTransport, RecordingError, line_of, read_frames, write_frames
from hub.clock import SystemClock
from tests.devices.builders import frame
from tests.fakes import START, FakeClock, settle

GOOD = '{"at": "2026-11-24T09:00:00Z", "address": "B4:35", "source": "advert:fcd2", "payload": "400052", "signal": -61}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "day.jsonl"


def write_lines(path: Path, *lines: str) -> None:
    path.write_text("".join(f"{line}\n" for line in lines))


def test_a_line_is_a_frame(path: Path) -> None:
    write_lines(path, GOOD, "", "  ", GOOD.replace(', "signal": -61', "").replace("Z", "+02:00"))
    first, second = read_frames(path)
    assert first == Frame(address="B4:35", source="advert:fcd2", payload=b"\x40\0\x52", at=START, signal_dbm=-61)
    assert (second.signal_dbm, second.at) == (None, START - timedelta(hours=2))


@given(
    st.builds(
        Frame,
        address=st.text(),
        source=st.text(),
        payload=st.binary(),
        at=st.datetimes().map(lambda at: at.replace(tzinfo=START.tzinfo)),
        signal_dbm=st.none() | st.integers(-120, 20),
    )
)
def test_a_frame_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, written: Frame) -> None:
    path = tmp_path_factory.getbasetemp() / "one.jsonl"
    write_frames(path, [written])
    assert list(read_frames(path)) == [written]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "line 2: Invalid JSON"),
        ("[1]", "line 2: "),
        (GOOD.replace("Z", ""), "line 2: at: "),
        (GOOD.replace("400052", "4"), "line 2: payload: .*must be hex digits, two a byte"),
        (GOOD.replace('"400052"', "12"), "line 2: payload: .*must be hex digits in quotes"),
        (GOOD.replace("-61", '"loud"'), "line 2: signal: "),
        (GOOD.replace('"address"', '"who"'), "line 2: address: Field required"),
        (GOOD.replace("}", ', "more": 1}'), "line 2: more: "),
    ],
)
async def test_a_wrong_line_is_named_before_anything_is_played(path: Path, line: str, reason: str) -> None:
    write_lines(path, GOOD, line, GOOD)
    frames: list[Frame] = []
    links: list[LinkEvent] = []
    with pytest.raises(RecordingError, match=f"day.jsonl, {reason}"):
        await RecordedTransport(SystemClock(), path).run(frames.append, links.append)
    assert (frames, links) == ([], [])


def test_a_file_that_is_not_there_is_told(path: Path) -> None:
    with pytest.raises(RecordingError, match=r"day.jsonl cannot be read: No such file"):
        list(read_frames(path))


def test_a_file_that_is_not_text_is_told(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\0")
    with pytest.raises(RecordingError, match=r"day.jsonl is not text"):
        list(read_frames(path))


async def test_a_day_is_played_in_order_at_its_speed(path: Path) -> None:
    write_frames(
        path, [frame("01", after_s=0), frame("02", after_s=60), frame("03", after_s=60), frame("04", after_s=90)]
    )
    clock = FakeClock()
    frames: list[Frame] = []
    links: list[LinkEvent] = []
    task = asyncio.create_task(RecordedTransport(clock, path, speed=10).run(frames.append, links.append))
    async with asyncio.timeout(5):
        while not links:
            await settle()
    heard: list[int] = []
    for advance_s in (0, 5.9, 0.1, 2.9, 0.1):
        await clock.advance(advance_s)
        heard.append(len(frames))
    assert heard == [1, 1, 3, 3, 4]
    await task
    assert [(event.state, event.detail) for event in links] == [
        (LinkState.UP, ""),
        (LinkState.DOWN, "the recording has ended"),
    ]
    assert [f.at for f in frames] == [START + timedelta(seconds=s) for s in (0, 60, 60, 90)]


async def test_by_default_nothing_is_waited_for(path: Path) -> None:
    days = [frame("01", after_s=86_400 * n) for n in (0, 9, 3, 400)]  # a clock that was set back is no reason to wait
    write_frames(path, days)
    frames: list[Frame] = []
    async with asyncio.timeout(5):
        await RecordedTransport(SystemClock(), path).run(frames.append, lambda _: None)
    assert frames == days


def test_a_line_can_be_read_by_people() -> None:
    assert line_of(frame("4000", "advert:fcd2", address="A4:C1")) == (
        '{"at":"2026-11-24T09:00:00Z","address":"A4:C1","source":"advert:fcd2","payload":"4000","signal":null}'
    )
