"""Who owns an alarm, its home's hub or the centre: a protocol with fenced epochs. Pure; both sides run the same rules.

The hub owns an alarm. The centre shadows what was told to whom. Where the hub falls silent while an alarm is open, the
centre takes it over under a higher epoch and tells those of whom it does not know that they were told. A hub that is
alive goes on meanwhile, as a home must not depend on a centre: so one person may hear of one step twice, never more.
When they hear each other again, each learns what the other told and whether somebody has answered, and the hub takes
the alarm back under a higher epoch still. What was said under an older epoch gives no ownership to anybody.

docs/centre.md says what follows from this; tests/hub/centre/test_ownership.py tries every interleaving.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple


class Owner(StrEnum):
    """Whose an alarm is."""

    HUB = "hub"
    CENTRE = "centre"


class Turn(NamedTuple):
    """One person, told in one step of a round."""

    round: int
    step: int
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one side, `me`, knows of an alarm: whose it is since which epoch, who was told, has anybody answered.

    A hub's epochs are even, a centre's odd, so that no epoch is ever both sides'.
    """

    me: Owner
    epoch: int = 0
    owner: Owner = Owner.HUB
    told: frozenset[Turn] = field(default_factory=frozenset)
    answered: bool = False


def due(view: View, plan: Sequence[Turn], *, other_silent: bool) -> Turn | None:
    """Whom this side has to tell next; None: nobody, or it is not for this side to do.

    The centre tells only as the owner, and only while it does not hear the hub.
    """
    if view.answered or (view.me is Owner.CENTRE and (view.owner is not Owner.CENTRE or not other_silent)):
        return None
    return next((turn for turn in plan if turn not in view.told), None)


def tell(view: View, turn: Turn) -> View:
    """The view once this is told. It is stored before it is sent."""
    return replace(view, told=view.told | {turn})


def answer(view: View) -> View:
    """The view once somebody has said that they are going, or has closed the alarm."""
    return replace(view, answered=True)


def take_over(view: View) -> View:
    """The centre's view once it has taken an alarm over from a hub that is silent."""
    if view.me is not Owner.CENTRE or view.owner is Owner.CENTRE or view.answered:
        return view
    return replace(view, owner=Owner.CENTRE, epoch=_above(view.epoch, Owner.CENTRE))


def hear(view: View, said: View) -> View:
    """The view once it is known what the other side knew; hearing it twice, or late, changes nothing more."""
    merged = replace(view, told=view.told | said.told, answered=view.answered or said.answered)
    if said.epoch <= view.epoch:
        return merged
    if view.me is Owner.HUB:  # the centre had taken it over: the hub takes it back
        return replace(merged, owner=Owner.HUB, epoch=_above(said.epoch, Owner.HUB))
    return replace(merged, owner=said.owner, epoch=said.epoch)


def _above(epoch: int, owner: Owner) -> int:
    """The next epoch that can be this owner's."""
    return epoch + 1 + (epoch + 1 + (owner is Owner.CENTRE)) % 2
