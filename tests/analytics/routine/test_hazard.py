import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.routine.hazard import LOOKS, QUARTERS, Counts, Place, Silence, cells, looks_of

SILENCES = st.builds(Silence, st.sampled_from(Place), st.integers(0, 1_439), st.integers(0, LOOKS), st.booleans())


@pytest.mark.parametrize(("length_s", "looks"), [(0, 0), (300, 0), (301, 1), (600, 1), (3_601, 12), (1e9, LOOKS)])
def test_a_silence_is_looked_at_every_five_minutes_while_it_lasts(length_s: float, looks: int) -> None:
    assert looks_of(length_s) == looks


def test_each_look_has_its_age_and_its_quarter_of_an_hour() -> None:
    at = cells(23 * 60 + 50, 8)
    assert (at % QUARTERS).tolist() == [95, 0, 0, 0, 1, 1, 1, 2]
    assert (at // QUARTERS).tolist() == [0, 0, 1, 1, 1, 2, 2, 2]


@given(silences=st.lists(SILENCES, max_size=20), other=SILENCES)
def test_what_is_taken_away_leaves_no_trace(silences: list[Silence], other: Silence) -> None:
    whole, without = Counts(), Counts()
    for silence in silences:
        whole.add(silence)
        without.add(silence)
    whole.add(other)
    whole.add(other, -1)
    assert np.array_equal(whole.hazard(), without.hazard())


@given(silences=st.lists(SILENCES, max_size=20))
def test_a_hazard_is_never_negative_nor_unknown(silences: list[Silence]) -> None:
    counts = Counts()
    for silence in silences:
        counts.add(silence)
    assert (counts.hazard() >= 0).all()
    assert np.isfinite(counts.hazard()).all()


def test_silences_that_end_at_noon_make_ends_likely_there_and_not_at_night() -> None:
    counts = Counts()
    for _ in range(20):
        counts.add(Silence(Place.INDOORS, 8 * 60, 48, ended=True))
    hazard = counts.hazard()[Place.INDOORS].reshape(-1, QUARTERS)[4]
    assert hazard[48] > 3 * hazard[40]
    assert hazard[48] > 3 * hazard[8]
