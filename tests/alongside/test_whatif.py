import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from alongside.whatif import app
from hub.clock import SystemClock
from hub.store.writer import Store
from tests.hub.lived import LIMIT, Lived

NOW = SystemClock().now()
BEGAN = (NOW - timedelta(days=9)).replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lived") / "home.sqlite3"
    home = Lived(Store.open(path), BEGAN)
    home.days(8, seed=1)
    home.until(NOW)
    home.label("right")
    home.store.shut()
    return path


def run(db: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--db", str(db), *arguments])


def test_the_past_under_another_rule_in_one_object(db: Path) -> None:
    result = run(db, "--set", f"{LIMIT}=700", "--since", "180d", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["changes"] == {LIMIT: {"before": 240.0, "after": 700.0}}
    assert told["alarms_before"] == len(told["kept"]) + len(told["gone"])
    assert told["gone"][0]["labels"] == ["right"]
    assert told["gone"][0]["told_if_nobody_answered"][0]["step"] == "check-in"
    assert told["observations"] > 100


def test_in_words_on_the_clock_of_the_home(db: Path) -> None:
    text = run(db, "--set", f"{LIMIT}=300", "--since", (BEGAN - timedelta(days=1)).date().isoformat()).output
    assert f"how long there may be no movement by day before we ask: 300.0 instead of 240.0 ({LIMIT})" in text
    assert "(1 hour later)" in text
    assert "0 alarms more would have come." in text
    gone = run(db, "--set", f"{LIMIT}=700").output
    assert "People said: right." in gone
    assert "nadia: 0 messages at night instead of " in gone or "at night" not in gone


def test_without_a_change_it_says_whether_the_past_is_found_again(db: Path) -> None:
    assert "All that was noticed then, and nothing else, is found again" in run(db, "--since", "200h").output


def test_earlier_is_said_so(db: Path) -> None:
    assert "earlier)" in run(db, "--set", f"{LIMIT}=100").output


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--set", "inactivity"], "expected KEY=VALUE"),
        (["--set", "no.such=1"], "there is no setting called no.such"),
        (["--set", f"{LIMIT}=long"], "a number of minutes is needed"),
        (["--set", "inactivity.day_from=noon"], "expected a time such as 22:00"),
        (["--since", "long ago"], "expected a time such as 180d"),
    ],
)
def test_what_cannot_be_tried_is_refused_in_a_sentence(db: Path, arguments: list[str], reason: str) -> None:
    result = run(db, *arguments)
    assert result.exit_code != 0
    assert reason.lower() in result.output.lower()


def test_where_nobody_lives_there_is_no_past(tmp_path: Path) -> None:
    Store.open(tmp_path / "home.sqlite3").shut()
    assert run(tmp_path / "home.sqlite3", "--since", "1d").exit_code != 0
