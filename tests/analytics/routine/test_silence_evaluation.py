"""The evaluation of silence, on made-up homes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alongside.evaluate import app
from analytics.evaluation.silence import COLLAPSES, Collapse, Judged
from analytics.evaluation.silence_report import HOURS, fixed_timer, fixed_timer_per_home, learnt, report
from tests.analytics.builders import local
from tests.analytics.routine.homes import write

ONE, TWO = (
    Judged(
        name=name,
        days=30,
        needless=needless,
        gaps_h=gaps,
        collapses=[Collapse(local("12:00"), local("11:30"), delay)],
    )
    for name, needless, gaps, delay in (("one", 1, [9.0, 8.0, 2.0], 1.5), ("two", 1, [5.0, 4.0, 3.0], None))
)


def test_the_timers_are_the_shortest_that_ask_no_more_often() -> None:
    timer, length = fixed_timer([ONE, TWO])
    assert (length, timer.needless, timer.delays_h) == (5.0, [2, 0], [[4.5], [4.5]])
    own = fixed_timer_per_home([ONE, TWO])
    assert (own.needless, own.delays_h) == ([1, 1], [[7.5], [3.5]])
    assert learnt([ONE, TWO]).delays_h == [[1.5], [48.0]]


def test_the_report_has_every_figure_with_its_interval() -> None:
    told = report([ONE, TWO], 1.0)
    assert (told["homes"], told["home_days"], told["collapses"]) == (2, 60, 2)
    assert (told["needless_per_30_days"], told["delay_h_p50"]) == (1.0, 24.75)
    assert told["noticed_within_h"] == {"1": 0.0, "2": 0.5, "4": 0.5, "8": 0.5, "12": 0.5}


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder = write(tmp_path_factory.mktemp("homes"), days=26)
    result = CliRunner().invoke(app, ["silence", str(folder), "--json", "--budget-per-month", "2", "--seed", "3"])
    assert result.exit_code == 0, result.output
    told: dict[str, object] = json.loads(result.stdout)
    return told


def test_the_command_judges_each_home_after_its_first_two_weeks(figures: dict[str, object]) -> None:
    assert (figures["homes"], figures["home_days"]) == (2, 24)
    assert figures["collapses"] == 2 * COLLAPSES
    assert figures["budget_per_month"] == 2.0


def test_in_homes_with_a_rhythm_what_is_learnt_notices_far_sooner_than_any_timer(figures: dict[str, object]) -> None:
    timers = [figures["fixed_timer"], figures["fixed_timer_per_home"]]
    for timer in timers:
        assert isinstance(timer, dict)
        assert set(timer) >= {"needless_per_30_days", "noticed_within_h", "delay_h_p50", "intervals_95"}
        assert set(timer["noticed_within_h"]) == {str(hours) for hours in HOURS}
        assert float(str(figures["delay_h_p50"])) < 0.6 * timer["delay_h_p50"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nowhere"], "does not exist"),
        (["{short}"], "holds no home that was recorded for longer than 14 days"),
        (["{short}", "--budget-per-month", "30"], "30 is not between 0.25 and 8 questions a month"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_a_sentence(arguments: list[str], reason: str, tmp_path: Path) -> None:
    short = write(tmp_path / "short", days=3, homes=1)
    result = CliRunner().invoke(app, ["silence", *(one.format(short=short) for one in arguments)])
    assert result.exit_code == 2
    assert reason in result.output


def test_without_json_it_is_read_line_by_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["silence", str(write(tmp_path, days=16, homes=1))])
    assert "homes: 1" in result.stdout.splitlines()
