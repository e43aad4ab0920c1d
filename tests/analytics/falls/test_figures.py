import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.evaluation.figures import Figure, as_json, auc, bootstrapped, share

SCORES = st.lists(st.tuples(st.booleans(), st.integers(-5, 5)), min_size=1, max_size=40)


@given(scores=SCORES)
def test_the_area_is_the_share_of_pairs_in_the_right_order(scores: list[tuple[bool, int]]) -> None:
    falls = [score for fall, score in scores if fall]
    others = [score for fall, score in scores if not fall]
    area = auc(np.array([fall for fall, _ in scores]), np.array([float(score) for _, score in scores]))
    if not falls or not others:
        assert np.isnan(area)
        return
    pairs = [(one > other) + 0.5 * (one == other) for one in falls for other in others]
    assert area == pytest.approx(sum(pairs) / len(pairs))


def test_a_share_of_nothing_is_not_known() -> None:
    assert np.isnan(share(0, 0))
    nothing = bootstrapped(["a"], lambda at: share(0, 0 * len(at)))
    assert nothing == Figure(value=None, low=None, high=None)


def test_an_interval_is_about_people_not_trials() -> None:
    right = np.array([True] * 50 + [False] * 50)
    few = bootstrapped(["a"] * 50 + ["b"] * 50, lambda at: share(right[at].sum(), len(at)))
    many = bootstrapped([str(number) for number in range(100)], lambda at: share(right[at].sum(), len(at)))
    assert few == Figure(value=0.5, low=0.0, high=1.0)
    assert many.low is not None
    assert 0.35 < many.low < 0.45


def test_draws_in_which_nothing_is_known_are_left_out() -> None:
    falls = np.array([True, False])
    figure = bootstrapped(["a", "b"], lambda at: auc(falls[at], np.array([1.0, 0.0])[at]))
    assert (figure.value, figure.low, figure.high) == (1.0, 1.0, 1.0)


def test_figures_are_printed_with_their_intervals() -> None:
    some = {"f1": Figure(value=0.9, low=0.8, high=1.0)}
    assert as_json(some) == {"f1": 0.9, "intervals_95": {"f1": [0.8, 1.0]}}
