"""A few hours of a home with 25 devices, whole: nothing grows, nothing is lost; and what would be wrong is told."""

import asyncio
import json
from collections import Counter
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from alongside import bench
from alongside.benchmark.own import OWN
from alongside.benchmark.soak_account import Growth, Held, Kept, Tally, complaints, growth
from alongside.benchmark.soak_home import DEVICES, soak_household
from alongside.benchmark.turns import Turns
from devices.model import Quantity
from hub.household import parse
from hub.rejections import MOST_AN_HOUR
from tests.fakes import START, settle

FINE = Growth(rss_mib=0.1, objects=10, files=0, tasks=0)


def test_hours_pass_and_nothing_grows_or_is_lost() -> None:
    done = CliRunner().invoke(bench.app, ["soak", "--hours", "3", "--every", "120", "--seed", "3", "--json"])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert (report["devices"], report["complaints"]) == (25, [])
    assert report["frames"] == report["frames_counted"] > 3_000
    accounted = report["readings_stored"] + report["readings_refused"] + report["refusals_left_out"]
    assert report["readings"] == accounted > 2_000
    assert report["blocks"] > 0
    assert report["growth"]["files"] <= 0
    assert report["growth"]["tasks"] <= 0


def test_the_home_has_as_many_devices_as_it_says() -> None:
    assert len(parse(soak_household()).devices) == DEVICES == 25


def test_what_no_device_says_is_the_hubs_own() -> None:
    assert Quantity.WORN_MIN in OWN
    assert Quantity.MOTION not in OWN


HOUR = 494_000
PRESS = ("pendant", "press", "7")


def tally(*presses: tuple[str, str, str]) -> Tally:
    """Ten frames, nine readings of one sensor in one hour."""
    return Tally(frames=10, readings=Counter({("door", HOUR): 9}), presses=Counter(presses))


def kept(
    frames: int = 10, readings: int = 8, refused: int = 1, before: int = 0, *presses: tuple[str, str, str]
) -> Kept:
    """What the database holds of it; `before`: so many refusals in the hour before."""
    return Kept(
        frames=frames,
        malformed=1,
        readings=Counter({("door", HOUR): readings}),
        refused=Counter({("door", HOUR): refused, ("door", HOUR - 1): before}),
        presses=frozenset(presses),
        alarms=0,
    )


@pytest.mark.parametrize(
    ("found", "grown", "said"),
    [
        (kept(), FINE, []),
        (kept(frames=9), FINE, ["of 10 frames that were delivered 9 are counted"]),
        (kept(readings=7), FINE, ["1 readings are neither stored nor refused"]),
        (kept(readings=9), FINE, ["1 readings are neither stored nor refused"]),
        (kept(readings=4, before=MOST_AN_HOUR - 1), FINE, []),
        (kept(readings=4, before=MOST_AN_HOUR - 2), FINE, ["4 readings are neither stored nor refused"]),
        (kept(), Growth(rss_mib=9.0, objects=0, files=0, tasks=0), ["the memory has grown by 9 MiB"]),
        (kept(), Growth(rss_mib=0.0, objects=5000, files=0, tasks=0), ["there are 5000 more objects"]),
        (kept(), Growth(rss_mib=0.0, objects=0, files=1, tasks=2), ["there are 1 more files and 2 more tasks"]),
    ],
)
def test_what_should_not_be_is_told(found: Kept, grown: Growth, said: list[str]) -> None:
    assert list(complaints(tally(), found, grown)) == said


def test_a_press_that_is_lost_is_told() -> None:
    assert list(complaints(tally(PRESS), kept(), FINE)) == ["1 presses are lost"]
    assert list(complaints(tally(PRESS), kept(10, 8, 1, 0, PRESS), FINE)) == []


def test_growth_is_what_comes_after_all_has_settled() -> None:
    sizes = [100.0, 120.0, 121.0, 122.0, 122.0, 122.5, 123.0, 122.5]
    samples = [Held(hour=n, rss_mib=size, objects=n, files=9, tasks=5) for n, size in enumerate(sizes)]
    assert growth(samples) == Growth(rss_mib=2.5, objects=4, files=0, tasks=0)


async def test_time_goes_where_the_frames_are_and_wakes_who_slept() -> None:
    clock, woken = Turns(START), []

    async def nap(seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    naps = [asyncio.create_task(nap(seconds)) for seconds in (5.0, 90.0, 0.0)]
    await settle()
    clock.go_to(START + timedelta(seconds=30))
    await settle()
    assert woken == []
    clock.stop_at(START + timedelta(seconds=60))
    await settle()
    assert sorted(woken) == [0.0, 5.0]
    clock.go_to(START)
    assert (clock.now(), clock.boot_s()) == (START + timedelta(seconds=60), 60.0)
    clock.stop_at(START + timedelta(seconds=90))
    await asyncio.gather(*naps)


@pytest.mark.parametrize(("complaints", "code"), [([], 0), (["1 presses are lost"], bench.GROWS_OR_LOSES)])
def test_it_fails_where_something_is_wrong(complaints: list[str], code: int) -> None:
    assert bench.verdict({"complaints": complaints}) == code
