"""Every sentence about days, trends and measurements."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from analytics.vitals.news2 import Parameter, Urgency
from carer_portal.catalogue import _
from devices.model import Quantity

PAGE: Final = _("Days")
HOW_LONG: Final = _("How far back")
SPANS: Final[Mapping[int, str]] = MappingProxyType({14: _("Two weeks"), 90: _("Three months"), 365: _("A year")})
ACTIVITY: Final = _("Movement, day by day")
ACTIVITY_HEADS: Final = (_("Day"), _("Signs of movement"), _("of them at night"))
NIGHTS: Final = _("Movement at night (23:00 to 6:00)")
USUAL: Final = _("Today beside the usual day")
USUAL_HEADS: Final = (_("Hour"), _("Usual"), _("Today"))
MEASURED: Final = _("Measurements, day by day")
MEASURED_HEADS: Final = (_("Day"), _("What"), _("Mean"), _("Lowest"), _("Highest"), _("How often"))
LESS: Final = _("Since about {day} there is less movement than before: {percent:.0f} % of it.")
MORE: Final = _("Since about {day} there is more movement than before: {percent:.0f} % of it.")
HOW_SURE: Final = _("Chance alone makes such a change in about {chance:.0f} of 100 homes. It does not say why.")
AS_BEFORE: Final = _("No lasting change is to be seen.")
NOTHING_YET: Final = _("Nothing has been summed up yet. Come back in an hour.")
NOT_SHARED: Final = _("This is not shared with you.")
LETTER: Final = _("The letter of the month, to print")
QUANTITIES: Final[Mapping[Quantity, str]] = MappingProxyType(
    {
        Quantity.HEART_RATE_BPM: _("Pulse (a minute)"),
        Quantity.PULSE_BPM: _("Pulse, at the finger (a minute)"),
        Quantity.SPO2_PERCENT: _("Blood oxygen (%)"),
        Quantity.SYSTOLIC_MMHG: _("Upper blood pressure (mmHg)"),
        Quantity.DIASTOLIC_MMHG: _("Lower blood pressure (mmHg)"),
        Quantity.BODY_TEMPERATURE_C: _("Temperature (°C)"),
        Quantity.RESPIRATION_PER_MIN: _("Breaths (a minute)"),
        Quantity.WEIGHT_KG: _("Weight (kg)"),
    }
)

HEALTH: Final = _("Health")
NEWS2: Final = _("Early-warning score (NEWS2)")
NEWS2_TOTAL: Final = _("{total}: {urgency}")
NEWS2_PARTIAL: Final = _("Partial: at least {at_least}. Not known: {missing}. A part that nobody measured is not 0.")
NEWS2_NONE: Final = _("No part of the score was measured in the last {hours} hours.")
NEWS2_HEADS: Final = (_("Part"), _("Score"))
NEWS2_NOTE: Final = _(
    "From the newest values of the last {hours} hours, as the sensors gave them; nobody has looked at the person."
)
MISSING: Final = _("not known")
LATEST: Final = _("Newest values")
LATEST_HEADS: Final = (_("What"), _("Value"), _("When"), _("Quality"))
NO_VALUES: Final = _("Nothing was measured in the last week.")
GOOD: Final = _("good")
DOUBTED: Final = _("doubted by its sensor")
KEPT_OUT: Final = _("Measurements that were kept out in the last week")
KEPT_OUT_HEADS: Final = (_("Why"), _("How often"))
NONE_KEPT_OUT: Final = _("None.")
LIMITS: Final = _("At what we tell somebody, and who decided that")
LIMIT_HEADS: Final = (_("What it sets"), _("Value"), _("Where it comes from"), _("To be looked at again"))
NONE_DECIDED: Final = _("None has been decided for this person: all are as shipped.")
AS_SHIPPED: Final = _("The limits that are as shipped")
TO_HANDOVER: Final = _("One sheet for a handover, to print")
TO_FHIR: Final = _("Measurements of the last month for a record system (FHIR)")
PARAMETERS: Final[Mapping[Parameter, str]] = MappingProxyType(
    {
        Parameter.RESPIRATION: _("Breaths"),
        Parameter.SPO2: _("Blood oxygen"),
        Parameter.OXYGEN: _("Air or oxygen"),
        Parameter.SYSTOLIC: _("Upper blood pressure"),
        Parameter.PULSE: _("Pulse"),
        Parameter.CONSCIOUSNESS: _("Consciousness"),
        Parameter.TEMPERATURE: _("Temperature"),
    }
)
URGENCIES: Final[Mapping[Urgency, str]] = MappingProxyType(
    {
        Urgency.ROUTINE: _("no urgent review"),
        Urgency.URGENT: _("urgent review within 1 hour"),
        Urgency.EMERGENCY: _("emergency assessment within 30 minutes"),
    }
)

HANDOVER: Final = _("Handover")
HANDOVER_OF: Final = _("{name}, {when}")
BORN: Final = _("Born {year}")
LIVES_AT: Final = _("Lives at {address}")
SITUATION: Final = _("Situation")
BACKGROUND: Final = _("The last seven days")
ASSESSMENT: Final = _("Assessment")
WHO_NEXT: Final = _("Who is on call now")
NO_OPEN: Final = _("No alarm is open.")
NO_LATELY: Final = _("There was no alarm.")
NOBODY_ON: Final = _("Nobody.")
NOT_A_DEVICE: Final = _("Alongside is not a medical device. These values were measured at home, by sensors.")

LETTER_OF: Final = _("{month}: how it went")
LETTER_ALARMS: Final = _("Alarms")
LETTER_ALARM: Final = _("{title}: {n} ({wrong} of them said to be wrong)")
LETTER_NONE: Final = _("There was none.")
LETTER_MOVEMENT: Final = _("Movement")
LETTER_MEAN: Final = _("On average {now:.0f} signs of movement a day; the month before {before:.0f}.")
LETTER_MEAN_FIRST: Final = _("On average {now:.0f} signs of movement a day.")
LETTER_NIGHTS: Final = _("On average {now:.0f} of them at night.")
LETTER_BORNE: Final = _("Who was asked")
LETTER_ASKED: Final = _("{who}: {n}")
LETTER_EARLIER: Final = _("The month before")
