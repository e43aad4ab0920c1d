"""From a decision to a changed setting: staged, reversible, measured, and told back to those who spoke."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field
from sqlalchemy import Row, select, update

from analytics.settings import DEFAULTS, SettingError
from co_design import schema_deciding as deciding
from co_design.acts.base import Act, Doing, Moment, Name, Payload, Text, add, alter, needed, put
from co_design.acts.registering import Write, write
from co_design.acts.sessions import still_here
from co_design.acts.speaking import Utter, utter
from co_design.effects import MEASURES, Compared, Counted, Measure, compared, overall
from co_design.measures import Span, count, kind_of, median, response_minutes
from co_design.model import EffectKind, Medium
from co_design.registers.bodies import Register
from co_design.waiting import compared_waits
from hub.household import HouseholdError
from hub.household import current as household
from hub.household.model import Household
from hub.intents import RefusedError
from hub.model import Provenance
from hub.store import settings
from hub.store.schema import from_us, to_us
from hub.store.settings import Choice

REVIEW_AFTER = timedelta(days=90)
WINDOW = timedelta(days=28)
"""How far before and after a change is looked, where nothing else is asked: four weeks hold four of each weekday."""
SHORTEST = timedelta(days=7)
HARM_MONTHS = (3, 12, 36)
MONTH = timedelta(days=365.25 / 12)
IN_FORCE = (
    "As decided together (decision {decision}); `alongside co-design trace` says by whom, and who thought otherwise."
)
TAKEN_BACK = "Decision {decision} was taken back."
"""The hub keeps these for good, so they hold nobody's words: those can be taken back."""


class NewChange(Payload):
    """Put in force what was decided, in this home first."""

    decision: int
    review_at: Moment | None = None


class Stage(Payload):
    """Let another home live with it too."""

    change: int
    home: Name


class Revert(Payload):
    """Take a change back."""

    change: int
    because: Text


class Measured(Payload):
    """Look at what a change did, so many days before and after."""

    change: int
    measures: tuple[Measure, ...] = Field(
        default=(Measure.QUESTIONS, Measure.FALSE_ALARMS, Measure.CONTACTS), min_length=1
    )
    days: int = Field(default=WINDOW.days, ge=SHORTEST.days, le=366)


class Reply(Payload):
    """Tell somebody who spoke what became of it."""

    decision: int
    participant: int
    told: Text
    medium: Medium = Medium.SPOKEN


class Answer(Payload):
    """What somebody answers: whether they agree, and in their words."""

    feedback: int
    agrees: bool
    words: Text | None = None


def change(doing: Doing, given: NewChange) -> int:
    """Make the setting's new version. What is not safe is refused, with the reason, and nothing is changed."""
    decided = needed(doing, deciding.decision, given.decision)
    asked = needed(doing, deciding.ballot, decided.ballot_id)
    chosen = needed(doing, deciding.option, decided.option_id)
    made = select(deciding.change.c.id).where(deciding.change.c.decision_id == decided.id)
    if doing.connection.execute(made).first() is not None:
        raise RefusedError(f"decision {decided.id} is in force already.")
    if asked.setting_key is None or chosen.value is None:
        raise RefusedError(f"decision {decided.id} changes no setting.")
    review_at = given.review_at or doing.now + REVIEW_AFTER
    version = _put_in_force(doing, asked.setting_key, chosen.value, (decided.id, IN_FORCE), review_at)
    values = {"setting_key": asked.setting_key, "setting_version": version, "effect": EffectKind.NOT_YET}
    number = add(doing, deciding.change, decision_id=decided.id, at=doing.now, review_at=review_at, **values)
    put(doing, deciding.exposure, {"change_id": number, "home": _household(doing).id, "since": doing.now})
    _look_for_harm_later(doing, number)
    return number


def _look_for_harm_later(doing: Doing, number: int) -> None:
    """Put the reviews in the register now, so that somebody is asked for each when its day comes."""
    for months in HARM_MONTHS:
        due = doing.now + months * MONTH
        body = {"change": number, "months": months, "due_at": due.isoformat(), "owner": doing.by}
        write(doing, Write(kind=Register.HARM_REVIEW, key=f"change-{number}-{months}-months", body=body))


def _put_in_force(doing: Doing, key: str, value: Any, why: tuple[int, str], review_at: datetime | None) -> int:
    decision, because = why
    choice = Choice(
        key=key,
        value=value,
        provenance=Provenance.DECISION,
        by=_in_whose_name(doing),
        because=because.format(decision=decision),
        reference=f"decision:{decision}",
        review_at=review_at,
    )
    try:
        return settings.add(doing.connection, choice, doing.now).version
    except SettingError as error:
        raise RefusedError(f"this is not safe, so nothing was changed: {error}.") from error


def _in_whose_name(doing: Doing) -> str:
    """Whoever writes it down, if they are of the household; else the resident, by whose right it was decided."""
    home = _household(doing)
    return doing.by if doing.by in home.people else home.resident


def _household(doing: Doing) -> Household:
    try:
        return household(doing.connection)
    except HouseholdError as error:
        raise RefusedError(f"there is no home to change: {error}.") from error


