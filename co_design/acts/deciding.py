"""Putting options to people, hearing each voice, and deciding by right; dissent stays beside the decision."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pydantic import Field
from sqlalchemy import Row, delete, select

from analytics.settings import DEFAULTS
from analytics.settings import refusal as out_of_bounds
from co_design import schema_deciding as deciding
from co_design.acts.base import Act, Doing, Moment, Name, Payload, Text, add, alter, needed, put
from co_design.acts.sense import alive
from co_design.acts.sessions import still_here
from co_design.acts.speaking import Utter, utter
from co_design.model import Medium, Participant, Participation
from co_design.model_deciding import Method, Option, Stance, Vote
from co_design.reading import everything, made
from co_design.registers.rights import registered
from co_design.rights import Poll, refusal, right_to
from co_design.schema import idea, participant, workshop
from co_design.tally import WEIGHTLESS, tallied, unfit
from hub.intents import RefusedError

FOLLOW_UP_WITHIN = timedelta(days=28)
"""Everybody who spoke hears what became of it within four weeks, where nothing sooner was promised."""
FEWEST = 2


class NewOption(Payload):
    """One answer, what would follow from it for whom, and the value that it would give a setting."""

    ballot: int
    label: Name
    consequences: Text
    value: float | bool | str | None = None


class NewBallot(Payload):
    """A question for people, from the ideas that it is about. `setting`: the key whose value is asked for."""

    question: Text
    ideas: tuple[int, ...] = Field(min_length=1)
    method: Method = Method.CONSENT
    setting: Name | None = None
    workshop: int | None = None


class NewVote(Payload):
    """What one person says to each option (a stance, a rank, a number of dots), and why. There are no weights."""

    ballot: int
    participant: int
    choices: dict[int, Name] = Field(min_length=1)
    because: Text | None = None
    medium: Medium = Medium.SPOKEN
    weight: float | None = None


class Decide(Payload):
    """Which option was decided on, why, and by when people hear what came of it."""

    option: int
    reasons: Text
    participation: Participation
    follow_up_by: Moment | None = None
    review_at: Moment | None = None
    no_change_because: Text | None = None


def new_ballot(doing: Doing, given: NewBallot) -> int:
    """Put a question; its options follow."""
    alive(doing, idea, given.ideas)
    if given.workshop is not None:
        needed(doing, workshop, given.workshop)
    if given.setting is not None and given.setting not in DEFAULTS:
        raise RefusedError(f"there is no setting called {given.setting}.")
    values = {"question": given.question, "method": given.method, "workshop_id": given.workshop}
    number = add(doing, deciding.ballot, setting_key=given.setting, at=doing.now, **values)
    put(doing, deciding.idea_ballot, *({"idea_id": one, "ballot_id": number} for one in given.ideas))
    return number


def new_option(doing: Doing, given: NewOption) -> int:
    """Add an answer. One outside the safe bounds of its setting is refused here, before anybody votes for it."""
    asked = open_ballot(doing, given.ballot)
    voted = select(deciding.vote).where(deciding.vote.c.ballot_id == given.ballot)
    if doing.connection.execute(voted).first() is not None:
        raise RefusedError("people have spoken about the options as they are; put a new question.")
    if given.value is not None and asked.setting_key is None:
        raise RefusedError(f"{given.label!r} has a value, but the question names no setting.")
    if given.value is not None and (reason := out_of_bounds(asked.setting_key, given.value)) is not None:
        raise RefusedError(f"{given.label!r} is not put to people, since it is not safe: {reason}.")
    return add(doing, deciding.option, ballot_id=given.ballot, **given.model_dump(exclude={"ballot"}))


def vote(doing: Doing, given: NewVote) -> int:
    """Hear one voice; to speak again replaces what was said before. Why becomes an utterance of theirs."""
    if given.weight is not None:
        raise RefusedError(WEIGHTLESS)
    still_here(doing, given.participant)
    asked = open_ballot(doing, given.ballot)
    options = [one.id for one in options_of(doing, given.ballot)]
    if (reason := unfit(Method(asked.method), given.choices, options)) is not None:
        raise RefusedError(reason)
    said = None if given.because is None else _why(doing, given, asked)
    c = deciding.vote.c
    mine = (c.ballot_id == given.ballot, c.participant_id == given.participant)
    doing.connection.execute(delete(deciding.vote).where(*mine))
    common = {"ballot_id": given.ballot, "participant_id": given.participant, "utterance_id": said, "at": doing.now}
    put(doing, deciding.vote, *({"option_id": one, "choice": said} | common for one, said in given.choices.items()))
    return given.ballot


def _why(doing: Doing, given: NewVote, asked: Row[Any]) -> int:
    spoken = Utter(
        participant=given.participant, words=given.because or "", medium=given.medium, workshop=asked.workshop_id
    )
    return utter(doing, spoken)


def decide(doing: Doing, given: Decide) -> int:
    """Decide on an option, by right. Every objection and every standing aside that gave a reason is kept as dissent."""
    chosen = needed(doing, deciding.option, given.option)
    asked = open_ballot(doing, chosen.ballot_id)
    if len(options_of(doing, asked.id)) < FEWEST:
        raise RefusedError("a choice of one is no choice: put another option beside it.")
    poll = _poll(doing, asked)
    right = right_to(asked.setting_key, registered(doing.connection))
    if (reason := refusal(poll, chosen.id, right)) is not None:
        raise RefusedError(reason)
    if (asked.setting_key is None or chosen.value is None) and given.no_change_because is None:
        raise RefusedError("this option changes no setting: say in `no_change_because` what happens instead.")
    number = add(
        doing,
        deciding.decision,
        ballot_id=asked.id,
        tallies=tallied(options_of(doing, asked.id), poll.votes, poll.people),
        right=right.words,
        at=doing.now,
        follow_up_by=given.follow_up_by or doing.now + FOLLOW_UP_WITHIN,
        option_id=chosen.id,
        **given.model_dump(exclude={"option", "follow_up_by"}),
    )
    _keep_dissent(doing, number, poll.votes, chosen.id)
    alter(doing, deciding.ballot, asked.id, closed_at=doing.now)
    return number


def _keep_dissent(doing: Doing, number: int, votes: Sequence[Vote], chosen: int) -> None:
    against = {Stance.OBJECT, Stance.STAND_ASIDE}
    said = [one.utterance_id for one in votes if one.option_id == chosen and one.choice in against]
    put(doing, deciding.dissent, *({"decision_id": number, "utterance_id": one} for one in said if one is not None))


def _poll(doing: Doing, asked: Row[Any]) -> Poll:
    people = {one.id: one for one in everything(doing.connection, participant, Participant)}
    votes = select(deciding.vote).where(deciding.vote.c.ballot_id == asked.id)
    return Poll(
        method=Method(asked.method),
        setting_key=asked.setting_key,
        people=people,
        votes=made(Vote, doing.connection.execute(votes).all()),
    )


def open_ballot(doing: Doing, number: int) -> Row[Any]:
    """A question that is not decided yet. Raises `RefusedError`."""
    asked = needed(doing, deciding.ballot, number)
    if asked.closed_at is not None:
        raise RefusedError(f"question {number} was decided; put a new one.")
    return asked


def options_of(doing: Doing, ballot: int) -> list[Option]:
    """The options of a question, in the order in which they were put."""
    mine = select(deciding.option).where(deciding.option.c.ballot_id == ballot).order_by(deciding.option.c.id)
    return made(Option, doing.connection.execute(mine).all())


ACTS = {
    "ballot": Act(payload=NewBallot, do=new_ballot),
    "option": Act(payload=NewOption, do=new_option),
    "vote": Act(payload=NewVote, do=vote, own_words=True),
    "decide": Act(payload=Decide, do=decide),
}
