"""The measurements themselves: small, but on the real parts and in a real process of their own."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alongside.bench import app, report_latency
from alongside.benchmark import latency
from alongside.benchmark.latency import Latencies, percentile
from alongside.benchmark.pipeline import peak_rss_mib
from benchmarks.generate_events import write

EVENTS = 20_000


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "events.csv"
    write(path, EVENTS, seed=1)
    return path


def test_the_pipeline_stores_every_event_with_every_detector_running(events: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["pipeline", str(events), "--json", "--in", str(tmp_path)])
    assert result.exit_code == 0, result.output
    report = json.loads(result.output)
    assert report["events"] == report["stored"] == EVENTS
    assert report["detectors"] >= 6
    assert report["findings"] > 0
    assert report["alarms"] > 0
    assert report["peak_rss_mib"] < 171
    assert report["db_bytes_per_event"] < 60
    assert report["start_s"] > 0
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_without_json_it_is_a_table(events: Path) -> None:
    small = events.with_name("small.csv")
    small.write_text("\n".join(events.read_text().splitlines()[:200]))
    result = CliRunner().invoke(app, ["pipeline", str(small)])
    assert result.exit_code == 0, result.output
    assert "cpu_s_per_1k_events" in result.output


def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["pipeline", str(tmp_path / "none.csv")])
    assert result.exit_code == 2
    assert "Nothing could be measured" in result.output
    empty = tmp_path / "empty.csv"
    empty.write_text("ts,sensor_id,kind,value\n")
    result = CliRunner().invoke(app, ["pipeline", str(empty)])
    assert result.exit_code == 2
    assert "it holds no events" in result.output


async def test_every_press_is_measured(tmp_path: Path) -> None:
    took = await latency.measure(tmp_path, rounds=20)
    assert len(took.commit_ms) == len(took.receipt_ms) == len(took.alarm_ms) == 20
    assert all(value > 0 for value in took.alarm_ms)


def test_the_report_gives_percentiles_and_ratios() -> None:
    took = Latencies(commit_ms=[1.0] * 100, receipt_ms=[1.5] * 100, alarm_ms=[2.0] * 99 + [5.0])
    report = report_latency(took)
    assert report["n"] == 100
    assert report["commit_ms_p50"] == report["commit_ms_p99"] == 1.0
    assert report["alarm_to_commit_p50"] == 2.0
    assert report["alarm_ms_p99"] == percentile(took.alarm_ms, 99)


def test_the_latency_command_prints_one_object(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["latency", "--n", "100", "--json", "--in", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["n"] == 100


def test_memory_is_this_processs_own() -> None:
    assert 10 < peak_rss_mib() < 4096