def stage(doing: Doing, given: Stage) -> int:
    """Let another home have it, once it was measured where it is and did no harm."""
    made = _in_force(doing, given.change)
    if made.effect in (EffectKind.NOT_YET, EffectKind.WORSE):
        reason = "was not measured yet" if made.effect == EffectKind.NOT_YET else "made something worse"
        raise RefusedError(f"change {made.id} {reason}, so no other home gets it.")
    put(doing, deciding.exposure, {"change_id": made.id, "home": given.home, "since": doing.now})
    return given.change


def _in_force(doing: Doing, number: int) -> Row[Any]:
    made = needed(doing, deciding.change, number)
    if made.reverted_at is not None:
        raise RefusedError(f"change {number} was taken back.")
    return made


def revert(doing: Doing, given: Revert) -> int:
    """Give the setting back the value that it had before, as a version of its own."""
    made = _in_force(doing, given.change)
    versions = settings.history(doing.connection, made.setting_key)
    if versions[-1].version != made.setting_version:
        raise RefusedError(f"{made.setting_key} was changed again since, to version {versions[-1].version}.")
    earlier = [one for one in versions if one.version < made.setting_version]
    value = earlier[-1].value if earlier else DEFAULTS[made.setting_key].value
    version = _put_in_force(doing, made.setting_key, value, (made.decision_id, TAKEN_BACK), None)
    exposure = deciding.exposure
    ended = update(exposure).where(exposure.c.change_id == made.id, exposure.c.until.is_(None))
    doing.connection.execute(ended.values(until=to_us(doing.now)))
    values = {"reverted_because": given.because, "reverted_version": version}
    return alter(doing, deciding.change, made.id, reverted_at=doing.now, **values)


def measure(doing: Doing, given: Measured) -> int:
    """Compare equal spans before and after; whatever comes out is kept."""
    made = needed(doing, deciding.change, given.change)
    before, after = _spans(doing, made, timedelta(days=given.days))
    if after.end - after.start < SHORTEST:
        raise RefusedError(f"it is too early to tell: change {made.id} is less than {SHORTEST.days} days old.")
    kinds = {one: _measure(doing, made.id, one, (before, after)) for one in given.measures}
    return alter(doing, deciding.change, made.id, effect=overall(kinds), measured_at=doing.now)


def _spans(doing: Doing, made: Row[Any], window: timedelta) -> tuple[Span, Span]:
    """Equal spans on both sides, ending when the change was taken back, if it was."""
    home = household(doing.connection)
    at = from_us(made.at)
    end = min(doing.now, at + window, from_us(made.reverted_at or to_us(doing.now)))
    after = Span(start=at, end=end, tz=home.tz, resident=home.resident, kind=kind_of(made.setting_key))
    return replace(after, start=at - (end - at), end=at), after


def _measure(doing: Doing, change_id: int, one: Measure, spans: tuple[Span, Span]) -> EffectKind:
    before, after = spans
    if one is Measure.RESPONSE_MIN:
        waits = response_minutes(doing.connection, before), response_minutes(doing.connection, after)
        values, result = (median(waits[0]), median(waits[1])), compared_waits(*waits)
    else:
        counts = count(doing.connection, one, before), count(doing.connection, one, after)
        values, result = counts, _compare(counts, spans, one)
    _keep(doing, change_id, one, (values, spans), result)
    return result.kind


def _compare(counts: tuple[int, int], spans: tuple[Span, Span], one: Measure) -> Compared:
    counted = Counted(before=counts[0], before_days=spans[0].days, after=counts[1], after_days=spans[1].days)
    return compared(counted, more_is_better=MEASURES[one].more_is_better)


def _keep(
    doing: Doing, change_id: int, one: Measure, seen: tuple[tuple[float, float], tuple[Span, Span]], result: Compared
) -> None:
    (before, after), spans = seen
    add(
        doing,
        deciding.effect,
        change_id=change_id,
        measure=one,
        before=before,
        before_days=spans[0].days,
        after=after,
        after_days=spans[1].days,
        at=doing.now,
        kind=result.kind,
        ratio=result.ratio,
        low=result.low,
        high=result.high,
    )


def reply(doing: Doing, given: Reply) -> int:
    """Tell somebody: you said, we did, it did; do you agree?"""
    needed(doing, deciding.decision, given.decision)
    still_here(doing, given.participant)
    values = {"told": given.told, "medium": given.medium, "at": doing.now}
    return add(doing, deciding.feedback, decision_id=given.decision, participant_id=given.participant, **values)


def answer(doing: Doing, given: Answer) -> int:
    """Keep what somebody answers, once."""
    told = needed(doing, deciding.feedback, given.feedback)
    still_here(doing, told.participant_id)
    if told.agrees is not None:
        raise RefusedError("this was answered already; tell them again, and ask again.")
    said = None
    if given.words is not None:
        spoken = Utter(participant=told.participant_id, words=given.words, medium=Medium(told.medium))
        said = utter(doing, spoken)
    return alter(doing, deciding.feedback, given.feedback, agrees=given.agrees, utterance_id=said)


ACTS = {
    "change": Act(payload=NewChange, do=change),
    "stage": Act(payload=Stage, do=stage),
    "revert": Act(payload=Revert, do=revert),
    "measure": Act(payload=Measured, do=measure),
    "reply": Act(payload=Reply, do=reply),
    "answer": Act(payload=Answer, do=answer, own_words=True),
}
