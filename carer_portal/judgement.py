"""Is the resident all right? Decided from what is known, what is not, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from carer_portal.model import Band, Status

HUB_SILENT_AFTER: Final = timedelta(seconds=60)
"""The hub says every 5 s that it is alive; twelve times not is not a hiccup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that the answer rests on. What a viewer may not know at all (vital signs) does not colour theirs.

    `unheard` counts the sensors whose silence is a fault; `heard` those that were heard of late.
    """

    now: datetime
    hub_alive: bool
    person_alarms: int
    equipment_alarms: int
    sensors: int
    heard: int
    unheard: int
    moved_at: datetime | None
    longest_silence: timedelta
    bands: tuple[Band, ...]
    faults: int
    links_down: int
    resting: bool

    @property
    def still(self) -> bool:
        """Whether nothing has moved for longer than anything explains."""
        return self.moved_at is not None and self.now - self.moved_at > self.longest_silence


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way to answer; `name` finds its sentence."""

    name: str
    status: Status
    holds: Callable[[Facts], bool]


RULES: Final = (  # the first that holds decides
    Rule(name="alarm", status=Status.ALARM, holds=lambda facts: facts.person_alarms > 0),
    Rule(name="hub_silent", status=Status.UNKNOWN, holds=lambda facts: not facts.hub_alive),
    Rule(name="resting", status=Status.UNKNOWN, holds=lambda facts: facts.resting),
    Rule(name="no_sensors", status=Status.UNKNOWN, holds=lambda facts: facts.sensors == 0),
    Rule(name="none_heard", status=Status.UNKNOWN, holds=lambda facts: facts.heard == 0),
    Rule(name="never_moved", status=Status.UNKNOWN, holds=lambda facts: facts.moved_at is None),
    Rule(name="still", status=Status.LOOK, holds=lambda facts: facts.still),
    Rule(name="out_of_range", status=Status.LOOK, holds=lambda facts: set(facts.bands) - {Band.WITHIN} != set()),
    Rule(
        name="equipment",
        status=Status.LOOK,
        holds=lambda facts: facts.equipment_alarms + facts.faults + facts.links_down + facts.unheard > 0,
    ),
    Rule(name="well", status=Status.WELL, holds=lambda _facts: True),
)


def judge(facts: Facts) -> Rule:
    """The rule that answers."""
    return next(rule for rule in RULES if rule.holds(facts))
