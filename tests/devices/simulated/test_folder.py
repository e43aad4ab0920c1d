"""What a killed process leaves behind is cleared away, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

from devices.simulated.folder import OwnFolder, sweep

PREFIX = "alongside-test-"
LEAVE = f"import os; from devices.simulated.folder import OwnFolder; OwnFolder({PREFIX!r}); os.kill(os.getpid(), 9)"


@pytest.fixture
def tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def test_a_folder_goes_with_its_owner(tmp: Path) -> None:
    folder = OwnFolder(PREFIX)
    assert folder.path.parent == tmp
    assert sweep(PREFIX) == 0
    folder.close()
    assert list(tmp.iterdir()) == []


def test_what_a_killed_process_left_is_cleared_away_by_the_next(tmp: Path) -> None:
    done = subprocess.run([sys.executable, "-c", LEAVE], check=False)
    assert done.returncode == -9
    (left,) = tmp.iterdir()
    folder = OwnFolder(PREFIX)
    assert list(tmp.iterdir()) == [folder.path]
    assert not left.exists()
    folder.close()


def test_what_is_not_ours_is_left_alone(tmp: Path) -> None:
    (tmp / f"{PREFIX}strange").mkdir()
    (tmp / f"{PREFIX}file").write_text("")
    (tmp / "other").mkdir()
    (tmp / "other" / "lock").write_text("")
    assert sweep(PREFIX) == 0
    assert len(list(tmp.iterdir())) == 3
