"""The shipped coefficients: `fall_trees.json` beside this file, made by `make model`, with where they come from."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from analytics.falls.features import NAMES
from analytics.falls.trees import Trees

PATH = Path(__file__).with_name("fall_trees.json")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """What was learnt, and where it comes from (citation, population, date)."""

    trees: Trees
    about: dict[str, Any]


@cache
def shipped() -> Model:
    """The model that every hub uses."""
    return read(PATH.read_text(encoding="utf-8"))


def read(text: str) -> Model:
    """A model from its table."""
    table = json.loads(text)
    if table["features"] != list(NAMES):
        raise ValueError("the table was made for other features: run `make model`")
    trees = table["trees"]
    made = Trees(
        feature=np.array([tree["feature"] for tree in trees], np.int64),
        edge=np.array([tree["edge"] for tree in trees], np.float64),
        leaf=np.array([tree["leaf"] for tree in trees], np.float64),
    )
    return Model(trees=made, about=table["about"])


def written(trees: Trees, about: dict[str, Any]) -> str:
    """A model as its table: one tree a line."""
    rows = [
        json.dumps({"feature": feature.tolist(), "edge": edge.tolist(), "leaf": leaf.tolist()})
        for feature, edge, leaf in zip(trees.feature, trees.edge, trees.leaf, strict=True)
    ]
    head = json.dumps({"about": about, "features": list(NAMES)}, indent=1, ensure_ascii=False).removesuffix("\n}")
    return f'{head},\n "trees": [\n  ' + ",\n  ".join(rows) + "\n ]\n}\n"
