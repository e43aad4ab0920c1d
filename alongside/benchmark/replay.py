"""What it costs to put a year of a home's stored past through the detectors: read from the store, as `whatif` does.

python -m alongside.benchmark.replay FOLDER
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Connection

from alongside.benchmark.home import household as household_text
from analytics.engine import Engine
from analytics.model import Sensor
from analytics.registry import build
from analytics.replay import replayed
from analytics.settings import resolve
from devices.model import Quantity, Reading
from hub import household
from hub.catalogue import Catalogue
from hub.store import devices, observations
from hub.store.rows import to_row
from hub.store.writer import Store

FIRST = datetime(2026, 1, 5, tzinfo=UTC)
DAY_MIN = 1_440
AMBIENT = {
    "kitchen": Quantity.MOTION,
    "living_room": Quantity.MOTION,
    "bedroom": Quantity.MOTION,
    "bathroom": Quantity.MOTION,
    "hall": Quantity.MOTION,
    "fridge_door": Quantity.OPEN,
    "front_door": Quantity.OPEN,
    "bed": Quantity.OCCUPIED,
    "kettle": Quantity.SWITCHED_ON,
}
STEADY = {  # every so many minutes
    "kitchen_climate": (Quantity.TEMPERATURE_C, 20.0, 2.0),
    "bedroom_climate": (Quantity.TEMPERATURE_C, 18.0, 2.0),
    "fridge_plug": (Quantity.POWER_W, 90.0, 2.0),
    "strap": (Quantity.HEART_RATE_BPM, 70.0, 2.2),
}
EVENTS_A_DAY = 206
SIZES = {"year_of_75_thousand": (365, False), "quarter_of_75_thousand": (91, False), "year_of_1_1_million": (365, True)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One past: how many observations, how long they took to read and judge, and of that on the processor."""

    days: int
    observations: int
    findings: int
    wall_s: float
    cpu_s: float


def past(days: int, *, busy: bool) -> Iterator[Reading]:
    """A made-up home's past in order of time, the same each time: nights are quiet, and a busy home measures much."""
    dice = Random(6)  # noqa: S311 -- a repeatable home, no secret
    for day in range(days):
        awake = sorted(dice.uniform(6.5 * 60, 23 * 60) for _ in range(EVENTS_A_DAY))
        told = [_event(day * DAY_MIN + minute, dice) for minute in awake]
        told += _steady(day, dice) if busy else []
        yield from sorted(told, key=lambda one: one.at)


def _event(minute: float, dice: Random) -> Reading:
    device = dice.choice(list(AMBIENT))
    value = 1.0 if AMBIENT[device] is Quantity.MOTION else float(dice.random() < 0.5)
    return Reading(device=device, quantity=AMBIENT[device], value=value, at=FIRST + timedelta(minutes=minute))


def _steady(day: int, dice: Random) -> list[Reading]:
    return [
        Reading(
            device=device,
            quantity=quantity,
            value=round(usual + dice.gauss(0.0, 1.0), 1),
            at=FIRST + timedelta(minutes=day * DAY_MIN + turn * every),
        )
        for device, (quantity, usual, every) in STEADY.items()
        for turn in range(int(DAY_MIN / every))
    ]


def measure(folder: Path) -> dict[str, object]:
    """Every size; and how much more an observation costs in a year than in a quarter of one."""
    costs = {name: cost(folder / f"{name}.sqlite3", days, busy=busy) for name, (days, busy) in SIZES.items()}
    year, quarter = costs["year_of_75_thousand"], costs["quarter_of_75_thousand"]
    each = [one.cpu_s / one.observations for one in (year, quarter)]
    return {
        **{name: {slot: getattr(one, slot) for slot in Cost.__slots__} for name, one in costs.items()},
        "us_per_event": round(1e6 * each[0], 2),
        "year_to_quarter_per_event": round(each[0] / each[1], 3),
    }


def cost(path: Path, days: int, *, busy: bool) -> Cost:
    """Store a past, then read and judge it."""
    store = Store.open(path)
    _write(store, days, busy=busy)
    ends = FIRST + timedelta(days=days)
    wall, cpu = time.perf_counter(), time.process_time()
    with store.reading() as connection:
        home = household.current(connection).home
        engine = Engine(build(home, resolve({})))
        heard = observations.past(connection, dict.fromkeys(engine.lookbacks(), FIRST), ends)
        found = sum(1 for _ in replayed(engine, heard, ends))
    taken = time.perf_counter() - wall, time.process_time() - cpu
    counted = sum(1 for _ in past(days, busy=busy))
    store.shut()
    return Cost(days=days, observations=counted, findings=found, wall_s=round(taken[0], 3), cpu_s=round(taken[1], 3))


def _write(store: Store, days: int, *, busy: bool) -> None:
    sensors = [Sensor(device=one, kind="bthome", name=one, outer_door=one == "front_door") for one in AMBIENT | STEADY]
    store.run(lambda connection: household.apply(connection, household_text(sensors), FIRST, "benchmark"))
    known = store.run(_catalogue)
    rows = [
        to_row(store.next_id(), known.devices[one.device], known.quantities[one.quantity], one)
        for one in past(days, busy=busy)
    ]
    for begin in range(0, len(rows), 20_000):
        store.append(rows[begin : begin + 20_000])
        store.run(lambda _: None)


def _catalogue(connection: Connection) -> Catalogue:
    return Catalogue(devices=devices.ids(connection), quantities=devices.quantity_ids(connection))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(Path(sys.argv[1]))) + "\n")
