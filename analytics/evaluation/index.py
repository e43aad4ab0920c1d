"""Writes the indexes of what was measured and of what is assumed: `python -m analytics.evaluation.index`.

Each is made of the pages themselves: their titles, what they begin with, and the command that makes them.
"""

import re
import sys
from pathlib import Path

from analytics.registry import DETECTORS

DOCS = Path(__file__).parents[2] / "docs"
EVALUATION, ASSUMPTIONS = DOCS / "evaluation", DOCS / "assumptions"
INDEX = "README.md"

_EVALUATION = """# What was measured

Made by `python -m analytics.evaluation.index` from the pages below. Each is made by a command from public recordings
that are not part of this project, and says of each figure what it was measured on, its 95 % interval, and what it
cannot show. `make pages` measures all of it again; `make test` compares pages with the code where the recordings are
there, as far as that takes seconds.

| page | made by |
|---|---|
{rows}

Nothing here was measured on the people that the system is for, in their own homes, with the devices that they wear.
"""
_ASSUMPTIONS = """# What is assumed

Made by `python -m analytics.evaluation.index`. One page for each detector: what it claims, where that comes from, for
whom it may hold, its settings with their safe bounds, what it is blind to, and who may change it. Every setting that a
detector uses is on one of these pages, with the value that ships; tests see to both.

| detector | what it notices |
|---|---|
{rows}

A setting that somebody decided has a version, and a record of who, when and why: `alongside alarms show` names it in
each alarm, `alongside co-design trace` follows it to what somebody said.
"""


def evaluation(folder: Path = EVALUATION) -> str:
    """The index of the pages in this folder."""
    return _EVALUATION.format(rows="\n".join(_measured(page) for page in pages(folder)))


def assumptions(folder: Path = ASSUMPTIONS) -> str:
    """The index of the assumptions about every detector that ships."""
    return _ASSUMPTIONS.format(rows="\n".join(_assumed(folder / f"{name}.md") for name in DETECTORS))


def pages(folder: Path) -> list[Path]:
    """Every page but the index itself."""
    return sorted(page for page in folder.glob("*.md") if page.name != INDEX)


def _measured(page: Path) -> str:
    text = page.read_text(encoding="utf-8")
    made_by = re.search(r"[Mm]ade by `([^`]+)`", text)
    return f"| [{_title(text)}]({page.name}) | `{made_by[1] if made_by else 'nobody says'}` |"


def _assumed(page: Path) -> str:
    title = re.sub(r" \(`[^`]+`\)$", "", _title(page.read_text(encoding="utf-8")))
    return f"| [`{page.stem}`]({page.name}) | {title} |"


def _title(text: str) -> str:
    return text.splitlines()[0].removeprefix("# ")


def main(docs: Path = DOCS) -> int:
    """Write both."""
    for folder, made in ((docs / EVALUATION.name, evaluation), (docs / ASSUMPTIONS.name, assumptions)):
        (folder / INDEX).write_text(made(folder), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
