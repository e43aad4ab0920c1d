"""The options of a question, tried on a home's own past before people vote."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from typer.testing import CliRunner

from co_design.acts.perform import perform
from co_design.at_the_table import Side, sides
from co_design.chain import load
from co_design.cli import app
from co_design.schema import MIGRATIONS
from hub.intents import RefusedError
from hub.store.writer import Store
from tests.hub.lived import DAY, HOUR, LIMIT, Lived

BEGINS = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Ten days in a home whose limit is two hours, and a question about it."""
    home = Lived(Store.open(tmp_path_factory.mktemp("table") / "home.sqlite3", also=[MIGRATIONS]), BEGINS)
    home.decide(120.0)
    home.days(10, seed=1)
    home.until(home.now + 12 * HOUR)
    home.label("wrong")
    acts: list[tuple[str, dict[str, Any]]] = [
        ("enrol", {"pseudonym": "Heron", "role": "resident"}),
        ("utter", {"participant": 1, "words": "It kept asking me."}),
        ("theme", {"name": "Interrupted", "meaning": "x"}),
        ("code", {"utterance": 1, "theme": 1, "coder": "fay"}),
        ("need", {"statement": "x", "themes": [1]}),
        ("idea", {"statement": "x", "needs": [1]}),
        ("ballot", {"question": "How long?", "ideas": [1], "setting": LIMIT}),
        ("option", {"ballot": 1, "label": "As it is", "consequences": "x", "value": 120}),
        ("option", {"ballot": 1, "label": "Five hours", "consequences": "x", "value": 300}),
        ("option", {"ballot": 1, "label": "Let us think", "consequences": "x"}),
        ("ballot", {"question": "A lamp?", "ideas": [1]}),
    ]

    def do(connection: Connection) -> None:
        for name, given in acts:
            perform(connection, name, given, "fay", home.now)

    home.store.run(do)
    return home


def tried(lived: Lived, ballot: int) -> list[Side]:
    with lived.store.reading() as connection:
        return sides(connection, load(connection), ballot, BEGINS + 2 * DAY, lived.now)


def test_each_option_is_tried_on_the_same_past(lived: Lived) -> None:
    as_it_is, longer = tried(lived, 1)
    assert (as_it_is.option, longer.option) == ("As it is", "Five hours")
    assert (as_it_is.gone, as_it_is.new, as_it_is.later_min) == (0, 0, 0.0)
    assert as_it_is.alarms > longer.alarms
    assert longer.gone == as_it_is.alarms - longer.alarms
    assert longer.later_min in (0.0, 180.0)
    assert longer.woken <= as_it_is.woken


def test_what_is_about_no_setting_cannot_be_tried(lived: Lived) -> None:
    for ballot in (2, 9):
        with pytest.raises(RefusedError, match="is about no setting"):
            tried(lived, ballot)


def test_by_command(lived: Lived, tmp_path: Path) -> None:
    db = ["--db", str(lived.store.path)]
    told = CliRunner().invoke(app, ["table", "1", "--days", "3650", "--json", *db])
    assert [one["option"] for one in json.loads(told.output)] == ["As it is", "Five hours"]
    assert CliRunner().invoke(app, ["table", "2", *db]).exit_code == 1
    assert CliRunner().invoke(app, ["table", "1", "--db", str(tmp_path / "no")]).exit_code == 2
