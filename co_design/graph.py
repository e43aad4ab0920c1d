"""What led to what: the chain as edges from one thing to the next, walked either way."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from co_design.chain import Chain


class Kind(StrEnum):
    """What a link of the chain is."""

    UTTERANCE = "utterance"
    THEME = "theme"
    NEED = "need"
    IDEA = "idea"
    BALLOT = "ballot"
    DECISION = "decision"
    CHANGE = "change"


Node = tuple[Kind, int]
Edges = Mapping[Node, tuple[Node, ...]]


def forwards(chain: Chain) -> Edges:
    """From what was said towards what came of it."""
    return _gathered(_edges(chain))


def backwards(chain: Chain) -> Edges:
    """From what changed towards what was said."""
    return _gathered((after, before) for before, after in _edges(chain))


def walked(edges: Edges, starts: Iterable[Node]) -> Iterator[Node]:
    """Everything that can be walked to from these, themselves included, each once."""
    found, waiting = set[Node](), list(starts)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(edges.get(node, ()))
            yield node


def reached(edges: Edges, starts: Iterable[Node]) -> set[Node]:
    """The same, all at once."""
    return set(walked(edges, starts))


def numbers(nodes: Iterable[Node], kind: Kind) -> list[int]:
    """The numbers of one kind, in order."""
    return sorted(number for one, number in nodes if one is kind)


def _gathered(edges: Iterable[tuple[Node, Node]]) -> Edges:
    found: dict[Node, list[Node]] = defaultdict(list)
    for before, after in edges:
        found[before].append(after)
    return {node: tuple(nodes) for node, nodes in found.items()}


def _edges(chain: Chain) -> Iterator[tuple[Node, Node]]:
    for said, theme, _ in chain.codings:
        yield (Kind.UTTERANCE, said), (Kind.THEME, theme)
    yield from _pairs(Kind.THEME, Kind.NEED, chain.theme_needs)
    yield from _pairs(Kind.NEED, Kind.IDEA, chain.need_ideas)
    yield from _pairs(Kind.IDEA, Kind.BALLOT, chain.idea_ballots)
    yield from _pairs(Kind.BALLOT, Kind.DECISION, ((one.ballot_id, one.id) for one in chain.decisions.values()))
    yield from _pairs(Kind.DECISION, Kind.CHANGE, ((one.decision_id, one.id) for one in chain.changes.values()))
    yield from _lineage(Kind.THEME, chain.themes)
    yield from _lineage(Kind.NEED, chain.needs)
    yield from _lineage(Kind.IDEA, chain.ideas)
    for vote in chain.votes:
        if vote.utterance_id is not None:
            yield (Kind.UTTERANCE, vote.utterance_id), (Kind.BALLOT, vote.ballot_id)
    for decision, said in chain.dissents:
        yield (Kind.UTTERANCE, said), (Kind.DECISION, decision)


def _pairs(before: Kind, after: Kind, pairs: Iterable[tuple[int, int]]) -> Iterator[tuple[Node, Node]]:
    for one, other in pairs:
        yield (before, one), (after, other)


def _lineage(kind: Kind, records: Mapping[int, Any]) -> Iterator[tuple[Node, Node]]:
    """What was merged leads to what it was merged into; what was split leads to its parts."""
    for one in records.values():
        if one.merged_into is not None:
            yield (kind, one.id), (kind, one.merged_into)
        if (parent := getattr(one, "split_from", None)) is not None:
            yield (kind, parent), (kind, one.id)
