"""The page on co-design names everything that can be done and looked at, and every command on it works."""

import re
from pathlib import Path

import pytest

from co_design.acts.perform import ACTS
from co_design.boards import BOARDS
from co_design.cli import app

TEXT = (Path(__file__).parents[2] / "docs" / "co-design.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*ACTS, *BOARDS])
def test_every_act_and_every_board_is_named(name: str) -> None:
    assert f"`{name}`" in TEXT


def test_every_command_and_board_on_the_page_exists() -> None:
    commands = {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}
    assert set(re.findall(r"alongside co-design ([a-z]+)", TEXT)) <= commands
    assert set(re.findall(r"co-design board ([a-z-]+)", TEXT)) <= set(BOARDS)


def test_every_warning_has_an_answer() -> None:
    table = TEXT.split("| the warning |")[1].split("\n\n")[0]
    rows = [line.split("|")[1:-1] for line in table.splitlines()[2:]]
    assert len(rows) == 19
    assert all(len(cell.strip()) > 5 for row in rows for cell in row)
