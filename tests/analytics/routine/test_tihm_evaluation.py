"""Telling alerts from what went before, on a made-up recording in the format of TIHM."""

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest
from typer.testing import CliRunner

from alongside.evaluate import app
from analytics.evaluation import silence_page, tihm_page
from analytics.evaluation.silence import Collapse, Judged
from analytics.evaluation.tihm import average_precision, logistic
from tests.analytics.builders import local

FIRST = datetime(2019, 5, 1)  # noqa: DTZ001 -- the recording's times are those of the clock on the wall


def write(folder: Path, patients: int = 7, days: int = 12) -> Path:
    """Busy mornings make alerts of agitation, high pressures those of blood pressure; nobody has one of pulse."""
    dice = Random(3)  # noqa: S311 -- made up, and the same each time
    activity, physiology, labels = list[list[object]](), list[list[object]](), list[list[object]]()
    for name in (f"p{place}" for place in range(patients)):
        for day in range(days):
            busy = dice.random() < 0.15
            for hour in range(7, 22):
                for _ in range(12 if busy and hour < 13 else 4):
                    at = FIRST + timedelta(days=day, hours=hour, seconds=dice.randrange(3_600))
                    activity.append([name, dice.choice(["kitchen", "lounge", "hallway"]), at])
            if busy and day:
                labels.append([name, FIRST + timedelta(days=day, hours=12, minutes=1), "Agitation"])
            high = dice.random() < 0.3
            at = FIRST + timedelta(days=day, hours=9)
            values = {"Systolic blood pressure": 175.0 if high else 135.0, "Diastolic blood pressure": 80.0}
            physiology += [[name, at, what, value + dice.gauss(0, 5), "mm[Hg]"] for what, value in values.items()]
            physiology.append([name, at, "Heart rate", 70.0, "beats/min"])
            if high:
                labels.append([name, FIRST + timedelta(days=day, hours=8, minutes=20), "Blood pressure"])
    _table(folder / "activity.csv", ["patient_id", "location_name", "date"], activity)
    _table(folder / "physiology.csv", ["patient_id", "date", "device_type", "value", "unit"], physiology)
    _table(folder / "labels.csv", ["patient_id", "date", "type"], labels)
    return folder


def _table(path: Path, columns: list[str], rows: list[list[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("tihm"))


def test_alerts_that_follow_from_the_past_are_told_in_people_not_learnt_from(folder: Path) -> None:
    result = CliRunner().invoke(app, ["tihm", str(folder), "--json"])
    assert result.exit_code == 0, result.output
    kinds = json.loads(result.stdout)["kinds"]
    assert set(kinds) == {"Agitation", "Blood pressure"}
    for one in kinds.values():
        assert one["auc"] > 0.9
        assert one["intervals_95"]["auc"][0] <= one["auc"]
        assert set(one["baseline"]) == {"auc", "average_precision", "intervals_95"}
    assert kinds["Blood pressure"]["cases"] == 7 * 12
    assert kinds["Blood pressure"]["baseline"]["auc"] < 0.75


@pytest.mark.parametrize("content", [None, "patient_id,date,type\n", "a,b\n"])
def test_without_alerts_nothing_is_measured_and_it_says_so(tmp_path: Path, content: str | None) -> None:
    write(tmp_path, patients=2, days=2)
    (tmp_path / "labels.csv").unlink()
    if content:
        (tmp_path / "labels.csv").write_text(content)
    result = CliRunner().invoke(app, ["tihm", str(tmp_path)])
    assert result.exit_code == 2
    assert "labels" in result.output or "alerts" in result.output


def test_average_precision_of_a_ranking_worked_out_by_hand() -> None:
    came = np.array([True, False, True, False])
    assert average_precision(came, np.array([4.0, 3.0, 2.0, 1.0])) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(came, np.zeros(4)) == pytest.approx(0.5)
    assert np.isnan(average_precision(np.zeros(4, np.bool_), np.zeros(4)))


def test_a_logistic_regression_finds_the_direction() -> None:
    x = np.arange(40.0)[:, None]
    said = logistic(x, x[:, 0] > 20, np.array([[0.0], [20.0], [39.0]]))
    assert said[0] < said[1] < said[2]


def test_the_pages_say_everything_that_they_were_made_from(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "evaluation" / "tihm.md"
    assert tihm_page.main([], page) == 2
    assert tihm_page.main([str(folder)], page) == 0
    assert "| Agitation | boosted trees | 7 | " in page.read_text()
    assert "{" not in page.read_text()


def test_the_page_of_silence_has_a_row_for_each_way_to_watch(tmp_path: Path) -> None:
    home = Judged("one", 30, 1, [9.0, 3.0], [Collapse(local("12:00"), local("11:30"), 1.5)])
    text = silence_page.page({budget: [home] for budget in silence_page.BUDGETS})
    assert "| what is learnt | 0.5 | 1.0 (1.0 to 1.0) | 100.0 % (100.0 to 100.0) |" in text
    assert "| one timer of 3.0 hours | 2 | " in text
    assert "{" not in text
    assert silence_page.main([], tmp_path / "silence.md") == 2
