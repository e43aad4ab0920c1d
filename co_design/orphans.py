"""What hangs in the air: a change that nobody decided, a decision that nobody followed up, a need without an answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from co_design.chain import Chain
from co_design.graph import Edges, Kind, Node, backwards, forwards, walked
from hub.model import Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """One loose end, and what would tie it."""

    rule: str
    subject: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The chain at one moment, with its edges both ways."""

    chain: Chain
    ahead: Edges
    behind: Edges
    now: datetime

    def leads_to(self, node: Node, kind: Kind) -> bool:
        """Whether anything of this kind came of it."""
        return any(found[0] is kind for found in walked(self.ahead, [node]))

    def rests_on(self, node: Node, kind: Kind) -> bool:
        """Whether anything of this kind led to it."""
        return any(found[0] is kind for found in walked(self.behind, [node]))


def orphans(chain: Chain, now: datetime) -> list[Orphan]:
    """Every loose end at this moment."""
    seen = Seen(chain=chain, ahead=forwards(chain), behind=backwards(chain), now=now)
    return [
        Orphan(rule=rule, subject=subject, because=because)
        for rule, find in RULES.items()
        for subject, because in find(seen)
    ]


Found = Iterator[tuple[str, str]]


def _changed_without_decision(seen: Seen) -> Found:
    chain = seen.chain
    made = {(one.setting_key, one.setting_version) for one in chain.changes.values()}
    made |= {(one.setting_key, one.reverted_version or 0) for one in chain.changes.values()}
    for (key, version), laid in chain.settings.items():
        if laid.provenance is Provenance.DECISION and (key, version) not in made:
            yield f"{key}, version {version}", "it says that it was decided, but no decision in the record made it"


def _change_without_setting(seen: Seen) -> Found:
    for one in seen.chain.changes.values():
        if (one.setting_key, one.setting_version) not in seen.chain.settings:
            yield f"change {one.id}", f"there is no version {one.setting_version} of {one.setting_key}"


def _decision_without_follow_up(seen: Seen) -> Found:
    changed = {one.decision_id for one in seen.chain.changes.values()}
    told = {one.decision_id for one in seen.chain.feedback.values()}
    for one in seen.chain.decisions.values():
        if one.follow_up_by > seen.now:
            continue
        if one.id not in changed and one.no_change_because is None:
            yield f"decision {one.id}", "nothing was changed, and nothing says why not"
        if one.id not in told:
            yield f"decision {one.id}", "nobody who spoke was told what came of it"


def _change_not_measured(seen: Seen) -> Found:
    for one in seen.chain.changes.values():
        overdue = one.review_at is not None and one.review_at <= seen.now
        if overdue and one.measured_at is None and one.reverted_at is None:
            yield f"change {one.id}", "its review is due, and nobody looked at what it did"


def _need_without_answer(seen: Seen) -> Found:
    for one in seen.chain.needs.values():
        if one.answer_by > seen.now or one.merged_into is not None or one.answer is not None:
            continue
        if not seen.leads_to((Kind.NEED, one.id), Kind.DECISION):
            yield f"need {one.id}", "its answer was promised for a day that is past; decide, or say why not"


def _rests_on_nothing(kind: Kind, records: str) -> Callable[[Seen], Found]:
    """Everything on the way must come from something that somebody said, also where the words were taken back."""

    def find(seen: Seen) -> Found:
        for number in getattr(seen.chain, records):
            if not seen.rests_on((kind, number), Kind.UTTERANCE):
                yield f"{kind} {number}", "it does not rest on anything that anybody said"

    return find


RULES: dict[str, Callable[[Seen], Found]] = {
    "a changed setting with no decision": _changed_without_decision,
    "a change with no setting": _change_without_setting,
    "a decision with no follow-up": _decision_without_follow_up,
    "a change that nobody measured": _change_not_measured,
    "a need with no answer past its date": _need_without_answer,
    "a need from nowhere": _rests_on_nothing(Kind.NEED, "needs"),
    "an idea from nowhere": _rests_on_nothing(Kind.IDEA, "ideas"),
    "a decision from nowhere": _rests_on_nothing(Kind.DECISION, "decisions"),
    "a change from nowhere": _rests_on_nothing(Kind.CHANGE, "changes"),
}
"""Each kind of loose end, and how it is found."""
