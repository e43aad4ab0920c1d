"""Planning a session, who takes part, and who came."""

from pydantic import Field
from sqlalchemy import select

from co_design.acts.base import Act, Doing, Moment, Name, Payload, Text, add, alter, needed, put
from co_design.model import Activity, ConsentScope, Participation, Response, SessionForm
from co_design.schema import attendance, participant, workshop
from hub.intents import RefusedError
from hub.model import Role


class Item(Payload):
    """One activity of the agenda."""

    kind: Activity
    prompt: Text
    minutes: int = Field(gt=0, le=480)


class Plan(Payload):
    """A session to come: why, how, who is asked, and what is arranged for them."""

    title: Name
    purpose: Text
    form: SessionForm = SessionForm.WORKSHOP
    participation: Participation
    facilitator: Name
    method: Name
    language: Name = "en"
    held_at: Moment
    place: Name | None = None
    recruitment: Text | None = None
    access: Text | None = None
    agenda: tuple[Item, ...] = ()


class Enrol(Payload):
    """Somebody agrees to take part, under a pseudonym. `person`: their key in home.toml, if they are of this home."""

    pseudonym: Name
    role: Role
    consent_scope: ConsentScope = ConsentScope.HOME
    consent_until: Moment | None = None
    access_needs: Text | None = None
    person: Name | None = None


class Consent(Payload):
    """Somebody changes how far their words may travel, or until when."""

    participant: int
    consent_scope: ConsentScope
    consent_until: Moment | None = None


class Attend(Payload):
    """What became of an invitation, how long somebody gave, and whether what they need was there."""

    workshop: int
    participant: int
    response: Response = Response.CAME
    minutes: int = Field(default=0, ge=0, le=24 * 60)
    needs_met: bool | None = None


def plan(doing: Doing, given: Plan) -> int:
    """Write a session down before it is held."""
    values = given.model_dump(exclude={"agenda"})
    return add(doing, workshop, **values, agenda=[one.model_dump(mode="json") for one in given.agenda])


def enrol(doing: Doing, given: Enrol) -> int:
    """Take somebody in. A pseudonym is one person's for good, also after they withdraw."""
    taken = select(participant.c.id).where(participant.c.pseudonym == given.pseudonym)
    if doing.connection.execute(taken).first() is not None:
        raise RefusedError(f"somebody is called {given.pseudonym} already; choose another pseudonym.")
    return add(doing, participant, **given.model_dump(), consented_at=doing.now)


def consent(doing: Doing, given: Consent) -> int:
    """Change consent, from now on; what was issued under a wider one stays in the list of what was issued."""
    still_here(doing, given.participant)
    values = given.model_dump(exclude={"participant"})
    return alter(doing, participant, given.participant, **values, consented_at=doing.now)


def attend(doing: Doing, given: Attend) -> int:
    """Note who came, who was asked, and who would rather not."""
    needed(doing, workshop, given.workshop)
    still_here(doing, given.participant)
    put(
        doing,
        attendance,
        {"workshop_id": given.workshop, "participant_id": given.participant, "at": doing.now}
        | given.model_dump(exclude={"workshop", "participant"}),
    )
    return given.workshop


def still_here(doing: Doing, number: int) -> None:
    """Check that somebody takes part and has not withdrawn. Raises `RefusedError`."""
    if needed(doing, participant, number).withdrawn_at is not None:
        raise RefusedError(f"participant {number} has withdrawn; nothing more is kept of them.")


ACTS = {
    "plan": Act(payload=Plan, do=plan),
    "enrol": Act(payload=Enrol, do=enrol),
    "consent": Act(payload=Consent, do=consent),
    "attend": Act(payload=Attend, do=attend),
}
