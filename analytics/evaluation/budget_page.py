"""Writes `docs/evaluation/falls_budget.md` from the recordings: `python -m analytics.evaluation.budget_page FOLDER`."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from analytics.evaluation import falls
from analytics.evaluation.budget import REPEATS, asked, found, found_by_shipped, months
from analytics.evaluation.falls import Outcome
from analytics.evaluation.figures import Figure
from analytics.evaluation.words import percent
from analytics.falls.quiet import ASK
from analytics.training.falls import SETS, learnt_from
from analytics.training.recorded import trials

PAGE = Path(__file__).parents[2] / "docs" / "evaluation" / "falls_budget.md"
TEMPLATE = Path(__file__).with_name("budget_page.md")
WAIST, WRIST = SETS
SHORT = {WAIST: "waist (SisFall)", WRIST: "wrist (WEDA-FALL)"}
ACTIVITIES_A_DAY = (10, 40)
BUDGETS = (0.5, 2.0, 10.0)


def runs(folder: Path) -> dict[str, list[Outcome]]:
    """Each recording, by trees learnt from the other."""
    some = {name: trials(folder / f"{name}.npz") for name in SETS}
    return {
        name: falls.trained_on(learnt_from(other, some[other]), some[name], _progress)
        for name, other in ((WRIST, WAIST), (WAIST, WRIST))
    }


def page(made: Mapping[str, Sequence[Outcome]]) -> str:
    """The page, in Markdown."""
    counts = [
        f"{len({one.subject for one in outcomes})} people at the {SHORT[name]}" for name, outcomes in made.items()
    ]
    return TEMPLATE.read_text(encoding="utf-8").format(
        ask=ASK.shipped,
        least=ASK.low,
        most=ASK.high,
        repeats=REPEATS,
        population=f"{' and '.join(counts)}. Falls by young people only.",
        rows="\n".join(line for name, outcomes in made.items() for line in _rows(SHORT[name], outcomes)),
    )


def _rows(on: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    for a_day in ACTIVITIES_A_DAY:
        for budget in BUDGETS:
            made = months(outcomes, budget, a_day)
            times = f"{_times(asked(made))} | {_times(asked(made, shipped=True))}"
            shares = f"{percent(found(outcomes, made))} | {percent(found_by_shipped(outcomes, made))}"
            yield f"| {on} | {a_day} | {budget:g} | {times} | {shares} |"


def _times(figure: Figure) -> str:
    return f"{figure.value:.1f} ({figure.low:.1f} to {figure.high:.1f})"


def _progress(line: str) -> None:
    sys.stderr.write(f"  {line}\n")


def main(arguments: Sequence[str], path: Path = PAGE) -> int:
    """Write the page."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m analytics.evaluation.budget_page FOLDER\n")
        return 2
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(runs(Path(arguments[0]))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
