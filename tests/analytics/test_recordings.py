import gzip
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analytics.recordings import Recording, RecordingError, Refusals, recordings
from devices.model import Quantity, Reading, Trigger, TriggerKind
from tests.analytics.builders import FRONT, HOME, local

NOW = local("12:00")
ACTIVITY = "patient_id,location_name,date\n"
PHYSIOLOGY = "patient_id,date,device_type,value,unit\n"
CHANGES = "at,sensor,value\n"
PLAIN = "at,device,quantity,value\n"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


def read(path: Path) -> tuple[list[Recording], Refusals]:
    refusals = Refusals()
    return list(recordings(path, NOW, refusals)), refusals


def said(recording: Recording) -> list[tuple[str, str, float | None]]:
    return [
        (one.device, one.quantity, one.value) if isinstance(one, Reading) else (one.device, str(one), None)
        for one in recording.observations
    ]


def test_a_home_of_changes_is_named_after_its_file_and_told_on_its_own_clock(tmp_path: Path) -> None:
    write(tmp_path / "home_a_events.csv.gz", CHANGES + "2011-11-28 10:18:11,bedroom/bed/pressure,0\n")
    write(tmp_path / "home_a_activities.csv.gz", "start,end,activity\n")
    (home,), refusals = read(tmp_path)
    assert home.name == "home_a"
    assert home.home.tz == ZoneInfo("Europe/Madrid")
    assert home.home.sensors["bedroom/bed/pressure"].bed
    assert [one.at for one in home.observations] == [datetime(2011, 11, 28, 9, 18, 11, tzinfo=UTC)]
    assert said(home) == [("bedroom/bed/pressure", Quantity.OCCUPIED, 0.0)]
    assert refusals.count == 0


def test_what_one_patient_did_and_what_was_measured_become_one_home(tmp_path: Path) -> None:
    write(
        tmp_path / "tihm" / "activity.csv.gz",
        ACTIVITY + "p1,kitchen,2019-05-15 12:19:32\np2,lounge,2019-05-15 12:00:00\np1,front-door,2019-05-15 12:20:20\n",
    )
    write(
        tmp_path / "tihm" / "physiology.csv.gz",
        PHYSIOLOGY + "p1,2019-05-15 12:20:00,Heart rate,71,beats/min\np1,2019-05-15 12:20:00,Total body water,54.0,%\n",
    )
    write(tmp_path / "tihm" / "labels.csv.gz", "patient_id,date,type\n")
    (one, two), refusals = read(tmp_path)
    assert (one.name, two.name) == ("p1", "p2")
    assert said(one) == [
        ("kitchen", Quantity.MOTION, 1.0),
        ("heart rate", Quantity.PULSE_BPM, 71.0),
        ("front-door", Quantity.OPEN, 1.0),
        ("front-door", Quantity.OPEN, 0.0),
    ]
    assert one.observations[0].at == datetime(2019, 5, 15, 11, 19, 32, tzinfo=UTC)
    assert refusals.count == 0


def test_plain_rows_hold_readings_and_presses(tmp_path: Path) -> None:
    file = write(
        tmp_path / "my_week.csv",
        PLAIN
        + "2026-11-02T09:00:00+00:00,strap,heart_rate_bpm,71\n2026-11-02 08:00,pendant,press,\n"
        + "2026-11-02 08:30,hall,motion,1\n",
    )
    (home,), refusals = read(file)
    assert home.name == "my_week"
    assert home.observations[0] == Trigger(
        device="pendant", kind=TriggerKind.PRESS, at=datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
    )
    assert [one.device for one in home.observations] == ["pendant", "hall", "strap"]
    assert refusals.count == 0


@pytest.mark.parametrize(
    ("name", "row", "reason"),
    [
        ("a.csv", PLAIN + "yesterday,strap,heart_rate_bpm,71", "expected a time, got 'yesterday'"),
        ("a.csv", PLAIN + "2026-11-02,strap,heart_rate_bpm,fast", "expected a number, got 'fast'"),
        ("a.csv", PLAIN + "2026-11-02,strap,mood,1", "'mood' is neither a quantity nor a press or fall"),
        ("a.csv", PLAIN + "2026-11-25,strap,heart_rate_bpm,71", "2026-11-25 lies in the future"),
        ("a.csv", PLAIN + "1970-01-01,strap,heart_rate_bpm,71", "1970-01-01 is from a clock that was not set"),
        ("a.csv", PLAIN + "2026-11-02,strap,heart_rate_bpm", "expected 4 columns, got 3"),
        ("a.csv", CHANGES + "2026-11-02,thing,1", "no sensor is called 'thing'"),
        ("a.csv", CHANGES + "2026-11-02,hall/pir,on", "expected a number, got 'on'"),
        ("a.csv", ACTIVITY + "p1,garden,2026-11-02", "no sensor is called 'garden'"),
        (
            "a.csv",
            PHYSIOLOGY + "p1,2026-11-02,Body weight,120,lb",
            "'Body weight' in 'lb' is not a measurement we know",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_line_and_reason(
    tmp_path: Path, name: str, row: str, reason: str
) -> None:
    homes, refusals = read(write(tmp_path / name, f"{row}\n"))
    assert homes == []
    (refused,) = refusals.first
    assert (refused.file, refused.line, refused.reason) == (name, 2, reason)


def test_a_bad_row_does_not_stop_the_rest_and_only_the_first_are_kept(tmp_path: Path) -> None:
    bad = "never,hall/pir,1\n" * 150
    (home,), refusals = read(write(tmp_path / "a.csv", CHANGES + bad + "2026-11-02 09:00,hall/pir,1\n"))
    assert len(home.observations) == 1
    assert refusals.count == 150
    assert len(refusals.first) == Refusals.SHOWN
    assert refusals.first[1].line == 3


def test_an_empty_line_is_no_row(tmp_path: Path) -> None:
    (home,), refusals = read(write(tmp_path / "a.csv", CHANGES + "\n2026-11-02 09:00,hall/pir,1\n\n"))
    assert len(home.observations) == 1
    assert refusals.count == 0


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    rows = "".join(f"2026-11-02 09:{minute % 60:02}:{minute // 60:02},hall/pir,1\n" for minute in range(3_000))
    whole = gzip.compress((CHANGES + rows).encode())
    (tmp_path / "a.csv.gz").write_bytes(whole[: len(whole) // 2])
    (home,), refusals = read(tmp_path)
    assert 0 < len(home.observations) < 3_000
    assert "the file breaks off here" in refusals.first[0].reason


def test_what_is_known_of_the_home_wins_over_what_its_names_suggest(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", PLAIN + f"2026-07-02 09:00,{FRONT},open,1\n2026-07-02 09:00,hall/pir,motion,1\n")
    (home,) = recordings(file, NOW, Refusals(), HOME)
    assert home.home.sensors[FRONT] == HOME.sensors[FRONT]
    assert home.home.sensors["hall/pir"].room == "hall"
    assert home.home.resident == "margaret"
    assert home.observations[0].at == datetime(2026, 7, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("header", ["", "ts,sensor_id,kind,value", "start,end,activity"])
def test_what_is_no_recording_is_refused_with_the_headers_that_are(tmp_path: Path, header: str) -> None:
    write(tmp_path / "a.csv", f"{header}\n")
    with pytest.raises(RecordingError, match="holds nothing that can be replayed: no CSV file that begins with"):
        read(tmp_path)


def test_a_path_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="does not exist"):
        read(tmp_path / "nowhere")


def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(b"no gzip at all")
    with pytest.raises(RecordingError, match="cannot be read"):
        read(tmp_path)
