"""A household for tests of the whole hub: one pendant, two sensors, and a daughter who is texted at once."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from devices.model import Frame, LinkEvent
from devices.simulated.frames_bthome import PRESSES, service_data
from hub import household
from hub.ears import Ear
from hub.store.writer import Store
from tests.fakes import START
from tests.hub.blank import blank_database

PENDANT, DOOR, KITCHEN = "A4:C1:38:00:00:01", "A4:C1:38:00:00:02", "A4:C1:38:00:00:03"
DAUGHTER = "+447700900101"

HOME = f"""
schema = "alongside.household/1"
[household]
id = "test"
tz = "Europe/London"
resident = "edith"
[people.edith]
role = "resident"
channels = [{{ id = "speaker" }}, {{ id = "button" }}]
[people.nadia]
role = "family"
channels = [{{ id = "sms", to = "{DAUGHTER}" }}, {{ id = "voice", to = "{DAUGHTER}" }}]
[consent]
revision = 1
family = ["name", "kind", "room", "time"]
[rotas.on_call]
layers = [{{ who = "nadia", default = true }}]
[plans.life]
rounds = 2
ack_timeout = "PT10M"
exhausted_retry = "PT5M"
steps = [{{ id = "first", wait = "PT10M", notify = [{{ rota = "on_call", via = ["sms", "voice"] }}] }}]
[alarms]
panic = {{ severity = 10, plan = "life", check_in = {{ window = "PT0S", resident_cancel = "arc_only" }} }}
fall = {{ severity = 9, plan = "life", check_in = {{ window = "PT30S", resident_cancel = "button_or_phrase" }} }}
wandering = {{ severity = 8, plan = "life", check_in = {{ window = "PT1M" }} }}
abnormal_pulse = {{ severity = 8, plan = "life" }}
inactivity = {{ severity = 5, plan = "life", check_in = {{ window = "PT5M", prompts = 3 }} }}
fault = {{ severity = 4, plan = "life" }}
[channels.sms]
primary = "twilio"
[devices.pendant]
kind = "shelly_button"
address = "{PENDANT}"
person = "edith"
answers = {{ double_press = "fine" }}
[devices.front_door]
kind = "shelly_door"
address = "{DOOR}"
outer_door = true
[devices.kitchen_motion]
kind = "shelly_motion"
address = "{KITCHEN}"
room = "kitchen"
"""


def settle_in(db: Path, text: str = HOME, now: datetime = START) -> None:
    """Let this household be applied."""
    store = Store.open(db if db.exists() else blank_database(db))
    store.run(lambda connection: household.apply(connection, text, now, "a test"))
    store.shut()


def pressed(packet: int, at: datetime, kind: str = "press") -> Frame:
    """The pendant's advertisement of a press."""
    payload = service_data({"button": PRESSES[kind]}, packet)
    return Frame(address=PENDANT, source="advert:fcd2", payload=payload, at=at)


def opened(packet: int, at: datetime) -> Frame:
    """The front door's advertisement that it is open."""
    return Frame(address=DOOR, source="advert:fcd2", payload=service_data({"opening": 1}, packet), at=at)


def moved(packet: int, at: datetime) -> Frame:
    """The kitchen sensor's advertisement of movement."""
    return Frame(address=KITCHEN, source="advert:fcd2", payload=service_data({"motion": 1}, packet), at=at)


class Hand:
    """A transport that delivers what a test hands it."""

    name = "the test's hand"

    def __init__(self) -> None:
        self.listening = asyncio.Event()
        self.deliver: Callable[[Frame], None] = self._too_early
        self.report: Callable[[LinkEvent], None] = self._too_early
        self.starts = 0
        self.fails_next = False

    async def run(self, deliver: Callable[[Frame], None], report: Callable[[LinkEvent], None]) -> None:
        self.deliver, self.report = deliver, report
        self.starts += 1
        self.listening.set()
        if self.fails_next:
            self.fails_next = False
            raise OSError("pulled out")
        await asyncio.Event().wait()

    def ears(self, _: object) -> list[Ear]:
        """This, in place of what the household's devices need."""
        return [Ear(part=self.name, subject="radio", key="hand", make=lambda _: self)]

    def _too_early(self, _: object) -> None:
        raise AssertionError("nobody listens yet")
