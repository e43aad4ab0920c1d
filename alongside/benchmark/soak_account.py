"""The account of a soak: what was delivered, what is in the database, what the process held, and the verdict."""

import asyncio
import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Table, func, select

from alongside.benchmark.own import heard
from devices.model import Decoder, Frame, Observation, Reading, Trigger
from hub.rejections import MOST_AN_HOUR
from hub.repeats import token_of
from hub.store import devices
from hub.store.rollups import HOUR_US, hour_of
from hub.store.schema import alarm, device, frame_count, from_us, observation, rejection, sensor_event

GROWTH_MIB = 8.0
"""The allocator's own breathing; a leak of one small object a frame would be a hundred times as much in a week."""
GROWTH_OBJECTS = 2_000
SETTLED = 0.5
"""What grows in the second half of the time grows for ever; the first is for all that is learnt and remembered."""

Hour = tuple[str, int]
"""A device, and an hour since 1970."""
Press = tuple[str, str, str]
"""Device, kind, and its own number of it; without one, when it was heard."""


@dataclass(slots=True)
class Tally:
    """What was delivered, and what the decoders made of it."""

    frames: int = 0
    readings: Counter[Hour] = field(default_factory=Counter)
    blocks: int = 0
    presses: Counter[Press] = field(default_factory=Counter)

    def counted(self, decode: Decoder) -> Decoder:
        """The same decoder, with what it says counted."""

        def counting(frame: Frame) -> list[Observation]:
            observations = decode(frame)
            for one in observations:
                self._count(one)
            return observations

        return counting

    def _count(self, one: Observation) -> None:
        if isinstance(one, Reading):
            self.readings[one.device, hour_of(one.at)] += 1
        elif isinstance(one, Trigger):
            self.presses[one.device, one.kind.value, token_of(one) or one.at.isoformat()] += 1
        else:
            self.blocks += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the database holds in the end."""

    frames: int
    malformed: int
    readings: Counter[Hour]
    refused: Counter[Hour]
    presses: frozenset[Press]
    alarms: int


def kept(connection: Connection) -> Kept:
    """Count what is in the database."""
    event = select(sensor_event, device.c.name).join(device, device.c.id == sensor_event.c.device_id)
    rows = connection.execute(event).all()
    return Kept(
        frames=_sum(connection, frame_count.c.good + frame_count.c.malformed + frame_count.c.unknown),
        malformed=_sum(connection, frame_count.c.malformed),
        readings=_by_hour(connection, observation, heard()),
        refused=_by_hour(connection, rejection),
        presses=frozenset((row.name, row.kind, row.token or from_us(row.at).isoformat()) for row in rows),
        alarms=connection.scalar(select(func.count()).select_from(alarm)) or 0,
    )


def _sum(connection: Connection, what: ColumnElement[int]) -> int:
    return connection.scalar(select(func.coalesce(func.sum(what), 0))) or 0


def _by_hour(connection: Connection, table: Table, *where: ColumnElement[bool]) -> Counter[Hour]:
    names, hour = devices.names(connection), table.c.at // HOUR_US
    counts = select(table.c.device_id, hour.label("hour"), func.count().label("n")).where(*where)
    rows = connection.execute(counts.group_by(table.c.device_id, hour))
    return Counter({(names[row.device_id], row.hour): row.n for row in rows})


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the process holds at one moment."""

    hour: float
    rss_mib: float
    objects: int
    files: int
    tasks: int


def held(hour: float) -> Held:
    """Now, once all that is garbage has gone."""
    gc.collect()
    return Held(
        hour=hour,
        rss_mib=_rss_mib(),
        objects=len(gc.get_objects()),
        files=len(list(Path("/proc/self/fd").iterdir())),
        tasks=len(asyncio.all_tasks()),
    )


def _rss_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How much more was held at the end of the time than when it had settled, the least of each time's end."""

    rss_mib: float
    objects: int
    files: int
    tasks: int


def growth(samples: Sequence[Held]) -> Growth:
    """Between the middle of the time and its end, by the least of a few samples: no single moment decides.

    Files and tasks come and go with what is under way, so there are more only if there are never so few again.
    """
    first, last = samples[: max(1, round(len(samples) * SETTLED))], samples[-_FEW:]
    middle = first[-_FEW:]
    return Growth(
        rss_mib=round(min(one.rss_mib for one in last) - min(one.rss_mib for one in middle), 2),
        objects=min(one.objects for one in last) - min(one.objects for one in middle),
        files=min(one.files for one in last) - max(one.files for one in first),
        tasks=min(one.tasks for one in last) - max(one.tasks for one in first),
    )


_FEW = 3


def missing_readings(tally: Tally, found: Kept) -> Counter[Hour]:
    """Those of which the database holds neither the reading nor why it was refused, or one too many."""
    hours = {hour: said - found.readings[hour] - found.refused[hour] for hour, said in tally.readings.items()}
    return Counter({hour: abs(missing) for hour, missing in hours.items() if missing})


def lost_readings(tally: Tally, found: Kept) -> Counter[Hour]:
    """The missing ones that cannot be explained by a device that was refused more often than anybody would read.

    Of one device no more than so many refusals are kept in any hour, which may have begun in the hour before.
    """

    def raved(device: str, hour: int) -> bool:
        return found.refused[device, hour] + found.refused[device, hour - 1] >= MOST_AN_HOUR

    return Counter({key: missing for key, missing in missing_readings(tally, found).items() if not raved(*key)})


def complaints(tally: Tally, found: Kept, grown: Growth) -> Iterator[str]:
    """What should not be, a sentence each."""
    if found.frames != tally.frames:
        yield f"of {tally.frames} frames that were delivered {found.frames} are counted"
    if lost := lost_readings(tally, found).total():
        yield f"{lost} readings are neither stored nor refused"
    if unknown := tally.presses.keys() - found.presses:
        yield f"{len(unknown)} presses are lost"
    if grown.rss_mib > GROWTH_MIB:
        yield f"the memory has grown by {grown.rss_mib:g} MiB"
    if grown.objects > GROWTH_OBJECTS:
        yield f"there are {grown.objects} more objects"
    if grown.files > 0 or grown.tasks > 0:
        yield f"there are {grown.files} more files and {grown.tasks} more tasks"
