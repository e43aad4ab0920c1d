"""Every sentence of an alarm's story."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from carer_portal.catalogue import _
from hub.model import Cause, Provenance

PAGE: Final = _("Alarms")
WHOLE_STORY: Final = _("The whole story")
ALL_ALARMS: Final = _("All alarms")
NO_ALARMS: Final = _("There was no alarm in the last thirty days.")
NO_SUCH: Final = _("There is no such alarm, or it is not shared with you.")
TIMELINE: Final = _("What happened, in order")
NO_TIMELINE: Final = _("What happened in between is not shared with you.")
RULES: Final = _("The rules it rests on")
NO_RULES: Final = _("No rule with a limit: a call for help needs none.")
NOTICED_BY: Final = _("Noticed by: {detectors}.")
DETECTOR: Final = _("{name}, version {version}")
RULE: Final = _("This sets {words}.")
PROVENANCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Provenance.DEFAULT: _("as shipped"),
        Provenance.RESIDENT: _("chosen by the resident"),
        Provenance.CLINICIAN: _("prescribed"),
        Provenance.DECISION: _("decided together"),
    }
)
RULE_HEADS: Final = (_("What it sets"), _("Value"), _("Version"), _("Where it comes from"))
EVIDENCE: Final = _("What the sensors said around it")
NO_EVIDENCE: Final = _("Nothing that is shared with you.")
MOVEMENT_HEADS: Final = (_("Time"), _("Room"), _("Signs of movement"))
VITAL_HEADS: Final = (_("Time"), _("What"), _("Value"))
AS_TABLE: Final = _("The same as a table")
LABELS: Final = _("What people say of it")
NO_LABELS: Final = _("Nobody has said whether it was right.")
SAME_FOR: Final = _("The same holds for the other alarms of this kind on that day ({n}).")
CONTEST: Final = _("Something about this is wrong")
CONTEST_HELP: Final = _("Somebody has to answer you by the day that you are then told.")
CONTEST_WORDS: Final = _("What is wrong, and what should be different?")
CASES: Final = _("What was said against it")
CASE: Final = _("{who} said: “{words}”")
TO_ANSWER: Final = _("For you to answer")
YOURS: Final = _("Yours to answer by {when}")
ANSWER: Final = _("Your answer")
NO_WORDS: Final = _("Please write a few words first.")
CAUSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Cause.FINDING: _("It was noticed."),
        Cause.RELATED_FINDING: _("Something more was noticed, and belongs to the same alarm."),
        Cause.SEVERITY_ROSE: _("It became graver."),
        Cause.RESIDENT_FINE: _("{name} said that all is fine."),
        Cause.RESIDENT_HELP: _("{name} asked for help."),
        Cause.RETURNED_HOME: _("{name} was back home."),
        Cause.REPEATED_CANCELS: _("It was cancelled very often lately, so people are told all the same."),
        Cause.NO_MOVEMENT: _("Nothing moved after it, so people are told all the same."),
        Cause.CHECKIN_PROMPT: _("{name} was asked again."),
        Cause.CHECKIN_SILENCE: _("{name} did not answer, so people are told."),
        Cause.STEP_TIMEOUT: _("Nobody answered in time, so the next people are told."),
        Cause.EMPTY_STEP: _("Nobody could be told in this step, so the next people are told."),
        Cause.NO_STEP_LEFT: _("Nobody has answered: everybody is told again and again."),
        Cause.EXHAUSTED_RETRY: _("Everybody is told again."),
        Cause.GOING: _("{who} is going."),
        Cause.BACKUP_GOING: _("{who} is going, too."),
        Cause.CANNOT: _("{who} cannot go."),
        Cause.ACK_TIMEOUT: _("Nobody has arrived in time, so the next people are told."),
        Cause.ARRIVED: _("{who} is there."),
        Cause.ATTEND_TIMEOUT: _("It was not closed in time, so people are told again."),
        Cause.CLOSED: _("{who} closed it."),
        Cause.TOO_LATE: _("{who} answered after the end."),
        Cause.RESTARTED: _("The hub was started anew, and went on."),
    }
)
CAUSE_OTHER: Final = _("It went on.")
