"""Gradient-boosted trees in numpy, made to come out the same to the last bit.

Gradients are rounded to multiples of 2^-20, so that their sums are exact and no order of adding can matter; everything
else is comparisons. Each feature may be held to count in one direction only (a harder knock never makes a fall less
likely): what the few people of a recording happened to do then misleads less on others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analytics.falls.trees import Trees, full

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_EXACT = 2.0**20
_HIGHEST = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How trees are grown."""

    trees: int = 150
    depth: int = 3
    rate: float = 0.1
    bins: int = 48
    penalty: float = 5.0
    smallest: float = 20.0
    share_of_features: float = 0.5
    seed: int = 5


@dataclass(slots=True)
class _Branch:
    """A node while it is grown: its rows, and between which values what it says must lie."""

    rows: Numbers
    low: float = -_HIGHEST
    high: float = _HIGHEST


@dataclass(slots=True)
class _Grower:
    """The rows of one training set, their features cut into bins, and the gradients of this turn."""

    binned: Numbers
    edges: list[Floats]
    directions: NDArray[np.int64]
    recipe: Recipe
    gradient: Floats = field(init=False)
    curvature: Floats = field(init=False)

    def value(self, gradient: Floats, curvature: Floats) -> Floats:
        """What a leaf says, per unit of learning rate."""
        return -gradient / (curvature + self.recipe.penalty)

    def split(self, branch: _Branch, features: Numbers) -> tuple[int, int, float, float] | None:
        """The feature and bin that part this branch best, and what both sides would say; None where none helps."""
        bins = self.recipe.bins
        codes = self.binned[branch.rows][:, features] + np.arange(len(features)) * bins
        flat, many = codes.ravel(), len(features)
        sums = [
            np.bincount(flat, np.repeat(values[branch.rows], many), many * bins).reshape(many, bins)
            for values in (self.gradient, self.curvature)
        ]
        left = [np.cumsum(one, axis=1)[:, :-1] for one in sums]
        right = [one.sum(axis=1, keepdims=True) - part for one, part in zip(sums, left, strict=True)]
        says = [np.clip(self.value(*side), branch.low, branch.high) for side in (left, right)]
        gain = sum(
            -(side[0] * said + (side[1] + self.recipe.penalty) * said**2 / 2)
            for side, said in zip((left, right), says, strict=True)
        )
        wrong = self.directions[features][:, None] * (says[1] - says[0]) < 0
        small = np.minimum(left[1], right[1]) < self.recipe.smallest / 4
        gain = np.where(wrong | small, -np.inf, gain)
        best = int(np.argmax(gain))
        row, column = divmod(best, bins - 1)
        whole = sums[0][0].sum(), sums[1][0].sum()
        said = float(np.clip(self.value(*whole), branch.low, branch.high))
        if not gain[row, column] > -(whole[0] * said + (whole[1] + self.recipe.penalty) * said**2 / 2) + 1e-9:
            return None
        return int(features[row]), column, float(says[0][row, column]), float(says[1][row, column])


def grow(x: Floats, y: NDArray[np.bool_], weight: Floats, directions: Sequence[int], recipe: Recipe) -> Trees:
    """Trees whose sum is the log-odds that a row is a fall. `directions` as in `features.DIRECTIONS`."""
    edges = [np.unique(np.quantile(column, np.linspace(0, 1, recipe.bins + 1)[1:-1])) for column in x.T]
    binned = np.stack([np.searchsorted(edge, column, side="left") for edge, column in zip(edges, x.T, strict=True)], 1)
    grower = _Grower(binned=binned, edges=edges, directions=np.asarray(directions), recipe=recipe)
    dice = np.random.default_rng(recipe.seed)
    said = np.zeros(len(y))
    nodes = 2**recipe.depth - 1
    trees = Trees(
        feature=np.zeros((recipe.trees, nodes), np.int64),
        edge=np.full((recipe.trees, nodes), _HIGHEST),
        leaf=np.zeros((recipe.trees, nodes + 1)),
    )
    for turn in range(recipe.trees):
        chance = 1 / (1 + np.exp(-said))
        grower.gradient = np.round(weight * (chance - y) * _EXACT) / _EXACT
        grower.curvature = np.round(weight * chance * (1 - chance) * _EXACT) / _EXACT
        some = np.sort(dice.permutation(x.shape[1])[: max(1, round(recipe.share_of_features * x.shape[1]))])
        _grow_one(grower, some, trees, turn)
        said += full(trees, x, turn, turn + 1)
    return trees


def _grow_one(grower: _Grower, features: Numbers, trees: Trees, turn: int) -> None:
    branches = {0: _Branch(np.arange(len(grower.binned)))}
    nodes = trees.feature.shape[1]
    for node in range(nodes):
        branch = branches.pop(node)
        found = grower.split(branch, features)
        sides = _part(grower, branch, found)
        if found is not None:
            trees.feature[turn, node] = found[0]
            trees.edge[turn, node] = float(f"{grower.edges[found[0]][found[1]]:.5g}")
        branches[2 * node + 1], branches[2 * node + 2] = sides
    for leaf, branch in branches.items():
        sums = grower.gradient[branch.rows].sum(), grower.curvature[branch.rows].sum()
        value = float(np.clip(grower.value(*sums), branch.low, branch.high)) * grower.recipe.rate
        trees.leaf[turn, leaf - nodes] = round(value, 5)


def _part(grower: _Grower, branch: _Branch, found: tuple[int, int, float, float] | None) -> tuple[_Branch, _Branch]:
    if found is None:  # everything goes left
        return branch, _Branch(branch.rows[:0], branch.low, branch.high)
    feature, column, says_left, says_right = found
    goes_left = grower.binned[branch.rows, feature] <= column
    left = _Branch(branch.rows[goes_left], branch.low, branch.high)
    right = _Branch(branch.rows[~goes_left], branch.low, branch.high)
    middle = (says_left + says_right) / 2
    if grower.directions[feature] > 0:
        left.high = right.low = middle
    elif grower.directions[feature] < 0:
        left.low = right.high = middle
    return left, right
