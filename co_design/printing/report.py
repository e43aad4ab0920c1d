"""The report on a session, and letters to those who spoke: you said, we did, it did; do you agree?"""

from collections.abc import Iterator, Mapping

from co_design.chain import Chain
from co_design.model import Workshop
from co_design.model_deciding import Feedback
from co_design.model_trace import TracedDecision
from co_design.printing.blocks import Block, Shape, heading, items, lines, text, title
from co_design.suppressed import said, suppressed
from co_design.told import counts
from co_design.view import View


def report(view: View, session: Workshop, came: Mapping[str, int]) -> list[Block]:
    """What was said and decided in a session. `came`: how many came, by role; few are not counted out loud."""
    return [*_opening(view, session, came), *_said(view, session), *_decided(view, session)]


def _opening(view: View, session: Workshop, came: Mapping[str, int]) -> Iterator[Block]:
    yield title(session.title)
    yield text(f"{session.held_at:%d %B %Y}. {view.text(session.purpose)}")
    yield heading("Who came")
    yield from items(f"{role}: {said(count)}" for role, count in suppressed(came).items())
    yield text(f"How far people decided: {session.participation.replace('_', ' ')}.")


def _said(view: View, session: Workshop) -> Iterator[Block]:
    here = [one.id for one in view.chain.utterances.values() if one.workshop_id == session.id]
    yield heading("What was said")
    yield from items(f"{one.pseudonym} ({one.role}): {_words(one.words)}" for one in view.utterances(here))
    found = _themes(view.chain, set(here))
    if found:
        yield heading("What it has in common")
        yield from items(view.text(f"{view.chain.themes[one].name}: {view.chain.themes[one].meaning}") for one in found)


def _words(words: str) -> str:
    return words if words.startswith("(") else f"“{words}”"


def _themes(chain: Chain, here: set[int]) -> list[int]:
    return sorted({theme for number, theme, _ in chain.codings if number in here})


def _decided(view: View, session: Workshop) -> Iterator[Block]:
    for one in view.chain.decisions.values():
        if view.chain.ballots[one.ballot_id].workshop_id == session.id:
            yield from _decision(view.decision(one))


def _decision(one: TracedDecision) -> Iterator[Block]:
    yield heading(one.question)
    yield text(f"Decided: {one.chosen}. {one.reasons}")
    for label, roles in one.tallies.items():
        spoken = "; ".join(f"{role} {counts(voices)}" for role, voices in roles.items())
        yield text(f"“{label}”: {spoken or 'nobody spoke'}")
    yield from items(f"Thought otherwise, {dissent}" for dissent in one.dissent)
    if one.no_change_because is not None:
        yield text(f"Nothing changed, because {one.no_change_because}")
    for change in one.changes:
        yield text(f"We did: {change.setting}, version {change.version}. It did: {change.effect.replace('_', ' ')}.")
        yield from items(effect.words for effect in change.effects)


def letter(view: View, told: Feedback) -> list[Block]:
    """What one person is told, with room for their answer."""
    person = view.chain.participants[told.participant_id]
    return [
        title(f"For {person.pseudonym}"),
        text(f"{told.at:%d %B %Y}"),
        text(view.text(told.told)),
        heading("Do you agree?"),
        *items(("Yes", "No, because:"), Shape.TICK),
        *lines(4),
    ]
