"""The canary: a test text that goes out and must come back; what does not is a fault, until it does."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from analytics.model import FindingKind
from hub.escalation import canary
from hub.escalation.canary import is_due
from hub.escalation.results import Trouble
from hub.household import HouseholdError, parse
from hub.household.model import CanaryPolicy
from hub.store import faults
from hub.store.schema import alarm, inbound, notification, to_us
from tests.fakes import START
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import HOUSEHOLD, LONDON, PRIYA, TOM

POLICY = CanaryPolicy(to="priya", every_days=7, at=time(9), answer_within=timedelta(hours=6))
HOURS, DAYS = 3600, 86400


@pytest.fixture
def bird(desk: Desk) -> Desk:
    """A home with a canary, a moment after nine."""
    desk.household = replace(HOUSEHOLD, canary=POLICY)
    desk.now = START.replace(hour=9, minute=1)
    desk.do(canary.look)
    return desk


def cases(desk: Desk) -> list[tuple[str, str]]:
    with desk.store.reading() as connection:
        return [(case.kind, case.because) for case in faults.open_cases(connection)]


def later(desk: Desk, seconds: float) -> None:
    desk.pass_time(seconds)
    desk.do(canary.look)


def test_it_goes_out_once_by_text_and_says_what_it_is(bird: Desk) -> None:
    bird.do(canary.look)
    (call,) = bird.run()
    assert (call.message.to, call.message.channel) == (PRIYA, "sms")
    assert "test of the alarm system" in call.message.text
    assert call.message.reference in call.message.text


@pytest.mark.parametrize("words", ["OK", "ok thanks", "1", "Yes that works", "3"])
def test_any_answer_brings_it_back(bird: Desk, words: str) -> None:
    bird.accept(bird.run())
    bird.pass_time(60)
    assert bird.reply(PRIYA, words) == canary.RETURNED
    assert bird.rows(notification)[-1]["text"] == canary.THANKS
    later(bird, 7 * HOURS)
    assert cases(bird) == []


def test_an_answer_that_does_not_come_is_a_fault_of_somebodys(bird: Desk) -> None:
    bird.accept(bird.run())
    later(bird, 6 * HOURS - 1)
    assert cases(bird) == []
    later(bird, 2)
    later(bird, 2)
    assert cases(bird) == [(canary.KIND, canary.LOST)]
    with bird.store.reading() as connection:
        (case,) = faults.open_cases(connection)
    assert (case.owner, case.since) == ("priya", START.replace(hour=9, minute=1))
    assert case.due_at is not None


def test_a_late_answer_ends_the_fault_and_the_alarm_that_told_of_it(bird: Desk) -> None:
    later(bird, 7 * HOURS)
    alarm_id = bird.open(FindingKind.FAULT)
    with bird.store.reading() as connection:
        (case,) = faults.open_cases(connection)
    bird.do(lambda ctx: faults.told(ctx.connection, case.number, ctx.now, alarm_id, None))
    answer = {"provider_id": "x", "channel": "sms", "sender": PRIYA, "text": "ok", "person": "priya", "effect": "late"}
    bird.do(lambda ctx: ctx.connection.execute(inbound.insert().values(at=to_us(ctx.now), **answer)))
    bird.do(canary.look)
    assert cases(bird) == []
    assert bird.alarm(alarm_id).outcome == canary.FOUND


def test_an_answer_to_an_alarm_is_an_answer_to_the_alarm(bird: Desk) -> None:
    alarm_id = bird.open(FindingKind.PANIC)
    bird.accept(bird.run())
    assert bird.reply(PRIYA, "1") == "going"
    assert bird.alarm(alarm_id).owner == "priya"
    later(bird, 7 * HOURS)
    assert cases(bird) == [], "it has shown all the same that texts come and go"


def test_what_others_write_brings_nothing_back(bird: Desk) -> None:
    assert bird.reply(TOM, "ok") != canary.RETURNED
    later(bird, 7 * HOURS)
    assert len(cases(bird)) == 1


def test_a_text_that_cannot_be_sent_is_a_fault_at_once(bird: Desk) -> None:
    (call,) = bird.run()
    bird.refuse(call, Trouble.PERMANENT)
    assert [row["kind"] for row in bird.rows(alarm)] == [FindingKind.FAULT]


def test_the_next_one_flies_a_week_later(bird: Desk) -> None:
    bird.accept(bird.run())
    bird.reply(PRIYA, "ok")
    bird.accept(bird.run())
    later(bird, 6 * DAYS)
    assert bird.run() == []
    later(bird, DAYS)
    assert len(bird.run()) == 1
    assert not bird.do(lambda ctx: canary.is_awaited(ctx, "tom"))
    assert bird.do(lambda ctx: canary.is_awaited(ctx, "priya"))


def test_a_home_without_one_sends_none(desk: Desk) -> None:
    desk.do(canary.look)
    assert desk.run() == []
    assert not desk.do(lambda ctx: canary.is_awaited(ctx, "priya"))


EXAMPLE = (Path(__file__).parents[3] / "examples" / "home.toml").read_text()


def test_who_answers_it_is_declared_with_the_home() -> None:
    declared = parse(f'{EXAMPLE}\n[canary]\nto = "nadia"\nat = "10:30"\n').canary
    assert declared == CanaryPolicy(to="nadia", every_days=7, at=time(10, 30), answer_within=timedelta(hours=6))


@pytest.mark.parametrize(("who", "why"), [("nobody", "there is no person 'nobody'"), ("arc", "'arc' has no number")])
def test_it_must_go_to_somebody_who_can_answer_it(who: str, why: str) -> None:
    with pytest.raises(HouseholdError, match=why):
        parse(f'{EXAMPLE}\n[canary]\nto = "{who}"\n')


@pytest.mark.parametrize(
    ("last", "local", "due"),
    [
        (None, "2026-11-24T08:59", False),
        (None, "2026-11-24T09:00", True),
        (None, "2026-11-24T11:59", True),
        (None, "2026-11-24T12:00", False),
        (date(2026, 11, 18), "2026-11-24T09:00", False),
        (date(2026, 11, 17), "2026-11-24T09:00", True),
        (date(2026, 10, 18), "2026-10-25T09:00", True),  # the clocks go back in that night
    ],
)
def test_when_it_is_due(last: date | None, local: str, due: bool) -> None:
    assert is_due(last, datetime.fromisoformat(local).replace(tzinfo=LONDON), POLICY) is due
