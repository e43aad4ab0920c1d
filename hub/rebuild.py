"""What the detectors know is not stored: at start it is rebuilt from the stored observations.

What they find on the way was mostly dealt with when it happened. Only what nobody has been told of is told now: what
came true around or after the moment when the hub was last alive, and what is still so. So an alarm that was true when
the hub started is raised once, and a rule that was changed makes no alarms of what is long over.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from analytics.engine import Engine
from analytics.model import Detector, Finding
from devices.model import Quantity, Reading, Trigger, TriggerKind
from hub import pauses
from hub.repeats import SAME_PRESS, Mark
from hub.store import devices, heartbeat, observations
from hub.store.schema import finding, from_us, sensor_event, to_us
from hub.supervisor import describe

logger = logging.getLogger(__name__)

RECENT = timedelta(minutes=15)
"""What came true this shortly before the hub was last alive may have been lost with it: told, unless it was stored."""

BEFORE_A_PAUSE = timedelta(days=1)
"""So far back the last movement before a pause is looked for."""

Key = tuple[str, str]
"""Detector and episode."""
Since = dict[Quantity | TriggerKind, datetime]
MakeEngine = Callable[[], Engine]
"""Detectors that know nothing yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """The detectors as they would be had the hub never stopped, and what is to be told now."""

    engine: Engine
    to_tell: Sequence[Finding]


def rebuild(connection: Connection, make_engine: MakeEngine, now: datetime) -> Rebuilt:
    """Replay what was stored, as far back as each kind of observation matters to anybody, and to the latest pause."""
    engine = make_engine()
    found: list[Finding] = []
    replayed = 0
    for number, observation in _past(connection, engine, now):
        found += engine.feed(observation, number)
        replayed += 1
    found += engine.advance(now)
    told = _stored(connection, found)
    new = [one for one in found if _key(one) not in told]
    to_tell = _worth_telling(connection, new, make_engine, now)
    logger.info(
        "replayed %d observations; found %d, told before %d, over by now %d, to tell %d",
        *(replayed, len(found), len(found) - len(new), len(new) - len(to_tell), len(to_tell)),
    )
    return Rebuilt(engine=engine, to_tell=to_tell)


def presses(connection: Connection, now: datetime) -> list[tuple[Mark, datetime]]:
    """The numbered presses of lately, so that one which the radio repeats after a restart is known."""
    event = sensor_event.c
    lately = select(sensor_event).where(event.at > to_us(now - SAME_PRESS), event.token.is_not(None)).order_by(event.id)
    names = devices.names(connection)
    return [((names[row.device_id], row.kind, row.token), from_us(row.at)) for row in connection.execute(lately)]


def _past(connection: Connection, engine: Engine, now: datetime) -> Iterator[observations.Stored]:
    since = {what: now - timedelta(seconds=lookback_s) for what, lookback_s in engine.lookbacks().items()}
    over = pauses.latest_end(connection, now)
    if over is None or all(start >= over for start in since.values()):
        yield from observations.past(connection, since, now)
        return
    yield from _seen_before(connection, over)
    yield from observations.past(connection, {what: max(start, over) for what, start in since.items()}, now)


def _seen_before(connection: Connection, over: datetime) -> Iterator[observations.Stored]:
    """The last movement before a pause, as if it had been when the pause was over: from then on a silence is one."""
    before: Since = {Quantity.MOTION: over - BEFORE_A_PAUSE}
    last = None
    for number, observation in observations.past(connection, before, over):
        if isinstance(observation, Reading) and observation.value:
            last = number, replace(observation, at=over)
    if last is not None:
        yield last


def _stored(connection: Connection, found: Sequence[Finding]) -> set[Key]:
    if not found:
        return set()
    since = min(one.at for one in found)
    rows = connection.execute(select(finding.c.detector, finding.c.episode).where(finding.c.at >= to_us(since)))
    return {(row.detector, row.episode) for row in rows}


def _worth_telling(
    connection: Connection, new: Sequence[Finding], make_engine: MakeEngine, now: datetime
) -> list[Finding]:
    beat = heartbeat.last(connection)
    lately = (now if beat is None else beat.at) - RECENT
    if all(one.at > lately for one in new):
        return list(new)
    still = still_so(connection, make_engine(), now)
    return [one for one in new if one.at > lately or _key(one) in still]


def still_so(connection: Connection, engine: Engine, now: datetime) -> set[Key]:
    """What the passing of time alone makes true now, if nobody had asked before.

    Without the questions in between, a silence that ended leaves no trace, and one that goes on is found.
    """
    for number, observation in _past(connection, engine, now):
        for detector in engine.detectors:
            _update(detector, observation, number)
    return {_key(one) for one in Engine(engine.detectors).advance(now)}


def _update(detector: Detector, observation: Reading | Trigger, number: int) -> None:
    what = observation.quantity if isinstance(observation, Reading) else observation.kind
    if not detector.listens_to & {what, type(observation)}:
        return
    try:
        for _ in detector.update(observation, number):
            pass
    except Exception as error:  # noqa: BLE001 -- one detector's fault, told on by the replay before this
        logger.warning("detector %s failed while the past was replayed: %s", detector.name, describe(error))


def _key(found: Finding) -> Key:
    return found.detector, found.episode
