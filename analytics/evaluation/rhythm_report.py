"""The figures of an evaluation of the irregular pulse."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.evaluation.figures import Figure, as_json, auc, bootstrapped, share
from analytics.evaluation.rhythm import Outcome
from analytics.training.beats import Label

Places = NDArray[np.int64]


def recorded(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The recorded windows of a heart: neither made up nor called noise by those who read the ECG."""
    return [one for one in outcomes if one.how is None and one.label is not Label.NOISY]


def noisy(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The recorded windows that those who read the ECG called noise."""
    return [one for one in outcomes if one.how is None and one.label is Label.NOISY]


def made_up_noise(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The windows of made-up noise."""
    return [one for one in outcomes if one.how is not None and one.label is Label.NOISY]


def figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Sensitivity, specificity and area under the curve, each with its interval. Noise that was rejected is a no."""
    some = recorded(outcomes)
    names = [one.record for one in some]
    return {name: bootstrapped(names, measure) for name, measure in _measures(some).items()}


def called(outcomes: Sequence[Outcome]) -> Figure:
    """The share of these windows that was called irregular."""
    yes = np.array([one.called for one in outcomes])
    return bootstrapped([one.record for one in outcomes], lambda at: share(yes[at].sum(), len(at)))


def report(outcomes: Sequence[Outcome], count: int) -> dict[str, object]:
    """Everything, as it is printed in JSON."""
    some = recorded(outcomes)
    noise = {"noisy_called_irregular": called(noisy(outcomes)), "made_up_noise_called_irregular": _made_up(outcomes)}
    return {
        "beats": count,
        "records": len({one.record for one in some}),
        "windows": len(some),
        "fibrillation_windows": sum(one.label is Label.FIBRILLATION for one in some),
        "noisy_windows": len(noisy(outcomes)),
        "rejected_noisy": sum(one.rejected for one in outcomes if one.how is None),
        "rejected_fibrillation": sum(one.rejected for one in some if one.label is Label.FIBRILLATION),
        **as_json(figures(outcomes) | noise),
        "called_irregular": {name: _counted(of) for name, of in by_kind(outcomes).items()},
    }


def by_kind(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The windows by what they are: as the readers of the ECG said, or as they were made up."""
    kinds: dict[str, list[Outcome]] = {}
    for one in outcomes:
        made_up = "" if one.how is None else f"made up: {one.how}, "
        kinds.setdefault(f"{made_up}{one.label.name.lower()}", []).append(one)
    return dict(sorted(kinds.items()))


def _counted(of: Sequence[Outcome]) -> dict[str, int]:
    return {
        "windows": len(of),
        "called": sum(one.called for one in of),
        "rejected": sum(one.rejected for one in of),
    }


def _made_up(outcomes: Sequence[Outcome]) -> Figure:
    return called(made_up_noise(outcomes))


def _measures(some: Sequence[Outcome]) -> Mapping[str, Callable[[Places], float]]:
    is_af = np.array([one.label is Label.FIBRILLATION for one in some], dtype=np.bool_)
    yes = np.array([one.called for one in some], dtype=np.bool_)
    score = np.array([one.judged.likeness for one in some])
    return {
        "sensitivity": lambda at: share((is_af & yes)[at].sum(), is_af[at].sum()),
        "specificity": lambda at: share((~is_af & ~yes)[at].sum(), (~is_af)[at].sum()),
        "auc": lambda at: auc(is_af[at], score[at]),
    }
