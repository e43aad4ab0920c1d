"""Writes `docs/evaluation/silence.md` from the recordings: `python -m analytics.evaluation.silence_page FOLDER`.

Every figure on the page comes from here. It takes a minute.
"""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from analytics.evaluation.silence import COLLAPSES, LEARNING, Judged, judge
from analytics.evaluation.silence_report import Watch, figures, fixed_timer, fixed_timer_per_home, learnt
from analytics.evaluation.words import percent, plain
from analytics.recordings import Recording, Refusals, recordings

PAGE = Path(__file__).parents[2] / "docs" / "evaluation" / "silence.md"
TEMPLATE = Path(__file__).with_name("silence_page.md")
RECORDED_BEFORE = datetime.fromisoformat("2020-01-01T00:00:00Z")
BUDGETS = (0.5, 1.0, 2.0)
SEED = 0

Runs = Mapping[float, Sequence[Judged]]


def runs(some: Sequence[Recording]) -> Runs:
    """Every budget on the page."""
    return {budget: judge(some, budget, SEED, lambda _: None) for budget in BUDGETS}


def page(made: Runs) -> str:
    """The page, in Markdown."""
    homes = made[1.0]
    return TEMPLATE.read_text(encoding="utf-8").format(
        learning=LEARNING.days,
        homes=len(homes),
        home_days=f"{sum(home.days for home in homes):,}",
        each=COLLAPSES,
        rows="\n".join(row for budget, of in made.items() for row in rows(budget, of)),
    )


def rows(budget: float, homes: Sequence[Judged]) -> list[str]:
    """What is learnt, and both timers, at this budget."""
    timer, length = fixed_timer(homes)
    watches = {
        "what is learnt": learnt(homes),
        f"one timer of {length:.1f} hours": timer,
        "a timer for each home": fixed_timer_per_home(homes),
    }
    return [_row(name, budget, homes, watch) for name, watch in watches.items()]


def _row(name: str, budget: float, homes: Sequence[Judged], watch: Watch) -> str:
    some = figures(homes, watch)
    cells = [plain(some["needless_per_30_days"]), *(percent(some[f"within_{hours}"]) for hours in (2, 4, 8, 12))]
    return f"| {name} | {budget:g} | {' | '.join(cells)} | {plain(some['delay_h_p50'])} h |"


def main(arguments: Sequence[str], path: Path = PAGE) -> int:
    """Write the page."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m analytics.evaluation.silence_page FOLDER\n")
        return 2
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(runs(list(recordings(Path(arguments[0]), RECORDED_BEFORE, Refusals())))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
