"""Puts a challenge pack together."""

from collections.abc import Mapping
from importlib import resources

from co_design.pack.homes import as_csv, made_up
from co_design.pack.score import HOMES, TRUTH


def pack(homes: int, seed: int) -> Mapping[str, str]:
    """Every file of a pack, by its path in it. The same seed makes the same pack."""
    made = [made_up(f"home-{number:02}", seed * 1000 + number) for number in range(1, homes + 1)]
    truth = [f"{one.name},{one.collapsed_at.isoformat(timespec='seconds')}" for one in made]
    return {
        "README.txt": _file("README.txt"),
        "detector.py": _file("starter.py"),
        TRUTH: "\n".join(["home,collapsed_at", *truth, ""]),
        **{f"{HOMES}/{one.name}.csv": as_csv(one) for one in made},
    }


def _file(name: str) -> str:
    return resources.files("co_design.pack").joinpath(name).read_text(encoding="utf-8")
