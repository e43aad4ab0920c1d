"""Who takes part and who does not, who is heard, whose ideas are taken up, and whether the resident still acts."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from co_design.chain import Chain
from co_design.graph import Kind, forwards, walked
from co_design.model import Participant, Participation
from co_design.model_deciding import Stance
from co_design.suppressed import suppressed
from hub.model import Role

SOMEBODY = "nobody in particular"
NO_NEED = "no access need"
LEVELS = tuple(level.value for level in Participation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many take part out of how many the service is for; None: too few to say."""

    group: str
    taking_part: int | None
    served: int | None


def reach(chain: Chain, served: Mapping[str, int], of: str) -> list[Reach]:
    """Against the people served, by `role` or by `access_needs`."""
    here = [one for one in chain.participants.values() if one.withdrawn_at is None]
    counts = Counter(str(value) for one in here if (value := getattr(one, of)) is not None)
    groups = {group: counts.get(group, 0) for group in sorted({*counts, *served})}
    shown = suppressed(groups)
    return [Reach(group=group, taking_part=shown[group], served=served.get(group)) for group in groups]


def airtime(chain: Chain) -> dict[str, float | None]:
    """Each role's share of all words that were said; None for a role of too few people."""
    people = suppressed(Counter(one.role for one in chain.participants.values()))
    words: Counter[Role] = Counter()
    for one in chain.utterances.values():
        words[chain.participants[one.participant_id].role] += len(one.words.split())
    total = max(1, sum(words.values()))
    return {role: None if count is None else words[Role(role)] / total for role, count in people.items()}


def taken_up(chain: Chain, of: str = "role") -> dict[str, dict[str, int | None]]:
    """By `role` or by `access_needs`: how many ideas were put in force, decided otherwise, or are still open."""
    ahead = forwards(chain)
    found: dict[str, Counter[str]] = {}
    for one in chain.ideas.values():
        whose = SOMEBODY if one.participant_id is None else getattr(chain.participants[one.participant_id], of)
        kinds = {kind for kind, _ in walked(ahead, [(Kind.IDEA, one.id)])}
        fate = "in force" if Kind.CHANGE in kinds else "decided" if Kind.DECISION in kinds else "open"
        found.setdefault(whose or NO_NEED, Counter({"in force": 0, "decided": 0, "open": 0}))[fate] += 1
    return {role: suppressed(counts) for role, counts in sorted(found.items())}


def levels(chain: Chain) -> dict[str, dict[str, int]]:
    """By quarter: how many sessions, touchpoints and decisions were at each level of participation."""
    seen = [(one.held_at, one.participation) for one in chain.workshops.values()]
    seen += [(one.at, one.participation) for one in chain.touchpoints if one.participation is not None]
    seen += [(one.at, one.participation) for one in chain.decisions.values()]
    found: dict[str, dict[str, int]] = {}
    for at, level in sorted(seen):
        quarter = f"{at.year} Q{(at.month + 2) // 3}"
        found.setdefault(quarter, dict.fromkeys(LEVELS, 0))[level] += 1
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """What the residents of this home did of their own accord in a span; `fallen`: it has come down to nothing."""

    acts: int
    said: int
    vetoes: int
    days: float

    @property
    def index(self) -> float:
        """How many of these a week."""
        return (self.acts + self.said + self.vetoes) / max(self.days / 7, 1)

    @property
    def fallen(self) -> bool:
        """Whether nothing came from them at all."""
        return self.index == 0


def agency(chain: Chain, acts: int, now: datetime, span: timedelta) -> Agency:
    """What residents said and refused within the span, beside what the hub counted that they did (`acts`)."""
    since = now - span
    own = _own_residents(chain.participants.values())
    said = sum(one.participant_id in own and since < one.at <= now for one in chain.utterances.values())
    vetoes = {
        (one.ballot_id, one.participant_id)
        for one in chain.votes
        if one.choice == Stance.OBJECT and one.participant_id in own and since < one.at <= now
    }
    return Agency(acts=acts, said=said, vetoes=len(vetoes), days=span.days)


def _own_residents(people: Iterable[Participant]) -> set[int]:
    """The residents of this home, where any take part; else every resident."""
    residents = [one for one in people if one.role is Role.RESIDENT]
    own = [one for one in residents if one.person is not None]
    return {one.id for one in own or residents}
