"""How well alerts that clinicians confirmed can be told from what went before them, on people not learnt from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from analytics.evaluation.figures import Figure, as_json, auc, bootstrapped
from analytics.evaluation.tihm_cases import Case, LabelsError, agitation, alerts, measured
from analytics.falls.trees import full
from analytics.recordings import Recording
from analytics.training.boosting import Recipe, grow

FOLDS = 7
SEED = 17
RECIPE = Recipe(trees=120, depth=3, rate=0.07, smallest=12.0, share_of_features=0.4)
PENALTY = 1.0

Floats = NDArray[np.float64]
Yes = NDArray[np.bool_]
Progress = Callable[[str], None]
Cases = Callable[[Recording, Sequence[datetime]], Iterator[Case]]
KINDS: Mapping[str, Cases] = {"Agitation": agitation, "Blood pressure": measured, "Pulse": measured}


@dataclass(frozen=True, slots=True)
class Judged:
    """The cases of one kind of alert: whose, whether it came, and how likely it was held to be, in both ways."""

    patients: Sequence[str]
    alerted: Yes
    learnt: Floats
    baseline: Floats


def evaluate(some: Sequence[Recording], folder: Path, progress: Progress) -> dict[str, Judged]:
    """Every kind of alert. Raises `LabelsError` where there is none to be predicted."""
    known = alerts(folder)
    judged = {}
    for kind, cases in KINDS.items():
        progress(kind)
        of = [case for one in some for case in cases(one, known.get(kind, {}).get(one.name, ()))]
        if len({case.patient for case in of if case.alerted}) > 1:
            judged[kind] = _judge(of)
    if not judged:
        raise LabelsError(f"{folder} holds no alerts of {', '.join(KINDS)} in two homes or more")
    return judged


def _judge(cases: Sequence[Case]) -> Judged:
    """Each patient by what was learnt from the other folds."""
    features, counts = (np.array([getattr(one, name) for one in cases]) for name in ("features", "counts"))
    alerted = np.array([one.alerted for one in cases])
    fold = _folds([one.patient for one in cases])
    learnt, baseline = np.zeros(len(cases)), np.zeros(len(cases))
    for turn in range(FOLDS):
        train, test = fold != turn, fold == turn
        if not test.any() or not alerted[train].any():
            continue
        learnt[test] = _boosted(features[train], alerted[train], features[test])
        baseline[test] = logistic(counts[train], alerted[train], counts[test])
    return Judged([one.patient for one in cases], alerted, learnt, baseline)


def _folds(patients: Sequence[str]) -> NDArray[np.int64]:
    names = sorted(set(patients))
    order = np.random.default_rng(SEED).permutation(len(names))
    turn = {names[place]: at % FOLDS for at, place in enumerate(order.tolist())}
    return np.array([turn[one] for one in patients])


def _boosted(x: Floats, y: Yes, new: Floats) -> Floats:
    trees = grow(x, y, np.ones(len(y)), [0] * x.shape[1], RECIPE)
    return full(trees, new, 0, RECIPE.trees)


def logistic(x: Floats, y: Yes, new: Floats) -> Floats:
    """The log-odds of new rows by a logistic regression with a small penalty."""
    middle, scale = x.mean(0), x.std(0) + 1e-9
    rows, sign = np.column_stack([(x - middle) / scale, np.ones(len(x))]), np.where(y, 1.0, -1.0)

    def loss(weight: Floats) -> tuple[float, Floats]:
        margin = sign * (rows @ weight)
        pull = np.append(weight[:-1], 0.0) * PENALTY
        slope = -(sign / (1 + np.exp(margin))) @ rows
        return float(np.logaddexp(0, -margin).sum() + pull @ weight / 2), slope + pull

    weight = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B").x
    return np.asarray(np.column_stack([(new - middle) / scale, np.ones(len(new))]) @ weight)


def average_precision(alerted: Yes, score: Floats) -> float:
    """The mean, over the alerts, of how many of the cases held to be as likely or more really were one."""
    if not alerted.any():
        return float("nan")
    order = np.argsort(-score, kind="stable")
    came, value = alerted[order], score[order]
    last = np.append(value[1:] != value[:-1], [True])
    place = np.flatnonzero(last)
    hits = np.cumsum(came)[place]
    gained = np.diff(np.append([0], hits))
    return float((gained * hits / (place + 1)).sum() / hits[-1])


def report(judged: Mapping[str, Judged]) -> dict[str, object]:
    """Everything, as it is printed in JSON."""
    return {"folds": FOLDS, "kinds": {kind: _told(one) for kind, one in judged.items()}}


def _told(one: Judged) -> dict[str, object]:
    return {
        "patients": len(set(one.patients)),
        "cases": len(one.patients),
        "alerts": int(one.alerted.sum()),
        "patients_with_alerts": len({who for who, came in zip(one.patients, one.alerted, strict=True) if came}),
        **as_json(figures(one, one.learnt)),
        "baseline": as_json(figures(one, one.baseline)),
    }


def figures(one: Judged, score: Floats) -> dict[str, Figure]:
    """The area under the curve and the average precision, by patients drawn again and again."""
    return {
        "auc": bootstrapped(one.patients, lambda at: auc(one.alerted[at], score[at])),
        "average_precision": bootstrapped(one.patients, lambda at: average_precision(one.alerted[at], score[at])),
    }
