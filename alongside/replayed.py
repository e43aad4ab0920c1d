"""What a replay found, told to people and to programs, and what it amounts to."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from analytics.model import Finding
from analytics.plain import count
from analytics.recordings import Recording, Refusals
from devices.model import Quantity, Reading
from hub.rehearsal import Reached, Rehearsed, Telling

SHOWN = 10
"""How many rows that were left out are shown; the rest are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding as it would have come, in which home and on which clock, and what it would have become."""

    home: str
    tz: ZoneInfo
    finding: Finding
    alarm: Rehearsed | None


@dataclass(slots=True)
class Summary:
    """What went through, and what came of it. `kept_out` counts impossible readings; `why` has the first reason."""

    homes: int = 0
    observations: int = 0
    first: datetime | None = None
    last: datetime | None = None
    alarms: int = 0
    refusals: Refusals = field(default_factory=Refusals)
    kept_out: Counter[Quantity] = field(default_factory=Counter)
    why: dict[Quantity, str] = field(default_factory=dict)
    findings: Counter[str] = field(default_factory=Counter)

    def begin(self, recording: Recording) -> None:
        """Another home."""
        self.homes += 1
        self.observations += len(recording.observations)
        first, last = recording.observations[0].at, recording.observations[-1].at
        self.first = min(self.first or first, first)
        self.last = max(self.last or last, last)

    def add(self, found: Found) -> None:
        """Another finding."""
        self.findings[found.finding.kind] += 1
        self.alarms += found.alarm is not None and not found.alarm.joins

    def keep_out(self, reading: Reading, reason: str) -> None:
        """Another impossible reading."""
        self.kept_out[reading.quantity] += 1
        self.why.setdefault(reading.quantity, reason)

    def told(self, *, example: bool) -> Iterator[str]:
        """All of it in lines, the bad news first."""
        for row in self.refusals.first[:SHOWN]:
            yield f"left out: {row.file}, line {row.line}: {row.reason}"
        if self.refusals.count > SHOWN:
            yield f"left out: {count(self.refusals.count - SHOWN, 'more row')}"
        for quantity, number in self.kept_out.items():
            yield f"kept from the detectors: {count(number, 'reading')} of {quantity} ({self.why[quantity]})"
        yield f"{count(self.homes, 'home')}, {self.observations:,} observations{self._span()}."
        kinds = ", ".join(f"{number} {kind}" for kind, number in self.findings.most_common()) or "none"
        yield f"{count(self.findings.total(), 'finding')} ({kinds}), {count(self.alarms, 'alarm')}. Nothing was sent."
        if example:
            yield "The plans are those of a made-up household; give your own with --home."

    def _span(self) -> str:
        return f" from {self.first:%Y-%m-%d} to {self.last:%Y-%m-%d}" if self.first and self.last else ""


def as_text(found: Found) -> str:
    """One finding in a few lines, on the home's clock."""
    finding = found.finding
    head = f"{_local(finding.at, found.tz)}  {found.home}  {finding.kind} (severity {finding.severity})"
    return "\n".join([head, f"    {finding.because}", *(f"    {line}" for line in _became(found))])


def _became(found: Found) -> Iterator[str]:
    alarm = found.alarm
    if alarm is None:
        yield "No alarm: this household makes none of it."
    elif alarm.joins:
        yield f"Part of alarm {alarm.number}, which was open."
    else:
        yield f"Alarm {alarm.number}, plan {alarm.plan!r}. Had nobody answered:"
        for telling in alarm.tellings:
            yield f"  {_local(telling.at, found.tz)[11:]}  {telling.step}: {_people(telling.people)}"


def _people(people: tuple[Reached, ...]) -> str:
    return ", ".join(f"{one.person} by {one.channel}" for one in people)


def _local(at: datetime, tz: ZoneInfo) -> str:
    return f"{at.astimezone(tz):%Y-%m-%d %H:%M:%S}"


def as_json(found: Found) -> str:
    """One finding as one line of JSON; times are UTC."""
    return json.dumps(_row(found), ensure_ascii=False)


def _row(found: Found) -> dict[str, Any]:
    finding = found.finding
    return {
        "home": found.home,
        "at": finding.at.isoformat(),
        "kind": finding.kind,
        "severity": finding.severity,
        "because": finding.because,
        "room": finding.room,
        "detector": finding.detector,
        "detector_version": finding.detector_version,
        "episode": finding.episode,
        "evidence": [
            {
                "observation": one.id,
                "device": one.device,
                "what": one.what,
                "value": one.value,
                "at": one.at.isoformat(),
            }
            for one in finding.evidence
        ],
        "settings": {key: {"value": one.value, "version": one.version} for key, one in finding.settings.items()},
        "alarm": _alarm_row(found.alarm),
    }


def _alarm_row(alarm: Rehearsed | None) -> dict[str, Any] | None:
    if alarm is None:
        return None
    told = [_telling_row(one) for one in alarm.tellings]
    return {"number": alarm.number, "plan": alarm.plan, "joins": alarm.joins, "if_nobody_answered": told}


def _telling_row(telling: Telling) -> dict[str, Any]:
    people = [{"person": one.person, "channel": one.channel} for one in telling.people]
    return {"at": telling.at.isoformat(), "step": telling.step, "people": people}
