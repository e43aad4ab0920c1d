import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.vitals import rhythm
from analytics.vitals.rhythm import FEWEST, MOST, UNREADABLE, Rhythm, judge, read, shipped, written
from analytics.vitals.rhythm_features import disorder, irregularity
from tests.analytics.vitals.hearts import Beats, even, fibrillating, knocks

ANY_BEATS = st.lists(st.floats(0.0, 70.0), min_size=FEWEST, max_size=MOST).map(np.array)


@pytest.mark.parametrize("count", [30, 45, 60, 90, 120])
def test_the_three_kinds_of_rhythm_are_told_apart_at_any_length(count: int) -> None:
    for seed in range(20):
        assert judge(even(count, seed)).rhythm is Rhythm.REGULAR
        assert judge(fibrillating(count, seed)).rhythm is Rhythm.IRREGULAR
        assert judge(knocks(count, seed)).rhythm is Rhythm.NOISE


@pytest.mark.parametrize("usual_s", [0.45, 0.6, 0.85, 1.1, 1.4])
def test_a_slow_or_a_fast_even_pulse_is_even(usual_s: float) -> None:
    assert judge(even(30, usual_s=usual_s)).rhythm is Rhythm.REGULAR


def test_every_other_beat_too_early_is_an_order_and_not_called_irregular() -> None:
    assert judge(np.tile([0.55, 1.15], 15)).rhythm is not Rhythm.IRREGULAR
    assert judge(np.tile([0.8, 0.8, 0.5, 1.1], 10)).rhythm is not Rhythm.IRREGULAR


def marked(beats: Beats, places: int, value: float) -> Beats:
    made = beats.copy()
    made[:: len(made) // places][:places] = value
    return made


@pytest.mark.parametrize("value", [65.535, 0.0, 0.1, 7.0])
def test_what_is_no_interval_is_left_out_while_it_is_rare_and_noise_when_it_is_not(value: float) -> None:
    few, many = int(30 * UNREADABLE), int(30 * UNREADABLE) + 1
    assert judge(marked(even(30), few, value)).rhythm is Rhythm.REGULAR
    assert judge(marked(fibrillating(30), few, value)).rhythm is Rhythm.IRREGULAR
    assert judge(marked(even(30), many, value)).rhythm is Rhythm.NOISE
    assert judge(marked(fibrillating(30), many, value)) == rhythm.Judged(rhythm=Rhythm.NOISE, likeness=0.0)


def test_missed_and_doubled_beats_are_noise_rather_than_fibrillation() -> None:
    beats = even(90, usual_s=0.9)
    ends = np.cumsum(beats)
    dice = np.random.default_rng(8)
    caught = ends[dice.random(90) > 0.3]
    wrong = np.sort(np.concatenate([caught, caught[::3] + 0.25]))
    assert judge(np.diff(wrong)[:30]).rhythm is Rhythm.NOISE


def test_a_pulse_without_any_variation_has_figures() -> None:
    same = np.full(30, 0.8)
    for features in (irregularity(same), disorder(same)):
        assert all(np.isfinite(value) for value in features.values())
    assert judge(same).rhythm is Rhythm.REGULAR


@given(beats=ANY_BEATS)
def test_whatever_comes_is_judged(beats: Beats) -> None:
    judged = judge(beats)
    assert np.isfinite(judged.likeness)
    assert (judged.rhythm is Rhythm.IRREGULAR) <= (judged.likeness > 0)


def test_the_more_disorder_the_higher_the_likeness() -> None:
    dice = np.random.default_rng(4)
    shake = dice.normal(0.0, 1.0, 30)
    likenesses = [judge(0.7 + swing * shake).likeness for swing in (0.005, 0.03, 0.08)]
    assert all(less < more for less, more in pairwise(likenesses))


def test_the_table_names_its_figures_in_their_order_and_where_it_comes_from() -> None:
    table = shipped()
    assert table.irregular.names == tuple(irregularity(even(30)))
    assert table.noise.names == tuple(disorder(even(30)))
    assert "MIT-BIH Atrial Fibrillation" in table.about["recordings"][0]
    assert {"population", "date", "made_by"} <= set(table.about)


def test_a_table_is_read_as_it_was_written() -> None:
    assert written(read(written(shipped()))) == rhythm.PATH.read_text(encoding="utf-8")
    assert set(json.loads(written(shipped()))) == {"about", "irregular", "noise"}
