"""The unit files that are shipped name commands that exist, and bring a hub back for ever."""

from configparser import ConfigParser
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "systemd"


@pytest.mark.parametrize("name", ["hub", "auditor"])
def test_a_service_runs_its_command_and_is_started_again_for_ever(name: str) -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(FOLDER / f"alongside-{name}.service")
    assert unit["Service"]["ExecStart"].endswith(f"/alongside {name}")
    assert unit["Service"]["Restart"] == "always"
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert unit["Service"]["StateDirectory"] == "alongside"
