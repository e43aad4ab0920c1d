"""Throws two million spoilt frames at the decoders: each must read or refuse them, quickly and in bounded memory.

    python -m benchmarks.fuzz [--inputs 2000000] [--seed 1] [--jobs 2]

One line a decoder: how many inputs, how many of them were read and refused, the slowest, and how much memory it took
more. Ends with 1 and the inputs in hex if one escaped: an error that is no `DecodeError`, an answer that takes too
long, or too much of anything.
"""

import argparse
import resource
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from time import perf_counter

from benchmarks.fuzz_inputs import anything, spoilt
from benchmarks.fuzz_targets import MAC, TARGETS, Target
from devices.kinds import DeviceKind, DeviceSetup, Split
from devices.model import DecodeError, Decoder, Frame, Observation, SampleBlock
from devices.registry import KINDS

INPUTS = 2_000_000
SLOWEST_S = 0.5
"""No input may take longer, on a machine that is busy with something else besides."""
MOST_OBSERVATIONS, MOST_SAMPLES, MOST_HELD = 600, 6000, 2048
MOST_GROWTH_MIB = 64.0
"""What a decoder, its libraries and the machinery here may take more in all the inputs together."""
INPUTS_A_DECODER = 1000
"""Then a new one is made, and the next inputs meet an empty state."""

_START = datetime(2026, 11, 24, 9, tzinfo=UTC)
_PAUSES_S = (0.0, 0.01, 0.06, 1.0, 61.0, -5.0, 86_400.0)
_MOST_TOLD = 5


@dataclass(slots=True)
class Outcome:
    """What became of one target's inputs."""

    name: str
    inputs: int = 0
    read: int = 0
    refused: int = 0
    slowest_s: float = 0.0
    growth_mib: float = 0.0
    escaped: list[str] = field(default_factory=list)

    def line(self) -> str:
        """For people."""
        return (
            f"{self.name:<34} {self.inputs:>8} inputs  {self.read:>8} read  {self.refused:>8} refused"
            f"  slowest {self.slowest_s * 1000:6.2f} ms  +{self.growth_mib:4.1f} MiB"
        )


class Fuzz:
    """Feeds one target, and watches."""

    def __init__(self, target: Target, kind: DeviceKind, rng: Random) -> None:
        self._target = target
        self._kind = kind
        self._rng = rng
        self._at = _START
        self._buffer = bytearray()
        source = target.source.removeprefix("gatt:")[:19]
        self.outcome = Outcome(f"{target.decoder} {source}{' keyed' if target.key else ''}")

    def run(self, inputs: int) -> Outcome:
        """Feed so many inputs. Those of a device on a serial line go through its splitter by turns."""
        before_mib = _memory_mib()
        for number in range(inputs):
            if number % INPUTS_A_DECODER == 0:
                decode = self._kind.make_decoder(_setup(self._target))
            data = self._input()
            split = self._kind.split if number % 2 else None
            self._watched(data, partial(self._decode, decode, data) if split is None else partial(self._split, split))
        self.outcome.growth_mib = max(0.0, _memory_mib() - before_mib)
        if self.outcome.growth_mib > MOST_GROWTH_MIB:
            self.outcome.escaped.append(f"it took {self.outcome.growth_mib:.0f} MiB more")
        return self.outcome

    def _input(self) -> bytes:
        choice = self._rng.random()
        if choice < 0.15:
            return anything(self._rng)
        if choice < 0.5 and self._target.wraps:
            body = anything(self._rng) if self._rng.random() < 0.5 else spoilt(self._target.frames, self._rng)
            return self._rng.choice(self._target.wraps)(body)
        return spoilt(self._target.frames, self._rng)

    def _watched(self, data: bytes, feed: Callable[[], bool]) -> None:
        self.outcome.inputs += 1
        self._buffer += data if self._kind.split is not None else b""
        start_s = perf_counter()
        try:
            understood = feed()
        except Exception as error:  # noqa: BLE001 -- this is what is looked for
            self.outcome.escaped.append(f"{data.hex()}: {error!r}")
            return
        took_s = perf_counter() - start_s
        self.outcome.slowest_s = max(self.outcome.slowest_s, took_s)
        self.outcome.read += understood
        self.outcome.refused += not understood
        if took_s > SLOWEST_S:
            self.outcome.escaped.append(f"{data.hex()}: took {took_s:.2f} s")

    def _decode(self, decode: Decoder, data: bytes) -> bool:
        self._at += timedelta(seconds=self._rng.choice(_PAUSES_S))
        frame = Frame(address=MAC, source=self._target.source, payload=data, at=self._at)
        try:
            observations = decode(frame)
        except DecodeError:
            return False
        _check(observations)
        return True

    def _split(self, split: Split) -> bool:
        found = split(self._buffer)
        if len(self._buffer) > MOST_HELD:
            raise AssertionError(f"{len(self._buffer)} bytes are held back")
        return bool(found)


def _check(observations: Sequence[Observation]) -> None:
    samples = sum(len(one.acceleration_g) for one in observations if isinstance(one, SampleBlock))
    if len(observations) > MOST_OBSERVATIONS or samples > MOST_SAMPLES:
        raise AssertionError(f"{len(observations)} observations and {samples} samples of one frame")


def _setup(target: Target) -> DeviceSetup:
    return DeviceSetup(name="it", kind=target.kind, address=MAC, key=target.key, options=target.options)


def _memory_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fuzz(target: Target, kind: DeviceKind, *, inputs: int, seed: int) -> Outcome:
    """Feed one target so many inputs."""
    rng = Random(f"{seed} {target.decoder} {target.source} {target.kind}")  # noqa: S311 -- the same inputs for a seed
    return Fuzz(target, kind, rng).run(inputs)


@dataclass(frozen=True, slots=True)
class _Share:
    """What each process does: the target with this number in the table, as only names and numbers cross over to it."""

    inputs: int
    seed: int

    def __call__(self, number: int) -> Outcome:
        target = TARGETS[number]
        return fuzz(target, KINDS[target.kind], inputs=self.inputs, seed=self.seed)


def outcomes(*, inputs: int, seed: int, jobs: int) -> Iterator[Outcome]:
    """Feed all targets so many inputs in all, each its share, in the order of the table."""
    share = -(-inputs // len(TARGETS))
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_Share(share, seed), range(len(TARGETS)))


def report(found: Iterable[Outcome]) -> int:
    """Tell of each outcome when it is there, then of all together; 1 if anything escaped."""
    inputs, escaped = 0, list[str]()
    for outcome in found:
        inputs += outcome.inputs
        escaped += [f"{outcome.name}: {how}" for how in outcome.escaped]
        sys.stdout.write(outcome.line() + "\n")
        sys.stdout.flush()
    sys.stdout.write(f"{inputs} inputs in all, {len(escaped)} escaped\n")
    for how in escaped[:_MOST_TOLD]:
        sys.stdout.write(f"  {how}\n")
    return int(bool(escaped))


def main() -> int:
    """Fuzz every decoder; 1 if anything escaped."""
    parser = argparse.ArgumentParser(description="Throw spoilt frames at every decoder.")
    parser.add_argument("--inputs", type=int, default=INPUTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    return report(outcomes(inputs=asked.inputs, seed=asked.seed, jobs=asked.jobs))


if __name__ == "__main__":
    sys.exit(main())
