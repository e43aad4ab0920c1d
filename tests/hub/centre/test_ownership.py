"""The ownership of an alarm, tried in every interleaving of what hub, centre and network can do.

A small explicit-state search, complete within its bounds: two steps, two mishaps (the line breaks, or the hub
dies, once), messages that are doubled, reordered and lost, answers to either side at any moment.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from hub.centre.ownership import Owner, Turn, View, answer, due, hear, take_over, tell

PLAN = (Turn(0, 0, "nadia"), Turn(0, 1, "tom"))
MISHAPS, DEATHS, MOST_UP, MOST_DOWN = 2, 1, 2, 1
HUB = View(me=Owner.HUB)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything there is. `sent` are the messages that people got, with who sent them."""

    hub: View = HUB
    centre: View | None = None  # it has not heard of the alarm
    alive: bool = True
    line: bool = True
    up: frozenset[View] = frozenset()
    down: frozenset[View] = frozenset()
    sent: frozenset[tuple[Owner, Turn, int]] = frozenset()  # and the how-manieth
    partitions: int = 0
    deaths: int = 0
    answers: int = 0

    @property
    def silent(self) -> bool:
        """Does the centre hear nothing of the hub? It judges so only after longer than a message takes."""
        return not (self.alive and self.line)


def send(world: World, who: Owner, turn: Turn) -> frozenset[tuple[Owner, Turn, int]]:
    before = sum(one[:2] == (who, turn) for one in world.sent)
    return world.sent | {(who, turn, before + 1)}


def work(world: World) -> Iterator[World]:
    """What goes on by itself, without a fault and without an answer."""
    if world.alive:
        yield from tells(world, world.hub)
    if world.centre is not None:
        yield from tells(world, world.centre)
        taken = take_over(world.centre)
        if world.silent and taken != world.centre:
            yield replace(world, centre=taken)
    if world.alive and world.line:
        yield from talk(world)


def tells(world: World, view: View) -> Iterator[World]:
    turn = due(view, PLAN, other_silent=world.silent)
    if turn is not None:
        after = tell(view, turn)
        sent = send(world, view.me, turn)
        yield replace(world, hub=after, sent=sent) if view.me is Owner.HUB else replace(world, centre=after, sent=sent)


def talk(world: World) -> Iterator[World]:
    """Either side says what it knows where the other could learn from it; what is under way arrives."""
    centre = world.centre or View(me=Owner.CENTRE)
    news = world.centre is None or hear(centre, world.hub) != centre
    if news and world.hub not in world.up and len(world.up) < MOST_UP:
        yield replace(world, up=world.up | {world.hub})
    news = world.centre is not None and hear(world.hub, centre) != world.hub
    if news and centre not in world.down and len(world.down) < MOST_DOWN:
        yield replace(world, down=world.down | {centre})
    yield from arrive(world)


def arrive(world: World) -> Iterator[World]:
    """A message arrives, in any order, and may arrive again."""
    for said in world.up:
        centre = hear(world.centre or View(me=Owner.CENTRE), said)
        after = replace(world, centre=centre)
        yield replace(after, up=world.up - {said})
        if after.centre != world.centre:
            yield after
    for said in world.down:
        hub = hear(world.hub, said)
        after = replace(world, hub=hub)
        yield replace(after, down=world.down - {said})
        if after.hub != world.hub:
            yield after


def mishap(world: World) -> Iterator[World]:
    """What may happen to them: the line, the hub's power, lost messages, and somebody's answer to either side."""
    left = world.partitions + world.deaths < MISHAPS
    if world.line and left:
        yield replace(world, line=False, partitions=world.partitions + 1)
    if not world.line:
        yield replace(world, line=True)
        yield replace(world, up=frozenset(), down=frozenset())
    if world.alive and left and world.deaths < DEATHS:
        yield replace(world, alive=False, deaths=world.deaths + 1)
    if not world.alive:
        yield replace(world, alive=True)
    if world.alive and not world.answers:
        yield replace(world, hub=answer(world.hub), answers=1)
    if world.centre is not None and world.centre.owner is Owner.CENTRE and not world.answers:
        yield replace(world, centre=answer(world.centre), answers=1)


