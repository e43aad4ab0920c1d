"""The figures of an evaluation of falls."""

import re
import statistics
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.evaluation.falls import Outcome
from analytics.evaluation.figures import Figure, as_json, auc, bootstrapped, share

OLD = re.compile(r"SE\d+|U(?:2[1-9]|[3-9]\d)")
"""The subjects of SisFall and WEDA-FALL who are 60 and over, by their names."""
YOUNG = re.compile(r"SA\d+|U[01]\d")
Places = NDArray[np.int64]


def group_of(subject: str) -> str | None:
    """`old` or `young` where the subject's name tells."""
    if OLD.fullmatch(subject):
        return "old"
    return "young" if YOUNG.fullmatch(subject) else None


def figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Sensitivity, specificity, F1 and area under the curve, each with its interval."""
    subjects = [one.subject for one in outcomes]
    return {name: bootstrapped(subjects, measure) for name, measure in _measures(outcomes).items()}


def _measures(outcomes: Sequence[Outcome]) -> Mapping[str, Callable[[Places], float]]:
    fall = np.array([one.is_fall for one in outcomes])
    alarmed = np.array([one.alarmed for one in outcomes])
    score = np.array([one.score for one in outcomes])
    return {
        "sensitivity": lambda at: share((fall & alarmed)[at].sum(), fall[at].sum()),
        "specificity": lambda at: share((~fall & ~alarmed)[at].sum(), (~fall)[at].sum()),
        "f1": lambda at: share(2 * (fall & alarmed)[at].sum(), fall[at].sum() + alarmed[at].sum()),
        "auc": lambda at: auc(fall[at], score[at]),
    }


def report(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """Everything, as it is printed in JSON."""
    groups = {name: [one for one in outcomes if group_of(one.subject) == name] for name in ("young", "old")}
    delays = [one.delay_s for one in outcomes if one.delay_s is not None]
    return {
        **_counts(outcomes),
        **as_json(figures(outcomes)),
        "delay_s_p50": round(statistics.median(delays), 2) if delays else None,
        "by_group": {name: _group(some) for name, some in groups.items() if some},
    }


def _counts(outcomes: Sequence[Outcome]) -> dict[str, object]:
    falls = sum(one.is_fall for one in outcomes)
    alarmed = sum(one.alarmed for one in outcomes if not one.is_fall)
    return {
        "trials": len(outcomes),
        "falls": falls,
        "subjects": len({one.subject for one in outcomes}),
        "missed": sum(not one.alarmed for one in outcomes if one.is_fall),
        "false_alarms": alarmed,
        "acted_on_falls": sum(one.acted for one in outcomes if one.is_fall),
        "acted_on_others": sum(one.acted for one in outcomes if not one.is_fall),
    }


def _group(outcomes: Sequence[Outcome]) -> dict[str, object]:
    some = figures(outcomes)
    return {**_counts(outcomes), **as_json({name: some[name] for name in ("sensitivity", "specificity")})}
