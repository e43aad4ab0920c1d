"""Learns the table of the irregular pulse from recordings: `python -m analytics.training.rhythm FOLDER`.

The same recordings give the same table, bit for bit.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from analytics.training.beats import Label, Record, Window, all_windows, records
from analytics.training.made_up_beats import MadeUp, all_variants
from analytics.vitals.rhythm import PART, PATH, Line, Table, readable, written
from analytics.vitals.rhythm_features import as_array, disorder, irregularity

FILE = "rhythm.npz"
CITATION = (
    "MIT-BIH Atrial Fibrillation Database: Moody, Mark, Computers in Cardiology 10:227 (1983); PhysioNet: Goldberger "
    "et al., Circulation 101:e215 (2000). ODC-BY."
)
POPULATION = (
    "20 people with paroxysmal or persistent atrial fibrillation, ten-hour ECGs of about 1983; age and sex are not "
    "told. Noise, extra beats, breathing and slips are made up from the same beats."
)
DATE = "2026-11-24"
REAL, MADE_UP = 1.0, 1.0
"""How much the recorded windows of a kind weigh together, and the made-up ones."""
REJECTED_AT_MOST = 0.015
"""This share of the recorded windows of fibrillation may be taken for noise."""
RIDGE = 60.0
DIGITS = 5

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """Windows as figures: of irregularity and of disorder, with what they are and from whose record."""

    irregularity: Rows
    disorder: Rows
    label: NDArray[np.int64]
    record: NDArray[np.str_]
    made_up: NDArray[np.bool_]

    def of(self, which: NDArray[np.bool_]) -> "Examples":
        """Only these."""
        return Examples(
            irregularity=self.irregularity[which],
            disorder=self.disorder[which],
            label=self.label[which],
            record=self.record[which],
            made_up=self.made_up[which],
        )


def examples(some: Sequence[Record]) -> Examples:
    """What the records teach: their windows of `PART` beats, and the made-up ones."""
    real = [one for one in all_windows(some, PART) if readable(one.beats) is not None]
    return as_examples([*real, *all_variants(some, PART)])


def as_examples(some: Sequence[Window | MadeUp]) -> Examples:
    """Windows with their figures."""
    beats = [one.beats if (read := readable(one.beats)) is None else read for one in some]
    return Examples(
        irregularity=np.array([as_array(irregularity(one)) for one in beats]),
        disorder=np.array([as_array(disorder(one)) for one in beats]),
        label=np.array([one.label for one in some]),
        record=np.array([one.record for one in some]),
        made_up=np.array([isinstance(one, MadeUp) for one in some]),
    )


def fit(known: Examples) -> Table:
    """A table for these examples."""
    heart = known.of(known.label != Label.NOISY)
    is_af = heart.label == Label.FIBRILLATION
    irregular = _fitted(irregularity(_A_PULSE), heart.irregularity, is_af, _weights(heart, is_af))
    is_noise = known.label == Label.NOISY
    noise = _fitted(disorder(_A_PULSE), known.disorder, is_noise, _noise_weights(known, is_noise))
    real = known.of(~known.made_up)
    noise = _tolerant(noise, real.of(real.label == Label.FIBRILLATION))
    return Table(irregular=_balanced(irregular, noise, real), noise=noise, about={})


_A_PULSE = np.linspace(0.8, 1.2, PART)
"""Any pulse: only the names of its figures are wanted."""


def _weights(known: Examples, is_af: NDArray[np.bool_]) -> Rows:
    """Each kind weighs the same, recorded or made up, however many windows it has."""
    weights = np.zeros(len(is_af))
    for kind in (True, False):
        for made_up, share in ((False, REAL), (True, MADE_UP)):
            which = (is_af == kind) & (known.made_up == made_up)
            weights[which] = share / max(1, which.sum())
    return weights


def _noise_weights(known: Examples, is_noise: NDArray[np.bool_]) -> Rows:
    weights = np.zeros(len(is_noise))
    is_af = known.label == Label.FIBRILLATION
    for which, share in ((is_noise, 1.0), (is_af, 0.5), (~is_noise & ~is_af, 0.5)):
        weights[which] = share / max(1, which.sum())
    return weights


def _fitted(names: dict[str, float], rows: Rows, yes: NDArray[np.bool_], weights: Rows) -> Line:
    """Logistic regression, slightly held back (ridge), of standardised figures."""
    weights = weights / weights.mean()
    middle = np.average(rows, axis=0, weights=weights)
    scale = np.sqrt(np.average((rows - middle) ** 2, axis=0, weights=weights))
    standard = np.column_stack([(rows - middle) / scale, np.ones(len(rows))])
    sign = np.where(yes, 1.0, -1.0)

    def loss(line: Rows) -> tuple[float, Rows]:
        margin = sign * (standard @ line)
        pull = -sign * weights / (1 + np.exp(margin))
        held = np.append(line[:-1], 0.0)
        total = np.sum(weights * np.logaddexp(0.0, -margin)) + RIDGE * held @ held / 2
        return float(total), standard.T @ pull + RIDGE * held

    found = minimize(loss, np.zeros(standard.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 1_000})
    return Line(
        names=tuple(names),
        middle=_rounded(middle),
        scale=_rounded(scale),
        weight=_rounded(found.x[:-1]),
        bias=float(_rounded(found.x[-1:])[0]),
    )


def _balanced(line: Line, noise: Line, real: Examples) -> Line:
    """Moved so that as large a share of recorded fibrillation is found as of the rest is let be.

    What is taken for noise is not found, and let be.
    """
    is_af = real.label == Label.FIBRILLATION
    sums = np.where(noise(real.disorder) > 0, -np.inf, line(real.irregularity))
    found, others = np.sort(sums[is_af]), np.sort(sums[~is_af])
    limits = np.linspace(-3, 3, 601)
    sensitivity = 1 - np.searchsorted(found, limits, side="right") / max(1, len(found))
    specificity = np.searchsorted(others, limits, side="right") / max(1, len(others))
    return _moved(line, float(limits[np.abs(sensitivity - specificity).argmin()]))


def _tolerant(line: Line, fibrillation: Examples) -> Line:
    """Moved so that no more than the allowed share of recorded fibrillation is taken for noise."""
    if not len(fibrillation.label):
        return line
    return _moved(line, float(np.quantile(line(fibrillation.disorder), 1 - REJECTED_AT_MOST)))


def _moved(line: Line, limit: float) -> Line:
    bias = float(_rounded(np.array([line.bias - limit]))[0])
    return Line(names=line.names, middle=line.middle, scale=line.scale, weight=line.weight, bias=bias)


def _rounded(values: Rows) -> Rows:
    """Few digits, so that another machine's last bits change nothing."""
    return np.array([float(f"{value:.{DIGITS}g}") for value in values])


def shipped_table(folder: Path) -> str:
    """The table that ships, from the recordings in this folder."""
    known = examples(records(folder / FILE))
    table = fit(known)
    return written(Table(irregular=table.irregular, noise=table.noise, about=about(known)))


def about(known: Examples) -> dict[str, Any]:
    """What is to be known of the table."""
    real = int((~known.made_up).sum())
    return {
        "what": "Weighted sums of figures of 30 beats: log-odds of fibrillation, and of noise; over 0 is yes.",
        "recordings": [CITATION],
        "population": POPULATION,
        "learnt_from": f"{real} recorded windows and {int(known.made_up.sum())} made-up ones",
        "date": DATE,
        "made_by": "python -m analytics.training.rhythm FOLDER",
    }


def main(arguments: Sequence[str], path: Path = PATH) -> int:
    """Write the table; says so."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m analytics.training.rhythm FOLDER\n")
        return 2
    text = shipped_table(Path(arguments[0]))
    path.write_text(text, encoding="utf-8")
    sys.stderr.write(f"{path.name}: {len(text):,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
