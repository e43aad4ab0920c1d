import numpy as np
import pytest

from analytics.training.boosting import Recipe, grow

DICE = np.random.default_rng(3)
X = DICE.normal(size=(2_000, 4))
Y = X[:, 0] + X[:, 1] * X[:, 2] + 0.3 * DICE.normal(size=2_000) > 0
ONES = np.ones(len(Y))
FEW = Recipe(trees=40, share_of_features=1.0)
FREE = [0, 0, 0, 0]


def test_trees_learn_what_no_single_edge_tells() -> None:
    trees = grow(X, Y, ONES, FREE, Recipe(trees=120, share_of_features=1.0))
    assert ((trees.score(X) > 0) == Y).mean() > 0.9


def test_the_same_rows_give_the_same_trees_to_the_last_bit_and_in_any_order() -> None:
    one, other = grow(X, Y, ONES, FREE, FEW), grow(X, Y, ONES, FREE, FEW)
    turned = grow(X[::-1], Y[::-1], ONES, FREE, FEW)
    for again in (other, turned):
        assert np.array_equal(one.feature, again.feature)
        assert np.array_equal(one.edge, again.edge)
        assert np.array_equal(one.leaf, again.leaf)


@pytest.mark.parametrize("direction", [1, -1])
def test_a_feature_counts_only_in_its_direction(direction: int) -> None:
    trees = grow(X, Y, ONES, [direction, direction, 0, 0], FEW)
    line = np.linspace(-3, 3, 50)
    for place in X[:40]:
        for feature in (0, 1):
            along = np.tile(place, (50, 1))
            along[:, feature] = line
            assert (direction * np.diff(trees.score(along)) >= -1e-9).all()


def test_where_nothing_can_be_learnt_nothing_is_said() -> None:
    flat = np.zeros((200, 2))
    half = np.arange(200) % 2 == 0
    trees = grow(flat, half, np.ones(200), [0, 0], Recipe(trees=3))
    assert trees.score(flat) == pytest.approx(np.zeros(200), abs=1e-9)


def test_a_row_that_weighs_more_counts_for_more() -> None:
    heavy = grow(X, Y, np.where(Y, 3.0, 1.0), FREE, FEW).score(X).mean()
    assert heavy > grow(X, Y, ONES, FREE, FEW).score(X).mean()
