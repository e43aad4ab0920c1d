"""A home's real database, filled sentence by sentence: what was heard, what was noticed, who was told."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert, update

from analytics.model import FindingKind
from carer_portal.model import Viewer
from carer_portal.queries import home_of
from carer_portal.schema import MIGRATIONS
from carer_portal.sight import Look, sight
from carer_portal.signin import sessions
from co_design.schema import MIGRATIONS as CO_DESIGN
from devices.model import LinkEvent, LinkState, Quantity, TriggerKind
from hub.clock import SystemClock
from hub.household import apply
from hub.intents import Verdict
from hub.model import AlarmState, NotificationState, Purpose, Role
from hub.store import devices, faults, heartbeat, links, rollups, schema
from hub.store.changes import touch
from hub.store.connect import writer_engine
from hub.store.faults import Fault
from hub.store.heartbeat import Beat
from hub.store.schema import to_us
from hub.store.upgrade import upgrade
from tests.fakes import START

FAMILY = '["name", "kind", "room", "time", "vitals_band", "vitals"]'
HOME_TOML = """
schema = "alongside.household/1"
[household]
id = "hh-7"
tz = "Europe/London"
resident = "margaret"
[resident]
name = "Margaret Hill"
first_name = "Margaret"
[people.margaret]
name = "Margaret"
role = "resident"
channels = [{ id = "speaker" }, { id = "button" }]
[people.priya]
name = "Priya"
role = "family"
channels = [{ id = "sms", to = "+447700900001" }, { id = "voice", to = "+447700900001" }]
[people.tom]
name = "Tom"
role = "family"
channels = [{ id = "sms", to = "+447700900002" }]
[people.joan]
name = "Joan"
role = "neighbour"
channels = [{ id = "sms", to = "+447700900003" }]
[people.nurses]
name = "the district nurses"
role = "clinician"
channels = [{ id = "sms", to = "+447700900004" }]
[people.olu]
name = "Olu"
role = "operator"
[people.fay]
name = "Fay"
role = "facilitator"
[consent]
revision = 3
family = FAMILY
neighbour = ["first_name", "kind_plain"]
clinician = ["name", "kind", "vitals"]
[rotas.family_on_call]
layers = [{ who = "priya", default = true }]
[plans.life]
rounds = 2
ack_timeout = "PT10M"
exhausted_retry = "PT5M"
steps = [
  { id = "first", wait = "PT1M", notify = [{ rota = "family_on_call", via = ["sms", "voice"] }] },
  { id = "wide", wait = "PT2M", notify = [{ role = "family", via = ["sms"] }, { role = "neighbour", via = ["sms"] }] },
]
[alarms]
panic = { severity = 10, plan = "life" }
fall = { severity = 9, plan = "life", check_in = { window = "PT30S", prompts = 2 } }
wandering = { severity = 8, plan = "life" }
abnormal_pulse = { severity = 8, plan = "life" }
abnormal_spo2 = { severity = 8, plan = "life" }
inactivity = { severity = 5, plan = "life" }
fault = { severity = 4, plan = "life" }
[devices.front_door]
kind = "shelly_door"
address = "B4:35:22:00:00:02"
name = "front door"
room = "hall"
outer_door = true
[devices.kitchen]
kind = "shelly_motion"
address = "B4:35:22:00:00:04"
name = "kitchen motion sensor"
room = "kitchen"
[devices.pendant]
kind = "shelly_button"
address = "B4:35:22:00:00:01"
name = "pendant"
[devices.radar]
kind = "ld2410"
address = "/dev/bedside-radar"
name = "bedside radar"
room = "bedroom"
[devices.strap]
kind = "heart_rate"
address = "C0:00:00:00:00:01"
name = "chest strap"
[devices.oximeter]
kind = "pulse_oximeter"
address = "C0:00:00:00:00:02"
name = "oximeter"
"""
DEVICES = {
    "front_door": "B4:35:22:00:00:02",
    "kitchen": "B4:35:22:00:00:04",
    "pendant": "B4:35:22:00:00:01",
    "radar": "/dev/bedside-radar",
    "strap": "C0:00:00:00:00:01",
    "oximeter": "C0:00:00:00:00:02",
}


def home_toml(family: str = FAMILY) -> str:
    """The household, with what the family may see."""
    return HOME_TOML.replace("FAMILY", family)


@dataclass(slots=True)
class MadeHome:
    """A database in which one thing after another happens, each so many minutes before `now`."""

    path: Path
    engine: Engine
    now: datetime = START
    _observations: int = field(default=0)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection

    def signed_in(self, person: str, role: Role = Role.FAMILY) -> str:
        """The secret of a session of somebody."""
        with self.writing() as connection:
            return sessions.begin(connection, person, role, "a test", SystemClock().now())

    def ago(self, minutes: float) -> datetime:
        return self.now - timedelta(minutes=minutes)

    def set_up(self, toml: str | None = None) -> None:
        with self.writing() as connection:
            apply(connection, toml or home_toml(), self.ago(10_000), "margaret")

    def put(self, table: Table, **values: Any) -> int:
        with self.writing() as connection:
            touch(connection, table.name)
            return int(connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())

    def stirs(self) -> None:
        """The hub says that there is something new."""
        with self.writing() as connection:
            touch(connection, "alarm")

    def reads(self, device: str, quantity: Quantity, value: float, *, ago: float, quality: float | None = None) -> None:
        """A sensor measured something."""
        self._observations += 1
        with self.writing() as connection:
            connection.execute(
                insert(schema.observation).values(
                    id=self._observations,
                    device_id=devices.ids(connection)[device],
                    quantity_id=devices.quantity_ids(connection)[quantity],
                    at=to_us(self.ago(ago)),
                    value=value,
                    quality=quality,
                )
            )

    def much_is_read(self, device: str, quantity: Quantity, *, count: int, ago: float) -> None:
        """A sensor says the same again and again, so that all else lies far back."""
        with self.writing() as connection:
            numbers = devices.ids(connection)[device], devices.quantity_ids(connection)[quantity]
            first = self._observations + 1
            self._observations += count
            row = {"device_id": numbers[0], "quantity_id": numbers[1], "at": to_us(self.ago(ago)), "value": 21.0}
            connection.execute(insert(schema.observation), [row | {"id": first + n} for n in range(count)])

    def hours_are_summed(self) -> None:
        with self.writing() as connection:
            rollups.update(connection)

    def press(self, device: str, kind: TriggerKind, *, ago: float) -> None:
        with self.writing() as connection:
            number = devices.ids(connection)[device]
        self.put(schema.sensor_event, device_id=number, kind=kind, at=to_us(self.ago(ago)), reason="answered")

    def heard(self, *names: str, ago: float, malformed: int = 0) -> None:
        """These devices were heard and understood."""
        with self.writing() as connection:
            for name in names:
                values = {"device": name, "good": 9, "malformed": malformed, "unknown": 0}
                at = to_us(self.ago(ago))
                connection.execute(insert(schema.frame_count).values(address=DEVICES[name], last_at=at, **values))

    def stranger(self, address: str, *, ago: float) -> None:
        with self.writing() as connection:
            values = {"address": address, "good": 0, "malformed": 0, "unknown": 5, "last_at": to_us(self.ago(ago))}
            connection.execute(insert(schema.frame_count).values(**values))

    def beats(self, *, ago: float = 0) -> None:
        """The hub says that it is alive."""
        with self.writing() as connection:
            heartbeat.beat(connection, Beat(boot_id="b", boot_s=1.0, at=self.ago(ago)))

    def link(self, subject: str, state: LinkState, *, ago: float) -> None:
        with self.writing() as connection:
            links.add(connection, LinkEvent(subject=subject, state=state, at=self.ago(ago)))

    def is_silent(self, name: str, because: str, *, ago: float) -> None:
        """Supervision has a case of a device, or of a receiver, that is silent."""
        kind = "lost" if name in DEVICES else "receiver_down"
        case = Fault(kind=kind, subject=name, because=because, opened_at=self.ago(ago), since=self.ago(ago))
        with self.writing() as connection:
            faults.open_case(connection, case)

    def is_over(self, name: str, *, ago: float, by: str | None = None) -> None:
        """That case is closed."""
        with self.writing() as connection:
            (case,) = (one for one in faults.open_cases(connection) if one.subject == name)
            faults.close_case(connection, case.number, "It is heard again.", self.ago(ago), by)

    def fault(self, because: str, *, owner: str | None = None, due_in: timedelta | None = None) -> None:
        due_at = None if due_in is None else self.now + due_in
        case = Fault(
            kind="battery", subject=because, because=because, opened_at=self.ago(60), owner=owner, due_at=due_at
        )
        with self.writing() as connection:
            faults.open_case(connection, case)

    def all_is_well(self, *, again: bool = True) -> None:
        """A quiet morning: everything was heard, somebody moved, the pulse is fine, the door is shut."""
        if again:
            self.set_up()
        self.reads("front_door", Quantity.OPEN, 1, ago=92)
        self.reads("front_door", Quantity.OPEN, 0, ago=90)
        self.reads("strap", Quantity.HEART_RATE_BPM, 72, ago=12)
        self.reads("oximeter", Quantity.SPO2_PERCENT, 97, ago=30)
        self.reads("kitchen", Quantity.MOTION, 1, ago=3)
        self.heard(*DEVICES, ago=1)
        self.beats()

    def alarm(self, kind: FindingKind, state: AlarmState | str, **more: Any) -> int:
        """An open alarm."""
        values: dict[str, Any] = {
            "kind": kind,
            "severity": 9,
            "state": state,
            "policy": {},
            "because": f"Because of {kind}.",
            "room": "kitchen",
            "facts": {},
            "code": "42",
            "opened_at": to_us(self.ago(4)),
            "version": 1,
            "round": 0,
            "step": 0,
            "prompts_given": 2,
            "next_at": to_us(self.now + timedelta(seconds=95)),
            "next_reason": "the next step",
        }
        return self.put(schema.alarm, **(values | more))

    def closed(self, kind: FindingKind, *, ago: float, outcome: str | None = "All was well.", **more: Any) -> int:
        """An alarm that is over."""
        ended: dict[str, Any] = {
            "closed_at": to_us(self.ago(ago)),
            "opened_at": to_us(self.ago(ago + 10)),
            "outcome": outcome,
            "next_at": None,
            "next_reason": None,
        }
        return self.alarm(kind, more.pop("state", AlarmState.RESOLVED), **(ended | more))

    def change(self, connection: Connection, alarm_id: int, **values: Any) -> None:
        """The hub changes an alarm, inside a transaction of its own."""
        connection.execute(update(schema.alarm).where(schema.alarm.c.id == alarm_id).values(**values))
        touch(connection, "alarm")

    def told(
        self, alarm_id: int, person: str, state: NotificationState, *, ago: float, purpose: Purpose = Purpose.ALARM
    ) -> None:
        self.put(
            schema.notification,
            alarm_id=alarm_id,
            round=0,
            step=0,
            person=person,
            channel="sms",
            purpose=purpose,
            to="+447700900001",
            text="secret words",
            text_hash="",
            consent_revision=3,
            reference="r",
            state=state,
            negative=False,
            attempts=1,
            created_at=to_us(self.ago(ago)),
        )

    def answered(self, alarm_id: int, person: str, said: str, *, ago: float, won: bool = False) -> None:
        self.put(schema.acknowledgement, alarm_id=alarm_id, person=person, said=said, at=to_us(self.ago(ago)), won=won)

    def labelled(self, alarm_id: int, by: str, verdict: Verdict, because: str) -> int:
        return self.put(schema.label, alarm_id=alarm_id, verdict=verdict, because=because, by=by, at=to_us(self.ago(1)))

    def finding(self, alarm_id: int, settings: Mapping[str, Mapping[str, object]], episode: str = "e") -> int:
        """What an alarm rests on."""
        number = self.put(
            schema.finding,
            kind="inactivity",
            severity=5,
            at=to_us(self.ago(5)),
            because="No movement.",
            detector="inactivity",
            detector_version=1,
            episode=episode,
            evidence=[],
            settings=dict(settings),
        )
        with self.writing() as connection:
            connection.execute(insert(schema.alarm_finding).values(alarm_id=alarm_id, finding_id=number))
        return number


def make_home(path: Path) -> MadeHome:
    """An empty database with every table, as the hub leaves it."""
    shutil.copy(_empty(), path)
    return MadeHome(path=path, engine=writer_engine(path, 5.0))


@cache
def _empty() -> Path:
    """Made once for all tests of a process, since that takes a while."""
    path = Path(tempfile.mkdtemp(prefix="alongside-tests-")) / "home.sqlite3"
    upgrade(path, (CO_DESIGN, MIGRATIONS), 5.0)
    atexit.register(shutil.rmtree, path.parent)
    return path


def as_role(connection: Connection, role: Role, now: datetime) -> Look:
    """How somebody of this role sees the home."""
    household = home_of(connection)
    assert household is not None
    person = next((key for key, one in household.people.items() if one.role is role), "nobody")
    viewer = Viewer(key=person, display=person, role=role)
    return Look(viewer=viewer, household=household, sight=sight(connection, household, role, now), now=now)
