import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from analytics.falls import table
from analytics.training import falls
from analytics.training.examples import at_common_rate, examples, fall_sample
from analytics.training.recorded import TrialsError, trials
from analytics.training.variants import LIMB, TRUNK, VARIANTS
from tests.analytics.falls.recordings import write

RECORDINGS = Path(os.environ.get("RECORDINGS", Path(__file__).parents[4] / "shared" / "data"))
HAVE_RECORDINGS = all((RECORDINGS / f"{name}.npz").exists() for name in falls.SETS)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write(tmp_path / "falls_waist.npz")


def test_a_recording_is_read_as_its_trials(recording: Path) -> None:
    some = trials(recording)
    assert (len(some), sum(one.is_fall for one in some)) == (32, 12)
    assert some[0].acceleration_g.dtype == np.float32
    assert some[0].fall_s is None
    assert trials(write(recording.with_name("timed.npz"), timed=True))[0].fall_s == (4.2, 5.0)


@pytest.mark.parametrize("content", [b"", b"no recording", None])
def test_a_file_without_trials_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "other.npz"
    if content is None:
        np.savez(path, something=np.zeros(3))
    else:
        path.write_bytes(content)
    with pytest.raises(TrialsError, match=r"other\.npz holds no recorded trials"):
        trials(path)


def test_the_fall_of_a_trial_is_its_strongest_moment_within_its_times(tmp_path: Path) -> None:
    timed = trials(write(tmp_path / "timed.npz", timed=True))[0]
    assert fall_sample(timed, at_common_rate(timed)) == pytest.approx(225, abs=3)
    fast = trials(write(tmp_path / "fast.npz", rate_hz=100))[0]
    assert len(at_common_rate(fast)) == pytest.approx(len(fast.acceleration_g) / 2, abs=2)


@pytest.mark.parametrize("name", list(VARIANTS))
def test_a_variant_is_the_same_for_the_same_dice_and_keeps_its_length(recording: Path, name: str) -> None:
    for trial in trials(recording)[:2]:
        samples = at_common_rate(trial)
        fall = fall_sample(trial, samples) if trial.is_fall else None
        one, other = (VARIANTS[name](samples, fall, np.random.default_rng([1, seed])) for seed in (1, 1))
        assert np.array_equal(one, other)
        assert one.shape == samples.shape
        assert np.isfinite(one).all()


def test_of_a_falls_trial_only_the_fall_teaches(recording: Path) -> None:
    known = examples(trials(recording), VARIANTS["as recorded"], 0)
    assert known.is_fall.sum() == 12
    assert (~known.is_fall).sum() > 12
    assert set(known.subject[known.is_fall]) == {"SA01", "SA02", "U03"}


def test_only_what_was_recorded_on_the_trunk_is_imagined_on_a_limb(recording: Path) -> None:
    some = trials(recording)
    assert len(falls.learnt_from("falls_waist", some).x) > len(falls.learnt_from("falls_wrist", some).x)
    assert set(LIMB) < set(VARIANTS)
    assert set(TRUNK) < set(VARIANTS)


def test_the_table_is_written_where_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in falls.SETS:
        write(tmp_path / f"{name}.npz")
    assert falls.main([], tmp_path / "table.json") == 2
    assert falls.main([str(tmp_path)], tmp_path / "table.json") == 0
    assert "table.json" in capsys.readouterr().err
    assert "falls and" in table.read((tmp_path / "table.json").read_text()).about["learnt_from"]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not HAVE_RECORDINGS, reason="the recordings are not there: nothing to learn the table from")
def test_the_shipped_table_is_learnt_from_the_recordings_bit_for_bit() -> None:
    made = falls.shipped_table(RECORDINGS).encode()
    assert hashlib.sha256(made).hexdigest() == hashlib.sha256(table.PATH.read_bytes()).hexdigest()
