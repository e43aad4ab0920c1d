"""Writes `docs/evaluation/unusual_vitals.md`: `python -m analytics.evaluation.unusual_page FOLDER`."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from analytics.evaluation.figures import Figure
from analytics.evaluation.unusual import VERIFIED, Days, a_month, days, told_and_verified, verified_and_told
from analytics.vitals.vital import VITALS

PAGE = Path(__file__).parents[2] / "docs" / "evaluation" / "unusual_vitals.md"
TEMPLATE = Path(__file__).with_name("unusual_page.md")
FOLDER = "tihm"
UNTIL = datetime(2020, 1, 1, tzinfo=UTC)


def page(some: Sequence[Days]) -> str:
    """The page, in Markdown."""
    return TEMPLATE.read_text(encoding="utf-8").format(
        homes=len({one.home for one in some}), rows="\n".join(rows(some)), all_rows=_a_month(a_month(some))
    )


def rows(some: Sequence[Days]) -> list[str]:
    """One row a vital sign."""
    return [_row(VITALS[vital].words, of) for vital in VERIFIED if (of := [one for one in some if one.vital == vital])]


def _row(words: str, of: Sequence[Days]) -> str:
    (told, right), (verified, found) = told_and_verified(of), verified_and_told(of)
    measured = sum(len(one.measured) for one in of)
    return f"| {words} | {len(of)} | {measured:,} | {told} | {_a_month(a_month(of))} | {right} | {verified} | {found} |"


def _a_month(figure: Figure) -> str:
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})"


def main(arguments: Sequence[str], path: Path = PAGE) -> int:
    """Write the page."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m analytics.evaluation.unusual_page FOLDER\n")
        return 2
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(days(Path(arguments[0]) / FOLDER, UNTIL)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
