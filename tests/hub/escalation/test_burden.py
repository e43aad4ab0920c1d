"""What people are asked to bear is counted, and a cap that was agreed holds, except where a life may hang on it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.model import FindingKind
from hub.escalation import burden
from hub.escalation.burden import OVER_MESSAGES, OVER_NIGHTS, Load, last_woken, loads, night_of
from hub.escalation.planning import DECLINED
from hub.escalation.sayings import Said
from hub.household.model import Cap
from hub.store.schema import notification
from tests.fakes import START
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import ALARMS, HOUSEHOLD, LONDON, SERVICE, without

NIGHT = (time(22), time(7))
AT_TWO = START.replace(hour=2)


def capped(desk: Desk, **caps: Cap) -> None:
    desk.household = replace(HOUSEHOLD, caps=caps)


def load_of(desk: Desk, person: str) -> Load:
    with desk.store.reading() as connection:
        return loads(connection, desk.household, desk.now).get(person, burden.NOTHING)


def told(desk: Desk, number: int) -> Mapping[str, str | None]:
    return {row["person"]: row["reason"] for row in desk.rows(notification, alarm_id=number, purpose="alarm")}


def ask(desk: Desk, kind: FindingKind = FindingKind.FAULT) -> int:
    """Something that concerns the family, and whose messages all arrive."""
    number = desk.open(kind, because=f"A sensor is silent ({desk.now.isoformat()}).")
    desk.accept(desk.run())
    return number


def close(desk: Desk, number: int) -> None:
    desk.say(number, Said.CLOSED, "joan")


def test_messages_within_the_week_count_and_older_ones_do_not(desk: Desk) -> None:
    close(desk, ask(desk))
    desk.pass_time(3600)
    close(desk, ask(desk))
    assert load_of(desk, "priya").messages == 2
    desk.pass_time(7 * 86400 - 1800)
    assert load_of(desk, "priya").messages == 1
    assert load_of(desk, "joan") == burden.NOTHING


def test_a_night_counts_once_however_often_somebody_was_woken(desk: Desk) -> None:
    desk.now = AT_TWO
    for _ in range(2):
        close(desk, ask(desk))
        desk.pass_time(3600)
    assert load_of(desk, "tom").nights == {date(2026, 11, 23)}
    assert load_of(desk, "tom").woken_at == AT_TWO + timedelta(hours=1)
    with desk.store.reading() as connection:
        assert last_woken(loads(connection, desk.household, desk.now)) == "tom"


def test_whoever_has_had_as_many_messages_as_agreed_is_spared(desk: Desk) -> None:
    plan = replace(SERVICE, steps=SERVICE.steps[1:])  # asks all of the family
    policy = replace(ALARMS[FindingKind.FAULT], plan=plan)
    desk.household = replace(HOUSEHOLD, alarms={**ALARMS, FindingKind.FAULT: policy}, caps={"priya": Cap(messages=1)})
    close(desk, ask(desk))
    desk.pass_time(3600)
    assert told(desk, ask(desk)) == {"priya": OVER_MESSAGES, "tom": None}


def test_a_cap_gives_way_where_it_would_leave_nobody(desk: Desk) -> None:
    capped(desk, priya=Cap(messages=0), tom=Cap(messages=0))
    assert told(desk, ask(desk)) == {"priya": None}


@pytest.mark.parametrize("kind", [FindingKind.PANIC, FindingKind.INACTIVITY, FindingKind.FALL])
def test_a_cap_never_holds_where_a_life_may_hang_on_it(desk: Desk, kind: FindingKind) -> None:
    """Also where the household does not exempt such plans from its hourly limit, or calls the plan otherwise."""
    by_another_name = {name: replace(one, plan=replace(one.plan, name="serious")) for name, one in ALARMS.items()}
    caps = {"priya": Cap(messages=0, nights=0), "tom": Cap(messages=0, nights=0)}
    desk.household = replace(HOUSEHOLD, alarms=by_another_name, caps=caps, life_plans_exempt=False)
    desk.open(kind)
    for _ in range(8):
        desk.accept(desk.wait(60))
    rows = desk.rows(notification, purpose="alarm")
    assert {"priya", "tom"} <= {row["person"] for row in rows}
    assert all(row["state"] != "suppressed" for row in rows)


def test_a_night_that_is_disturbed_already_is_not_spared_again(desk: Desk) -> None:
    cap = Cap(nights=1)
    tonight, before = date(2026, 11, 24), date(2026, 11, 23)
    assert Load(nights=frozenset({before})).over(cap, tonight) == OVER_NIGHTS
    assert Load(nights=frozenset({tonight})).over(cap, tonight) is None
    assert Load(nights=frozenset({before})).over(cap, None) is None  # by day
    assert Load(messages=99, nights=frozenset({before})).over(Cap(), tonight) is None
    assert desk.rows(notification) == []


def test_whoever_declines_is_not_asked_again_about_that_alarm(desk: Desk) -> None:
    number = ask(desk)
    desk.say(number, Said.CANNOT, "priya")
    desk.accept(desk.wait(15 * 60))
    desk.wait(3600)
    assert desk.alarm(number).state == "exhausted"
    asked = [(row["round"], row["state"], row["reason"]) for row in desk.rows(notification, person="priya")]
    assert asked[0][1] == "accepted"
    assert {(state, reason) for _, state, reason in asked[1:]} == {("suppressed", DECLINED)}


def test_where_everybody_has_declined_everybody_is_asked_again(desk: Desk) -> None:
    """The siren in the resident's own home is nobody who comes."""
    policy = replace(ALARMS[FindingKind.FAULT], severity=6)
    desk.household = replace(without(HOUSEHOLD, "arc"), alarms={**ALARMS, FindingKind.FAULT: policy})
    number = ask(desk)
    desk.say(number, Said.CANNOT, "priya")
    desk.accept(desk.wait(15 * 60))
    desk.say(number, Said.CANNOT, "tom")
    desk.accept(desk.wait(3600))
    assert desk.alarm(number).state == "exhausted"
    loud = {row["person"]: row["state"] for row in desk.rows(notification, alarm_id=number, purpose="exhausted")}
    assert loud.keys() == {"priya", "tom", "margaret"}
    assert "suppressed" not in {loud["priya"], loud["tom"]}


