"""Guesses from a sensor's name what it is and where it hangs, for recordings that say no more than the name."""

import re
from functools import cache

from analytics.model import Sensor
from devices.model import Quantity

QUANTITIES: dict[str, Quantity] = {
    "pir": Quantity.MOTION,
    "motion": Quantity.MOTION,
    "flush": Quantity.MOTION,  # somebody is there
    "magnetic": Quantity.OPEN,
    "contact": Quantity.OPEN,
    "door": Quantity.OPEN,
    "pressure": Quantity.OCCUPIED,
    "electric": Quantity.SWITCHED_ON,
    "plug": Quantity.SWITCHED_ON,
}
"""The last word of a name that is in here decides: `living/door/pir` is a motion sensor."""

ROOMS: dict[str, str] = {
    "kitchen": "kitchen",
    "fridge": "kitchen",
    "lounge": "living room",
    "living": "living room",
    "bedroom": "bedroom",
    "bathroom": "bathroom",
    "hallway": "hall",
    "hall": "hall",
    "entrance": "hall",
}
"""The first word of a name that is in here decides. A sensor that is named after a room alone sees motion there."""

OUTER_DOORS: dict[frozenset[str], str] = {
    frozenset({"maindoor"}): "main door",
    frozenset({"front", "door"}): "front door",
    frozenset({"back", "door"}): "back door",
}
"""All words of one of these in a name make it a door that leads outside, and that is what it is called."""

BED = "bed"


def _words(name: str) -> list[str]:
    return re.split(r"[^a-z0-9]+", name.lower())


@cache
def quantity_of(name: str) -> Quantity | None:
    """What a sensor of this name measures; None where the name does not tell."""
    words = _words(name)
    found = next((QUANTITIES[word] for word in reversed(words) if word in QUANTITIES), None)
    if found is None and any(word in ROOMS for word in words):
        return Quantity.MOTION
    return found


def sensor_of(name: str) -> Sensor:
    """What the name tells of a sensor.

    >>> sensor_of("entrance/maindoor/magnetic").outer_door, sensor_of("bedroom/bed/pressure").bed
    (True, True)
    """
    words = _words(name)
    outer_door = next((called for door, called in OUTER_DOORS.items() if door <= set(words)), None)
    return Sensor(
        device=name,
        kind="recorded",
        name=outer_door or name,
        room=next((ROOMS[word] for word in words if word in ROOMS), None),
        outer_door=outer_door is not None,
        bed=BED in words,
    )
