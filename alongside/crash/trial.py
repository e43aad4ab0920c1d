"""Kills one hub after another on the same home, and lets the last one live until all is done."""

import functools
import itertools
import operator
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext, SpawnContext
from pathlib import Path
from random import Random
from typing import Self

from alongside.crash.house import Press, press, settle_in
from alongside.crash.life import LOOK_EVERY_S, Life
from alongside.crash.points import CHAINS
from alongside.crash.reckoning import Reckoning, read, reckon
from alongside.crash.town import Luck, Town
from alongside.crash.victim import Orders, live
from hub.clock import SystemClock

CLOCK = SystemClock()
LOOK_INSIDE_EVERY_S = 0.2
CALM_LOOKS = 5
"""All is done once nothing is left to be done for so many looks."""
ANSWERS_EVERY_S = 0.1
LONGEST_LIFE_S = 2.5
AT_START_CHANCE = 0.3
TO_THE_END_CHANCE = 0.3
LONG_LIFE_S = 8.0
"""So long at most a hub is let be until all is dealt with: otherwise there would hardly ever be another alarm."""
HOMES = 8
"""So many homes are tried at once: a hub mostly waits, and so would the test."""
POINT_WITHIN_S = 20.0
"""A point that was not reached by then is left to chance: the hub is killed where it is."""
READY_WITHIN_S = 60.0
DONE_WITHIN_S = 120.0
PRESS_EVERY_S = 0.4
"""On average."""
PRESSES_EACH_LIFE = 150
"""At most: more than a life that waits for a point for as long as it may."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What happened to the hubs. `missed` are points that were not reached in time."""

    kills: int = 0
    max_resume_ms: float = 0.0
    points: set[str] = field(default_factory=set)
    missed: list[str] = field(default_factory=list)

    def __add__(self, other: Self) -> Self:
        """Both together."""
        return replace(
            self,
            kills=self.kills + other.kills,
            max_resume_ms=max(self.max_resume_ms, other.max_resume_ms),
            points=self.points | other.points,
            missed=self.missed + other.missed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of the trial of one home, or of several together."""

    tally: Tally
    reckoning: Reckoning
    faults: int

    def __add__(self, other: Self) -> Self:
        """Both together."""
        return replace(
            self,
            tally=self.tally + other.tally,
            reckoning=self.reckoning + other.reckoning,
            faults=self.faults + other.faults,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How often the hub of one home is killed, where the first time, how the last one starts, and what chance does."""

    kills: int
    first: int
    cold: bool
    random: Random


class Trial:
    """One home and its hubs.

    A hub is forked from a process that has all modules loaded: a process of its own all the same, at a twentieth of
    the cost. The last one of a `cold` plan is started as any hub is.
    """

    def __init__(self, db: Path, town: Town, plan: Plan) -> None:
        self._db = db
        self._town = town
        self._random = plan.random
        self._plan = plan
        self._forked = get_context("forkserver")
        self._forked.set_forkserver_preload([live.__module__])
        self._started = get_context("spawn")
        self._pressed = 0
        self._pressing = True
        self._unheard: set[Press] = set()
        self._receipts: set[Press] = set()
        self._killed_s: float | None = None
        self._looked_s = 0.0
        self._busy = False
        self.tally = Tally()

    def run(self) -> Result:
        """Kill as often as asked, then let one live. Raises `CrashTestError`."""
        for point in itertools.islice(self._points(), self._plan.kills):
            self._live_and_die(point)
        self._live_on()
        bodies = [text.body for text in self._town.taken()]
        reckoning = reckon(read(self._db), self._receipts, bodies)
        return Result(tally=self.tally, reckoning=reckoning, faults=self._town.luck.met)

    def _points(self) -> Iterator[str | None]:
        """By turns a chain of points, and a random instant."""
        for chain in itertools.islice(itertools.cycle(CHAINS), self._plan.first, None):
            yield from chain
            yield None

    def _live_and_die(self, point: str | None) -> None:
        life = self._begin(point, self._forked)
        if point is None:
            self._until_chance(life)
        else:
            self._until_point(life, point)
        self._killed_s = CLOCK.boot_s()
        life.kill()
        self._note(life)
        self.tally.kills += 1

    def _until_chance(self, life: Life) -> None:
        """Let it live for a while: from its very start, or, more often, from when it is ready, or all is dealt with."""
        if self._random.random() > AT_START_CHANCE:
            self._while(life, lambda: not life.ready, POINT_WITHIN_S)
        if self._random.random() < TO_THE_END_CHANCE:
            self._while(life, self._is_busy, LONG_LIFE_S)
        self._while(life, lambda: True, self._random.uniform(0.0, LONGEST_LIFE_S))

    def _is_busy(self) -> bool:
        """Whether an alarm is open, or a message under way. Asked for often, looked up now and then."""
        if CLOCK.boot_s() > self._looked_s + LOOK_INSIDE_EVERY_S:
            self._looked_s = CLOCK.boot_s()
            self._busy = read(self._db).busy
        return self._busy

    def _is_under_way(self) -> bool:
        """Whether anything is still to be done, or to be heard."""
        kept = read(self._db)
        return kept.busy or kept.replies < self._town.said

    def _until_point(self, life: Life, point: str) -> None:
        """Let it live until it dies of itself."""
        self._while(life, lambda: True, POINT_WITHIN_S)
        if life.over:
            self.tally.points.add(point)
        else:
            self.tally.missed.append(point)

    def _while(self, life: Life, condition: Callable[[], bool], most_s: float) -> None:
        """Let it live for so long at most, while this is so."""
        end_s = CLOCK.boot_s() + most_s
        while not life.over and CLOCK.boot_s() < end_s and condition():
            self._let_live(life)

    def _live_on(self) -> None:
        """Let a hub live until everything is done. Raises `CrashTestError` where it ends badly."""
        self._pressing = False
        life = self._begin(None, self._started if self._plan.cold else self._forked)
        end_s = CLOCK.boot_s() + DONE_WITHIN_S
        self._while(life, lambda: not life.ready, READY_WITHIN_S)
        calm = 0
        while not life.over and CLOCK.boot_s() < end_s and calm < CALM_LOOKS:
            self._while(life, lambda: True, LOOK_INSIDE_EVERY_S)
            calm = 0 if self._unheard or self._town.talks or self._is_under_way() else calm + 1
        life.stop()

    def _begin(self, point: str | None, context: SpawnContext | ForkServerContext) -> Life:
        """Begin a life; a pendant repeats its press in every life until it has its receipt."""
        life = Life(context, Orders(db=self._db, anchor=self._town.anchor, carriers=self._town.carriers, point=point))
        for one in sorted(self._unheard, key=lambda one: (one.pendant, one.packet)):
            life.press(one)
        return life

    def _press(self, life: Life) -> None:
        one = press(self._pressed)
        self._pressed += 1
        self._unheard.add(one)
        life.press(one)

    def _let_live(self, life: Life) -> None:
        """A moment of its life: it is listened to, somebody presses or looks at a telephone now and then."""
        was_ready = life.ready
        life.listen(LOOK_EVERY_S)
        if life.ready and not was_ready and self._killed_s is not None:
            resume_ms = 1000 * (CLOCK.boot_s() - self._killed_s)
            self.tally.max_resume_ms = max(self.tally.max_resume_ms, resume_ms)
        self._note(life)
        if self._random.random() < LOOK_EVERY_S / ANSWERS_EVERY_S:
            self._town.answer()
        if self._pressing and self._random.random() < LOOK_EVERY_S / PRESS_EVERY_S:
            self._press(life)

    def _note(self, life: Life) -> None:
        self._receipts |= life.receipts
        self._unheard -= life.receipts


def try_out(folder: Path, kills: int, percent: float, seed: int) -> Result:
    """A whole trial in this folder, with several homes at once. Raises `CrashTestError`."""
    homes = min(HOMES, kills)
    shares = [kills // homes + (number < kills % homes) for number in range(homes)]
    databases = [folder / f"home-{number}.sqlite3" for number in range(homes)]
    for db, share in zip(databases, shares, strict=True):  # one by one: what makes a database is not made for threads
        settle_in(db, PRESSES_EACH_LIFE * (share + 1), CLOCK.now())

    def one(number: int) -> Result:
        random, luck = (Random(f"{seed} {number} {what}") for what in ("life", "luck"))  # noqa: S311 -- not secret
        plan = Plan(kills=shares[number], first=len(CHAINS) * number // homes, cold=number == 0, random=random)
        with Town(Luck(random=luck, percent=percent), databases[number].with_suffix(".clock")) as town:
            return Trial(databases[number], town, plan).run()

    with ThreadPoolExecutor(homes) as pool:
        return functools.reduce(operator.add, pool.map(one, range(homes)))
