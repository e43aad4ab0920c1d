"""Runs the detectors: who hears what, whose turn it is, and no detector stops another."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import chain

from analytics.model import Deriver, Detector, Finding, Interest
from devices.model import Observation, Quantity, Reading, Trigger, TriggerKind

logger = logging.getLogger(__name__)

NEVER = datetime.max.replace(tzinfo=UTC)
REMEMBERED_EPISODES = 4_096
"""How many episodes are remembered so that none is given twice: months of a home that alarms daily."""

_EVERY: dict[Interest, tuple[Interest, ...]] = {Reading: tuple(Quantity), Trigger: tuple(TriggerKind)}
"""A whole type of observation, as the single interests that it stands for."""


def log_failure(detector: str, failure: Exception) -> None:
    """Write down that a detector failed: its name and the kind of failure, nothing of the person."""
    logger.error("detector %s failed: %s", detector, type(failure).__name__)


class Engine:
    """Feeds observations to the detectors that listen, and time to those that are due.

    Live and in replay alike: each due `tick` gets exactly its due time, in order of due times (in the order of the
    detectors where they are the same), before any later observation. An observation that comes late, with a time
    before one already taken, is given to the detectors as it is; time never runs back.

    To rebuild the detectors' state at start, feed the stored past, as long as `lookback_s`, and drop what is found:
    that was decided when it happened. What `advance(now)` gives after that came true while nobody was running.

    A detector that raises loses that call only: it is counted in `failures` and told to `on_failure`.

    What a `Deriver` makes is heard by the others at once, under the number that `number` gives it, and lies
    in `derived` for whoever stores observations to take out. Replayed from the store it is heard just so.
    """

    def __init__(
        self, detectors: Iterable[Detector], on_failure: Callable[[str, Exception], None] = log_failure
    ) -> None:
        self.detectors = tuple(detectors)
        self.failures: Counter[str] = Counter()
        self._on_failure = on_failure
        self.number: Callable[[], int | None] = lambda: None
        self.derived: list[tuple[Reading, int | None]] = []
        self._derivers = tuple(one for one in self.detectors if isinstance(one, Deriver))
        self._raw = frozenset(quantity for one in self._derivers for quantity in one.raw)
        self._readings: dict[Quantity, tuple[int, ...]] = {}
        self._triggers: dict[TriggerKind, tuple[int, ...]] = {}
        self._blocks: tuple[int, ...] = ()
        self._dues = [NEVER] * len(self.detectors)
        self._next = NEVER
        self._given: dict[tuple[str, str], None] = {}
        for index, detector in enumerate(self.detectors):
            self._subscribe(index, detector)
            self._note_due(index)

    @property
    def due(self) -> datetime | None:
        """When `advance` next has something to do; None while nothing waits for time to pass."""
        return None if self._next is NEVER else self._next

    @property
    def lookback_s(self) -> float:
        """How much of the past rebuilds the state of every detector."""
        return max((detector.lookback_s for detector in self.detectors), default=0.0)

    def lookbacks(self) -> dict[Quantity | TriggerKind, float]:
        """How much of the past is needed of each kind of observation, so that no more need be read at start."""
        table: dict[Quantity | TriggerKind, float] = {}
        for interests in (self._readings, self._triggers):
            for key, indexes in interests.items():
                table[key] = max(_lookback_s(self.detectors[index], key) for index in indexes)
        return table

    def feed(self, observation: Observation, id: int | None = None) -> list[Finding]:  # noqa: A002 -- the store's word
        """Advance to the observation's time, then let those who listen take it. `id` is the store's number of it."""
        found = self.advance(observation.at) if observation.at >= self._next else []
        for index in self._listeners(observation):
            self._call(index, self.detectors[index].update, (observation, id), found)
        if self._is_raw(observation):
            self._hear_derived(found)
        return found

    def advance(self, now: datetime) -> list[Finding]:
        """Call each tick that is due by `now`, at its own time, in order."""
        found: list[Finding] = []
        while self._next <= now:
            due = self._next
            index = self._dues.index(due)
            went_well = self._call(index, self.detectors[index].tick, (due,), found)
            if self._dues[index] <= due:
                self._set_due(index, NEVER)
                if went_well:
                    self._failed(index, RuntimeError("asked again for a moment that had passed"))
            self._hear_derived(found)
        return found

    def _is_raw(self, observation: Observation) -> bool:
        if isinstance(observation, Reading):
            return observation.quantity in self._raw
        return not isinstance(observation, Trigger)

    def _hear_derived(self, found: list[Finding]) -> None:
        for reading in [one for deriver in self._derivers for one in deriver.derived()]:
            number = self.number()
            self.derived.append((reading, number))
            for index in self._listeners(reading):
                self._call(index, self.detectors[index].update, (reading, number), found)

    def _call(
        self, index: int, call: Callable[..., Iterable[Finding]], arguments: tuple[object, ...], found: list[Finding]
    ) -> bool:
        went_well = True
        try:
            for finding in call(*arguments):
                self._give(finding, found)
        except Exception as failure:  # noqa: BLE001 -- whatever one detector raises, the others go on
            self._failed(index, failure)
            went_well = False
        self._note_due(index)
        return went_well

    def _give(self, finding: Finding, found: list[Finding]) -> None:
        key = (finding.detector, finding.episode)
        if key in self._given:
            return
        found.append(finding)
        self._given[key] = None
        if len(self._given) > REMEMBERED_EPISODES:
            del self._given[next(iter(self._given))]

    def _failed(self, index: int, failure: Exception) -> None:
        name = self.detectors[index].name
        self.failures[name] += 1
        self._on_failure(name, failure)

    def _note_due(self, index: int) -> None:
        try:
            due = self.detectors[index].due
        except Exception as failure:  # noqa: BLE001 -- as above
            self._failed(index, failure)
            due = None
        self._set_due(index, due or NEVER)

    def _set_due(self, index: int, due: datetime) -> None:
        before = self._dues[index]
        if due is before:
            return
        self._dues[index] = due
        if due < self._next:
            self._next = due
        elif before == self._next:
            self._next = min(self._dues)

    def _subscribe(self, index: int, detector: Detector) -> None:
        for interest in chain.from_iterable(_EVERY.get(one, (one,)) for one in detector.listens_to):
            if isinstance(interest, Quantity):
                self._readings[interest] = (*self._readings.get(interest, ()), index)
            elif isinstance(interest, TriggerKind):
                self._triggers[interest] = (*self._triggers.get(interest, ()), index)
            else:
                self._blocks = (*self._blocks, index)

    def _listeners(self, observation: Observation) -> tuple[int, ...]:
        if isinstance(observation, Reading):
            return self._readings.get(observation.quantity, ())
        if isinstance(observation, Trigger):
            return self._triggers.get(observation.kind, ())
        return self._blocks


def _lookback_s(detector: Detector, what: Quantity | TriggerKind) -> float:
    if isinstance(detector, Deriver) and isinstance(what, Quantity):
        return detector.raw.get(what, detector.lookback_s)
    return detector.lookback_s
