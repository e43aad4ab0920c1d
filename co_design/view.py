"""Records of the chain as a reader may see them: what was cited is put in, what was taken back is not."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from co_design.chain import Chain
from co_design.effects import MEASURES, Measure
from co_design.model import ConsentScope, LinkKind
from co_design.model_deciding import Change, Decision, Effect, Feedback, Mark
from co_design.model_trace import TracedChange, TracedDecision, TracedEffect, TracedReply, TracedStep, TracedUtterance
from co_design.suppressed import few
from co_design.words import Reader, quoted, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The chain through one reader's eyes."""

    chain: Chain
    reader: Reader
    _marked: frozenset[tuple[Mark, int]] = field(init=False)

    def __post_init__(self) -> None:
        marked = frozenset((one.kind, one.subject_id) for one in self.chain.marks)
        object.__setattr__(self, "_marked", marked)

    def text(self, text: str) -> str:
        """A text with what it cites."""
        return quoted(self.chain, text, self.reader)

    def maybe(self, text: str | None) -> str | None:
        """The same for a text that may be missing."""
        return None if text is None else self.text(text)

    def marked(self, kind: Mark, number: int) -> bool:
        """Whether some of what this rests on was taken back."""
        return (kind, number) in self._marked

    def utterances(self, numbers: Iterable[int]) -> tuple[TracedUtterance, ...]:
        """What was said, in the order of time."""
        said = sorted((self.chain.utterances[number] for number in numbers), key=lambda one: (one.at, one.id))
        return tuple(
            TracedUtterance(
                id=one.id,
                pseudonym=self.chain.participants[one.participant_id].pseudonym,
                role=self.chain.participants[one.participant_id].role,
                at=one.at,
                medium=one.medium,
                words=shown(self.chain, one.id, self.reader),
                alarms=self._alarms(one.id),
            )
            for one in said
        )

    def _alarms(self, number: int) -> tuple[int, ...]:
        links = self.chain.links.get(number, ())
        return tuple(sorted(int(key) for kind, key, _ in links if kind == LinkKind.ALARM))

    def steps(self, kind: Mark, records: Iterable[Any], words: Callable[[Any], str]) -> tuple[TracedStep, ...]:
        """Themes, needs or ideas."""
        return tuple(
            TracedStep(id=one.id, words=self.text(words(one)), marked=self.marked(kind, one.id), at=one.at)
            for one in records
        )

    def decision(self, one: Decision) -> TracedDecision:
        """A decision with all that belongs to it."""
        chain = self.chain
        options = [option for option in chain.options.values() if option.ballot_id == one.ballot_id]
        labels = {str(option.id): option.label for option in options}
        return TracedDecision(
            id=one.id,
            question=self.text(chain.ballots[one.ballot_id].question),
            options=tuple(self.text(f"{option.label}: {option.consequences}") for option in options),
            chosen=chain.options[one.option_id].label,
            tallies={self.text(labels[number]): self._voices(roles) for number, roles in one.tallies.items()},
            dissent=tuple(self._dissent(said) for number, said in chain.dissents if number == one.id),
            reasons=self.text(one.reasons),
            right=one.right,
            at=one.at,
            marked=self.marked(Mark.DECISION, one.id),
            changes=tuple(self.change(made) for made in chain.changes.values() if made.decision_id == one.id),
            replies=tuple(self._reply(told) for told in chain.feedback.values() if told.decision_id == one.id),
            no_change_because=self.maybe(one.no_change_because),
        )

    def _voices(self, roles: Mapping[str, Mapping[str, int]]) -> Mapping[str, Mapping[str, int | str]]:
        """Each role's voices; outside the home, counts so small that they point at somebody are not told."""
        if self.reader.audience is ConsentScope.HOME:
            return roles
        return {role: {choice: few(n) for choice, n in said.items()} for role, said in roles.items()}

    def _dissent(self, number: int) -> str:
        speaker = self.chain.participants[self.chain.utterances[number].participant_id]
        return f"{speaker.pseudonym}: {self.text(f'[u{number}]')}"

    def change(self, made: Change) -> TracedChange:
        """A change, where it holds and what it did."""
        laid = self.chain.settings.get((made.setting_key, made.setting_version))
        return TracedChange(
            id=made.id,
            setting=made.setting_key,
            value=None if laid is None else laid.value,
            version=made.setting_version,
            at=made.at,
            homes=tuple(one.home for one in self.chain.exposures if one.change_id == made.id),
            effect=made.effect,
            effects=tuple(_effect(one) for one in self.chain.effects if one.change_id == made.id),
            reverted_at=made.reverted_at,
            reverted_because=self.maybe(made.reverted_because),
        )

    def _reply(self, told: Feedback) -> TracedReply:
        answer = None if told.utterance_id is None else shown(self.chain, told.utterance_id, self.reader)
        return TracedReply(
            pseudonym=self.chain.participants[told.participant_id].pseudonym,
            told=self.text(told.told),
            at=told.at,
            agrees=told.agrees,
            answer=answer,
        )


def _effect(one: Effect) -> TracedEffect:
    return TracedEffect(measure=one.measure, words=effect_words(one), kind=one.kind)


def effect_words(one: Effect) -> str:
    """An effect in a sentence, with how sure it is.

    "how often the resident was asked …: 9 in 28 days before, 1 in 28 days after (0.11 times as many, 95 % between …)".
    """
    what = MEASURES[Measure(one.measure)].words
    before, after = f"{one.before:g} in {one.before_days:g} days before", f"{one.after:g} in {one.after_days:g} after"
    return f"{what}: {before}, {after} ({_interval(one)})"


def _interval(one: Effect) -> str:
    if one.low is None:
        return "nothing to compare"
    upper = "any number" if one.high is None else f"{one.high:.2g}"
    times = "" if one.ratio is None else f"{one.ratio:.2g} times as many, "
    return f"{times}95 % between {one.low:.2g} and {upper}"
