"""Writes `docs/evaluation/tihm.md` from the recording: `python -m analytics.evaluation.tihm_page FOLDER`."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from analytics.evaluation.tihm import FOLDS, Judged, evaluate, figures
from analytics.evaluation.tihm_cases import ANSWERED_H
from analytics.evaluation.words import plain
from analytics.recordings import Refusals, recordings

PAGE = Path(__file__).parents[2] / "docs" / "evaluation" / "tihm.md"
TEMPLATE = Path(__file__).with_name("tihm_page.md")
RECORDED_BEFORE = datetime.fromisoformat("2020-01-01T00:00:00Z")


def page(judged: Mapping[str, Judged]) -> str:
    """The page, in Markdown."""
    rows = "\n".join(row for kind, one in judged.items() for row in _rows(kind, one))
    return TEMPLATE.read_text(encoding="utf-8").format(folds=FOLDS, answered=ANSWERED_H, rows=rows)


def _rows(kind: str, one: Judged) -> list[str]:
    counts = f"{len(set(one.patients))} | {len(one.patients):,} | {int(one.alerted.sum())}"
    return [
        f"| {kind} | {name} | {counts} | {' | '.join(plain(of) for of in figures(one, score).values())} |"
        for name, score in (("boosted trees", one.learnt), ("baseline", one.baseline))
    ]


def main(arguments: Sequence[str], path: Path = PAGE) -> int:
    """Write the page."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m analytics.evaluation.tihm_page FOLDER\n")
        return 2
    folder = Path(arguments[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    some = list(recordings(folder, RECORDED_BEFORE, Refusals()))
    path.write_text(page(evaluate(some, folder, lambda _: None)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
