"""What-if at the table: each option of a question is tried on this home's own past, before people vote."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from co_design.chain import Chain
from co_design.measures import median
from co_design.model_deciding import Option
from hub.intents import RefusedError, Verdict
from hub.whatif import Comparison, Ringing, World, whatif

SINCE = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One option on the home's own past, had nobody answered: the alarms, and how they differ from what was.

    `gone_wrong` are those that would not have come and that people had called wrong; `later_min` is the median of how
    much later the others would have come; `woken` is how many messages would have come at night.
    """

    option: str
    value: float | str | bool
    alarms: int
    gone: int
    gone_wrong: int
    new: int
    later_min: float
    woken: int


def sides(connection: Connection, chain: Chain, ballot: int, since: datetime, until: datetime) -> list[Side]:
    """Every option that has a value. Raises `RefusedError` where the question is about no setting."""
    asked = chain.ballots.get(ballot)
    if asked is None or asked.setting_key is None:
        raise RefusedError(f"question {ballot} is about no setting, so nothing can be tried on the past.")
    options = [one for one in chain.options.values() if one.ballot_id == ballot and one.value is not None]
    return [_side(one, whatif(connection, _world(asked.setting_key, one), since, until)) for one in options]


def _world(key: str, option: Option) -> World:
    value = option.value if isinstance(option.value, str) else float(option.value or 0)
    return World({key: value})


def _side(option: Option, told: Comparison) -> Side:
    return Side(
        option=option.label,
        value=option.value if option.value is not None else "",
        alarms=len(told.kept) + len(told.new),
        gone=len(told.gone),
        gone_wrong=sum(_was_wrong(one) for one in told.gone),
        new=len(told.new),
        later_min=median([one.later_by.total_seconds() / 60 for one in told.kept]),
        woken=sum(after for _, after in told.woken.values()),
    )


def _was_wrong(one: Ringing) -> bool:
    return Verdict.WRONG in one.verdicts
