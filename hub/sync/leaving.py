"""What may leave the home: one table of which field of consent each column shows. Applied on the hub, before sending.

A centre sees what the resident lets the role `operator` see. What is not allowed is left out of the row; that an alarm
is open, that a device is silent and when are always told, as without them nobody could help.
"""

from collections.abc import Mapping
from typing import Any

from devices.model import Quantity
from hub.household.model import Consent
from hub.model import Role

CENTRE = Role.OPERATOR

Shows = Mapping[str, str]
"""By column, the field of consent that it shows."""

SHOWS: Mapping[str, Shows] = {
    "acknowledgement": {"person": "contacts"},
    "alarm": {
        "kind": "kind",
        "because": "kind",
        "room": "room",
        "facts": "vitals",
        "owner": "contacts",
        "policy": "contacts",
        "outcome": "kind",
    },
    "alarm_finding": {},
    "consent": {"granted_by": "contacts"},
    "delivery": {"detail": "contacts"},
    "device": {"name": "room", "config": "room"},
    "fault": {"because": "room", "subject": "room", "owner": "contacts", "cover": "contacts", "closed_by": "contacts"},
    "finding": {"kind": "kind", "because": "kind", "room": "room", "evidence": "vitals", "episode": "kind"},
    "household": {"document": "contacts", "applied_by": "contacts"},
    "intent": {"payload": "kind", "by": "contacts", "result": "kind"},
    "label": {"because": "kind", "by": "contacts"},
    "notification": {"person": "contacts", "to": "contacts", "text": "contacts", "reference": "contacts"},
    "quantity": {},
    "setting": {"by": "contacts", "because": "kind"},
    "transition": {"detail": "kind", "by": "contacts"},
}
"""Every table that is sent, row by row. Readings go by themselves."""

VITALS = frozenset(
    {
        Quantity.HEART_RATE_BPM,
        Quantity.PULSE_BPM,
        Quantity.PULSE_FAST_BPM,
        Quantity.PULSE_SLOW_BPM,
        Quantity.BEAT_INTERVAL_S,
        Quantity.SPO2_PERCENT,
        Quantity.SPO2_FAST_PERCENT,
        Quantity.SPO2_SLOW_PERCENT,
        Quantity.PERFUSION_PERCENT,
        Quantity.SYSTOLIC_MMHG,
        Quantity.DIASTOLIC_MMHG,
        Quantity.MEAN_ARTERIAL_MMHG,
        Quantity.BODY_TEMPERATURE_C,
        Quantity.WEIGHT_KG,
        Quantity.RESPIRATION_PER_MIN,
        Quantity.SLEEP_STATE,
        Quantity.ALERT,
        Quantity.OXYGEN_GIVEN,
        Quantity.PULSE_IRREGULARITY,
        Quantity.RESTING_PULSE_BPM,
        Quantity.USUAL_SPO2_PERCENT,
        Quantity.ENERGY_EXPENDED_KJ,
    }
)
TECHNICAL = frozenset({Quantity.BATTERY_PERCENT, Quantity.BATTERY_V, Quantity.BATTERY_LOW, Quantity.SIGNAL_DBM})
"""Of the device and not of the person: always sent, so that a battery is changed in time."""


def shown(table: str, row: Mapping[str, Any], consent: Consent) -> dict[str, Any]:
    """The row as it may leave the home."""
    hidden = {column for column, field in SHOWS[table].items() if not consent.allows(CENTRE, field)}
    return {name: value for name, value in row.items() if name not in hidden}


def may_leave(quantity: str, consent: Consent) -> bool:
    """Whether readings of this quantity may leave: what a person's body shows, what they do, and where."""
    if quantity in TECHNICAL:
        return True
    return consent.allows(CENTRE, "vitals" if quantity in VITALS else "room")
