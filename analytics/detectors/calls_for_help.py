"""Somebody pressed a button that means help."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from analytics.immediate import Immediate
from analytics.model import Answer, Finding, FindingKind, Home, Interest
from analytics.plain import sensor_name, when
from analytics.seen import Seen, as_evidence
from analytics.signs import PRESSES
from devices.model import Observation, Trigger, TriggerKind

SEVERITY = 10
SAME_TOKEN = timedelta(hours=1)
"""A device's own number of a press, heard again within this, is that press once more: the radio repeats old adverts."""
SAME_PRESS = timedelta(seconds=2)
"""Without a number, the same press of the same button within this is an echo of the radio or of the contact."""

WORDS: dict[TriggerKind, str] = {
    TriggerKind.PRESS: "was pressed",
    TriggerKind.DOUBLE_PRESS: "was pressed twice",
    TriggerKind.TRIPLE_PRESS: "was pressed three times",
    TriggerKind.LONG_PRESS: "was held down",
    TriggerKind.HOLD_PRESS: "was held down",
}


@dataclass(slots=True)
class CallsForHelp(Immediate):
    """Finds every press that means help: at once, with nothing to confirm it.

    Only echoes of one press are left out, never a second press. A press that means "I am fine" is not its business.
    """

    name: ClassVar[str] = "calls_for_help"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = frozenset(PRESSES)

    home: Home
    lookback_s: float = SAME_TOKEN.total_seconds()
    _last: dict[tuple[str, TriggerKind, str | None], Trigger] = field(default_factory=dict, init=False)

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Take one press."""
        if not isinstance(observation, Trigger) or self._means(observation) is not Answer.HELP:
            return ()
        key = (observation.device, observation.kind, observation.button)
        before = self._last.get(key)
        self._last[key] = observation
        if before is not None and _is_echo(before, observation):
            return ()
        return (self._finding(observation, number),)

    def _means(self, press: Trigger) -> Answer:
        sensor = self.home.sensors.get(press.device)
        return sensor.means(press.kind) if sensor else Answer.HELP

    def _finding(self, press: Trigger, number: int | None) -> Finding:
        sensor = self.home.sensors.get(press.device)
        name = sensor_name(sensor.name if sensor else press.device)
        return Finding(
            kind=FindingKind.PANIC,
            severity=SEVERITY,
            at=press.at,
            because=f"The {name} {WORDS[press.kind]} at {when(press.at, press.at, self.home.tz)}.",
            detector=self.name,
            detector_version=self.version,
            episode=" ".join(filter(None, (press.device, press.kind, press.button, press.at.isoformat()))),
            room=sensor.room if sensor else None,
            evidence=as_evidence([Seen(press, number)]),
        )


def _is_echo(before: Trigger, now: Trigger) -> bool:
    gap = abs(now.at - before.at)
    if before.token is None or now.token is None:
        return gap < SAME_PRESS
    return before.token == now.token and gap < SAME_TOKEN
