"""Makes the events that the pipeline benchmark reads: 40 sensors of one home, over realistic days, the same for a seed.

    python -m benchmarks.generate_events EVENTS.csv [--count 100000] [--seed 1]

Columns `ts,sensor_id,kind,value`: seconds since 1970, the sensor, the quantity (or trigger) and its value. Somebody
gets up, moves from room to room, cooks, goes out, sleeps; climate sensors and plugs report at their own intervals; a
watch gives the pulse every minute. About every fourth day something happens that a detector must notice.
"""

import argparse
import csv
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from devices.model import Quantity, TriggerKind

FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE_S = 60
DAY_S = 86_400


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """One row."""

    ts: float
    sensor_id: str
    kind: str
    value: float


ROOMS = ("bedroom", "hall", "kitchen", "living_room", "bathroom", "study", "porch", "landing")
DOORS = ("front_door", "back_door", "fridge_door", "wardrobe_door", "bathroom_door", "medicine_door")
SEATS = {"bed": "bedroom", "armchair": "living_room"}
PLUGS = {"kettle": "kitchen", "tv": "living_room", "lamp": "living_room", "radio": "kitchen"}
CLIMATE_INTERVAL_S = {Quantity.TEMPERATURE_C: 300, Quantity.HUMIDITY_PERCENT: 600}
LIGHTS = ("hall", "living_room", "bedroom")
"""8 motion + 6 doors + 2 seats + 4 plugs + 8 temperature + 8 humidity + 3 light + 1 watch = 40."""

DAY = (  # hour from, hour to, rooms by how likely
    (0.0, 7.0, ("bedroom",) * 12 + ("bathroom",)),
    (7.0, 9.0, ("bathroom", "kitchen", "kitchen", "bedroom", "hall", "landing")),
    (9.0, 12.0, ("living_room", "kitchen", "study", "hall", "bathroom")),
    (12.0, 14.0, ("kitchen", "kitchen", "living_room", "porch")),
    (14.0, 18.0, ("living_room", "living_room", "study", "kitchen", "hall", "bathroom")),
    (18.0, 22.0, ("living_room", "living_room", "kitchen", "bathroom")),
    (22.0, 24.0, ("bedroom", "bathroom", "landing")),
)


def events(seed: int) -> Iterator[Event]:
    """Events without end, in order of time."""
    chance = random.Random(seed)  # noqa: S311 -- a repeatable home, no secret
    day = 0
    while True:
        start = (FIRST_DAY + timedelta(days=day)).timestamp()
        yield from sorted(event for event in _one_day(chance, day, start) if event.ts < start + DAY_S)
        day += 1


def _one_day(chance: random.Random, day: int, start: float) -> Iterator[Event]:
    yield from _moving_about(chance, start)
    yield from _climate(chance, start)
    yield from _pulse(chance, start, racing=day % 4 == 2)
    if day % 4 == 3:
        yield Event(start + 15.5 * 3600 + chance.random(), "watch", TriggerKind.PRESS, 1.0)


def _moving_about(chance: random.Random, start: float) -> Iterator[Event]:
    second, room = 0.0, "bedroom"
    while second < DAY_S:
        at = start + second
        room = chance.choice(_likely_rooms(second / 3600))
        yield from _in_a_room(chance, at, room)
        asleep = room == "bedroom" and second / 3600 < 7
        second += chance.uniform(300, 1500) if asleep else chance.uniform(8, 55)


def _likely_rooms(hour: float) -> tuple[str, ...]:
    return next(rooms for begin, end, rooms in DAY if begin <= hour < end)


def _in_a_room(chance: random.Random, at: float, room: str) -> Iterator[Event]:
    yield Event(at, f"motion_{room}", Quantity.MOTION, 1.0)
    yield Event(at + chance.uniform(2, 7), f"motion_{room}", Quantity.MOTION, 0.0)
    if chance.random() < 0.08:
        door = chance.choice(DOORS)
        yield Event(at + 1, door, Quantity.OPEN, 1.0)
        yield Event(at + chance.uniform(3, 30), door, Quantity.OPEN, 0.0)
    for seat in (seat for seat, its_room in SEATS.items() if its_room == room):
        yield Event(at + 2, f"seat_{seat}", Quantity.OCCUPIED, float(chance.random() < 0.7))
    for plug in (plug for plug, its_room in PLUGS.items() if its_room == room and chance.random() < 0.2):
        yield Event(at + 3, f"plug_{plug}", Quantity.POWER_W, round(chance.uniform(5, 1800), 1))


def _climate(chance: random.Random, start: float) -> Iterator[Event]:
    for quantity, interval_s in CLIMATE_INTERVAL_S.items():
        for room in ROOMS:
            for second in range(chance.randrange(interval_s), DAY_S, interval_s):
                level = 20.5 if quantity is Quantity.TEMPERATURE_C else 48.0
                value = round(level + 1.5 * math.sin(second / DAY_S * math.tau) + chance.gauss(0, 0.1), 2)
                yield Event(start + second, f"{quantity}_{room}", quantity, value)
    for room in LIGHTS:
        for second in range(chance.randrange(300), DAY_S, 300):
            daylight = max(0.0, math.sin((second / DAY_S - 0.25) * math.tau))
            yield Event(start + second, f"light_{room}", Quantity.ILLUMINANCE_LX, round(400 * daylight, 1))


def _pulse(chance: random.Random, start: float, *, racing: bool) -> Iterator[Event]:
    for second in range(0, DAY_S, MINUTE_S):
        drift = 60 if racing and 10 <= second / 3600 < 10.5 else 0
        value = 68 + drift + 6 * math.sin(second / 5400) + chance.gauss(0, 2)
        yield Event(start + second, "watch", Quantity.HEART_RATE_BPM, float(round(value)))


def write(path: Path, count: int, seed: int) -> None:
    """Write that many events."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("ts", "sensor_id", "kind", "value"))
        for _, event in zip(range(count), events(seed), strict=False):
            rows.writerow((f"{event.ts:.3f}", event.sensor_id, event.kind, f"{event.value:g}"))


def main() -> None:
    """Read the arguments and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    write(arguments.path, arguments.count, arguments.seed)


if __name__ == "__main__":
    main()
