"""Who has the right to decide what: the resident first, in their own home."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from co_design.model import Participant
from co_design.model_deciding import Method, Stance, Vote
from hub.model import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """For the settings whose keys look like `pattern`, each of these roles must agree, and none of them may object."""

    pattern: str
    roles: tuple[Role, ...]
    words: str


CLINICAL = "the resident decides together with a clinician, since it says when an illness is noticed"

SHIPPED: tuple[Right, ...] = (
    Right(pattern="abnormal_*", roles=(Role.RESIDENT, Role.CLINICIAN), words=CLINICAL),
    Right(pattern="news2.*", roles=(Role.RESIDENT, Role.CLINICIAN), words=CLINICAL),
    Right(pattern="*", roles=(Role.RESIDENT,), words="the resident decides what holds in their own home"),
)
"""The first that fits holds. The register of decision rights comes before it, and is changed by decisions."""


def right_to(key: str | None, registered: Iterable[Right] = ()) -> Right:
    """The right that holds for a setting, or for a question that is about none."""
    return next(one for one in (*registered, *SHIPPED) if fnmatchcase(key or "", one.pattern))


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """All that the rules need to know of a ballot: how it was held, about what, who was asked, who said what."""

    method: Method
    setting_key: str | None
    people: Mapping[int, Participant]
    votes: Sequence[Vote]


def refusal(poll: Poll, option_id: int, right: Right) -> str | None:
    """Why this option cannot be decided on; None where it can."""
    if poll.setting_key is not None and poll.method is not Method.CONSENT:
        return "a setting is changed by consent, not by counting what is liked: ask whether anybody objects."
    for role in right.roles:
        if (reason := _refused_by(poll, option_id, role)) is not None:
            return f"{reason}; {right.words}."
    return None


def _refused_by(poll: Poll, option_id: int, role: Role) -> str | None:
    theirs = [one for one in poll.votes if one.option_id == option_id and one.participant_id in _holders(poll, role)]
    if not theirs:
        return f"nobody with the role {role} who may decide this has spoken about it"
    if any(one.choice == Stance.OBJECT for one in theirs):
        return f"somebody with the role {role} who may decide this objects"
    return None


def _holders(poll: Poll, role: Role) -> set[int]:
    """The people of this home who have this role, where any take part; else everybody who has it."""
    holders = [one for one in poll.people.values() if one.role is role and one.withdrawn_at is None]
    own = [one for one in holders if one.person is not None]
    return {one.id for one in own or holders}
