from pathlib import Path

import pytest

from analytics.evaluation import falls, falls_page
from analytics.evaluation.falls import Outcome
from analytics.evaluation.falls_report import group_of, report
from analytics.training.falls import SETS, learnt_from
from analytics.training.recorded import trials
from tests.analytics.falls.recordings import write
from tests.analytics.falls.test_training import HAVE_RECORDINGS, RECORDINGS


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write(tmp_path / "falls_waist.npz")


def test_each_trial_is_run_by_itself_through_the_shipped_detector(recording: Path) -> None:
    told: list[str] = []
    outcomes = falls.shipped(trials(recording), told.append)
    assert [one.alarmed for one in outcomes] == [one.is_fall for one in outcomes]
    found = [one for one in outcomes if one.is_fall]
    assert all(one.delay_s is not None and 2.5 < one.delay_s < 9.0 for one in found)
    assert min(one.score for one in found) > max(one.score for one in outcomes if not one.is_fall)


def test_it_is_learnt_again_without_each_person_or_from_another_recording(recording: Path) -> None:
    some = trials(recording)
    told: list[str] = []
    left_out = falls.leave_one_out("falls_waist", some, [], told.append)
    assert told == [f"learning without {subject}" for subject in ("SA01", "SA02", "SE01", "U03")]
    assert report(left_out)["sensitivity"] == 1.0
    other = falls.trained_on(learnt_from("falls_waist", some), some, told.append)
    assert report(other)["auc"] == 1.0


def outcome(subject: str, *, is_fall: bool, alarmed: bool, score: float = 0.0) -> Outcome:
    return Outcome(
        subject=subject,
        activity="F01" if is_fall else "D01",
        is_fall=is_fall,
        alarmed=alarmed,
        acted=alarmed and score > 4,
        score=score,
        delay_s=3.5 if alarmed and is_fall else None,
    )


OUTCOMES = [
    outcome("SA01", is_fall=True, alarmed=True, score=5.0),
    outcome("SA01", is_fall=True, alarmed=False, score=1.0),
    outcome("SE02", is_fall=False, alarmed=True, score=2.0),
    outcome("U21", is_fall=False, alarmed=False),
    outcome("other", is_fall=False, alarmed=False),
]


def test_the_figures_of_a_handful_of_trials() -> None:
    told = report(OUTCOMES)
    assert {name: told[name] for name in ("trials", "falls", "subjects", "missed", "false_alarms")} == {
        "trials": 5,
        "falls": 2,
        "subjects": 4,
        "missed": 1,
        "false_alarms": 1,
    }
    assert (told["sensitivity"], told["specificity"], told["f1"]) == (0.5, 0.6667, 0.5)
    assert told["auc"] == pytest.approx(5 / 6, abs=1e-4)
    assert told["delay_s_p50"] == 3.5
    assert (told["acted_on_falls"], told["acted_on_others"]) == (1, 0)
    groups = told["by_group"]
    assert isinstance(groups, dict)
    assert set(groups) == {"young", "old"}
    assert groups["old"]["sensitivity"] is None
    assert groups["old"]["specificity"] == 0.5
    assert report(OUTCOMES[2:])["delay_s_p50"] is None


@pytest.mark.parametrize(
    ("subject", "group"),
    [("SA19", "young"), ("SE10", "old"), ("U10", "young"), ("U21", "old"), ("U30", "old"), ("P7", None)],
)
def test_the_subjects_name_tells_whether_they_are_old(subject: str, group: str | None) -> None:
    assert group_of(subject) == group


def test_the_page_says_everything_that_it_was_made_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in SETS:
        write(tmp_path / f"{name}.npz")
    page = tmp_path / "evaluation" / "falls.md"
    assert falls_page.main([], page) == 2
    assert falls_page.main([str(tmp_path)], page) == 0
    text = page.read_text()
    assert "learning without SE01" in capsys.readouterr().err
    assert falls_page.digest() in text
    assert text.count("| waist (SisFall) | 100.0 % (100.0 to 100.0)") == 3
    assert "No fall here is a real fall" in text
    assert "{" not in text


def test_a_figure_that_cannot_be_known_is_said_to_be_so() -> None:
    assert "| not known |" in falls_page.row("the shipped table", next(iter(SETS)), OUTCOMES[:2])


@pytest.mark.timeout(300)
@pytest.mark.skipif(not HAVE_RECORDINGS, reason="the recordings are not there: the page cannot be checked against them")
def test_the_page_agrees_with_the_shipped_detector_on_the_recordings() -> None:
    name = "falls_wrist"
    outcomes = falls.shipped(trials(RECORDINGS / f"{name}.npz"), lambda _: None)
    assert falls_page.row("the shipped table", name, outcomes) in falls_page.PAGE.read_text(encoding="utf-8")
