"""Making sense of what was said: touchpoints, themes and who coded them, needs, ideas, and their lineage."""

from collections.abc import Sequence
from datetime import timedelta

from pydantic import Field
from sqlalchemy import Table, delete, select

from co_design.acts.base import Act, Doing, Moment, Name, Payload, Text, add, all_needed, alter, needed, put
from co_design.acts.sessions import still_here
from co_design.model import Medium, Participation
from co_design.schema import coding, idea, need, need_idea, theme, theme_need, touchpoint, utterance
from hub.intents import RefusedError

ANSWER_WITHIN = timedelta(days=90)
"""People are owed an answer to a need within a season, where nobody promised it sooner."""

Several = Field(min_length=1)


class Touch(Payload):
    """Where on somebody's journey a moment was, and how it felt."""

    utterance: int
    step: Name
    emotion: Name
    coder: Name
    participation: Participation | None = None


class NewTheme(Payload):
    """A name for what several utterances have in common."""

    name: Name
    meaning: Text


class Code(Payload):
    """A coder finds a theme in an utterance."""

    utterance: int
    theme: int
    coder: Name


class NewNeed(Payload):
    """What people need, and the themes that say so."""

    statement: Text
    themes: tuple[int, ...] = Several
    answer_by: Moment | None = None


class Decline(Payload):
    """Why a need will not be met."""

    need: int
    answer: Text


class NewIdea(Payload):
    """What might meet a need, by whatever way it came."""

    statement: Text
    needs: tuple[int, ...] = Several
    participant: int | None = None
    medium: Medium = Medium.SPOKEN


class Reword(Payload):
    """A statement is put better."""

    number: int
    statement: Text


class Merge(Payload):
    """Two that say the same become one."""

    number: int
    into: int


class Split(Payload):
    """One that says several things becomes several."""

    idea: int
    into: tuple[Text, ...] = Field(min_length=2)


def touch(doing: Doing, given: Touch) -> int:
    """Put a moment on the journey map."""
    needed(doing, utterance, given.utterance)
    values = given.model_dump(exclude={"utterance"})
    return add(doing, touchpoint, utterance_id=given.utterance, at=doing.now, **values)


def new_theme(doing: Doing, given: NewTheme) -> int:
    """Name a theme, once."""
    if doing.connection.execute(select(theme.c.id).where(theme.c.name == given.name)).first() is not None:
        raise RefusedError(f"there is a theme called {given.name} already.")
    return add(doing, theme, by=doing.by, at=doing.now, **given.model_dump())


def code(doing: Doing, given: Code) -> int:
    """Find a theme in an utterance."""
    needed(doing, utterance, given.utterance)
    alive(doing, theme, [given.theme])
    row = {"utterance_id": given.utterance, "theme_id": given.theme, "coder": given.coder, "at": doing.now}
    put(doing, coding, row)
    return given.theme


def uncode(doing: Doing, given: Code) -> int:
    """Think better of it. The last coding of a theme that a need rests on stays: the need would hang in the air."""
    alive(doing, theme, [given.theme])
    c = coding.c
    others = select(c.coder).where(
        c.theme_id == given.theme, (c.utterance_id != given.utterance) | (c.coder != given.coder)
    )
    rested_on = select(theme_need).where(theme_need.c.theme_id == given.theme)
    if doing.connection.execute(rested_on).first() and not doing.connection.execute(others).first():
        raise RefusedError("a need rests on this theme, and this is all that was said of it.")
    mine = (c.utterance_id == given.utterance, c.theme_id == given.theme, c.coder == given.coder)
    doing.connection.execute(delete(coding).where(*mine))
    return given.theme


def new_need(doing: Doing, given: NewNeed) -> int:
    """Say what people need. A need without anybody's words under it is refused."""
    alive(doing, theme, given.themes)
    for number in given.themes:
        if doing.connection.execute(select(coding).where(coding.c.theme_id == number)).first() is None:
            raise RefusedError(f"nothing that was said is coded with theme {number} yet.")
    answer_by = given.answer_by or doing.now + ANSWER_WITHIN
    number = add(doing, need, statement=given.statement, by=doing.by, at=doing.now, answer_by=answer_by)
    put(doing, theme_need, *({"theme_id": one, "need_id": number} for one in given.themes))
    return number


