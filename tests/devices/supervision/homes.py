"""A home to supervise: devices of every use, a clock that a test moves, and what is heard of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from devices.model import LinkEvent, LinkState, Quantity, Reading, SampleBlock
from devices.registry import KINDS
from devices.supervision.model import Conclusion, Condition, Look, Watched
from devices.supervision.supervise import Household, Supervision
from tests.fakes import START

RADIO = "radio"
PORT = "/dev/radar"
HOUSEHOLD = Household(who="Edith", tz=UTC, when=lambda at, _: f"{at:%H:%M}")
LOOK_S = 30.0


def watched(name: str, kind: str, *, receiver: str = RADIO, **more: Any) -> Watched:
    return Watched(name=name, title=name.replace("_", " "), kind=KINDS[kind], receiver=receiver, **more)


BATHROOM = watched("bathroom_sensor", "shelly_motion", room="bathroom")
HALL = watched("hall_sensor", "shelly_motion", room="hall")
TAG = watched("fridge_tag", "ruuvitag", room="kitchen")
PENDANT = watched("pendant", "shelly_button", person="edith")
STRAP = watched("chest_strap", "heart_rate", person="edith")
OXIMETER = watched("oximeter", "pulse_oximeter", person="edith")
RADAR = watched("bedroom_radar", "ld2410", receiver=PORT, room="bedroom")


@dataclass
class Home:
    """Supervision under way. Time passes by `run`, in which each of `beacons` is heard at its own interval."""

    devices: tuple[Watched, ...]
    beacons: Mapping[str, float] = field(default_factory=dict)
    supervision: Supervision = field(default_factory=Supervision)
    boot_s: float = 1000.0
    signal_dbm: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.expect()
        self.link(LinkState.UP)

    def expect(self) -> None:
        receivers = {
            one.receiver: "the Bluetooth radio" if one.receiver == RADIO else "the port" for one in self.devices
        }
        self.supervision.expect(HOUSEHOLD, self.devices, receivers, self.boot_s)

    @property
    def now(self) -> datetime:
        return START + timedelta(seconds=self.boot_s - 1000.0)

    def hear(self, name: str) -> None:
        self.supervision.heard(name, self.now, self.boot_s, self.signal_dbm.get(name))

    def tell(self, name: str, quantity: Quantity, value: float, **more: Any) -> None:
        """It is heard, and tells a value."""
        self.hear(name)
        reading = Reading(device=name, quantity=quantity, value=value, at=self.now, **more)
        self.supervision.take(reading)

    def sway(self, name: str, by_g: float) -> None:
        """It is heard, and tells acceleration that moves by so much."""
        self.hear(name)
        samples = np.array([[0.0, 0.0, 1.0], [by_g, 0.0, 1.0]] * 5, np.float32)
        block = SampleBlock(device=name, at=self.now, rate_hz=50.0, acceleration_g=samples)
        self.supervision.take(block)

    def link(self, state: LinkState, subject: str = RADIO, detail: str = "") -> None:
        self.supervision.link(LinkEvent(subject=subject, state=state, at=self.now, detail=detail), self.boot_s)

    def look(self) -> Look:
        return self.supervision.look(self.now, self.boot_s)

    def run(self, seconds: float) -> Look:
        """Let time pass: every beacon is heard when it is due, and the hub looks twice a minute."""
        end_s = self.boot_s + seconds
        due = {name: self.boot_s + every for name, every in self.beacons.items()}
        looks = self.boot_s + LOOK_S
        while (moment := min((*due.values(), looks), default=end_s)) <= end_s:
            self.boot_s = moment
            for name in [name for name, at in due.items() if at <= moment]:
                self.hear(name)
                due[name] += self.beacons[name]
            if looks <= moment:
                self.look()
                looks += LOOK_S
        self.boot_s = end_s
        return self.look()

    def without(self, *names: str) -> None:
        """These fall silent."""
        self.beacons = {name: every for name, every in self.beacons.items() if name not in names}


def conditions(look: Look) -> set[tuple[Condition, str]]:
    return {one.key for one in look.conclusions}


def only(look: Look) -> Conclusion:
    (conclusion,) = look.conclusions
    return conclusion


DAY_S = 86_400.0
