"""What facilitators and residents look at: every board and register as rows, for pages, commands and exports alike."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from co_design.acting import AGENCY_SPAN, agency_at
from co_design.agreement import agreements
from co_design.chain import Chain, load
from co_design.fairness import airtime, levels, reach, taken_up
from co_design.graph import Edges, Kind, backwards, forwards, numbers, walked
from co_design.model import ConsentScope
from co_design.model_deciding import Mark
from co_design.registers.bodies import Register
from co_design.registers.chase import chase, minutes_given
from co_design.registers.entries import current, every_version
from co_design.registers.standing import loads, promises
from co_design.suppressed import said
from co_design.view import View
from co_design.words import Reader

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every board is made from: the home's database, the chain in it, and who looks."""

    connection: Connection
    view: View

    @property
    def chain(self) -> Chain:
        """The record."""
        return self.view.chain

    @property
    def now(self) -> datetime:
        """When somebody looks."""
        return self.view.reader.now


def desk(connection: Connection, now: datetime, audience: ConsentScope = ConsentScope.HOME) -> Desk:
    """Lay the record out for somebody who looks now."""
    return Desk(connection=connection, view=View(chain=load(connection), reader=Reader(audience=audience, now=now)))


def journey(at: Desk) -> list[Row]:
    """The journey map: at each step, how people felt, and one thing that was said."""
    steps: dict[str, list[Any]] = defaultdict(list)
    for one in at.chain.touchpoints:
        steps[one.step].append(one)
    return [
        {
            "step": step,
            "feelings": dict(Counter(one.emotion for one in touched)),
            "said": [at.view.text(f"[u{number}]") for number in sorted({one.utterance_id for one in touched})],
        }
        for step, touched in steps.items()
    ]


def affinity(at: Desk) -> list[Row]:
    """The affinity board: each theme with all that was coded with it, by whichever coder."""
    under: dict[int, set[int]] = defaultdict(set)
    for number, theme, _ in at.chain.codings:
        under[theme].add(number)
    return [
        {
            "theme": one.name,
            "meaning": at.view.text(one.meaning),
            "said": [at.view.text(f"[u{number}]") for number in sorted(under[one.id])],
            "merged into": None if one.merged_into is None else at.chain.themes[one.merged_into].name,
            "rests on words taken back": at.view.marked(Mark.THEME, one.id),
        }
        for one in at.chain.themes.values()
    ]


def agreement(at: Desk) -> list[Row]:
    """How far the coders agree, theme by theme."""
    return [asdict(one) | {"talk about it again": one.to_be_talked_about} for one in agreements(at.chain)]


def ideas(at: Desk) -> list[Row]:
    """Every idea: whose, from which needs, what became of it, and its lineage."""
    ahead, behind = forwards(at.chain), backwards(at.chain)
    return [
        {
            "idea": at.view.text(one.statement),
            "from": None if one.participant_id is None else at.chain.participants[one.participant_id].pseudonym,
            "came by": one.medium,
            "needs": numbers(set(walked(behind, [(Kind.IDEA, one.id)])), Kind.NEED),
            "fate": _fate(ahead, one.id),
            "merged into": one.merged_into,
            "split from": one.split_from,
        }
        for one in at.chain.ideas.values()
    ]


def _fate(ahead: Edges, idea: int) -> str:
    kinds = {kind for kind, _ in walked(ahead, [(Kind.IDEA, idea)])}
    if Kind.CHANGE in kinds:
        return "in force"
    return "decided" if Kind.DECISION in kinds else "put to people" if Kind.BALLOT in kinds else "open"


def needs(at: Desk) -> list[Row]:
    """Every need, by when it is answered, and how."""
    ahead = forwards(at.chain)
    return [
        {
            "need": at.view.text(one.statement),
            "answer by": one.answer_by,
            "decisions": numbers(set(walked(ahead, [(Kind.NEED, one.id)])), Kind.DECISION),
            "answer": at.view.maybe(one.answer),
            "rests on words taken back": at.view.marked(Mark.NEED, one.id),
        }
        for one in at.chain.needs.values()
        if one.merged_into is None
    ]


def decisions(at: Desk) -> list[Row]:
    """Every decision with its voices, its dissent, its changes and what people answered."""
    return [asdict(at.view.decision(one)) for one in at.chain.decisions.values()]


def sessions(at: Desk) -> list[Row]:
    """Every session, planned or held."""
    return [
        {"session": one.title, "when": one.held_at, "form": one.form, "participation": one.participation}
        | {"purpose": one.purpose, "number": one.id}
        for one in at.chain.workshops.values()
    ]