def decline(doing: Doing, given: Decline) -> int:
    """Answer a need by saying why it will not be met."""
    alive(doing, need, [given.need])
    return alter(doing, need, given.need, answer=given.answer, answered_at=doing.now)


def new_idea(doing: Doing, given: NewIdea) -> int:
    """Take an idea in, for the needs that it might meet."""
    alive(doing, need, given.needs)
    if given.participant is not None:
        still_here(doing, given.participant)
    values = {"statement": given.statement, "medium": given.medium, "participant_id": given.participant}
    number = add(doing, idea, at=doing.now, **values)
    put(doing, need_idea, *({"need_id": one, "idea_id": number} for one in given.needs))
    return number


def alive(doing: Doing, table: Table, wanted: Sequence[int]) -> None:
    """Check that each of these exists and lives on as itself, not merged or split. Raises `RefusedError`."""
    all_needed(doing, table, wanted)
    for number in wanted:
        if (into := needed(doing, table, number).merged_into) is not None:
            word = table.name.removeprefix("codesign_")
            raise RefusedError(f"{word} {number} was merged into {word} {into}; use that one.")
    parts = select(idea.c.split_from).where(idea.c.split_from.in_(wanted))
    if table is idea and (whole := doing.connection.execute(parts).scalar()) is not None:
        raise RefusedError(f"idea {whole} was split; use its parts.")


def reword_need(doing: Doing, given: Reword) -> int:
    """Put a need better."""
    alive(doing, need, [given.number])
    return alter(doing, need, given.number, statement=given.statement)


def reword_idea(doing: Doing, given: Reword) -> int:
    """Put an idea better."""
    alive(doing, idea, [given.number])
    return alter(doing, idea, given.number, statement=given.statement)


def merge_themes(doing: Doing, given: Merge) -> int:
    """Two themes are one."""
    return _merge(doing, theme, given)


def merge_needs(doing: Doing, given: Merge) -> int:
    """Two needs are one."""
    return _merge(doing, need, given)


def merge_ideas(doing: Doing, given: Merge) -> int:
    """Two ideas are one; each keeps whose it was."""
    return _merge(doing, idea, given)


def _merge(doing: Doing, table: Table, given: Merge) -> int:
    """What is merged is kept, and leads to what it was merged into."""
    alive(doing, table, [given.number, given.into])
    if given.number == given.into:
        raise RefusedError("something cannot be merged into itself.")
    return alter(doing, table, given.number, merged_into=given.into)


def split_idea(doing: Doing, given: Split) -> int:
    """One idea becomes several, each for the same needs and of the same person. Gives the number of the first."""
    alive(doing, idea, [given.idea])
    whole = needed(doing, idea, given.idea)
    met = select(need_idea.c.need_id).where(need_idea.c.idea_id == given.idea)
    needs = doing.connection.execute(met).scalars().all()
    values = {"medium": whole.medium, "participant_id": whole.participant_id, "split_from": whole.id}
    parts = [add(doing, idea, statement=one, at=doing.now, **values) for one in given.into]
    put(doing, need_idea, *({"need_id": met, "idea_id": part} for part in parts for met in needs))
    return parts[0]


ACTS = {
    "touch": Act(payload=Touch, do=touch),
    "theme": Act(payload=NewTheme, do=new_theme),
    "code": Act(payload=Code, do=code),
    "uncode": Act(payload=Code, do=uncode),
    "need": Act(payload=NewNeed, do=new_need),
    "decline": Act(payload=Decline, do=decline),
    "idea": Act(payload=NewIdea, do=new_idea),
    "reword_need": Act(payload=Reword, do=reword_need),
    "reword_idea": Act(payload=Reword, do=reword_idea),
    "merge_themes": Act(payload=Merge, do=merge_themes),
    "merge_needs": Act(payload=Merge, do=merge_needs),
    "merge_ideas": Act(payload=Merge, do=merge_ideas),
    "split_idea": Act(payload=Split, do=split_idea),
}
