"""Learns the table of the fall detector from recordings: `python -m analytics.training.falls FOLDER`, or `make model`.

The same recordings give the same table, bit for bit.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.falls import table
from analytics.falls.features import DIRECTIONS
from analytics.falls.trees import Trees
from analytics.training.boosting import Recipe, grow
from analytics.training.examples import Examples, examples, joined
from analytics.training.recorded import Trial, trials
from analytics.training.variants import LIMB, TRUNK, VARIANTS

SETS = {
    "falls_waist": "SisFall: Sucerquia, López, Vargas-Bonilla, Sensors 17:198 (2017), doi:10.3390/s17010198",
    "falls_wrist": "WEDA-FALL: Marques, Moreno, Sensors 23:1146 (2023), doi:10.3390/s23031146",
}
"""The recordings that the shipped table is learnt from, as `../shared/data/README.md` describes them."""
ON_A_LIMB = ("wrist", "arm", "hand", "ankle", "thigh", "pocket", "leg")
"""A file with one of these in its name was recorded on a limb: it needs no made-up limbs."""
POPULATION = (
    "Falls: acted, by young people (at the waist 19, aged 19 to 30; at the wrist 10). Daily life: scripted, by the "
    "same people, by 9 aged 60 to 75 (waist) and 6 aged 77 to 95 (wrist). No fall is a real one, none is by an old "
    "person."
)
DATE = "2026-11-24"
RECIPE = Recipe()


def learnt_from(name: str, some: Sequence[Trial]) -> Examples:
    """What one recording teaches: its knocks, and those of its variants."""
    names = LIMB if any(word in name for word in ON_A_LIMB) else TRUNK
    return joined(examples(some, VARIANTS[one], seed) for seed, one in enumerate(names))


def fit(recordings: Sequence[Examples], recipe: Recipe = RECIPE) -> Trees:
    """Trees for these recordings: each weighs the same, and in each its falls as much as all that is none."""
    known = joined(recordings)
    weight = np.concatenate([_weights(one.is_fall) for one in recordings])
    directions = list(DIRECTIONS.values())
    return grow(known.x, known.is_fall, weight / weight.mean(), directions, recipe)


def _weights(falls: NDArray[np.bool_]) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = np.where(falls, 1 / falls.sum(), 1 / (~falls).sum())
    return weights


def shipped_table(folder: Path) -> str:
    """The table that ships, from the recordings in this folder."""
    known = [learnt_from(name, trials(folder / f"{name}.npz")) for name in SETS]
    return table.written(fit(known), about(joined(known)))


def about(known: Examples) -> dict[str, Any]:
    """What is to be known of the table."""
    falls = int(known.is_fall.sum())
    return {
        "what": "Trees whose sum is the log-odds that a knock of a wearable is a fall, if both were as frequent.",
        "recordings": list(SETS.values()),
        "population": POPULATION,
        "learnt_from": f"{falls} falls and {len(known.is_fall) - falls} other knocks, variants included",
        "date": DATE,
        "made_by": "make model",
    }


def main(arguments: Sequence[str], path: Path = table.PATH) -> int:
    """Write the table; says so."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m analytics.training.falls FOLDER\n")
        return 2
    text = shipped_table(Path(arguments[0]))
    path.write_text(text, encoding="utf-8")
    sys.stderr.write(f"{path.name}: {len(text):,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
