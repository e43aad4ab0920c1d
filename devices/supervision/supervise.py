"""Takes in all that is heard of every device and every receiver, and concludes what is wrong."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from devices.kinds import Use
from devices.model import LinkEvent, LinkState, Observation, Quantity, Reading
from devices.supervision.listening import Listening
from devices.supervision.model import (
    BLINDING,
    OF_RECEIVERS,
    Bad,
    Conclusion,
    Condition,
    Fine,
    Key,
    Look,
    Verdict,
    Watched,
)
from devices.supervision.receivers import Receiver
from devices.supervision.record import UNREADABLE, Record
from devices.supervision.rhythm import Rhythm
from devices.supervision.rules import RULES, Scene, When, is_silent
from devices.supervision.senses import GRAVE, Sense, called, cover, listed, means, senses

logger = logging.getLogger(__name__)

RECEIVER = "receiver "
"""Begins the name under which a receiver's rhythm is kept."""
SIGHTINGS = frozenset({Quantity.MOTION, Quantity.OPEN})
"""By what devices in their place say, somebody is about."""
STRANGER = ""
"""The name of everybody who is not declared."""
RECEIVER_MEANS = "I cannot rely on {devices}"
RECEIVER_COVER = "Nothing stands in for it: please look in or ring more often until it works."
MOST_NAMED = 2
WEAK_MEANS = "some of them may soon not be heard at all"
WEAK_COVER = "I go on listening to those that I still hear."


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """Whose home it is: what the resident is called, the home's time, and how a time is said at another time."""

    who: str
    tz: tzinfo
    when: When


