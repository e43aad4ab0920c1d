import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from analytics.training import beats, made_up_beats, rhythm
from analytics.training.beats import BeatsError, Label, records
from analytics.vitals.rhythm import PATH, Rhythm, judge, read
from tests.analytics.vitals.hearts import even, fibrillating, write

RECORDINGS = Path(os.environ.get("RECORDINGS", Path(__file__).parents[4] / "shared" / "data"))
HAVE_RECORDING = (RECORDINGS / rhythm.FILE).exists()


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write(tmp_path / rhythm.FILE)


def test_a_recording_is_read_as_records_and_cut_into_windows(recording: Path) -> None:
    some = records(recording)
    assert [record.name for record in some] == [f"p{person}" for person in range(6)]
    assert some[0].beats[0] == pytest.approx(even(1, seed=0, usual_s=0.7)[0], abs=0.001)
    cut = beats.all_windows(some, 40)
    assert [one.label for one in cut if one.record == "p3"].count(Label.FIBRILLATION) == 37
    assert {len(one.beats) for one in cut} == {40}
    assert [one.pure for one in cut if one.record == "p3"].count(False) == 1


@pytest.mark.parametrize("content", [b"", b"no recording", None])
def test_a_file_without_heartbeats_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "other.npz"
    if content is None:
        np.savez(path, something=np.zeros(3))
    else:
        path.write_bytes(content)
    with pytest.raises(BeatsError, match=r"other\.npz holds no recorded heartbeats"):
        records(path)


def test_a_file_without_records_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.npz"
    none = np.zeros(0, np.uint16)
    np.savez(path, rr_ms=none, label=none, offset=np.zeros(1, np.int64), record=np.array([], dtype=str))
    with pytest.raises(BeatsError, match="holds no records"):
        records(path)


def test_made_up_windows_are_the_same_each_time_and_of_every_kind(recording: Path) -> None:
    some = records(recording)
    first, second = (made_up_beats.all_variants(some, 30) for _ in range(2))
    assert [(one.how, one.label, one.record) for one in first] == [(one.how, one.label, one.record) for one in second]
    assert all(np.array_equal(one.beats, other.beats) for one, other in zip(first, second, strict=True))
    assert {one.how for one in first if one.label is Label.NOISY} == {
        "no heart in it",
        "missed and invented",
        "lost for a while",
    }
    assert {one.how for one in first if one.label is Label.SINUS} == {"small slips", "extra beats", "deep breathing"}
    assert all(len(one.beats) == 30 and one.beats.min() >= 0.2 and one.beats.max() <= 5.0 for one in first)


def test_a_missed_beat_joins_two_intervals_and_an_invented_one_divides_one() -> None:
    dice = np.random.default_rng(1)
    whole = even(200)
    assert made_up_beats.missed(whole, 0.2, dice).sum() == pytest.approx(whole.sum(), abs=2.0)
    assert len(made_up_beats.missed(whole, 0.2, dice)) < 190
    divided = made_up_beats.invented(whole, 0.2, dice)
    assert divided.sum() == pytest.approx(whole.sum())
    assert len(divided) > 210
    assert len(made_up_beats.invented(np.full(50, 0.4), 1.0, dice)) == 50


def test_what_is_learnt_tells_the_kinds_apart(recording: Path) -> None:
    table = rhythm.fit(rhythm.examples(records(recording)))
    assert judge(even(30, seed=99), table).rhythm is Rhythm.REGULAR
    assert judge(fibrillating(30, seed=99), table).rhythm is Rhythm.IRREGULAR


def test_without_any_fibrillation_a_table_is_made_that_finds_none(recording: Path) -> None:
    even_ones = [record for record in records(recording) if record.name in ("p0", "p1")]
    table = rhythm.fit(rhythm.examples(even_ones))
    assert judge(even(30, seed=99), table).rhythm is Rhythm.REGULAR


def test_the_command_writes_the_table_with_where_it_comes_from(
    recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = recording.with_name("table.json")
    assert rhythm.main([], path) == 2
    assert rhythm.main([str(recording.parent)], path) == 0
    assert "table.json" in capsys.readouterr().err
    about = read(path.read_text(encoding="utf-8")).about
    assert about["population"] == rhythm.POPULATION
    assert about["date"] == rhythm.DATE


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(not HAVE_RECORDING, reason="the recording is not there: the table cannot be learnt again from it")
def test_the_shipped_table_is_learnt_again_bit_for_bit() -> None:
    again = rhythm.shipped_table(RECORDINGS)
    assert hashlib.sha256(again.encode()).hexdigest() == hashlib.sha256(PATH.read_bytes()).hexdigest()
