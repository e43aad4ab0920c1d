"""The indexes of what was measured and what is assumed are those of the pages that are there."""

import shutil
from pathlib import Path

import pytest

from analytics.evaluation import index
from analytics.registry import DETECTORS

REMEDY = "run `python -m analytics.evaluation.index` and commit what it wrote"


def test_the_index_of_what_was_measured_is_that_of_the_pages() -> None:
    assert (index.EVALUATION / index.INDEX).read_text(encoding="utf-8") == index.evaluation(), REMEDY


def test_the_index_of_what_is_assumed_is_that_of_the_detectors() -> None:
    text = (index.ASSUMPTIONS / index.INDEX).read_text(encoding="utf-8")
    assert text == index.assumptions(), REMEDY
    assert all(f"]({name}.md)" in text for name in DETECTORS)


@pytest.mark.parametrize("page", index.pages(index.EVALUATION), ids=lambda page: page.stem)
def test_every_page_of_figures_says_how_it_is_made_and_what_it_cannot_show(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "ade by `" in text
    assert "cannot show" in text


def test_the_indexes_are_written_where_they_are_read(tmp_path: Path) -> None:
    for folder in (index.EVALUATION, index.ASSUMPTIONS):
        shutil.copytree(folder, tmp_path / folder.name)
        (tmp_path / folder.name / index.INDEX).unlink(missing_ok=True)
    assert index.main(tmp_path) == 0
    assert (tmp_path / "evaluation" / index.INDEX).read_text(encoding="utf-8") == index.evaluation()
    assert (tmp_path / "assumptions" / index.INDEX).read_text(encoding="utf-8") == index.assumptions()
