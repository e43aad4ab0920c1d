"""A home's own past under another rule."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from analytics.detectors.inactivity import Inactivity
from analytics.model import Detector, Home, Settings
from analytics.settings import SettingError
from hub.household import parse
from hub.store.writer import Store
from hub.whatif import Comparison, World, whatif
from tests.hub.homes import HOME
from tests.hub.lived import DAY, HOUR, LIMIT, MINUTE, Lived

BEGINS = datetime(2026, 1, 5, tzinfo=UTC)
SINCE = BEGINS + 8 * DAY
BUDGET = "inactivity.budget_per_month"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Four weeks; after two and a half a shorter limit is decided, in the middle of a long silence."""
    store = Store.open(tmp_path_factory.mktemp("lived") / "home.sqlite3")
    home = Lived(store, BEGINS)
    home.days(17, seed=1)
    home.until(home.now + 12 * HOUR)
    home.decide(120.0)
    home.until(home.now + 12 * HOUR)
    home.days(9, seed=2)
    home.label("wrong")
    return home


def compared(lived: Lived, world: World | None = None, since: datetime = SINCE) -> Comparison:
    with lived.store.reading() as connection:
        return whatif(connection, world or World(), since, lived.now)


def test_with_unchanged_settings_what_happened_is_found_again_to_the_alarm(lived: Lived) -> None:
    """Also what a decision about the limit made true at once, and everything after it."""
    told = compared(lived)
    happened = [(one.at, one.because) for one in lived.found if one.at >= SINCE]
    assert [(one.before.at, one.before.because) for one in told.kept] == happened
    assert [one.later_by for one in told.kept] == [timedelta(0)] * len(happened)
    assert [one.after.alarm_ids for one in told.kept] == [
        (number,) for number, one in enumerate(lived.found, start=1) if one.at >= SINCE
    ]
    assert (told.gone, told.new, told.missing, told.unheard) == ([], [], frozenset(), frozenset())
    assert len(happened) > 4


def test_the_same_question_has_the_same_answer(lived: Lived) -> None:
    world = World({LIMIT: 300.0})
    assert compared(lived, world) == compared(lived, world)


def test_a_longer_limit_takes_alarms_away_and_puts_others_off(lived: Lived) -> None:
    told = compared(lived, World({LIMIT: 300.0}))
    assert told.gone
    assert not told.new
    assert {one.later_by for one in told.kept} <= {60 * MINUTE, 180 * MINUTE, timedelta(hours=3)}
    assert all(one.after.because.endswith("the longest usual by day is 5 hours.") for one in told.kept)
    assert told.changes[LIMIT][1].value == 300.0
    assert told.changes[LIMIT][1].version == 3


def test_a_shorter_limit_brings_alarms_earlier_and_new_ones(lived: Lived) -> None:
    told = compared(lived, World({LIMIT: 75.0}))
    assert told.new
    assert not told.gone
    assert all(one.later_by < timedelta(0) for one in told.kept)


def test_what_people_said_of_an_alarm_is_told_with_it(lived: Lived) -> None:
    told = compared(lived, World({LIMIT: 700.0}), since=BEGINS)
    assert [one.verdicts for one in told.gone if one.alarm_ids == (1,)] == [("wrong",)]


def test_a_budget_may_be_tried_where_a_limit_was_decided(lived: Lived) -> None:
    told = compared(lived, World({BUDGET: 2.0}))
    assert any("this home's own last" in one.after.because for one in told.kept)


def test_another_household_and_other_detectors_may_be_tried(lived: Lived) -> None:
    nights = replace(parse(HOME), night=(time(0), time(23, 59)))
    before, after = zip(*compared(lived, World(household=nights)).woken.values(), strict=True)
    assert sum(after) > sum(before)

    def without(home: Home, settings: Settings) -> list[Detector]:
        del home, settings
        return []

    assert len(compared(lived, World(detectors=without)).gone) == len(compared(lived).kept)

    def alone(home: Home, settings: Settings) -> list[Detector]:
        return [Inactivity(home, settings)]

    assert compared(lived, World(detectors=alone)).gone == []


def test_a_value_outside_its_bounds_is_refused(lived: Lived) -> None:
    with pytest.raises(SettingError, match="20 is not between 60 and 720 minutes"):
        compared(lived, World({LIMIT: 20.0}))


def test_an_empty_past_has_nothing_to_compare(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "home.sqlite3")
    told = compared(Lived(store, BEGINS))
    assert (told.observations, told.kept, told.gone, told.new, told.woken) == (0, [], [], [], {})
    store.shut()
