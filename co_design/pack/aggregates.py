"""Counts of what people said: only of those who gave it for this purpose, and of no group of fewer than five."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from co_design.chain import Chain
from co_design.registers.entries import Entry
from co_design.registers.standing import usable
from co_design.suppressed import LEAST
from hub.intents import RefusedError

Row = Mapping[str, Any]


def aggregates(chain: Chain, donations: Sequence[Entry], purpose: str, now: datetime) -> list[Row]:
    """How many people met each step of the journey with which feeling; each cell has at least five people in it.

    Raises `RefusedError` where fewer than five give for this purpose now.
    """
    givers = {one.body.participant for one in usable(donations, purpose, now)}
    if len(givers) < LEAST:
        raise RefusedError(f"fewer than {LEAST} people give their data for {purpose!r} now, so nothing is told.")
    felt: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one in chain.touchpoints:
        said = chain.utterances[one.utterance_id]
        if said.participant_id in givers and said.redacted_at is None:
            felt[one.step, one.emotion].add(said.participant_id)
    shown = [(cell, len(people)) for cell, people in sorted(felt.items()) if len(people) >= LEAST]
    return [{"step": step, "feeling": feeling, "people": count} for (step, feeling), count in shown]
