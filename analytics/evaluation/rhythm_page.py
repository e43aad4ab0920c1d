"""Writes `docs/evaluation/rhythm.md` from the recording: `python -m analytics.evaluation.rhythm_page FOLDER`.

Every figure on the page comes from here. It takes some five minutes.
"""

import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.evaluation import rhythm, rhythm_told
from analytics.evaluation.rhythm import Outcome
from analytics.evaluation.rhythm_report import by_kind, called, figures, made_up_noise, recorded
from analytics.evaluation.rhythm_told import Moment, right
from analytics.evaluation.words import percent, plain
from analytics.training.beats import Label, Record, records
from analytics.training.rhythm import FILE, examples, fit
from analytics.vitals.rhythm import FEWEST, MOST, PATH, shipped

PAGE = Path(__file__).parents[2] / "docs" / "evaluation" / "rhythm.md"
TEMPLATE = Path(__file__).with_name("rhythm_page.md")
SHIPPED, LEFT_OUT = "the shipped table", "all but that person"
LENGTHS = (FEWEST, 60, MOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Every evaluation on the page: of windows by how the table was learnt and how long they are, and of the rule."""

    windows: Mapping[tuple[str, int], Sequence[Outcome]]
    told: Sequence[Moment]


def runs(some: Sequence[Record]) -> Runs:
    """Judge everything. Each person is left out once, for all lengths of windows."""
    windows: dict[tuple[str, int], list[Outcome]] = {(SHIPPED, FEWEST): rhythm.shipped(some, FEWEST)}
    windows |= {(LEFT_OUT, length): [] for length in LENGTHS}
    told: list[Moment] = []
    known = examples(some)
    for record in some:
        sys.stderr.write(f"  learning without record {record.name}\n")
        table = fit(known.of(known.record != record.name))
        for length in LENGTHS:
            windows[LEFT_OUT, length] += rhythm.judged([record], length, table)
        told += rhythm_told.moments(record, table)
    return Runs(windows=windows, told=told)


def page(made: Runs) -> str:
    """The page, in Markdown."""
    outcomes = made.windows[LEFT_OUT, FEWEST]
    some = recorded(outcomes)
    about = shipped().about
    return TEMPLATE.read_text(encoding="utf-8").format(
        of=rhythm_told.OF,
        irregular=rhythm_told.IRREGULAR,
        every=rhythm_told.EVERY_MIN,
        digest=digest(),
        recording="\n".join(f"- {one}" for one in about["recordings"]),
        population=about["population"],
        windows=f"{len(some):,}",
        fibrillation=f"{sum(one.label is Label.FIBRILLATION for one in some):,}",
        rows="\n".join(row(how, length, judged) for (how, length), judged in made.windows.items()),
        people="\n".join(person(name, made.windows[SHIPPED, FEWEST], outcomes) for name in _names(some)),
        kinds="\n".join(_kind(name, of) for name, of in by_kind(outcomes).items()),
        told=_told(made.told),
    )


def digest() -> str:
    """Which table the page speaks of."""
    return hashlib.sha256(PATH.read_bytes()).hexdigest()


def row(how: str, length: int, outcomes: Sequence[Outcome]) -> str:
    """One row of the table of figures."""
    some = figures(outcomes)
    cells = [percent(some["sensitivity"]), percent(some["specificity"]), plain(some["auc"])]
    return f"| {how} | {length} | {' | '.join(cells)} | {percent(called(made_up_noise(outcomes)))} |"


def person(name: str, by_shipped: Sequence[Outcome], left_out: Sequence[Outcome]) -> str:
    """One person's row: of their windows with fibrillation how many were found, of the others how many were let be."""
    cells = [name]
    for fibrillation in (True, False):
        mine = [
            [one for one in recorded(some) if one.record == name and (one.label is Label.FIBRILLATION) is fibrillation]
            for some in (by_shipped, left_out)
        ]
        cells += [f"{len(mine[0]):,}", *(_share(sum(one.called is fibrillation for one in of), of) for of in mine)]
    return f"| {' | '.join(cells)} |"


def _kind(name: str, of: Sequence[Outcome]) -> str:
    called_so, rejected = (_share(sum(marks), of) for marks in ([x.called for x in of], [x.rejected for x in of]))
    return f"| {name} | {len(of):,} | {called_so} | {rejected} |"


def _share(many: int, of: Sequence[Outcome]) -> str:
    return f"{100 * many / len(of):.1f} %" if of else "none"


def _names(some: Sequence[Outcome]) -> list[str]:
    return sorted({one.record for one in some})


def _told(some: Sequence[Moment]) -> str:
    found, let_be = right(some)
    return (
        f"where at least {rhythm_told.IRREGULAR} of the last {rhythm_told.OF} minutes looked at were of fibrillation, "
        f"it is told in {percent(found)} of these moments; where none was, it is not told in {percent(let_be)}"
    )


def main(arguments: Sequence[str], path: Path = PAGE) -> int:
    """Write the page."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m analytics.evaluation.rhythm_page FOLDER\n")
        return 2
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(runs(records(Path(arguments[0]) / FILE))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
