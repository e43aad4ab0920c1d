"""What was told of as unusual in recorded homes, counted against what clinicians verified there."""

import gzip
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from analytics.evaluation import unusual_page
from analytics.evaluation.unusual import Days, a_month, days, told_and_verified, verified_and_told

RECORDINGS = Path(os.environ.get("RECORDINGS", Path(__file__).parents[4] / "shared" / "data"))
HAVE_RECORDING = (RECORDINGS / unusual_page.FOLDER / "physiology.csv.gz").exists()
MONDAY = date(2019, 4, 1)
WEIGHTS = [70.0, 70.1, 70.0, 69.9, 70.0, 70.7, 71.4, 72.1]


def days_from(start: int, count: int) -> frozenset[date]:
    return frozenset(MONDAY + timedelta(days=start + turn) for turn in range(count))


def write(folder: Path) -> Path:
    """Two homes in the recording's own format: in one somebody gains weight, and a clinician verified it."""
    folder.mkdir()
    lines = [
        f"{home},{MONDAY + timedelta(days=turn)} 07:30:00,Body weight,{weight},kg"
        for home, weights in (("a", WEIGHTS), ("b", [70.0] * 8))
        for turn, weight in enumerate(weights)
    ]
    files = {
        "physiology.csv.gz": [
            "patient_id,date,device_type,value,unit",
            *lines,
            "a,2019-04-09 07:30:00,Body weight,72.0,kg",
        ],
        "labels.csv.gz": ["patient_id,date,type", "a,2019-04-09 00:00:00,Weight", "b,2019-04-02 00:00:00,Weight"],
    }
    for name, text in files.items():
        (folder / name).write_bytes(gzip.compress("\n".join(text).encode()))
    return folder


def test_findings_and_verified_alerts_are_counted_both_ways(tmp_path: Path) -> None:
    some = days(write(tmp_path / "tihm"), unusual_page.UNTIL)
    assert [(one.home, one.vital, len(one.measured), len(one.told)) for one in some] == [
        ("a", "weight", 9, 1),
        ("b", "weight", 8, 0),
    ]
    assert told_and_verified(some) == (1, 1)
    assert verified_and_told(some) == (2, 1)
    assert a_month(some).value == pytest.approx(30 / 17, abs=1e-4)


def test_a_finding_with_no_alert_near_it_stands_alone() -> None:
    one = Days(home="a", vital="pulse", measured=days_from(0, 9), told=(MONDAY,), verified=days_from(4, 1))
    assert told_and_verified([one]) == (1, 0)
    assert verified_and_told([one]) == (1, 0)


def test_the_page_says_everything_that_it_was_made_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / unusual_page.FOLDER)
    page = tmp_path / "evaluation" / "unusual.md"
    assert unusual_page.main([], page) == 2
    assert "usage" in capsys.readouterr().err
    assert unusual_page.main([str(tmp_path)], page) == 0
    text = page.read_text()
    assert "| weight | 2 | 17 | 1 | 1.76 (0.00 to 3.33) | 1 | 2 | 1 |" in text
    assert "Nobody said whether a single finding was right" in text
    assert "{" not in text


@pytest.mark.skipif(not HAVE_RECORDING, reason="the recording is not there: the page cannot be checked against it")
def test_the_page_agrees_with_the_shipped_detector_on_the_recording() -> None:
    some = days(RECORDINGS / unusual_page.FOLDER, unusual_page.UNTIL)
    assert unusual_page.page(some) == unusual_page.PAGE.read_text(encoding="utf-8")
