"""What each device is good for, what its loss means for the resident, and what can stand in for it."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from devices.kinds import Use
from devices.model import Quantity, TriggerKind
from devices.supervision.model import Watched

What = Quantity | TriggerKind


class Sense(StrEnum):
    """What the hub notices by a device, the gravest first."""

    CALL = "call"
    FALL = "fall"
    FIRE = "fire"
    PULSE = "pulse"
    OXYGEN = "oxygen"
    BREATH = "breath"
    BED = "bed"
    PRESENCE = "presence"
    DOOR = "door"
    WATER = "water"
    CLIMATE = "climate"


Able = tuple[Watched, tuple[Sense, ...]]
"""A device, and what it is good for."""
GRAVE = frozenset({Sense.CALL, Sense.FALL, Sense.FIRE})
VITAL = frozenset({Sense.PULSE, Sense.OXYGEN, Sense.BREATH})

SENSES: Mapping[What, Sense] = {
    TriggerKind.FALL: Sense.FALL,
    Quantity.SMOKE: Sense.FIRE,
    Quantity.CARBON_MONOXIDE: Sense.FIRE,
    Quantity.GAS: Sense.FIRE,
    Quantity.HEART_RATE_BPM: Sense.PULSE,
    Quantity.PULSE_BPM: Sense.PULSE,
    Quantity.SPO2_PERCENT: Sense.OXYGEN,
    Quantity.RESPIRATION_PER_MIN: Sense.BREATH,
    Quantity.MOTION: Sense.PRESENCE,
    Quantity.OCCUPIED: Sense.PRESENCE,
    Quantity.OPEN: Sense.DOOR,
    Quantity.WET: Sense.WATER,
    Quantity.TEMPERATURE_C: Sense.CLIMATE,
    Quantity.HUMIDITY_PERCENT: Sense.CLIMATE,
}
MEANS: Mapping[Sense, str] = {
    Sense.CALL: "{who} cannot be sure to call for help with it",
    Sense.FALL: "I would not notice a fall by it",
    Sense.FIRE: "I would not notice smoke or gas by it",
    Sense.PULSE: "I do not watch {whose} pulse with it",
    Sense.OXYGEN: "I do not watch {whose} blood oxygen with it",
    Sense.BREATH: "I do not watch {whose} breathing with it",
    Sense.BED: "I cannot tell whether {who} is in bed",
    Sense.PRESENCE: "I cannot tell whether {who} is {there}",
    Sense.DOOR: "I cannot tell whether it is open",
    Sense.WATER: "I would not notice water on the floor",
    Sense.CLIMATE: "I cannot tell how warm it is {there}",
}
MEANS_NOTHING_MUCH = "I do not know what it would tell me"
COVERS: Mapping[Sense, str] = {
    Sense.CALL: "Until it works, {who} can call with {others}.",
    Sense.PRESENCE: "Until it works, I watch {others} instead.",
}
COVERED = "Until it works, I rely on {others}."
NOT_COVERED: Mapping[Sense, str] = {
    Sense.CALL: "Nothing stands in for it: please look in or ring more often until it works.",
    Sense.FALL: "Nothing stands in for it: please look in or ring more often until it works.",
    Sense.FIRE: "Nothing stands in for it: please see to a smoke alarm that sounds by itself.",
}
NOTHING_COVERS = "Nothing stands in for it."
MOST_NAMED = 3
MOST_OF_A_KIND = 8
"""A kind that can tell more than this is any sensor of some make, and says nothing of this one."""
_ALREADY = ("the ", "her ", "his ", "their ", "my ", "a ", "an ")


def senses(watched: Watched, seen: Iterable[What]) -> tuple[Sense, ...]:
    """What the hub notices by it, the gravest first: by what it was seen to tell, or else what its kind can tell.

    What is grave is rarely told, so for that the kind is enough.
    """
    yields = watched.kind.yields if len(watched.kind.yields) <= MOST_OF_A_KIND else ()
    able = {SENSES[what] for what in yields if what in SENSES}
    told = {SENSES[what] for what in seen if what in SENSES}
    found = told | (able & GRAVE) if told else able
    if watched.kind.use is Use.BUTTON:
        found.add(Sense.CALL)
    if watched.kind.rates_hz:
        found.add(Sense.FALL)
    if watched.bed and Sense.PRESENCE in found:
        found = found - {Sense.PRESENCE} | {Sense.BED}
    return tuple(sense for sense in Sense if sense in found)


def means(watched: Watched, sense: Sense | None, who: str) -> str:
    """What it means for the resident that this device cannot be relied on."""
    if sense is None:
        return MEANS_NOTHING_MUCH
    there = f"in the {room_name(watched.room)}" if watched.room else "there"
    return MEANS[sense].format(who=who, whose=f"{who}'s", there=there)


def cover(watched: Watched, sense: Sense | None, working: Iterable[Able], who: str) -> str:
    """What stands in for it, of the devices that work."""
    if sense is None:
        return NOTHING_COVERS
    able = [other for other, has in working if sense in has and other.name != watched.name]
    near = [other for other in able if other.room == watched.room] if watched.room else []
    named = [called(other.title) for other in (near or able)][:MOST_NAMED]
    if not named:
        return NOT_COVERED.get(sense, NOTHING_COVERS)
    return COVERS.get(sense, COVERED).format(who=who, others=listed(named))


def called(title: str) -> str:
    """A device as people speak of it.

    >>> called("kitchen motion"), called("her pendant"), called("Edith's watch")
    ('the kitchen motion', 'her pendant', "Edith's watch")
    """
    return title if title.lower().startswith(_ALREADY) or "'s " in title else f"the {title}"


def capital(sentence: str) -> str:
    """With a capital letter to begin with."""
    return sentence[:1].upper() + sentence[1:]


def room_name(room: str) -> str:
    """A room's key in home.toml, as people speak of it."""
    return room.replace("_", " ")


def listed(names: list[str]) -> str:
    """Names in a row.

    >>> listed(["the radar", "the door", "the mat"])
    'the radar, the door and the mat'
    """
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
