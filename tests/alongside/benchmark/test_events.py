"""Events as other hubs write them are read, and a wrong line is named."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from alongside.benchmark.events import EventError, observations, sensors
from devices.model import Quantity, Reading, Trigger, TriggerKind

HEADER = "ts,sensor_id,kind,value"
AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def file(tmp_path: Path, *lines: str, header: str = HEADER) -> Path:
    path = tmp_path / "events.csv"
    path.write_text("\n".join((header, *lines)) + "\n")
    return path


def reading(device: str, quantity: Quantity, value: float) -> Reading:
    return Reading(device=device, quantity=quantity, value=value, at=AT)


def test_our_own_names_and_those_of_others_are_read(tmp_path: Path) -> None:
    ts = AT.timestamp()
    path = file(
        tmp_path,
        f"{ts},hall,motion,1",
        f"{ts},front,door,open",
        f"{ts},hall_t,temperature,20.5",
        f"{ts},watch,heart_rate,71",
        f"{ts},pendant,press,",
        f"{ts},wall,button,on",
    )
    assert list(observations(path)) == [
        reading("hall", Quantity.MOTION, 1.0),
        reading("front", Quantity.OPEN, 1.0),
        reading("hall_t", Quantity.TEMPERATURE_C, 20.5),
        reading("watch", Quantity.HEART_RATE_BPM, 71.0),
        Trigger(device="pendant", kind=TriggerKind.PRESS, at=AT),
        Trigger(device="wall", kind=TriggerKind.PRESS, at=AT),
    ]


@pytest.mark.parametrize("text", ["1772440200", "1772440200.0", "2026-03-02T08:30:00", "2026-03-02T09:30:00+01:00"])
def test_a_time_is_seconds_or_iso_8601(tmp_path: Path, text: str) -> None:
    (one,) = observations(file(tmp_path, f"{text},hall,motion,off"))
    assert one.at == AT


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1772440200,hall,motion", "line 2: expected 4 columns, got 3"),
        ("1772440200,hall,mood,1", "line 2: 'mood' is no kind of event that is known: .*motion"),
        ("1772440200,hall,motion,maybe", "line 2: could not convert string to float: 'maybe'"),
        ("yesterday,hall,motion,1", "line 2: Invalid isoformat string: 'yesterday'"),
    ],
)
def test_a_wrong_line_is_named_with_the_reason(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(EventError, match=reason):
        list(observations(file(tmp_path, line)))


def test_another_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EventError, match="the first line must be ts,sensor_id,kind,value"):
        list(observations(file(tmp_path, header="at,device,quantity,value")))


def test_every_sensor_is_found_once_with_what_its_name_tells(tmp_path: Path) -> None:
    path = file(tmp_path, "1,front_door,open,1", "2,kitchen,motion,1", "3,front_door,open,0")
    found = sensors(path)
    assert list(found) == ["front_door", "kitchen"]
    assert found["front_door"].outer_door
    assert found["kitchen"].room == "kitchen"