Worlds = dict[World, list[World]]


def explored() -> Worlds:
    """Every world that can come about, and what work alone makes of it."""
    found: Worlds = {}
    seen, left = {World()}, [World()]
    while left:
        world = left.pop()
        found[world] = list(work(world))
        for after in (*found[world], *mishap(world)):
            if after not in seen:
                seen.add(after)
                left.append(after)
    return found


@pytest.fixture(scope="module")
def worlds() -> Worlds:
    return explored()


def times(world: World) -> Counter[Turn]:
    return Counter(turn for _, turn, _ in world.sent)


def test_there_is_something_to_try(worlds: Worlds) -> None:
    assert len(worlds) > 10_000
    assert any(world.centre is not None and world.centre.epoch > 2 for world in worlds)
    assert any(max(times(world).values(), default=0) == 2 for world in worlds)


def test_nobody_hears_of_a_step_more_than_twice_and_never_twice_from_one_side(worlds: Worlds) -> None:
    assert max(number for world in worlds for _, _, number in world.sent) == 1
    assert max(max(times(world).values(), default=0) for world in worlds) == 2


def test_nobody_hears_of_a_step_twice_without_a_partition_or_a_dead_hub(worlds: Worlds) -> None:
    calm = [world for world in worlds if world.partitions + world.deaths == 0]
    assert calm
    assert all(max(times(world).values(), default=0) <= 1 for world in calm)


def test_an_epoch_is_one_owners_and_the_hub_never_falls_behind_itself(worlds: Worlds) -> None:
    for world in worlds:
        assert world.hub.owner is Owner.HUB
        for view in (world.hub, *world.up, *world.down, *filter(None, [world.centre])):
            assert (view.epoch % 2 == 1) == (view.owner is Owner.CENTRE)
        if world.centre is not None and world.centre.owner is Owner.HUB:
            assert world.centre.epoch <= world.hub.epoch


def settled(worlds: Worlds) -> list[World]:
    """Those in which all that goes on by itself has been done."""
    return [world for world, after in worlds.items() if not after]


def test_no_step_is_forgotten_by_both_unless_somebody_answered(worlds: Worlds) -> None:
    """Only an alarm of which the centre never heard, in a home whose hub is dead, is nobody's."""
    for world in settled(worlds):
        nobodys = world.centre is None and not world.alive
        assert set(times(world)) == set(PLAN) or world.answers or nobodys


def test_what_goes_on_by_itself_comes_to_an_end(worlds: Worlds) -> None:
    """No cycle of work alone: so every world comes to one in which nothing is left to be done."""
    work_left = {world: len(after) for world, after in worlds.items()}
    before: dict[World, list[World]] = {world: [] for world in worlds}
    for world, after in worlds.items():
        for one in after:
            before[one].append(world)
    ended = [world for world, count in work_left.items() if count == 0]
    for world in ended:  # it grows: whoever's every next world ends, ends
        for one in before[world]:
            work_left[one] -= 1
            if work_left[one] == 0:
                ended.append(one)
    assert len(ended) == len(worlds)


def test_when_they_hear_each_other_they_agree_and_the_hub_owns_it_again(worlds: Worlds) -> None:
    heard = [world for world in settled(worlds) if world.alive and world.line]
    assert heard
    for world in heard:
        assert world.centre is not None
        assert replace(world.centre, me=Owner.HUB) == world.hub
        assert world.hub.answered == bool(world.answers)


def test_who_knows_of_an_answer_tells_nobody_more(worlds: Worlds) -> None:
    for world, nexts in worlds.items():
        for after in nexts:
            for sender, turn, _ in after.sent - world.sent:
                view = world.hub if sender is Owner.HUB else world.centre
                assert view is not None
                assert not view.answered
                assert turn not in view.told
