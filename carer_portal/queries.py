"""Everything the portal reads: one function a page, each field already decided by the resident's consent.

The parts are `queries_alarms`, `queries_home` and `queries_blind`; what a role may see is `sight`; whether the resident
is all right is `judgement`. None of them knows Streamlit, and a page shows what it is given.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from sqlalchemy import Connection, select

from analytics.model import Settings
from analytics.settings import minutes, resolve
from carer_portal.judgement import HUB_SILENT_AFTER, Facts, judge
from carer_portal.model import Asked, Resting, Shown, Today, Viewer
from carer_portal.queries_alarms import People, open_alarms, past_alarms
from carer_portal.queries_blind import blind
from carer_portal.queries_home import Seen, doors, last_seen, movement, sensors, vitals
from carer_portal.sentences import Telling, cannot_see, headline, not_shared, why
from carer_portal.sight import Look, sight
from hub import pauses
from hub.household import parse
from hub.household.model import Household
from hub.store import rollups
from hub.store.changes import versions
from hub.store.schema import from_us, intent, to_us
from hub.store.schema import household as household_table
from hub.store.settings import in_force

AMBIENT: Final = frozenset({rollups.TOPIC})
"""What changes all the time, and waits for the page's next minute."""
VITAL_COUNTS_FOR: Final = timedelta(hours=1)
ANSWERS_FOR: Final = timedelta(minutes=10)
LONGEST: Final = ("inactivity.longest_silence_min", "inactivity.longest_in_bed_min", "inactivity.longest_out_min")


def version(connection: Connection) -> int:
    """A number that grows whenever something changes that a page should show at once."""
    return sum(number for topic, number in versions(connection).items() if topic not in AMBIENT)


def look(connection: Connection, person: str, now: datetime) -> Look | None:
    """How somebody sees the home now; None for whoever does not belong to the household (any more)."""
    household = home_of(connection)
    contact = None if household is None else household.people.get(person)
    if household is None or contact is None:
        return None
    viewer = Viewer(key=person, display=contact.display, role=contact.role)
    return Look(viewer=viewer, household=household, sight=sight(connection, household, contact.role, now), now=now)


def today(connection: Connection, look: Look, hub_patience: timedelta = HUB_SILENT_AFTER) -> Today:
    """Is the resident all right, why do we think so, and what can we not see? As this viewer may know it."""
    household, may, now = look.household, look.sight, look.now
    home = sensors(connection, household, may)
    people = People(household=household, sight=may)
    settings = resolve(in_force(connection))
    seen = last_seen(connection, home)
    pause = pauses.current(connection, now) if may.person else None
    shown = Shown(
        resting=None if pause is None else Resting(until=pause.until),
        movement=movement(home, seen),
        vitals=vitals(connection, home, settings, now),
        doors=doors(connection, home),
        blind=blind(connection, home, now, hub_patience),
        alarms=open_alarms(connection, people),
    )
    facts = _facts(shown, seen, settings, now)
    telling = Telling(name=may.name(household), now=now, tz=household.tz)
    rule = judge(facts)
    return Today(
        now=now,
        tz=household.tz,
        resident=telling.name,
        status=rule.status if may.person else None,
        sentence=headline(rule.name, telling, shown) if may.person else not_shared(telling),
        why=tuple(why(telling, shown, facts)) if may.person else (),
        cannot_see=tuple(cannot_see(telling, shown.blind)),
        shown=shown,
        past=past_alarms(connection, people, now),
        helps=may.helps,
    )


def _facts(shown: Shown, seen: Seen | None, settings: Settings, now: datetime) -> Facts:
    unheard = [one for one in shown.blind.unheard if not one.at_will]
    not_heard = len(shown.blind.unheard) + shown.blind.unreliable
    return Facts(
        now=now,
        hub_alive=shown.blind.hub_alive,
        person_alarms=sum(not one.equipment for one in shown.alarms),
        equipment_alarms=sum(one.equipment for one in shown.alarms),
        sensors=shown.blind.sensors,
        heard=shown.blind.sensors - not_heard,
        unheard=len(unheard),
        moved_at=None if seen is None else seen[0],
        longest_silence=max(minutes(settings, key) for key in LONGEST),
        bands=tuple(one.band for one in shown.vitals if one.at is None or now - one.at <= VITAL_COUNTS_FOR),
        faults=len(shown.blind.faults),
        links_down=len(shown.blind.links),
        resting=shown.resting is not None,
    )


def asked(connection: Connection, by: str, now: datetime) -> tuple[Asked, ...]:
    """What this person asked the hub for in the last minutes, and what it answered; the newest first."""
    rows = connection.execute(
        select(intent).where(intent.c.by == by, intent.c.at > to_us(now - ANSWERS_FOR)).order_by(intent.c.id.desc())
    )
    return tuple(
        Asked(
            id=row.id,
            kind=row.kind,
            alarm_id=row.payload.get("alarm_id"),
            at=from_us(row.at),
            result=row.result,
        )
        for row in rows
    )


def viewers(connection: Connection) -> Mapping[str, Viewer]:
    """Who belongs to the household, and so may look: by their key in home.toml. Empty before it was set up."""
    home = home_of(connection)
    people = {} if home is None else home.people
    return {key: Viewer(key=key, display=one.display, role=one.role) for key, one in people.items()}


def home_of(connection: Connection) -> Household | None:
    """The household in force; None before one was set up."""
    newest = select(household_table.c.document).order_by(household_table.c.revision.desc()).limit(1)
    document = connection.execute(newest).scalar()
    return None if document is None else _parsed(document)


@lru_cache(maxsize=8)
def _parsed(document: str) -> Household:
    """A document's household: the same text means the same, and reading it costs more than the rest of a page."""
    return parse(document)
