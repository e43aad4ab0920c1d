import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from alongside.replay import EXAMPLE, PROGRESS_EVERY, Rules, app, replay
from alongside.replayed import Found, Summary, as_json, as_text
from tests.analytics.builders import local

HEADER = "at,device,quantity,value\n"
A_SILENCE = (
    HEADER + "2026-11-02 09:12,kitchen/pir,motion,1\n2026-11-02 15:00,kitchen/pir,motion,1\n"
    "2026-11-02 15:01,pendant,press,\n"
)
NOW = local("12:00")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "my_day.csv"
    path.write_text(A_SILENCE)
    return path


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def found_in(path: Path, home: Path | None = None) -> tuple[list[Found], Summary]:
    summary = Summary()
    return list(replay(path, Rules.of(home), NOW, summary)), summary


def lines_of(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_what_would_have_been_noticed_comes_in_order_with_its_reason(recording: Path) -> None:
    silence, press = lines_of(run(recording, "--json"))
    assert silence["at"] == "2026-11-02T13:12:00+00:00"
    assert silence["home"] == "my_day"
    assert silence["kind"] == "inactivity"
    assert silence["because"].startswith("No movement since 09:12, for 4 hours")
    assert silence["evidence"] == [
        {
            "observation": 1,
            "device": "kitchen/pir",
            "what": "motion",
            "value": 1.0,
            "at": "2026-11-02T09:12:00+00:00",
        }
    ]
    assert silence["settings"]["inactivity.longest_silence_min"] == {"value": 240.0, "version": 0}
    assert silence["alarm"]["plan"] == "life"
    assert press["kind"] == "panic"
    assert press["alarm"]["if_nobody_answered"][0] == {
        "at": "2026-11-02T15:01:00+00:00",
        "step": "first",
        "people": [{"person": "daughter", "channel": "sms"}],
    }


def test_people_read_it_in_words_on_the_homes_clock(recording: Path) -> None:
    result = run(recording)
    assert result.exit_code == 0
    assert result.stdout.startswith(
        "2026-11-02 13:12:00  my_day  inactivity (severity 5)\n"
        "    No movement since 09:12, for 4 hours; the longest usual by day is taken to be 4 hours.\n"
        "    Alarm 1, plan 'life'. Had nobody answered:\n"
        "      13:12:00  check-in: resident by speaker\n"
    )
    assert result.stderr == (
        "1 home, 3 observations from 2026-11-02 to 2026-11-02.\n"
        "2 findings (1 inactivity, 1 panic), 2 alarms. Nothing was sent.\n"
        "The plans are those of a made-up household; give your own with --home.\n"
    )


def test_that_a_recording_ends_is_no_silence(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + "2026-11-02 09:12,kitchen/pir,motion,1\n")
    found, summary = found_in(tmp_path)
    assert found == []
    assert list(summary.told(example=False))[-1] == "0 findings (none), 0 alarms. Nothing was sent."


def test_every_home_is_replayed_by_itself(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(A_SILENCE)
    found, summary = found_in(tmp_path)
    assert [one.home for one in found] == ["a", "a", "b", "b"]
    assert [one.alarm.number for one in found if one.alarm] == [1, 2, 1, 2]
    assert (summary.homes, summary.observations, summary.alarms) == (2, 6, 4)


def test_the_same_recording_gives_the_same_findings(recording: Path) -> None:
    assert found_in(recording)[0] == found_in(recording)[0]


def test_rows_left_out_are_told_with_line_and_reason_and_the_rest_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"2026-11-02 09:00,strap,heart_rate_bpm,{word}\n" for word in ["fast"] * 12)
    (tmp_path / "a.csv").write_text(HEADER + rows + "2026-11-02 09:12,kitchen/pir,motion,1\n")
    told = run(tmp_path).stderr.splitlines()
    assert told[0] == "left out: a.csv, line 2: expected a number, got 'fast'"
    assert told[9:11] == [
        "left out: a.csv, line 11: expected a number, got 'fast'",
        "left out: 2 more rows",
    ]


def test_the_impossible_is_kept_from_the_detectors(tmp_path: Path) -> None:
    rows = "".join(f"2026-11-02 09:0{minute},strap,heart_rate_bpm,{400 + minute}\n" for minute in range(5))
    (tmp_path / "a.csv").write_text(HEADER + rows)
    found, summary = found_in(tmp_path)
    assert found == []
    assert next(summary.told(example=True)) == (
        "kept from the detectors: 5 readings of heart_rate_bpm "
        "(400 is impossible for a pulse, in beats a minute: it lies between 20 and 300)"
    )


def own_home(tmp_path: Path) -> Path:
    """The example household in another time zone, with a shorter silence."""
    path = tmp_path / "home.toml"
    text = EXAMPLE.read_text().replace("Europe/London", "Europe/Helsinki")
    chosen = '[settings."inactivity.longest_silence_min"]\nvalue = 120\nby = "resident"\nbecause = "I nap."\n'
    path.write_text(f"{text}\n{chosen}")
    return path


def test_ones_own_home_file_brings_its_clock_and_its_settings(recording: Path, tmp_path: Path) -> None:
    result = run(recording, "--json", "--home", own_home(tmp_path))
    silence = lines_of(result)[0]
    assert silence["at"] == "2026-11-02T09:12:00+00:00"
    assert silence["because"] == "No movement since 09:12, for 2 hours; the longest usual by day is 2 hours."
    assert silence["settings"]["inactivity.longest_silence_min"] == {"value": 120.0, "version": 1}
    assert "made-up" not in result.stderr


def test_what_joins_an_open_alarm_and_what_makes_none_are_said_so(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + "2026-11-02 09:00,pendant,press,\n2026-11-02 09:01,pendant,press,\n")
    (_, second), _ = found_in(tmp_path)
    assert as_text(second).endswith("\n    Part of alarm 1, which was open.")
    alone = Found(home=second.home, tz=second.tz, finding=second.finding, alarm=None)
    assert as_text(alone).endswith("\n    No alarm: this household makes none of it.")


def test_a_finding_without_an_alarm_has_none_in_json_either(recording: Path) -> None:
    (first, _), _ = found_in(recording)
    alone = Found(home=first.home, tz=first.tz, finding=first.finding, alarm=None)
    assert json.loads(as_json(alone))["alarm"] is None


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("schema = 'alongside.household/1'\n", "home.toml: "),
        (None, "home.toml cannot be read (["),
        (b"\xff\xfe", "home.toml cannot be read ("),
    ],
)
def test_a_home_file_that_cannot_be_used_is_refused_in_a_sentence(
    recording: Path, tmp_path: Path, text: str | bytes | None, part: str
) -> None:
    home = tmp_path / "home.toml"
    if text is not None:
        home.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = run(recording, "--home", home)
    assert result.exit_code == 2
    assert part in result.stderr
    assert result.stdout == ""


def test_a_path_with_nothing_to_replay_is_refused_in_a_sentence(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 2
    assert "holds nothing that can be replayed" in result.stderr


def test_a_long_recording_says_how_far_it_is(tmp_path: Path) -> None:
    start = local("00:00", "2026-11-02")
    rows = (
        f"{(start + timedelta(seconds=second)).isoformat()},kitchen/pir,motion,1\n" for second in range(PROGRESS_EVERY)
    )
    (tmp_path / "a.csv").write_text(HEADER + "".join(rows))
    said: list[str] = []
    assert list(replay(tmp_path, Rules.of(None), NOW, Summary(), said.append)) == []
    assert said == ["a: 100000 observations", "a: 100,000 of 100,000, 03 November 2026"]


def test_whoever_watches_a_terminal_sees_how_far_it_is(recording: Path) -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "alongside", "replay", str(recording)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, timeout=50, check=True)
    os.close(theirs)
    assert done.stdout
    assert os.read(ours, 4_096).startswith(b"  my_day: 3 observations")
    os.close(ours)
