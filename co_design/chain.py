"""The whole record at one moment, in memory: what every rule, board and trace works on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, select

from co_design import schema
from co_design import schema_deciding as deciding
from co_design.model import Idea, Need, Participant, Theme, Touchpoint, Utterance, Workshop
from co_design.model_deciding import Ballot, Change, Decision, Effect, Exposure, Feedback, Issued, Marked, Option, Vote
from co_design.reading import everything
from hub.model import Setting
from hub.store import settings

T = TypeVar("T", bound=Any)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Everything, by number; pairs of numbers where one thing leads to another (`graph.edges` puts them together)."""

    workshops: Mapping[int, Workshop]
    participants: Mapping[int, Participant]
    utterances: Mapping[int, Utterance]
    links: Mapping[int, tuple[tuple[str, str, int], ...]]
    touchpoints: tuple[Touchpoint, ...]
    themes: Mapping[int, Theme]
    codings: tuple[tuple[int, int, str], ...]
    needs: Mapping[int, Need]
    theme_needs: tuple[tuple[int, int], ...]
    ideas: Mapping[int, Idea]
    need_ideas: tuple[tuple[int, int], ...]
    ballots: Mapping[int, Ballot]
    idea_ballots: tuple[tuple[int, int], ...]
    options: Mapping[int, Option]
    votes: tuple[Vote, ...]
    decisions: Mapping[int, Decision]
    dissents: tuple[tuple[int, int], ...]
    changes: Mapping[int, Change]
    exposures: tuple[Exposure, ...]
    effects: tuple[Effect, ...]
    feedback: Mapping[int, Feedback]
    marks: tuple[Marked, ...]
    issued: Mapping[int, Issued]
    settings: Mapping[tuple[str, int], Setting]


def load(connection: Connection) -> Chain:
    """Read the whole record: a few thousand rows, a fraction of a second."""

    def by_id(table: Table, kind: type[T]) -> dict[int, T]:
        return {one.id: one for one in everything(connection, table, kind)}

    def pairs(table: Table) -> tuple[Any, ...]:
        columns = [one for one in table.columns if one.name != "at"]
        return tuple(map(tuple, connection.execute(select(*columns).order_by(*columns)).all()))

    return Chain(
        workshops=by_id(schema.workshop, Workshop),
        participants=by_id(schema.participant, Participant),
        utterances=by_id(schema.utterance, Utterance),
        links=_links(pairs(schema.utterance_link)),
        touchpoints=tuple(everything(connection, schema.touchpoint, Touchpoint)),
        themes=by_id(schema.theme, Theme),
        codings=pairs(schema.coding),
        needs=by_id(schema.need, Need),
        theme_needs=pairs(schema.theme_need),
        ideas=by_id(schema.idea, Idea),
        need_ideas=pairs(schema.need_idea),
        ballots=by_id(deciding.ballot, Ballot),
        idea_ballots=pairs(deciding.idea_ballot),
        options=by_id(deciding.option, Option),
        votes=tuple(everything(connection, deciding.vote, Vote)),
        decisions=by_id(deciding.decision, Decision),
        dissents=pairs(deciding.dissent),
        changes=by_id(deciding.change, Change),
        exposures=tuple(everything(connection, deciding.exposure, Exposure)),
        effects=tuple(everything(connection, deciding.effect, Effect)),
        feedback=by_id(deciding.feedback, Feedback),
        marks=tuple(everything(connection, deciding.mark, Marked)),
        issued=by_id(deciding.issued, Issued),
        settings={(one.key, one.version): one for one in _versions(connection)},
    )


def _versions(connection: Connection) -> list[Setting]:
    return [one for key in settings.current(connection) for one in settings.history(connection, key)]


def _links(rows: Iterable[tuple[int, str, str, int]]) -> dict[int, tuple[tuple[str, str, int], ...]]:
    found: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    for utterance_id, kind, key, version in rows:
        found[utterance_id].append((kind, key, version))
    return {number: tuple(links) for number, links in found.items()}
