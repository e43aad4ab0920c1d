import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from alongside.evaluate import app
from tests.analytics.falls.recordings import write


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write(tmp_path / "falls_waist.npz")


@pytest.mark.parametrize("more", [[], ["--leave-one-subject-out"], ["--train"], ["--train", "--leave-one-subject-out"]])
def test_the_figures_of_a_recording_in_one_object(recording: Path, more: list[str]) -> None:
    options = [word for one in more for word in ([one, str(recording)] if one == "--train" else [one])]
    result = CliRunner().invoke(app, ["falls", str(recording), "--json", *options])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["trials"], told["falls"], told["sensitivity"]) == (32, 12, 1.0)
    assert set(told) >= {"specificity", "f1", "auc", "delay_s_p50", "by_group", "intervals_95"}


def test_without_json_it_is_read_line_by_line(recording: Path) -> None:
    result = CliRunner().invoke(app, ["falls", str(recording)])
    assert "trials: 32" in result.stdout.splitlines()


def test_a_file_without_trials_is_refused_in_a_sentence(tmp_path: Path) -> None:
    empty = tmp_path / "empty.npz"
    np.savez(empty, acc_mg=np.zeros((0, 3), np.int16), offset=np.zeros(1, np.int64), fs=np.int64(50))
    for path, reason in ((tmp_path / "none.npz", "holds no recorded trials"), (empty, "holds no trials")):
        result = CliRunner().invoke(app, ["falls", str(path)])
        assert result.exit_code == 2
        assert reason in result.output
