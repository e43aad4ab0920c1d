from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[3] / "examples" / "home.toml"


@pytest.fixture(scope="session")
def example() -> str:
    """The household that ships as an example."""
    return EXAMPLE.read_text(encoding="utf-8")


def changed(text: str, old: str, new: str) -> str:
    """The text with one passage changed, which must be there exactly once."""
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)


def line_of(text: str, passage: str) -> int:
    return text[: text.index(passage)].count("\n") + 1
