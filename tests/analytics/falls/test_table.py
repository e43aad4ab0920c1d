import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from analytics.falls.features import NAMES
from analytics.falls.table import PATH, read, shipped, written
from analytics.falls.trees import Trees

STUMP = Trees(feature=np.array([[1, 0, 0]]), edge=np.array([[0.5, 1.0, 2.0]]), leaf=np.array([[-2.0, -1.0, 1.0, 2.0]]))


@pytest.mark.parametrize(
    ("row", "said"), [((1.0, 0.5), -2.0), ((1.1, 0.5), -1.0), ((2.0, 0.6), 1.0), ((2.1, 0.6), 2.0)]
)
def test_a_row_goes_left_up_to_the_edge_and_right_beyond_it(row: tuple[float, float], said: float) -> None:
    assert STUMP.score(np.array([row])).tolist() == [said]


def test_a_table_is_read_as_it_was_written() -> None:
    text = written(STUMP, {"what": "a test", "é": 1})
    assert "é" in text
    again = read(text)
    assert again.about == {"what": "a test", "é": 1}
    assert np.array_equal(again.trees.leaf, STUMP.leaf)
    assert written(again.trees, again.about) == text


def test_a_table_for_other_features_is_refused() -> None:
    table = json.loads(written(STUMP, {})) | {"features": ["length_of_nose"]}
    with pytest.raises(ValueError, match="made for other features"):
        read(json.dumps(table))


def test_the_shipped_table_says_where_it_comes_from_and_is_small() -> None:
    assert {"recordings", "population", "date", "learnt_from"} <= set(shipped().about)
    assert "No fall is a real one" in shipped().about["population"]
    assert PATH.stat().st_size < 100_000
    assert shipped().trees.feature.max() < len(NAMES)


def test_the_page_of_figures_speaks_of_the_shipped_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "evaluation" / "falls.md").read_text(encoding="utf-8")
    assert f"`{hashlib.sha256(PATH.read_bytes()).hexdigest()}`" in page
