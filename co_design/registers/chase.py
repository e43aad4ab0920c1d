"""What is due, and whom to ask for it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from co_design.acting import AGENCY_SPAN, fell_silent
from co_design.chain import Chain
from co_design.registers.bodies import Register
from co_design.registers.entries import current, every_version
from co_design.registers.standing import BURDEN_WINDOW, Standing, loads, promises
from co_design.schema import attendance
from hub.store.schema import to_us

SOON = timedelta(days=30)


class Due(NamedTuple):
    """One thing to chase, and who answers for it."""

    what: str
    who: str
    since: datetime


def chase(connection: Connection, chain: Chain, now: datetime) -> list[Due]:
    """Everything that is due: lapsed promises, reviews, consents that ended, burdens over the cap, recalls."""
    found = [*_promised(connection, now), *_reviews(connection, now), *_people(connection, chain, now)]
    found += [Due(f"{one.kind} {one.id}: tell {one.to} that words in it were taken back", "the facilitator", at)
              for one in chain.issued.values() if (at := one.recalled_at) is not None]  # fmt: skip
    found += [Due(f"decision {one.id}: look at it again", "the facilitator", one.review_at)
              for one in chain.decisions.values() if one.review_at is not None and one.review_at <= now]  # fmt: skip
    return sorted(found, key=lambda one: one.since)


def _promised(connection: Connection, now: datetime) -> Iterator[Due]:
    for one in promises(every_version(connection, Register.COMMITMENT), now):
        if one.standing in (Standing.LATE, Standing.LAPSED):
            then = "say how far it is" if one.standing is Standing.LATE else "find somebody who takes it up again"
            yield Due(f"{one.what} ({one.standing}): {then}", one.steward, one.last_heard)


def _reviews(connection: Connection, now: datetime) -> Iterator[Due]:
    for one in current(connection, Register.HARM_REVIEW):
        if one.body.found is None and one.body.due_at <= now:
            what = f"change {one.body.change}: what harm is seen after {one.body.months} months?"
            yield Due(what, one.body.owner, one.body.due_at)
    for one in current(connection, Register.ASSUMPTION):
        if one.body.review_at <= now:
            yield Due(f"assumption {one.key}: does it still hold?", one.body.owner, one.body.review_at)


def _people(connection: Connection, chain: Chain, now: datetime) -> Iterator[Due]:
    for one in chain.participants.values():
        if one.withdrawn_at is None and one.consent_until is not None and one.consent_until <= now:
            yield Due(f"{one.pseudonym}: consent has ended; ask again, or take the words out", "the facilitator",
                      one.consent_until)  # fmt: skip
    if fell_silent(connection, chain, now):
        yield Due(
            "nothing came from the resident for four weeks: ask how it goes", "the facilitator", now - AGENCY_SPAN
        )
    entries = every_version(connection, Register.BURDEN)
    for load in loads(entries, minutes_given(connection, now), now):
        if load.over:
            name = chain.participants[load.participant].pseudonym
            yield Due(f"{name}: it may be too much ({', '.join(load.over)})", "the facilitator", now)


def minutes_given(connection: Connection, now: datetime) -> dict[int, int]:
    """How many minutes each person gave to sessions within the window."""
    c = attendance.c
    summed = select(c.participant_id, func.sum(c.minutes)).where(c.at > to_us(now - BURDEN_WINDOW))
    return {person: int(minutes) for person, minutes in connection.execute(summed.group_by(c.participant_id))}
