"""What cannot be seen now: a silent hub, silent sensors, a lost radio, what is broken, what nobody knows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from carer_portal.model import Blind, LostLink, OpenFault, Unheard
from carer_portal.queries_alarms import People
from carer_portal.queries_home import Sensors
from devices.kinds import DeviceSetup, Path
from devices.model import LinkState
from devices.registry import KINDS
from hub.household.model import Household
from hub.store import faults, heartbeat, links
from hub.store.schema import frame_count, from_us, to_us

COUNTED_FOR: Final = timedelta(days=1)
INTERVALS_MISSED: Final = 5
SILENT_AT_LEAST: Final = timedelta(minutes=30)
"""Radio loses single messages: a sensor is silent after five of its own intervals, and never sooner than this."""


def blind(connection: Connection, home: Sensors, now: datetime, hub_patience: timedelta) -> Blind:
    """Everything that cannot be seen now. `hub_patience` is how long the hub may say nothing."""
    beat = heartbeat.last(connection)
    counts = _strangers(connection, now)
    return Blind(
        hub_ever=beat is not None,
        hub_since=beat.at if beat is not None and now - beat.at > hub_patience else None,
        sensors=len(home.names),
        unheard=_unheard(connection, home, now),
        links=_lost_links(connection, home.household),
        faults=_faults(connection, home),
        unknown_senders=counts.strangers,
        malformed_frames=counts.malformed,
    )


def _strangers(connection: Connection, now: datetime) -> Row[Any]:
    """How many senders nobody has set up, and how many messages could not be read, of senders heard in the last day."""
    strangers = func.count().filter(frame_count.c.unknown > 0).label("strangers")
    malformed = func.coalesce(func.sum(frame_count.c.malformed), 0).label("malformed")
    heard = frame_count.c.last_at > to_us(now - COUNTED_FOR)
    return connection.execute(select(strangers, malformed).where(heard)).one()


def _unheard(connection: Connection, home: Sensors, now: datetime) -> tuple[Unheard, ...]:
    heard = _heard(connection)
    found = []
    for name in sorted(home.names.values()):
        setup = home.household.devices[name]
        at = heard.get(name, heard.get(setup.address))
        if at is None or _is_silent(setup, now - at):
            found.append(
                Unheard(name=home.title(name), since=at, at_will=_at_will(setup), means=KINDS[setup.kind].silence_means)
            )
    return tuple(sorted(found, key=lambda one: one.at_will))


def _heard(connection: Connection) -> Mapping[str, datetime]:
    """When each sender was last heard and understood, by the device's name where it is known, and by its address."""
    rows = connection.execute(select(frame_count).where(frame_count.c.good > 0).order_by(frame_count.c.last_at))
    return {key: from_us(row.last_at) for row in rows for key in (row.address, row.device) if key is not None}


def _is_silent(setup: DeviceSetup, silence: timedelta) -> bool:
    interval_s = KINDS[setup.kind].interval_s
    if interval_s is None:
        return False
    return silence > max(SILENT_AT_LEAST, INTERVALS_MISSED * timedelta(seconds=interval_s))


def _at_will(setup: DeviceSetup) -> bool:
    """Worn or used when somebody likes: its silence is no fault."""
    return KINDS[setup.kind].path is Path.GATT


def _lost_links(connection: Connection, household: Household) -> tuple[LostLink, ...]:
    """Radios and ports that are down; a worn device that is out of reach is not a lost link."""
    worn = {one.address for one in household.devices.values() if _at_will(one)}
    down = (one for one in links.now(connection).values() if one.state is LinkState.DOWN)
    return tuple(LostLink(subject=one.subject, since=one.at) for one in down if one.subject not in worn)


def _faults(connection: Connection, home: Sensors) -> tuple[OpenFault, ...]:
    people = People(household=home.household, sight=home.sight)
    return tuple(
        OpenFault(
            because=home.sight.fault(case.because),
            owner=people[case.owner] if case.owner else None,
            due_at=case.due_at,
        )
        for case in faults.open_cases(connection)
    )
