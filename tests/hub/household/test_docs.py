"""The documentation names everything that a file may hold, and its table of unnamed kinds is the code's."""

from pathlib import Path

import pytest

from analytics.model import FindingKind
from hub.household import document, document_channels
from hub.household.lint import CHANNELS, CONSENT_FIELDS
from hub.household.unnamed import UNNAMED
from hub.household.values import Table
from hub.model import CancelRule, Provenance, Role

DOCUMENTATION = (Path(__file__).parents[3] / "docs" / "home-toml.md").read_text(encoding="utf-8")
TABLES = [
    one
    for module in (document, document_channels)
    for one in vars(module).values()
    if isinstance(one, type) and issubclass(one, Table) and one is not Table
]
KEYS = sorted({field.alias or name for table in TABLES for name, field in table.model_fields.items()})
WORDS = [*CHANNELS, *CONSENT_FIELDS, *CancelRule, *Provenance, *Role]


@pytest.mark.parametrize("word", [*KEYS, *WORDS])
def test_every_word_of_the_file_is_explained(word: str) -> None:
    assert f"`{word}" in DOCUMENTATION or f"[{word}" in DOCUMENTATION


@pytest.mark.parametrize("kind", UNNAMED)
def test_the_table_of_unnamed_kinds_is_the_code_s(kind: FindingKind) -> None:
    row = next(
        line for line in DOCUMENTATION.splitlines() if line.startswith(f"| `{kind}` | {UNNAMED[kind].severity} |")
    )
    relations = [*UNNAMED[kind].plan_of, *filter(None, [UNNAMED[kind].same_as])]

    assert row.split("|")[4].strip().removeprefix("all as ") == ", ".join(f"`{one}`" for one in relations)
    assert ("no" in row.split("|")[3]) == (not UNNAMED[kind].check_in.window)
