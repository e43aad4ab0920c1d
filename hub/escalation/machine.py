"""What each event does to an alarm in each state, and why. Pure: rows and messages are written elsewhere.

Reading the table is reading the rules. It has a rule for every pair of state and event; only a draft can be OPENED.
"""

from datetime import datetime

from hub.escalation import rules
from hub.escalation.decision import Decision, Event, EventKind, Rule
from hub.model import Alarm, AlarmState

_TERMINAL: dict[EventKind, Rule] = dict.fromkeys(EventKind, rules.too_late)

TABLE: dict[AlarmState, dict[EventKind, Rule]] = {
    AlarmState.CHECKIN: {
        EventKind.OPENED: rules.opened,
        EventKind.RELATED: rules.related_in_check_in,
        EventKind.DUE: rules.check_in_due,
        EventKind.EMPTY: rules.cannot_ask,
        EventKind.FINE: rules.fine_in_check_in,
        EventKind.RETURNED: rules.returned_in_check_in,
        EventKind.HELP: rules.help_in_check_in,
        EventKind.GOING: rules.going,
        EventKind.CANNOT: rules.cannot,
        EventKind.ARRIVED: rules.arrived,
        EventKind.CLOSE: rules.closed,
    },
    AlarmState.ESCALATING: {
        EventKind.RELATED: rules.related,
        EventKind.DUE: rules.step_due,
        EventKind.EMPTY: rules.step_empty,
        EventKind.FINE: rules.fine,
        EventKind.RETURNED: rules.returned,
        EventKind.HELP: rules.help_again,
        EventKind.GOING: rules.going,
        EventKind.CANNOT: rules.cannot,
        EventKind.ARRIVED: rules.arrived,
        EventKind.CLOSE: rules.closed,
    },
    AlarmState.ACKNOWLEDGED: {
        EventKind.RELATED: rules.related,
        EventKind.DUE: rules.going_due,
        EventKind.EMPTY: rules.nothing_to_tell,
        EventKind.FINE: rules.fine,
        EventKind.RETURNED: rules.returned,
        EventKind.HELP: rules.help_again,
        EventKind.GOING: rules.going_too,
        EventKind.CANNOT: rules.cannot_after_all,
        EventKind.ARRIVED: rules.arrived,
        EventKind.CLOSE: rules.closed,
    },
    AlarmState.ATTENDING: {
        EventKind.RELATED: rules.related,
        EventKind.DUE: rules.attending_due,
        EventKind.EMPTY: rules.nothing_to_tell,
        EventKind.FINE: rules.fine,
        EventKind.RETURNED: rules.returned,
        EventKind.HELP: rules.help_again,
        EventKind.GOING: rules.going_too,
        EventKind.CANNOT: rules.cannot_after_all,
        EventKind.ARRIVED: rules.arrived_too,
        EventKind.CLOSE: rules.closed,
    },
    AlarmState.EXHAUSTED: {
        EventKind.RELATED: rules.related,
        EventKind.DUE: rules.exhausted_due,
        EventKind.EMPTY: rules.nobody_at_all,
        EventKind.FINE: rules.fine,
        EventKind.RETURNED: rules.returned,
        EventKind.HELP: rules.help_again,
        EventKind.GOING: rules.going,
        EventKind.CANNOT: rules.cannot,
        EventKind.ARRIVED: rules.arrived,
        EventKind.CLOSE: rules.closed,
    },
    AlarmState.RESOLVED: _TERMINAL,
    AlarmState.CANCELLED: _TERMINAL,
}


def decide(alarm: Alarm, event: Event, now: datetime) -> Decision:
    """What this event does to this alarm.

    OPENED is for a new alarm only: a draft in CHECKIN that has not been stored.
    """
    return TABLE[alarm.state][event.kind](alarm, event, now)
