"""What an alarm was about may be over before anybody says so."""

from hub.escalation import sayings
from hub.escalation.sayings import Said
from hub.model import AlarmState
from tests.hub.escalation.desk import Desk


def test_what_is_over_ends_its_alarm_once(desk: Desk) -> None:
    number = desk.open()
    desk.do(lambda ctx: sayings.settle(ctx, number, "it works again", None))
    ended = desk.alarm(number)
    assert (ended.state, ended.outcome) == (AlarmState.RESOLVED, "it works again")
    desk.do(lambda ctx: sayings.settle(ctx, number, "again", None))
    assert desk.alarm(number) == ended


def test_an_alarm_that_somebody_closed_stays_as_they_closed_it(desk: Desk) -> None:
    number = desk.open()
    desk.say(number, Said.CLOSED, "priya", "she is well")
    desk.do(lambda ctx: sayings.settle(ctx, number, "it works again", None))
    assert desk.alarm(number).outcome == "she is well"
