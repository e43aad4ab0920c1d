"""The assumptions in the shape of an algorithmic transparency record.

The sections are those of the United Kingdom's Algorithmic Transparency Recording Standard. It is a shape, not a claim:
nobody has assessed these records.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from analytics.settings import DEFAULTS
from co_design.model_trace import Trace, TracedDecision
from co_design.registers.entries import Entry

NOT_A_DEVICE = "Not a medical device; nobody has certified it. It adds to a telephone, a pendant and a neighbour."


def record(entry: Entry, found: Trace | None) -> dict[str, Any]:
    """One assumption; `found` is the trace of its setting, as whoever reads the record may see it."""
    claim = entry.body
    spec = DEFAULTS.get(claim.setting or "")
    return {
        "tier_1": {"name": entry.key, "description": claim.claim, "contact": claim.owner},
        "owner_and_responsibility": {"senior_responsible_owner": claim.owner, "version": entry.version},
        "description_and_rationale": {
            "detailed_description": spec.words if spec else claim.claim,
            "rationale": claim.rationale,
            "debated_by": list(claim.debated_by),
            "alternatives_considered": _alternatives(found),
        },
        "decision_making_process": {
            "human_decisions": "The resident is asked first, and people decide what to do; no alarm acts by itself.",
            "appeals_and_review": "Label any alarm wrong, with the reason; it is traced to this setting.",
            "decided_by_right": [one.right for one in _decisions(found)],
            "votes_by_role": [one.tallies for one in _decisions(found)],
            "dissent": [said for one in _decisions(found) for said in one.dissent],
            "review_date": claim.review_at.date().isoformat(),
        },
        "tool_specification": _specification(claim.setting, found),
        "risks_mitigations_and_impact": {
            "not_known": claim.not_known,
            "measured_effects": _effects(found),
            "status": NOT_A_DEVICE,
        },
    }


def _decisions(found: Trace | None) -> Sequence[TracedDecision]:
    return found.decisions if found else ()


def _alternatives(found: Trace | None) -> list[str]:
    return [option for one in _decisions(found) for option in one.options if not option.startswith(f"{one.chosen}:")]


def _effects(found: Trace | None) -> list[Mapping[str, Any]]:
    return [
        {"change": change.id, "measured": effect.words, "says": effect.kind}
        for one in _decisions(found)
        for change in one.changes
        for effect in change.effects
    ]


def _specification(setting: str | None, found: Trace | None) -> dict[str, Any]:
    spec = DEFAULTS.get(setting or "")
    if setting is None or spec is None:
        return {}
    return {
        "setting": setting,
        "unit": spec.unit,
        "safe_bounds": [spec.low, spec.high],
        "shipped_value": spec.value,
        "source_of_shipped_value": spec.source,
        "versions": [
            {"version": one.version, "value": one.value, "provenance": one.provenance}
            for one in (found.settings if found else ())
        ],
    }
