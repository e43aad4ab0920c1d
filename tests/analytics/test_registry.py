import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

from analytics.registry import DETECTORS, build
from analytics.settings import DEFAULTS, resolve
from tests.analytics.builders import HOME

ASSUMPTIONS = Path(__file__).parents[2] / "docs" / "assumptions"
HEADINGS = ("## Claim", "## Source", "## Population", "## Settings", "## Known blind spots", "## Who may change it")


def test_one_of_each_is_built_under_its_own_name() -> None:
    assert [detector.name for detector in build(HOME, resolve({}))] == list(DETECTORS)


def test_every_detector_file_is_in_the_table() -> None:
    folder = Path(inspect.getfile(import_module("analytics.detectors"))).parent
    assert {file.stem for file in folder.glob("*.py")} - {"__init__"} == set(DETECTORS)


@pytest.mark.parametrize("name", list(DETECTORS))
def test_every_detector_states_what_it_assumes(name: str) -> None:
    text = (ASSUMPTIONS / f"{name}.md").read_text()
    for heading in HEADINGS:
        assert heading in text


def test_every_setting_is_listed_with_its_shipped_value_and_no_other() -> None:
    text = "\n".join(file.read_text() for file in ASSUMPTIONS.glob("*.md"))
    rows = {
        line.split("|")[1].strip().strip("`"): line.split("|")[2].strip()
        for line in text.splitlines()
        if line.startswith("| `")
    }
    assert rows == {
        key: f"{spec.value:g} {spec.unit}" if isinstance(spec.value, float) else str(spec.value)
        for key, spec in DEFAULTS.items()
    }


@pytest.mark.parametrize("name", list(DETECTORS))
def test_no_detector_reads_a_clock(name: str) -> None:
    source = inspect.getsource(import_module(f"analytics.detectors.{name}"))
    called = {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    assert not called & {"now", "time", "monotonic", "sleep", "today"}
