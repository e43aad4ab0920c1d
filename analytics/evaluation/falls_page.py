"""Writes `docs/evaluation/falls.md` from the recordings: `python -m analytics.evaluation.falls_page FOLDER`.

Every figure on the page comes from here. It takes some ten minutes, nearly all of it to learn anew without each person.
"""

import hashlib
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from analytics.evaluation import falls
from analytics.evaluation.falls import Outcome
from analytics.evaluation.falls_report import figures, group_of
from analytics.evaluation.figures import Figure, bootstrapped, share
from analytics.evaluation.words import percent, plain
from analytics.falls.quiet import ACT, ASK
from analytics.falls.table import PATH as TABLE
from analytics.falls.table import shipped
from analytics.training.falls import SETS, learnt_from
from analytics.training.recorded import trials

PAGE = Path(__file__).parents[2] / "docs" / "evaluation" / "falls.md"
WAIST, WRIST = SETS
SHORT = {WAIST: "waist (SisFall)", WRIST: "wrist (WEDA-FALL)"}
TEMPLATE = Path(__file__).with_name("falls_page.md")

Runs = dict[tuple[str, str], list[Outcome]]


def runs(folder: Path) -> Runs:
    """Every evaluation on the page, by how the detector was learnt and on what it was tried."""
    some = {name: trials(folder / f"{name}.npz") for name in SETS}
    known = {name: learnt_from(name, some[name]) for name in SETS}
    made: Runs = {("the shipped table", name): falls.shipped(some[name], _progress) for name in SETS}
    for name in SETS:
        made["all but that person", name] = falls.leave_one_out(name, some[name], [], _progress)
    for name, other in ((WRIST, WAIST), (WAIST, WRIST)):
        made[f"the {SHORT[other]} only", name] = falls.trained_on(known[other], some[name], _progress)
    return made


def page(made: Runs) -> str:
    """The page, in Markdown."""
    return TEMPLATE.read_text(encoding="utf-8").format(
        ask=ASK.shipped,
        act=ACT.shipped,
        digest=digest(),
        recordings="\n".join(f"- {source}" for source in SETS.values()),
        population=shipped().about["population"],
        rows="\n".join(row(how, on, outcomes) for (how, on), outcomes in made.items()),
        acted=_acted(made),
        old=_old(made),
        mistakes=_mistakes(made),
    )


def digest() -> str:
    """Which table the page speaks of."""
    return hashlib.sha256(TABLE.read_bytes()).hexdigest()


def row(how: str, on: str, outcomes: Sequence[Outcome]) -> str:
    """One row of the table of figures."""
    some = figures(outcomes)
    delays = sorted(one.delay_s for one in outcomes if one.delay_s is not None)
    cells = [percent(some["sensitivity"]), percent(some["specificity"]), plain(some["auc"])]
    return f"| {how} | {SHORT[on]} | {' | '.join(cells)} | {delays[len(delays) // 2]:.1f} s |"


def _acted(made: Runs) -> str:
    told = []
    for (how, on), outcomes in made.items():
        if how != "the shipped table":
            acted = [sum(one.acted for one in outcomes if one.is_fall is fall) for fall in (True, False)]
            count = [sum(one.is_fall is fall for one in outcomes) for fall in (True, False)]
            told.append(
                f"by {how}, {SHORT[on]}, {acted[0]:,} of {count[0]:,} falls and {acted[1]} of {count[1]:,} others"
            )
    return "; ".join(told)


def _old(made: Runs) -> str:
    return "; ".join(
        f"by {how}, {percent(_old_alarmed(made[how, WAIST] + made[other, WRIST]))}"
        for how, other in (
            ("the shipped table", "the shipped table"),
            ("all but that person", "all but that person"),
            (f"the {SHORT[WRIST]} only", f"the {SHORT[WAIST]} only"),
        )
    ).replace(f"the {SHORT[WRIST]} only", "the other set only")


def _old_alarmed(outcomes: Sequence[Outcome]) -> Figure:
    old = [one for one in outcomes if group_of(one.subject) == "old" and not one.is_fall]
    return bootstrapped([one.subject for one in old], lambda at: share(sum(old[one].alarmed for one in at), len(at)))


def _mistakes(made: Runs) -> str:
    lines = []
    for name in SETS:
        outcomes = made["all but that person", name]
        count = Counter(one.activity for one in outcomes)
        wrong = Counter(one.activity for one in outcomes if one.alarmed is not one.is_fall)
        told = ", ".join(f"{activity} {many} of {count[activity]}" for activity, many in wrong.most_common(8))
        lines.append(f"- {SHORT[name]}, leaving each person out: {told}.")
    return "\n".join([*lines, "", "F: falls missed, D: daily activities alarmed; codes as in the sets' publications."])


def _progress(line: str) -> None:
    sys.stderr.write(f"  {line}\n")


def main(arguments: Sequence[str], path: Path = PAGE) -> int:
    """Write the page."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m analytics.evaluation.falls_page FOLDER\n")
        return 2
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(runs(Path(arguments[0]))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
