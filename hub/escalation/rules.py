"""The rules of the state table: which move an event makes in a state. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from hub.escalation.decision import Decision, Event, Tell
from hub.escalation.moves import asked, attended, ended, merged, noted, onward, taken
from hub.escalation.moves import loud as sounded
from hub.model import Alarm, AlarmState, CancelRule, Cause

CANCELS_BEFORE_WE_CALL = 2
"""After this many "I'm fine" to the same kind of alarm lately, the next one brings a person all the same."""
STILL_AFTER_IMPACT = "still_after_impact"
"""The fact (1.0) of a fall after which nothing moved: then "I'm fine" is not believed."""

SURE_ENOUGH_TO_ACT = "sure_enough_to_act"
"""The fact (1.0) of a fall so sure that nobody is asked first: people are told at once."""

WHAT_TO_CHECK = "Check people's numbers, and that texts and calls are set up."
"""What somebody who hears of an empty plan can do."""

NO_WAY_TO_ASK = "There is no way to ask the resident."


# A finding.


def opened(alarm: Alarm, _event: Event, now: datetime) -> Decision:
    """A new alarm: the resident is asked first, unless the window is zero or it is sure enough without."""
    if alarm.policy.check_in.window <= timedelta(0) or alarm.facts.get(SURE_ENOUGH_TO_ACT, 0.0) > 0.0:
        return onward(alarm, Cause.FINDING, alarm.because, now)
    return asked(alarm, Cause.FINDING, alarm.because, now)


def related(alarm: Alarm, event: Event, _now: datetime) -> Decision:
    """Merged; the step and the timer stay where they are."""
    if event.finding is None:
        raise ValueError("a related finding comes with its event")
    return merged(alarm, event.finding, event.severity)


def related_in_check_in(alarm: Alarm, event: Event, now: datetime) -> Decision:
    """Something graver has been noticed meanwhile: no more asking."""
    decision = related(alarm, event, now)
    if decision.cause is Cause.SEVERITY_ROSE or decision.after.facts.get(SURE_ENOUGH_TO_ACT, 0.0) > 0.0:
        return onward(decision.after, Cause.SEVERITY_ROSE, decision.detail, now)
    return decision


# Time passes.


def check_in_due(alarm: Alarm, _event: Event, now: datetime) -> Decision:
    """No answer: ask again while prompts are left, then tell people."""
    if alarm.prompts_given < alarm.policy.check_in.prompts:
        return asked(alarm, Cause.CHECKIN_PROMPT, "No answer yet: asked again.", now)
    return onward(alarm, Cause.CHECKIN_SILENCE, "The resident did not answer.", now)


def step_due(alarm: Alarm, _event: Event, now: datetime) -> Decision:
    """Nobody of this step took it."""
    step = alarm.policy.plan.steps[alarm.step]
    return onward(alarm, Cause.STEP_TIMEOUT, f"Nobody answered step {step.id!r} in time.", now)


def going_due(alarm: Alarm, _event: Event, now: datetime) -> Decision:
    """Whoever was going has not arrived."""
    return onward(alarm, Cause.ACK_TIMEOUT, "Whoever was going has not arrived in time.", now)


def attending_due(alarm: Alarm, _event: Event, now: datetime) -> Decision:
    """Whoever arrived has not said how it ended."""
    return onward(alarm, Cause.ATTEND_TIMEOUT, "Whoever arrived has not closed it in time.", now)


def exhausted_due(alarm: Alarm, _event: Event, now: datetime) -> Decision:
    """Loud again, until a human closes it."""
    return sounded(alarm, Cause.EXHAUSTED_RETRY, "Still nobody: everybody is told again.", now)


# Nobody can be told.


def cannot_ask(alarm: Alarm, _event: Event, now: datetime) -> Decision:
    """No speaker, no screen: people are told at once."""
    return replace(onward(alarm, Cause.EMPTY_STEP, NO_WAY_TO_ASK, now), fault=NO_WAY_TO_ASK)


def step_empty(alarm: Alarm, _event: Event, now: datetime) -> Decision:
    """An empty step is passed at once, and is a fault."""
    plan = alarm.policy.plan
    step = f"{plan.steps[alarm.step].id!r} of {plan.name!r}"
    sentence = f"A step of the plan for help reaches nobody ({step}). {WHAT_TO_CHECK}"
    return replace(onward(alarm, Cause.EMPTY_STEP, sentence, now), fault=sentence)


def nobody_at_all(alarm: Alarm, _event: Event, _now: datetime) -> Decision:
    """It stays loud, and tries again at its time."""
    sentence = f"The plan for help reaches nobody at all ({alarm.policy.plan.name!r}). {WHAT_TO_CHECK}"
    return replace(noted(alarm, Cause.EMPTY_STEP, sentence), fault=sentence)


def nothing_to_tell(alarm: Alarm, _event: Event, _now: datetime) -> Decision:
    """Somebody has it already: that nobody else can be told changes nothing."""
    return noted(alarm, Cause.EMPTY_STEP, "Nobody else can be told; somebody has it already.")


# What the resident says.


def fine_in_check_in(alarm: Alarm, event: Event, now: datetime) -> Decision:
    """Ends the check-in where the policy lets it, unless there is reason to look all the same."""
    rule = alarm.policy.check_in.cancel
    if rule is not CancelRule.BUTTON_OR_PHRASE:
        return noted(alarm, Cause.RESIDENT_FINE, f"Noted; by the rule {rule.value!r} this does not end the alarm.")
    if event.earlier_cancels >= CANCELS_BEFORE_WE_CALL:
        return onward(alarm, Cause.REPEATED_CANCELS, "Cancelled several times lately: a person should look.", now)
    if alarm.facts.get(STILL_AFTER_IMPACT, 0.0) > 0.0:
        return onward(alarm, Cause.NO_MOVEMENT, "Cancelled, but nothing moved after the impact.", now)
    return ended(alarm, AlarmState.CANCELLED, Cause.RESIDENT_FINE, "The resident is fine.", now)


def fine(alarm: Alarm, _event: Event, _now: datetime) -> Decision:
    """People have been told: it is theirs to close."""
    return noted(alarm, Cause.RESIDENT_FINE, "The resident says that all is well; people decide.")


def returned_in_check_in(alarm: Alarm, event: Event, now: datetime) -> Decision:
    """Ends a check-in whose question was whether the resident comes back."""
    if alarm.policy.check_in.cancel is not CancelRule.RETURNED_HOME:
        return returned(alarm, event, now)
    return ended(alarm, AlarmState.CANCELLED, Cause.RETURNED_HOME, "The resident is back home.", now)


def returned(alarm: Alarm, _event: Event, _now: datetime) -> Decision:
    """People have been told: it is theirs to close."""
    return noted(alarm, Cause.RETURNED_HOME, "The resident is back home; people decide.")


def help_in_check_in(alarm: Alarm, _event: Event, now: datetime) -> Decision:
    """That is the answer: people are told at once."""
    return onward(alarm, Cause.RESIDENT_HELP, "The resident asks for help.", now)


def help_again(alarm: Alarm, _event: Event, _now: datetime) -> Decision:
    """People are being told already."""
    return noted(alarm, Cause.RESIDENT_HELP, "The resident asks for help again.")


# What people say.


def going(alarm: Alarm, event: Event, now: datetime) -> Decision:
    """The first who goes has it."""
    return taken(alarm, event.by, now)


def going_too(alarm: Alarm, event: Event, _now: datetime) -> Decision:
    """Somebody has it already: a second one is a backup, and is told who is going."""
    if event.by == alarm.owner:
        return noted(alarm, Cause.GOING, "Said again by whoever has it.")
    return noted(alarm, Cause.BACKUP_GOING, "Somebody else would go, too.", tell=(Tell.BACKUP,))


def cannot(alarm: Alarm, _event: Event, _now: datetime) -> Decision:
    """Nobody has it yet: the others go on being asked."""
    return noted(alarm, Cause.CANNOT, "Somebody cannot go.")


def cannot_after_all(alarm: Alarm, event: Event, now: datetime) -> Decision:
    """Whoever had it gives it back: the next step is told."""
    if event.by != alarm.owner:
        return cannot(alarm, event, now)
    return onward(alarm, Cause.CANNOT, "Whoever had it cannot go.", now)


def arrived(alarm: Alarm, event: Event, now: datetime) -> Decision:
    """Somebody is there."""
    return attended(alarm, event.by, now)


def arrived_too(alarm: Alarm, _event: Event, _now: datetime) -> Decision:
    """Somebody is there already."""
    return noted(alarm, Cause.ARRIVED, "Somebody was there already.")


def closed(alarm: Alarm, event: Event, now: datetime) -> Decision:
    """A human says how it ended."""
    return ended(alarm, AlarmState.RESOLVED, Cause.CLOSED, event.outcome, now)


def too_late(alarm: Alarm, _event: Event, _now: datetime) -> Decision:
    """It is closed: recorded, and nothing more."""
    return noted(alarm, Cause.TOO_LATE, "It was closed already.")