def fairness(at: Desk) -> list[Row]:
    """Who takes part of those served, who is heard, whose ideas are taken up, and at which level people decide."""
    served = [one.body for one in current(at.connection, Register.SERVED)]
    roles = {role: n for body in served for role, n in body.roles.items()}
    access = {need: n for body in served for need, n in body.access_needs.items()}
    people = [("role", one) for one in reach(at.chain, roles, "role")]
    people += [("access need", one) for one in reach(at.chain, access, "access_needs")]
    return [
        *({"taking part, by": by, "group": one.group, "people": said(one.taking_part), "of": one.served}
          for by, one in people),
        *({"airtime of": role, "share of words": share if share is None else round(share, 3)}
          for role, share in airtime(at.chain).items()),
        *({"ideas of": role, **{fate: said(n) for fate, n in fates.items()}}
          for role, fates in taken_up(at.chain).items()),
        *({"ideas of those with": need, **{fate: said(n) for fate, n in fates.items()}}
          for need, fates in taken_up(at.chain, "access_needs").items()),
        *({"level in": quarter} | found for quarter, found in levels(at.chain).items()),
    ]  # fmt: skip


def agency_of(at: Desk) -> list[Row]:
    """What the residents of this home did of their own accord in the last four weeks, and in the four before."""
    spans = (("the last four weeks", at.now), ("the four weeks before", at.now - AGENCY_SPAN))
    found = ((name, agency_at(at.connection, at.chain, when)) for name, when in spans)
    return [{"in": name, **asdict(one), "a week": round(one.index, 2), "nothing came from them": one.fallen}
            for name, one in found]  # fmt: skip


def thanks(at: Desk) -> list[Row]:
    """Whose words changed something, in no order and without a count, but for those who would rather not be named."""
    ahead = forwards(at.chain)
    shy = {one.body.participant for one in current(at.connection, Register.NO_THANKS)}
    moved = {
        one.participant_id
        for one in at.chain.utterances.values()
        if any(kind is Kind.CHANGE for kind, _ in walked(ahead, [(Kind.UTTERANCE, one.id)]))
    }
    people = (at.chain.participants[number] for number in moved - shy)
    return [{"thank you": one.pseudonym} for one in sorted(people, key=lambda one: one.pseudonym)
            if one.withdrawn_at is None]  # fmt: skip


def due(at: Desk) -> list[Row]:
    """What is due, and whom to ask."""
    return [one._asdict() for one in chase(at.connection, at.chain, at.now)]


def commitments(at: Desk) -> list[Row]:
    """What was promised, by whom, and whether it still holds."""
    return [asdict(one) for one in promises(every_version(at.connection, Register.COMMITMENT), at.now)]


def burden(at: Desk) -> list[Row]:
    """What it costs people, within 90 days."""
    entries = every_version(at.connection, Register.BURDEN)
    found = loads(entries, minutes_given(at.connection, at.now), at.now)
    return [asdict(one) | {"participant": at.chain.participants[one.participant].pseudonym} for one in found]


def issued(at: Desk) -> list[Row]:
    """What left the record, to whom, and whether words in it were taken back since."""
    return [asdict(one) for one in at.chain.issued.values()]


def _register(kind: Register) -> Callable[[Desk], list[Row]]:
    def rows(at: Desk) -> list[Row]:
        return [_entry(at, one) for one in current(at.connection, kind)]

    rows.__doc__ = f"The register of {kind.replace('_', ' ')}s."
    return rows


def _entry(at: Desk, one: Any) -> Row:
    body: dict[str, Any] = {key: at.view.text(value) if isinstance(value, str) else value for key, value in one.body}
    if (person := body.get("participant")) is not None:
        body["participant"] = at.chain.participants[person].pseudonym
    return {"key": one.key, "version": one.version, **body, "since": one.at, "decision": one.decision_id}


BOARDS: Mapping[str, Callable[[Desk], list[Row]]] = {
    "sessions": sessions,
    "journey": journey,
    "themes": affinity,
    "agreement": agreement,
    "needs": needs,
    "ideas": ideas,
    "decisions": decisions,
    "fairness": fairness,
    "agency": agency_of,
    "thanks": thanks,
    "due": due,
    "issued": issued,
    "commitments": commitments,
    "burden": burden,
    "assumptions": _register(Register.ASSUMPTION),
    "rights": _register(Register.RIGHT),
    "nudges": _register(Register.NUDGE),
    "harm-reviews": _register(Register.HARM_REVIEW),
    "donations": _register(Register.DONATION),
    "methods": _register(Register.METHOD),
}
"""Every board and register."""
