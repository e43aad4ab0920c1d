"""Passes on to supervision every sign of life, with the boot clock's time. It outlives a change of arrangement."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from devices.model import Clock, Frame, LinkEvent, Observation
from devices.registry import KINDS
from devices.supervision.model import Look, Watched
from devices.supervision.supervise import Household as Supervised
from devices.supervision.supervise import Supervision
from hub.ears import RADIO, Ear, receiver_of
from hub.household.model import Household
from hub.moments import said

ON_THE_AIR = "advert:"
"""Begins the source of what strangers send by the radio."""


class Vigil:
    """What is heard of the home's devices and receivers. `kept` is what an earlier run of the hub had learnt."""

    def __init__(self, clock: Clock, kept: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._clock = clock
        self._supervision = Supervision(kept)
        self.take: Callable[[Observation], None] = self._supervision.take
        """Learn from what a device said, when it was heard last. On every observation's way, so without a detour."""

    def expect(self, household: Household, ears: Iterable[Ear]) -> None:
        """From now on these devices are declared, and these receivers needed."""
        home = Supervised(
            who=household.person.first_name,
            tz=household.tz,
            when=lambda at, now: said(at, now, household.tz),
        )
        receivers = {ear.subject: ear.part for ear in ears if ear.subject is not None}
        self._supervision.expect(home, watched(household), receivers, self._clock.boot_s())

    def heard(self, device: str, frame: Frame) -> None:
        """A frame of this device was heard and read."""
        self._supervision.heard(device, frame.at, self._clock.boot_s(), frame.signal_dbm)

    def unreadable(self, device: str, frame: Frame) -> None:
        """A frame of this device was heard that cannot be read."""
        self._supervision.heard_unreadable(device, frame.at, self._clock.boot_s())

    def stranger(self, frame: Frame) -> None:
        """A frame of somebody was heard whom nobody declared: whatever it went through works."""
        if frame.source.startswith(ON_THE_AIR):
            self._supervision.overheard(RADIO, frame.at, self._clock.boot_s())

    def rest(self) -> None:
        """The resident lets the sensors rest: that they live is noticed, what they say is not taken in."""
        self._supervision.rest()

    def link(self, event: LinkEvent) -> None:
        """A link went up or down."""
        self._supervision.link(event, self._clock.boot_s())

    def look(self) -> Look:
        """What is wrong now, and what is not."""
        return self._supervision.look(self._clock.now(), self._clock.boot_s())

    def due_in_s(self) -> float | None:
        """After how many seconds the passing of time alone next makes something wrong; None: not at all."""
        return self._supervision.due_in_s(self._clock.boot_s())

    def declared(self, subject: str) -> bool:
        """Whether this is a device of the home, or a receiver that it needs."""
        return self._supervision.declared(subject)

    def learnt(self) -> dict[str, dict[str, Any]]:
        """What was learnt, to be kept for the next run."""
        return self._supervision.learnt(self._clock.boot_s())


def watched(household: Household) -> Iterator[Watched]:
    """The home's devices, as supervision needs to know them."""
    for name, setup in household.devices.items():
        sensor = household.home.sensors[name]
        yield Watched(
            name=name,
            title=sensor.name,
            kind=KINDS[setup.kind],
            receiver=receiver_of(setup),
            room=sensor.room,
            person=sensor.person,
            bed=sensor.bed,
            outer_door=sensor.outer_door,
        )