def test_where_nobody_has_come_to_save_a_life_they_are_asked_all_the_same(desk: Desk) -> None:
    number = ask(desk, FindingKind.PANIC)
    desk.say(number, Said.CANNOT, "priya")
    for _ in range(6):
        desk.accept(desk.wait(120))
    assert desk.alarm(number).state == "exhausted"
    loud = desk.rows(notification, person="priya", purpose="exhausted")
    assert "suppressed" not in {row["state"] for row in loud}


@pytest.mark.parametrize(
    ("at", "night"),
    [
        (datetime(2026, 10, 24, 20, 59, tzinfo=UTC), None),  # 21:59 in summer
        (datetime(2026, 10, 24, 21, 0, tzinfo=UTC), date(2026, 10, 24)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 24)),  # 01:30, the first time
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 10, 24)),  # and the second
        (datetime(2026, 10, 25, 6, 59, tzinfo=UTC), date(2026, 10, 24)),
        (datetime(2026, 10, 25, 7, 0, tzinfo=UTC), None),
        (datetime(2027, 3, 28, 5, 59, tzinfo=UTC), date(2027, 3, 27)),  # 06:59 in summer again
        (datetime(2027, 3, 28, 6, 0, tzinfo=UTC), None),
    ],
)
def test_the_night_is_on_the_household_s_clock(at: datetime, night: date | None) -> None:
    assert night_of(at, LONDON, NIGHT) == night


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)), st.booleans())  # noqa: DTZ001
def test_every_moment_is_in_one_night_or_by_day(at: datetime, early: bool) -> None:
    hours = (time(0), time(6)) if early else NIGHT
    local = at.astimezone(LONDON)
    inside = hours[0] <= local.time() < hours[1] if early else not hours[1] <= local.time() < hours[0]
    assert (night_of(at, LONDON, hours) is not None) is inside