class Supervision:
    """What is known of the home's devices and receivers. `boot_s` is the boot clock throughout.

    `kept` is what an earlier run had learnt, by name.
    """

    def __init__(self, kept: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._kept = dict(kept or {})
        self._listening = Listening()
        self._home = Household(who="the resident", tz=UTC, when=lambda at, _: f"{at:%H:%M} UTC")
        self._records: dict[str, Record] = {}
        self._receivers: dict[str, Receiver] = {}
        self._doors: dict[str, float] = {}
        self._saw_s: float | None = None
        self._began: dict[Key, datetime] = {}

    def expect(self, home: Household, watched: Iterable[Watched], receivers: Mapping[str, str], boot_s: float) -> None:
        """From now on these devices are declared, and these receivers needed: their subjects, and what they are called.

        What is known of those that stay is kept.
        """
        now_s = self._listening.at(boot_s)
        self._home = home
        self._records = {one.name: self._record_of(one, now_s) for one in watched}
        self._receivers = {subject: self._receiver_of(subject, title, now_s) for subject, title in receivers.items()}

    def heard(self, name: str, at: datetime, boot_s: float, signal_dbm: int | None = None) -> None:
        """A frame of this device was heard and read, whether or not it told anything new."""
        record = self._records.get(name)
        if record is None:
            return
        now_s = self._listening.at(boot_s)
        record.hear(at, now_s, signal_dbm)
        self._hear_through(record.watched, at, now_s)

    def heard_unreadable(self, name: str, at: datetime, boot_s: float) -> None:
        """A frame of this device was heard that cannot be read."""
        record = self._records.get(name)
        if record is None:
            return
        now_s = self._listening.at(boot_s)
        record.hear_unreadable(now_s)
        self._hear_through(record.watched, at, now_s)

    def overheard(self, receiver: str, at: datetime, boot_s: float) -> None:
        """A stranger was heard through this receiver."""
        if receiver in self._receivers:
            self._receivers[receiver].hear(STRANGER, at, self._listening.at(boot_s))

    def take(self, observation: Observation) -> None:
        """Learn from what a device said, when it was heard last."""
        record = self._records.get(observation.device)
        if record is None:
            return
        record.take(observation, self._home.tz)
        if isinstance(observation, Reading) and observation.quantity in SIGHTINGS:
            self._sight(observation, record)

    def rest(self) -> None:
        """The resident lets the sensors rest: that they live is noticed, what they say is not taken in."""
        for record in self._records.values():
            record.frozen.forget()

    def link(self, event: LinkEvent, boot_s: float) -> None:
        """A receiver went up or down. What came back is given time to be heard again."""
        receiver = self._receivers.get(event.subject)
        if receiver is None:
            return
        now_s = self._listening.at(boot_s)
        if receiver.change(event, now_s) and event.state is LinkState.UP:
            for record in self._heard_through(receiver):
                record.since_s = max(record.since_s, now_s)

    def look(self, now: datetime, boot_s: float) -> Look:
        """Conclude what is wrong now, and what is not. A trouble that goes on began when it was first concluded."""
        now_s = self._listening.look(boot_s)
        for record in self._records.values():
            record.be_patient()
        verdicts = dict(self._judge(now, now_s))
        wrong = {key: verdict for key, verdict in verdicts.items() if isinstance(verdict, Bad)}
        self._remember(verdicts)
        fine = {key: verdict.outcome for key, verdict in verdicts.items() if isinstance(verdict, Fine)}
        unreliable = {subject for condition, subject in wrong if condition in BLINDING}
        return Look(conclusions=tuple(self._conclude(key, bad, unreliable) for key, bad in wrong.items()), fine=fine)

    def due_in_s(self, boot_s: float) -> float | None:
        """After how many seconds the passing of time alone next makes something wrong; None: not at all."""
        now_s = self._listening.at(boot_s)
        dues = [one.since_s + one.limit_s for one in self._records.values() if one.limit_s is not None]
        dues += [one.due_s for one in self._receivers.values() if one.due_s is not None]
        return min((due - now_s for due in dues if due > now_s), default=None)

    def declared(self, subject: str) -> bool:
        """Whether this is a device or a receiver that is still needed."""
        return subject in self._records or subject in self._receivers

    def learnt(self, boot_s: float) -> dict[str, dict[str, Any]]:
        """What was learnt, by name, to be kept for the next run."""
        now_s = self._listening.at(boot_s)
        kept = {name: record.kept(now_s) for name, record in self._records.items()}
        return kept | {RECEIVER + one.subject: {"rhythm": one.rhythm.kept()} for one in self._receivers.values()}

    def _record_of(self, watched: Watched, now_s: float) -> Record:
        known = self._records.get(watched.name)
        if known is not None and known.watched.kind is watched.kind:
            known.watched = watched
            return known
        try:
            return Record.from_kept(watched, now_s, self._kept.pop(watched.name))
        except UNREADABLE:  # nothing was kept, or by another version: it is learnt anew
            return Record(watched=watched, since_s=now_s)

    def _receiver_of(self, subject: str, title: str, now_s: float) -> Receiver:
        known = self._receivers.get(subject)
        if known is not None:
            return known
        receiver = Receiver(subject=subject, title=title, since_s=now_s)
        try:
            receiver.rhythm = Rhythm.from_kept(self._kept.pop(RECEIVER + subject)["rhythm"])
        except UNREADABLE:
            logger.debug("the rhythm of a receiver is learnt anew")
        return receiver

    def _hear_through(self, watched: Watched, at: datetime, now_s: float) -> None:
        if watched.receiver in self._receivers:
            self._receivers[watched.receiver].hear(watched.name, at, now_s)

    def _heard_through(self, receiver: Receiver) -> list[Record]:
        return [one for one in self._records.values() if one.watched.receiver == receiver.subject]

    def _remember(self, verdicts: Mapping[Key, Verdict]) -> None:
        for key, verdict in verdicts.items():
            if isinstance(verdict, Bad):
                self._began.setdefault(key, verdict.since)
            elif isinstance(verdict, Fine):
                self._began.pop(key, None)

    def _sight(self, reading: Reading, record: Record) -> None:
        """Note that somebody was seen: moving, or using a door. A state that is only told again is none."""
        seen = reading.value > 0
        if reading.quantity is Quantity.OPEN:
            before = self._doors.get(reading.device)
            self._doors[reading.device] = reading.value
            seen = before not in (None, reading.value)
        if seen and record.watched.kind.use is Use.FIXED:
            self._saw_s = record.since_s

    def _judge(self, now: datetime, now_s: float) -> Iterator[tuple[Key, Verdict]]:
        scene = Scene(now=now, now_s=now_s, when=lambda at: self._home.when(at, now), others_saw_s=self._saw_s)
        hearing = set()
        for receiver in self._receivers.values():
            verdicts = self._judge_receiver(receiver, scene)
            yield from verdicts
            if receiver.is_up and not any(isinstance(verdict, Bad) for _, verdict in verdicts[:2]):
                hearing.add(receiver.subject)
        for name, record in self._records.items():
            hears = record.watched.receiver in hearing or record.watched.receiver not in self._receivers
            for condition, rule in RULES.items():
                yield (condition, name), rule(record, replace(scene, hears=hears))

    def _judge_receiver(self, receiver: Receiver, scene: Scene) -> list[tuple[Key, Verdict]]:
        records = self._heard_through(receiver)
        overdue = sum(is_silent(one, scene) for one in records if one.watched.kind.use is Use.FIXED)
        in_place = [one for one in records if one.watched.kind.use is Use.FIXED]
        return [
            ((Condition.RECEIVER_DOWN, receiver.subject), receiver.down(scene)),
            ((Condition.RECEIVER_DEAF, receiver.subject), receiver.deaf(scene, overdue)),
            ((Condition.SIGNAL_FELL, receiver.subject), receiver.weak(scene, in_place)),
        ]

    def _conclude(self, key: Key, bad: Bad, unreliable: set[str]) -> Conclusion:
        bad = replace(bad, since=self._began[key])
        condition, subject = key
        record = self._records.get(subject)
        if record is None or condition in OF_RECEIVERS:
            return self._conclude_receiver(key, bad)
        able = senses(record.watched, record.seen)
        gravest = able[0] if able else None
        return _conclusion(
            key,
            bad,
            means(record.watched, gravest, self._home.who),
            cover(record.watched, gravest, self._working(unreliable), self._home.who),
            room=record.watched.room,
            grave=gravest in GRAVE,
        )

    def _conclude_receiver(self, key: Key, bad: Bad) -> Conclusion:
        condition, subject = key
        if condition is Condition.SIGNAL_FELL:
            return _conclusion(key, bad, WEAK_MEANS, WEAK_COVER)
        behind = [called(one.watched.title) for one in self._heard_through(self._receivers[subject])]
        more = len(behind) - MOST_NAMED
        named = behind if more <= 1 else [*behind[:MOST_NAMED], f"{more} more"]
        return _conclusion(key, bad, RECEIVER_MEANS.format(devices=listed(named)), RECEIVER_COVER, grave=True)

    def _working(self, unreliable: set[str]) -> Iterator[tuple[Watched, tuple[Sense, ...]]]:
        """The devices that can be relied on, and what they are good for."""
        for name, record in self._records.items():
            if not {name, record.watched.receiver} & unreliable and record.heard_lately:
                yield record.watched, senses(record.watched, record.seen)


def _conclusion(
    key: Key, bad: Bad, means: str, cover: str, *, room: str | None = None, grave: bool = False
) -> Conclusion:
    condition, subject = key
    return Conclusion(
        condition=condition,
        subject=subject,
        since=bad.since,
        because=bad.because,
        means=means,
        cover=cover,
        room=room,
        grave=grave,
    )
