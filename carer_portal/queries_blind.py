"""What cannot be seen now: a silent hub, silent sensors, a lost radio, what is broken, what nobody knows."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from carer_portal.model import Blind, Lapse, LostLink, OpenFault, Unheard
from carer_portal.queries_alarms import People
from carer_portal.queries_home import Sensors
from devices.kinds import DeviceSetup, Use
from devices.model import LinkState
from devices.registry import KINDS
from devices.supervision.model import BLINDING
from hub import coverage
from hub.ears import receiver_of
from hub.household.model import Household
from hub.store import faults, heartbeat, links
from hub.store.faults import Fault
from hub.store.schema import frame_count, from_us, to_us

COUNTED_FOR: Final = timedelta(days=1)
LOOKS_BACK: Final = timedelta(days=1)
A_MOMENT: Final = timedelta(minutes=10)
NOT_IN_USE: Final = timedelta(minutes=30)
"""What is worn or taken up when somebody likes, and was not heard for so long, is not in use."""


def blind(connection: Connection, home: Sensors, now: datetime, hub_patience: timedelta) -> Blind:
    """Everything that cannot be seen now. `hub_patience` is how long the hub may say nothing."""
    beat = heartbeat.last(connection)
    counts = _strangers(connection, now)
    cases = faults.open_cases(connection)
    unreliable = coverage.unreliable(connection, home.household, now)
    told = _told(home, cases)
    return Blind(
        hub_ever=beat is not None,
        hub_since=beat.at if beat is not None and now - beat.at > hub_patience else None,
        sensors=len(home.names),
        unheard=_unheard(connection, home, now, told, unreliable),
        links=_lost_links(connection, home.household, cases),
        faults=_faults(home, cases),
        unreliable=len(unreliable & told),
        lapses=_lapses(connection, home, now),
        unknown_senders=counts.strangers,
        malformed_frames=counts.malformed,
    )


def _strangers(connection: Connection, now: datetime) -> Row[Any]:
    """How many senders nobody has set up, and how many messages could not be read, of senders heard in the last day."""
    strangers = func.count().filter(frame_count.c.unknown > 0).label("strangers")
    malformed = func.coalesce(func.sum(frame_count.c.malformed), 0).label("malformed")
    heard = frame_count.c.last_at > to_us(now - COUNTED_FOR)
    return connection.execute(select(strangers, malformed).where(heard)).one()


def _told(home: Sensors, cases: Iterable[Fault]) -> frozenset[str]:
    """The sensors of which an open fault says that they cannot be relied on, themselves or with their receiver."""
    subjects = {case.subject for case in cases if case.kind in BLINDING}
    setups = home.household.devices.values()
    return frozenset(one.name for one in setups if {one.name, receiver_of(one)} & subjects)


def _lapses(connection: Connection, home: Sensors, now: datetime) -> tuple[Lapse, ...]:
    """What could not be seen in the last day for longer than a moment, and can again; each reason once."""
    lost = coverage.unseen(connection, home.household, now - LOOKS_BACK, now)
    over = {
        one.because: Lapse(because=home.sight.fault(one.because), since=one.since, until=one.until)
        for one in lost
        if one.until is not None and one.until - one.since >= A_MOMENT
    }
    return tuple(over.values())


def _unheard(
    connection: Connection, home: Sensors, now: datetime, told: frozenset[str], unreliable: frozenset[str]
) -> tuple[Unheard, ...]:
    """Those that were never heard, those whose fault somebody has closed by hand, and those that are not in use."""
    heard = _heard(connection)
    found = []
    for name in sorted(set(home.names.values()) - told):
        setup = home.household.devices[name]
        at = heard.get(name, heard.get(setup.address))
        if at is None or name in unreliable or (_at_will(setup) and now - at > NOT_IN_USE):
            found.append(
                Unheard(name=home.title(name), since=at, at_will=_at_will(setup), means=KINDS[setup.kind].silence_means)
            )
    return tuple(sorted(found, key=lambda one: one.at_will))


def _heard(connection: Connection) -> Mapping[str, datetime]:
    """When each sender was last heard and understood, by the device's name where it is known, and by its address."""
    rows = connection.execute(select(frame_count).where(frame_count.c.good > 0).order_by(frame_count.c.last_at))
    return {key: from_us(row.last_at) for row in rows for key in (row.address, row.device) if key is not None}


def _at_will(setup: DeviceSetup) -> bool:
    """Worn or used when somebody likes: its silence is no fault."""
    return KINDS[setup.kind].use in (Use.WORN, Use.AT_WILL)


def _lost_links(connection: Connection, household: Household, cases: Iterable[Fault]) -> tuple[LostLink, ...]:
    """Radios and ports that are down, and of which no fault speaks yet; a device out of reach is not a lost link."""
    known = {one.address for one in household.devices.values() if _at_will(one)} | {case.subject for case in cases}
    down = (one for one in links.now(connection).values() if one.state is LinkState.DOWN)
    return tuple(LostLink(subject=one.subject, since=one.at) for one in down if one.subject not in known)


def _faults(home: Sensors, cases: Iterable[Fault]) -> tuple[OpenFault, ...]:
    people = People(household=home.household, sight=home.sight)
    return tuple(
        OpenFault(
            because=home.sight.fault(case.because),
            owner=people[case.owner] if case.owner else None,
            due_at=case.due_at,
        )
        for case in cases
    )
