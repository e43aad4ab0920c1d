"""The escalation's figures: measured on a real one, each beside its limit."""

import json
from pathlib import Path

from typer.testing import CliRunner

from alongside.bench import LIMITS, app, report_escalation
from alongside.benchmark.escalation import Punctuality, measure


async def test_timers_a_restart_an_answer_the_siren_and_a_silent_hub(tmp_path: Path) -> None:
    found = await measure(tmp_path, count=3, wait_s=0.2)
    assert len(found.timer_late_s) == 3 * 2
    assert len(found.boot_late_s) == len(found.ack_to_last_call_s) == len(found.exhausted_to_siren_s) == 3
    assert min(found.timer_late_s) > -0.01
    assert min(found.boot_late_s) >= 0
    assert 60 < found.offline_told_s < LIMITS["offline_told_s"]


def test_what_is_over_its_limit_is_named() -> None:
    good = Punctuality(
        timer_late_s=[0.0, 0.1],
        boot_late_s=[0.2],
        ack_to_last_call_s=[0.0],
        exhausted_to_siren_s=[0.1],
        offline_told_s=70,
    )
    took = {"alarm_to_commit_p50": 2.0, "alarm_to_commit_p99": 3.0}
    assert report_escalation(good, took)["over"] == []
    assert report_escalation(good, {**took, "alarm_to_commit_p50": 3.5})["over"] == ["alarm_to_commit_p50"]


def test_by_the_command() -> None:
    result = CliRunner().invoke(app, ["escalation", "--n", "2", "--rounds", "100", "--wait", "0.1", "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.output.splitlines()[-1])
    assert figures.keys() >= LIMITS.keys()
