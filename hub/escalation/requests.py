"""What people ask for on a page, as the escalation carries it out: each answered in a plain sentence."""

from hub.escalation import alarms
from hub.escalation.alarms import UnknownAlarmError
from hub.escalation.context import Context
from hub.escalation.sayings import Heard, Said, call_for_help, fine, say
from hub.intents import Acknowledge, Close, RefusedError, Resident, ResidentSaid
from hub.model import Alarm, Cause

_ANSWERS = {
    Cause.GOING: "Thank you. You are going, and those who were asked have been told.",
    Cause.BACKUP_GOING: "Thank you. {owner} is going already; you are noted as backup.",
    Cause.CANNOT: "Thank you for saying so. Others are asked.",
    Cause.NO_STEP_LEFT: "Thank you for saying so. Everybody is asked again.",
    Cause.ARRIVED: "Thank you. Please close the alarm when all is well.",
    Cause.CLOSED: "Thank you. The alarm is closed.",
    Cause.TOO_LATE: "That alarm was closed already. What you said is recorded.",
}
_AGAIN = "Thank you. You have it already."
_FINE = {True: "Thank you. It is noted.", False: "Thank you. No question was open."}
_HELP = "Help is being called."


def acknowledge(ctx: Context, asked: Acknowledge, by: str) -> str:
    """Somebody takes an alarm, cannot, or has arrived. Raises `RefusedError`."""
    _check_member(ctx, by)
    if by == ctx.household.resident:
        raise RefusedError("this is about you, so it is for somebody else to answer; you can say that you are fine.")
    return _sentence(ctx, say(ctx, _alarm(ctx, asked.alarm_id), Said(asked.said.value), by))


def close(ctx: Context, asked: Close, by: str) -> str:
    """Somebody closes an alarm and says how it ended. Raises `RefusedError`."""
    _check_member(ctx, by)
    return _sentence(ctx, say(ctx, _alarm(ctx, asked.alarm_id), Said.CLOSED, by, asked.outcome))


def resident(ctx: Context, asked: Resident) -> str:
    """The resident answers on the page at home, or calls."""
    if asked.said is ResidentSaid.HELP:
        call_for_help(ctx, "on the page at home")
        return _HELP
    return _FINE[bool(fine(ctx))]


def _check_member(ctx: Context, by: str) -> None:
    """A name mistyped must not become the one whom everybody believes to be going."""
    if by not in ctx.household.people:
        raise RefusedError("only a person of this household can answer, and no such person is in home.toml.")


def _alarm(ctx: Context, alarm_id: int) -> Alarm:
    try:
        return alarms.get(ctx.connection, alarm_id)
    except UnknownAlarmError as error:
        raise RefusedError(f"{error}.") from None


def _sentence(ctx: Context, heard: Heard) -> str:
    if heard.cause is Cause.GOING and not heard.won:
        return _AGAIN
    owner = ctx.household.people.get(heard.alarm.owner or "")
    return _ANSWERS[heard.cause].format(owner=owner.display if owner else "Somebody")
