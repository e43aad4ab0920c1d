"""Whether a change did anything: rates and waits before and after, with their uncertainty, from the home's history."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from analytics.model import FindingKind
from co_design.effects import Counted, Measure, compared, overall
from co_design.measures import Span, count, kind_of, response_minutes
from co_design.model import EffectKind
from co_design.waiting import compared_waits
from hub.intents import IntentKind, Verdict
from hub.model import NotificationState, Provenance
from hub.store import settings
from hub.store.schema import intent, observation_hour, to_us
from tests.carer_portal.home import MadeHome

BETTER, SAME, WORSE, NOT_YET = EffectKind.BETTER, EffectKind.NO_DIFFERENCE, EffectKind.WORSE, EffectKind.NOT_YET


@pytest.mark.parametrize(
    ("before", "after", "more_is_better", "kind"),
    [
        (9, 1, False, BETTER),
        (1, 9, False, WORSE),
        (1, 9, True, BETTER),
        (3, 2, False, SAME),
        (0, 0, False, SAME),
        (0, 9, False, WORSE),
        (9, 0, False, BETTER),
    ],
)
def test_better_or_worse_is_said_only_where_chance_would_not_do_it(
    before: int, after: int, more_is_better: bool, kind: EffectKind
) -> None:
    counted = Counted(before=before, before_days=28, after=after, after_days=28)
    assert compared(counted, more_is_better=more_is_better).kind is kind


def test_a_ratio_to_nothing_has_no_number_and_no_upper_bound() -> None:
    found = compared(Counted(before=0, before_days=28, after=9, after_days=28), more_is_better=False)
    assert (found.ratio, found.high) == (None, None)
    assert found.low is not None
    assert found.low > 1
    assert compared(Counted(before=1, before_days=0, after=1, after_days=2), more_is_better=False).kind is NOT_YET


@hypothesis_settings(max_examples=30)
@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from([7.0, 28.0, 90.0]))
def test_the_interval_holds_the_ratio_and_turns_around_with_time(before: int, after: int, days: float) -> None:
    forth = compared(Counted(before=before, before_days=days, after=after, after_days=28), more_is_better=False)
    back = compared(Counted(before=after, before_days=28, after=before, after_days=days), more_is_better=True)
    assert forth.kind is back.kind
    if forth.ratio is not None and forth.low is not None and forth.high is not None:
        assert forth.low <= forth.ratio <= forth.high


def test_any_harm_counts_before_any_good() -> None:
    assert overall({Measure.QUESTIONS: BETTER, Measure.CONTACTS: WORSE}) is WORSE
    assert overall({Measure.QUESTIONS: BETTER, Measure.CONTACTS: SAME}) is BETTER
    assert overall({}) is NOT_YET


def test_waits_are_compared_by_their_medians() -> None:
    slow, quick = [20.0, 22.0, 25.0, 21.0, 30.0, 26.0], [4.0, 5.0, 6.0, 5.5, 4.5, 7.0]
    assert compared_waits(slow, quick).kind is BETTER
    assert compared_waits(quick, slow).kind is WORSE
    assert compared_waits(slow, slow).kind is SAME
    assert compared_waits(slow, quick) == compared_waits(slow, quick)
    assert compared_waits(slow[:4], quick).kind is NOT_YET


def test_what_happened_in_the_home_is_counted_within_the_span(home: MadeHome) -> None:
    home.now = home.now.replace(hour=2)
    for ago in (60, 60 * 24 * 40):
        alarm = home.closed(FindingKind.INACTIVITY, ago=ago)
        home.told(alarm, "priya", NotificationState.DELIVERED, ago=ago)
        home.told(alarm, "margaret", NotificationState.DELIVERED, ago=ago)
        home.answered(alarm, "priya", "going", ago=ago + 5, won=True)
        home.answered(alarm, "tom", "going", ago=ago + 1)
    home.labelled(1, "margaret", Verdict.WRONG, "")
    home.labelled(1, "priya", Verdict.WRONG, "")
    with home.writing() as connection:
        choice = settings.Choice(
            key="inactivity.day_to", value="21:00", provenance=Provenance.RESIDENT, by="margaret", because="x"
        )
        settings.add(connection, choice, home.ago(5))
    home.put(intent, kind=IntentKind.RESIDENT, payload={}, by="margaret", at=to_us(home.ago(5)))
    with home.writing() as connection:
        hour = to_us(home.ago(60)) // 3_600_000_000
        connection.execute(observation_hour.insert().values(hour=hour, first_id=1, last_id=2))
    span = Span(start=home.now - timedelta(days=28), end=home.now, tz=ZoneInfo("Europe/London"), resident="margaret")
    with home.writing() as connection:
        found = {one: count(connection, one, span) for one in Measure if one is not Measure.RESPONSE_MIN}
        waited = response_minutes(connection, span)
    assert found == {
        Measure.QUESTIONS: 0,
        Measure.FALSE_ALARMS: 1,
        Measure.NIGHTS_WOKEN: 1,
        Measure.CONTACTS: 1,
        Measure.USE: 1,
        Measure.AGENCY: 3,
    }
    assert waited == [5.0]


def test_a_setting_is_about_the_kind_of_alarm_that_it_is_named_after() -> None:
    assert kind_of("inactivity.day_to") is FindingKind.INACTIVITY
    assert kind_of("home.door_grace_s") is None
