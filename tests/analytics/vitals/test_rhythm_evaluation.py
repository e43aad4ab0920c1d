"""How good the screening is: counted right, told with intervals, and the same on the page as in the code."""

from pathlib import Path

import numpy as np
import pytest

from analytics.evaluation import rhythm, rhythm_page, rhythm_told
from analytics.evaluation.rhythm import Outcome
from analytics.evaluation.rhythm_report import by_kind, report
from analytics.training.beats import Label, Record, records
from analytics.training.rhythm import FILE
from analytics.vitals.rhythm import Judged, Rhythm
from tests.analytics.vitals.hearts import even, fibrillating, write
from tests.analytics.vitals.test_rhythm_training import HAVE_RECORDING, RECORDINGS


def outcome(label: Label, judged: Rhythm, likeness: float, record: str = "p1", how: str | None = None) -> Outcome:
    return Outcome(record=record, label=label, pure=True, judged=Judged(rhythm=judged, likeness=likeness), how=how)


OUTCOMES = [
    outcome(Label.FIBRILLATION, Rhythm.IRREGULAR, 3.0),
    outcome(Label.FIBRILLATION, Rhythm.NOISE, 1.0),
    outcome(Label.SINUS, Rhythm.REGULAR, -2.0),
    outcome(Label.SINUS, Rhythm.REGULAR, -1.0, "p2"),
    outcome(Label.FLUTTER, Rhythm.IRREGULAR, 0.5, "p2"),
    outcome(Label.OTHER, Rhythm.NOISE, -1.0, "p2"),
    outcome(Label.NOISY, Rhythm.NOISE, 2.0, "p3"),
    outcome(Label.NOISY, Rhythm.IRREGULAR, 2.0, "p3"),
    outcome(Label.NOISY, Rhythm.REGULAR, 2.0, "p3", how="no heart in it"),
]


def test_noise_that_is_rejected_is_a_miss_in_fibrillation_and_no_call_in_the_rest() -> None:
    told = report(OUTCOMES, 30)
    counted = ("windows", "fibrillation_windows", "noisy_windows", "rejected_noisy", "rejected_fibrillation")
    assert [told[name] for name in counted] == [6, 2, 2, 3, 1]
    assert (told["sensitivity"], told["specificity"], told["auc"]) == (0.5, 0.75, 1.0)
    assert (told["noisy_called_irregular"], told["made_up_noise_called_irregular"]) == (0.5, 0.0)
    intervals = told["intervals_95"]
    assert isinstance(intervals, dict)
    assert set(intervals) >= {"sensitivity", "specificity", "auc", "noisy_called_irregular"}


def test_what_is_called_is_counted_by_what_it_is() -> None:
    kinds = {name: len(of) for name, of in by_kind(OUTCOMES).items()}
    assert kinds["made up: no heart in it, noisy"] == 1
    assert kinds["sinus"] == 2


def a_record(beats: np.ndarray[tuple[int], np.dtype[np.float64]], label: Label) -> Record:
    return Record(name="p1", beats=beats, labels=np.full(len(beats), label))


def test_the_rule_is_tried_over_a_whole_record_as_the_detector_applies_it() -> None:
    found = rhythm_told.moments(a_record(fibrillating(6_000), Label.FIBRILLATION), None)
    assert len(found) > 3
    assert all(one.told and one.fibrillation == rhythm_told.OF for one in found)
    let_be = rhythm_told.moments(a_record(even(6_000), Label.SINUS), None)
    assert not any(one.told or one.fibrillation for one in let_be)
    shares = rhythm_told.right([*found, *let_be])
    assert [one.value for one in shares] == [1.0, 1.0]
    assert rhythm_told.moments(a_record(even(600), Label.SINUS), None) == []


def test_the_page_says_everything_that_it_was_made_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / FILE, 420)
    page = tmp_path / "evaluation" / "rhythm.md"
    assert rhythm_page.main([], page) == 2
    assert rhythm_page.main([str(tmp_path)], page) == 0
    assert "learning without record p3" in capsys.readouterr().err
    text = page.read_text()
    assert rhythm_page.digest() in text
    assert "| all but that person | 120 | " in text
    assert "never a diagnosis" in text
    assert "{" not in text


def test_each_person_has_a_row() -> None:
    assert rhythm_page.person("p1", OUTCOMES, OUTCOMES[:1]) == "| p1 | 2 | 50.0 % | 100.0 % | 1 | 100.0 % | none |"


@pytest.mark.timeout(300)
@pytest.mark.skipif(not HAVE_RECORDING, reason="the recording is not there: the page cannot be checked against it")
def test_the_page_agrees_with_the_shipped_table_on_the_recording() -> None:
    text = rhythm_page.PAGE.read_text(encoding="utf-8")
    assert rhythm_page.digest() in text
    record = records(RECORDINGS / FILE)[0]
    row = rhythm_page.person(record.name, rhythm.judged([record], 30, None), [])
    assert any(_shipped(line) == _shipped(row) for line in text.splitlines() if line.startswith(f"| {record.name} |"))


def _shipped(row: str) -> list[str]:
    """The cells of a person's row that are of the shipped table."""
    cells = row.split(" | ")
    return [cells[place] for place in (1, 2, 4, 5)]
