import asyncio
from datetime import datetime, timedelta

import pytest

from alongside.demo.model import Beat, Deed, Does, Scene, Shows, Until
from alongside.demo.player import Player, Stage, StuckError
from devices.model import Quantity
from hub.model import AlarmState
from tests.fakes import START, FakeClock, settle

LAMP = Shows(device="lamp", what=Quantity.MOTION)
CALLS = Does(who="ada", deed=Deed.TEXTS, alarm="fall", words="1")
FALLEN = Until(alarm="fall", state=AlarmState.CHECKIN)


class PacedFakeClock(FakeClock):
    def __init__(self) -> None:
        super().__init__()
        self.speeds: list[float] = []

    def set_speed(self, speed: float) -> None:
        self.speeds.append(speed)


class Theatre:
    """A stage that writes down what happens on it, and when."""

    def __init__(self) -> None:
        self.clock = PacedFakeClock()
        self.happened: list[tuple[str, object]] = []
        self.fallen = asyncio.Event()

    def player(self, *, hurried: bool = False, patience_s: float = 10) -> Player:
        stage = Stage(show=self.act, do=self.act, until=self.until, title=self.title, tell=self.tell)
        return Player(stage, self.clock, START, hurried=hurried, patience_s=patience_s)

    async def act(self, act: Shows | Does) -> None:
        self.write(act)

    async def until(self, awaited: Until) -> None:
        assert awaited == FALLEN
        await self.fallen.wait()

    def title(self, title: str) -> None:
        self.write(title)

    def tell(self, at: datetime, text: str) -> None:
        assert at == self.clock.now()
        self.write(text)

    def write(self, what: object) -> None:
        self.happened.append((f"{self.clock.now():%H:%M:%S}", what))


def scene(*beats: Beat) -> Scene:
    return Scene(title="A scene", told=10, hurried=50, beats=beats)


async def test_each_beat_comes_at_its_time_and_its_words_before_its_acts() -> None:
    theatre = Theatre()
    day = [scene(Beat(at="09:10", tells="Light.", acts=(LAMP,)), Beat(at="09:20:30", acts=(LAMP, CALLS)))]
    playing = asyncio.create_task(theatre.player().play(day))
    await theatre.clock.advance(3600)
    await playing
    assert theatre.happened == [
        ("09:00:00", "A scene"),
        ("09:10:00", "Light."),
        ("09:10:00", LAMP),
        ("09:20:30", LAMP),
        ("09:20:30", CALLS),
    ]


async def test_a_beat_whose_time_has_passed_comes_at_once() -> None:
    theatre = Theatre()
    playing = asyncio.create_task(theatre.player().play([scene(Beat(at="08:00", tells="Late."))]))
    await theatre.clock.advance(0)
    await playing
    assert theatre.happened[-1] == ("09:00:00", "Late.")


async def test_a_beat_can_wait_for_the_hub_and_then_pause() -> None:
    theatre = Theatre()
    day = [scene(Beat(after=FALLEN, pause=timedelta(seconds=40), acts=(CALLS,)))]
    playing = asyncio.create_task(theatre.player().play(day))
    await theatre.clock.advance(60)
    assert ("09:01:00", CALLS) not in theatre.happened
    theatre.fallen.set()
    await settle()
    await theatre.clock.advance(60)
    await playing
    assert theatre.happened[-1] == ("09:01:40", CALLS)


@pytest.mark.parametrize(("hurried", "speed"), [(False, 10), (True, 50)])
async def test_a_scene_has_its_own_pace(hurried: bool, speed: float) -> None:
    theatre = Theatre()
    await theatre.player(hurried=hurried).play([scene()])
    assert theatre.clock.speeds == [speed]


async def test_a_hub_that_does_nothing_is_not_waited_for_in_vain() -> None:
    theatre = Theatre()
    with pytest.raises(StuckError, match="waited 0 s for the fall alarm to be checking_in"):
        await theatre.player(patience_s=0.01).play([scene(Beat(after=FALLEN))])
