"""The dashboard asks only for figures that there are, and shows all of ours."""

import json
import re
from pathlib import Path
from typing import Any

from hub.centre.metrics import CENTRE, HOMES, WorkersFigures
from hub.metrics import HUB, READABLE, family, of_hub
from tests.fakes import START

FILE = Path(__file__).parents[2] / "deploy" / "grafana" / "alongside.json"
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found


def queries() -> list[str]:
    return [target["expr"] for panel in dashboard()["panels"] for target in panel.get("targets", [])]


def exposed() -> set[str]:
    """Every name that a hub, a worker or a lookout answers Prometheus with."""
    of_tables = [family(one, []) for one in (*HUB, *CENTRE, HOMES)]
    of_processes = [
        metric
        for registry in (WorkersFigures().registry, of_hub(Path("/nowhere"), lambda: START))
        for metric in registry.collect()
    ]
    return {
        metric.name + suffix for metric in (*of_tables, *of_processes) for suffix in SUFFIXES.get(metric.type, ("",))
    }


def asked() -> set[str]:
    return set(re.findall(r"\b(?:alongside|process)_\w+", " ".join(queries())))


def test_it_asks_only_for_figures_that_there_are() -> None:
    assert asked() - exposed() == set()


def test_it_shows_every_figure_of_ours() -> None:
    ours = {re.sub("_(bucket|sum|count)$", "", name) for name in exposed() if name.startswith("alongside_")}
    shown = {re.sub("_(bucket|sum|count)$", "", name) for name in asked()}
    assert ours - shown == set()


def test_its_panels_lie_beside_each_other_and_have_numbers_of_their_own() -> None:
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert READABLE in asked()
