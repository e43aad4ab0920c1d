"""Runs the shipped fall detector over recorded trials, streaming, and says how often it was right.

A trial counts as alarmed when the detector asks or acts at any time in it, by the thresholds that hold before the
wearer's own days are known.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from analytics.detectors.wearable_fall import ACT_SEVERITY, WearableFall
from analytics.engine import Engine
from analytics.falls.features import HZ
from analytics.falls.stream import Knock
from analytics.falls.trees import Trees
from analytics.falls.wearer import Fallen, judge
from analytics.model import Home
from analytics.settings import resolve
from analytics.training.examples import START, Examples, at_common_rate, fall_sample
from analytics.training.falls import fit, learnt_from
from analytics.training.recorded import Trial
from devices.model import SampleBlock

BLOCK_S = 0.5
LEFT_ALONE = timedelta(minutes=1)
"""After a trial nothing comes for this long: the detector judges what it has."""
NO_KNOCK = -99.0
"""The score of a trial without a knock."""
HOME = Home(id="recorded", tz=ZoneInfo("UTC"), resident="subject", resident_name="Subject", sensors={})

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the detector made of one trial: whether it asked or acted, and whether it acted.

    `delay_s` is from the fall's strongest moment to the first finding after it.
    """

    subject: str
    activity: str
    is_fall: bool
    alarmed: bool
    acted: bool
    score: float
    delay_s: float | None


@dataclass(slots=True)
class _Highest:
    """Judges knocks by these trees, and remembers the highest likeness."""

    trees: Trees | None
    score: float = field(default=NO_KNOCK, init=False)

    def __call__(self, knock: Knock) -> Fallen | None:
        fallen = judge(knock, self.trees)
        if fallen is not None:
            self.score = max(self.score, fallen.likeness)
        return fallen


def run(trial: Trial, trees: Trees | None = None) -> Outcome:
    """Put one trial through the detector, block after block; by the shipped trees unless others are given."""
    judging = _Highest(trees)
    engine = Engine([WearableFall(HOME, resolve({}), judging)])
    found = [one for block in blocks(trial) for one in engine.feed(block)]
    length = timedelta(seconds=len(trial.acceleration_g) / trial.rate_hz)
    found += engine.advance(START + length + LEFT_ALONE)
    if engine.failures:
        raise RuntimeError(f"the detector failed on trial {trial.number}")
    delays = [(one.at - START).total_seconds() - fell_s(trial) for one in found] if trial.is_fall else []
    return Outcome(
        subject=trial.subject,
        activity=trial.activity,
        is_fall=trial.is_fall,
        alarmed=bool(found),
        acted=any(one.severity >= ACT_SEVERITY for one in found),
        score=judging.score,
        delay_s=min((delay for delay in delays if delay >= 0), default=None),
    )


def blocks(trial: Trial) -> Iterator[SampleBlock]:
    """The trial as a device sends it."""
    length = max(1, round(BLOCK_S * trial.rate_hz))
    for first in range(0, len(trial.acceleration_g), length):
        samples = trial.acceleration_g[first : first + length]
        at = START + timedelta(seconds=first / trial.rate_hz)
        yield SampleBlock(device="wearable", at=at, rate_hz=trial.rate_hz, acceleration_g=samples)


def fell_s(trial: Trial) -> float:
    """When in a fall's trial it was strongest."""
    return fall_sample(trial, at_common_rate(trial)) / HZ


def shipped(some: Sequence[Trial], progress: Progress) -> list[Outcome]:
    """By the trees that ship."""
    return _all(some, None, progress)


def trained_on(other: Examples, some: Sequence[Trial], progress: Progress) -> list[Outcome]:
    """By trees learnt from another recording only."""
    progress("learning from the other recording")
    return _all(some, fit([other]), progress)


def leave_one_out(name: str, some: Sequence[Trial], others: Sequence[Examples], progress: Progress) -> list[Outcome]:
    """Each subject by trees learnt from all but that subject (and from other recordings, if given)."""
    known = learnt_from(name, some)
    outcomes: list[Outcome] = []
    for subject in sorted({trial.subject for trial in some}):
        progress(f"learning without {subject}")
        trees = fit([known.of(known.subject != subject), *others])
        outcomes += [run(trial, trees) for trial in some if trial.subject == subject]
    return outcomes


def _all(some: Sequence[Trial], trees: Trees | None, progress: Progress) -> list[Outcome]:
    outcomes = []
    for count, trial in enumerate(some, start=1):
        outcomes.append(run(trial, trees))
        if count % 500 == 0:
            progress(f"{count:,} of {len(some):,} trials")
    return outcomes
