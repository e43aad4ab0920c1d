"""The page about supervision says what the tables say."""

from datetime import timedelta
from pathlib import Path

import pytest

from devices.supervision.model import Condition
from hub.fault_cases import DUE
from hub.fault_notices import AT_ONCE, COLLECTED, DAILY, LASTING, PACES

PAGE = Path(__file__).parents[2] / "docs" / "supervision.md"
WORDS = {AT_ONCE: "at once", LASTING: "after 5 min", COLLECTED: "collected", DAILY: "daily"}


def rows() -> dict[str, list[str]]:
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.read_text().splitlines()]
    return {row[0].strip("`"): row[2:] for row in cells if row[0].startswith("`")}


@pytest.mark.parametrize("condition", Condition)
def test_each_kind_has_its_row(condition: Condition) -> None:
    grave, usual, due = rows()[condition]
    assert (grave, usual) == (WORDS[PACES[condition].grave], WORDS[PACES[condition].usual])
    if condition in DUE:
        assert due == (f"{DUE[condition].days} days" if DUE[condition] >= timedelta(days=1) else "4 h")
    else:
        assert "3 days" in due
