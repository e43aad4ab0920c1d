"""Judges recorded windows of heartbeats as the hub does, and says how often that was right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.training.beats import Label, Record, all_windows
from analytics.training.made_up_beats import all_variants
from analytics.training.rhythm import examples, fit
from analytics.vitals.rhythm import Judged, Rhythm, Table, judge

MADE_UP_SEED = 29
"""Other noise than the table was learnt from."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a window is and what it was taken for. `how` says how it was made up; None where it was recorded."""

    record: str
    label: Label
    pure: bool
    judged: Judged
    how: str | None = None

    @property
    def called(self) -> bool:
        """Whether it was called irregular. What is taken for noise is not."""
        return self.judged.rhythm is Rhythm.IRREGULAR

    @property
    def rejected(self) -> bool:
        """Whether it was taken for noise."""
        return self.judged.rhythm is Rhythm.NOISE


def shipped(some: Sequence[Record], count: int) -> list[Outcome]:
    """By the table that ships."""
    return judged(some, count, None)


def leave_one_out(some: Sequence[Record], count: int, progress: Progress) -> list[Outcome]:
    """Each record by a table that was learnt from the others."""
    known = examples(some)
    outcomes: list[Outcome] = []
    for name in sorted({record.name for record in some}):
        progress(f"learning without record {name}")
        table = fit(known.of(known.record != name))
        outcomes += judged([record for record in some if record.name == name], count, table)
    return outcomes


def judged(some: Sequence[Record], count: int, table: Table | None) -> list[Outcome]:
    """By this table, or the shipped one: the recorded windows, and the made-up ones."""
    recorded = [
        Outcome(record=one.record, label=one.label, pure=one.pure, judged=judge(one.beats, table))
        for one in all_windows(some, count)
    ]
    made_up = [
        Outcome(record=one.record, label=one.label, pure=True, judged=judge(one.beats, table), how=one.how)
        for one in all_variants(some, count, MADE_UP_SEED)
    ]
    return recorded + made_up
