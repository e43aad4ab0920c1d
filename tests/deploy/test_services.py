"""The unit files and the compose file that are shipped run commands that exist and are read, and bring parts back."""

import shlex
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from alongside.cli import COMMANDS
from tests.deploy.lines import read

FOLDER = Path(__file__).parents[2] / "deploy"
UNITS = sorted((FOLDER / "systemd").glob("*.service"))
PARTS = {"hub", "auditor", "portal", "centre worker", "centre gate", "centre lookout", "centre page"}
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
LINES = {name: service["command"] for name, service in COMPOSE["services"].items()}


def unit(file: Path) -> ConfigParser:
    found = ConfigParser(strict=False, interpolation=None)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read(file)
    return found


def settings() -> dict[str, str]:
    lines = (FOLDER / "systemd" / "centre.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def ours(line: str) -> list[str] | None:
    """The words behind `alongside`; None: it is another program's line."""
    program, *words = shlex.split(line)
    return words if Path(program).name == "alongside" else None


def with_settings(line: str) -> str:
    for name, value in settings().items():
        line = line.replace(f"${{{name}}}", value)
    return line.replace("${ALONGSIDE_CENTRE_BROKER:-localhost:8883}", "localhost:8883")


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_a_service_is_started_again_for_ever_by_a_command_that_is_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    section, words = unit(file)["Service"], ours(with_settings(unit(file)["Service"]["ExecStart"]))
    assert section["Restart"] == "always"
    assert unit(file)["Unit"]["StartLimitIntervalSec"] == "0"
    if words is None:
        assert section["ExecStart"].startswith("/usr/sbin/mosquitto -c ")
        return
    if section.get("EnvironmentFile"):
        for name, value in settings().items():
            monkeypatch.setenv(name, value)
    context = read(words)
    assert f"alongside-{context.command_path.removeprefix('alongside ').replace(' ', '-')}" == file.stem.rstrip("@")


@pytest.mark.parametrize("name", LINES)
def test_a_container_runs_a_command_that_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in COMPOSE["services"][name]["environment"].items():
        monkeypatch.setenv(key, value)
    words = ours(with_settings(LINES[name]))
    assert COMPOSE["services"][name]["restart"] == "always"
    if words is None:
        assert LINES[name].split()[0] in {"mosquitto", "postgres"}
        return
    assert read(words).info_name == name


def test_every_part_has_a_unit_and_a_container() -> None:
    for lines in ([unit(file)["Service"]["ExecStart"] for file in UNITS], LINES.values()):
        run = [words for words in map(ours, lines) if words is not None]
        assert {" ".join(words[: 2 if words[0] == "centre" else 1]) for words in run} == PARTS


def test_what_a_command_does_not_know_is_noticed() -> None:
    with pytest.raises(Exception, match="No such option"):
        read(["hub", "--louder"])
    with pytest.raises(AssertionError):
        read(["hubb"])
    assert "hub" in COMMANDS


def test_nothing_that_is_shipped_holds_a_password() -> None:
    for file in (*UNITS, FOLDER / "compose.yaml", FOLDER / "systemd" / "centre.env"):
        assert ":password" not in file.read_text().lower()
        assert "PASSWORD" not in file.read_text()
