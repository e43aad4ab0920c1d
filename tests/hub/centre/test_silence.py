"""Who is silent, and how it is told."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.centre.lookout import LOOK_EVERY_S
from hub.centre.silence import MANY, SILENT_AFTER, IncidentKind, Open, Sign, Verdict, judge
from tests.fakes import START

MINUTE = timedelta(minutes=1)
LONG_AGO = START - timedelta(days=1)


def signs(*minutes_ago: float) -> list[Sign]:
    return [Sign(hub_id=number, beat_at=START - ago * MINUTE) for number, ago in enumerate(minutes_ago, start=1)]


def test_a_hub_that_beats_is_let_be_and_one_that_is_silent_is_told() -> None:
    verdict = judge(signs(1, 3.5), [], START, LONG_AGO)
    assert verdict.opened == [(IncidentKind.SILENT, frozenset({2}))]


def test_a_silent_hub_is_told_within_four_minutes() -> None:
    beat, look = timedelta(seconds=0), timedelta(seconds=15)
    noticed = beat
    while not judge([Sign(hub_id=1, beat_at=START)], [], START + noticed, LONG_AGO).opened:
        noticed += look
    assert noticed <= timedelta(minutes=4)


def test_a_hub_that_falls_silent_in_an_alarm_is_told_within_the_minute_and_once() -> None:
    look, known = timedelta(seconds=LOOK_EVERY_S), list[Open]()
    for beaten_at_s in range(10):  # whenever its last beat was, between two looks
        beat_at = START + timedelta(seconds=beaten_at_s)
        looks = [START + look * number for number in range(30)]
        sign = [Sign(hub_id=1, beat_at=beat_at, alarm=True)]
        told_at = next(now for now in looks if judge(sign, known, now, LONG_AGO).opened)
        assert told_at - beat_at <= MINUTE
        ((kind, hubs),) = judge(sign, known, told_at, LONG_AGO).opened
        assert kind is IncidentKind.ALARM
        told = [Open(id=1, kind=kind, hubs=hubs)]
        assert judge(sign, told, START + timedelta(hours=1), LONG_AGO) == Verdict(opened=[], closed=[])


def test_a_power_cut_over_many_homes_tells_those_with_an_alarm_apart() -> None:
    hubs = [*signs(*[5.0] * 40), *(Sign(hub_id=number, beat_at=START - 5 * MINUTE, alarm=True) for number in (41, 42))]
    verdict = judge(hubs, [], START, LONG_AGO)
    assert verdict.opened == [
        (IncidentKind.ALARM, frozenset({41, 42})),
        (IncidentKind.MANY, frozenset(range(1, 41))),
    ]


def test_what_was_told_is_not_told_again_and_is_over_when_it_beats() -> None:
    known = [Open(id=9, kind=IncidentKind.SILENT, hubs=frozenset({1}))]
    assert judge(signs(60), known, START, LONG_AGO).opened == []
    assert judge(signs(60), known, START, LONG_AGO).closed == []
    assert judge(signs(0), known, START, LONG_AGO).closed == [9]


def test_many_that_fall_silent_together_are_one_incident() -> None:
    verdict = judge(signs(*[5.0] * 40, *[0.5] * 60), [], START, LONG_AGO)
    assert verdict.opened == [(IncidentKind.MANY, frozenset(range(1, 41)))]


def test_many_that_fall_silent_hours_apart_are_many() -> None:
    verdict = judge(signs(*(10.0 + 60 * hour for hour in range(MANY))), [], START, LONG_AGO)
    assert [kind for kind, _ in verdict.opened] == [IncidentKind.SILENT] * MANY


def test_few_of_very_many_are_told_one_by_one() -> None:
    verdict = judge(signs(*[5.0] * (MANY + 1), *[0.5] * 994), [], START, LONG_AGO)
    assert {kind for kind, _ in verdict.opened} == {IncidentKind.SILENT}


def test_a_centre_that_was_away_gives_hubs_time() -> None:
    hubs = signs(*[600.0] * 50)
    assert judge(hubs, [], START, looking_since=START - MINUTE).opened == []
    assert len(judge(hubs, [], START, looking_since=START - SILENT_AFTER).opened) == 1


@given(
    st.lists(st.floats(0.0, 500.0), max_size=30),
    st.lists(st.frozensets(st.integers(1, 30), min_size=1, max_size=5), max_size=4),
)
def test_every_silent_hub_is_in_exactly_one_incident(ago: list[float], told: list[frozenset[int]]) -> None:
    known = [Open(id=number, kind=IncidentKind.MANY, hubs=hubs) for number, hubs in enumerate(told)]
    verdict = judge(signs(*ago), known, START, LONG_AGO)
    silent = {one.hub_id for one in signs(*ago) if START - one.beat_at >= SILENT_AFTER}
    before = frozenset[int]().union(*told)
    fresh = [hub for _, hubs in verdict.opened for hub in hubs]
    assert sorted(fresh) == sorted(silent - before)
