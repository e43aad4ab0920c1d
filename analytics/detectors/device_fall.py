"""A device reported a fall: a radar, a wearable."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from analytics.immediate import Immediate
from analytics.model import Finding, FindingKind, Home, Interest
from analytics.plain import sensor_name, when
from analytics.seen import Seen, as_evidence
from devices.model import Observation, Trigger, TriggerKind

SEVERITY = 9
SAME_FALL = timedelta(minutes=2)
"""A device that goes on reporting a fall, with no longer pause than this, speaks of the same fall."""


@dataclass(slots=True)
class DeviceFall(Immediate):
    """Finds a fall that a device reports, once for as long as that device goes on reporting it.

    It believes the device: whether the person lies there is asked by the check-in, not guessed here.
    """

    name: ClassVar[str] = "device_fall"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = frozenset({TriggerKind.FALL})

    home: Home
    lookback_s: float = 3_600.0
    _last: dict[str, datetime] = field(default_factory=dict, init=False)

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Take one report of a fall."""
        if not isinstance(observation, Trigger) or observation.kind is not TriggerKind.FALL:
            return ()
        before = self._last.get(observation.device)
        self._last[observation.device] = max(before or observation.at, observation.at)
        if before is not None and abs(observation.at - before) <= SAME_FALL:
            return ()
        return (self._finding(Seen(observation, number)),)

    def _finding(self, report: Seen) -> Finding:
        device = report.observation.device
        sensor = self.home.sensors.get(device)
        name = sensor_name(sensor.name if sensor else device)
        return Finding(
            kind=FindingKind.FALL,
            severity=SEVERITY,
            at=report.at,
            because=f"The {name} reported a fall at {when(report.at, report.at, self.home.tz)}.",
            detector=self.name,
            detector_version=self.version,
            episode=f"{device} {report.at.isoformat()}",
            room=sensor.room if sensor else None,
            evidence=as_evidence([report]),
        )
