"""What devices on serial ports say."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from devices.model import Frame
from devices.simulated import frames_c1001, frames_cms50d, frames_esp3, frames_ld2410, frames_mr60
from devices.simulated.frames_ld2410 import Target
from devices.simulated.voices.adverts import OPENINGS_A_DAY, PRESSES_A_DAY, in_order
from devices.simulated.voices.body import Body, Flips, Walk, is_night, now_and_then, regularly

WIRE = "serial"
RELEASE_AFTER = timedelta(milliseconds=200)
CMS50D_SESSIONS_A_DAY = 2.0
CMS50D_SESSION_S = 30.0
CMS50D_HZ = 60.0


def presence_radar(body: Body) -> Iterator[Frame]:
    """An LD2410: ten reports a second, of somebody who comes and goes."""
    there, distance = Flips(body, on_s=600, off_s=2400), Walk(body, 80, 300, 5)
    for at in regularly(body, 0.1):
        target = Target(distance_cm=round(distance.next()), energy_percent=60) if there.at(at) else None
        yield body.frame(WIRE, frames_ld2410.report(still=target), at)


def fall_radar(body: Body) -> Iterator[Frame]:
    """An MR60FDA2: whether anybody is there, every second, and every ten that nobody has fallen."""
    there = Flips(body, on_s=600, off_s=2400)
    presence = (body.frame(WIRE, frames_mr60.presence(there=there.at(at)), at) for at in regularly(body, 1.0))
    falls = (body.frame(WIRE, frames_mr60.fall(fallen=False), at) for at in regularly(body, 10.0))
    return in_order(presence, falls)


def vitals_radar(body: Body) -> Iterator[Frame]:
    """An MR60BHA2 at the bed: breath and heart, every second."""
    breath, heart = Walk(body, 11, 18, 0.2), Walk(body, 55, 75, 0.5)
    breaths = (body.frame(WIRE, frames_mr60.breath(breath.next()), at) for at in regularly(body, 1.0))
    hearts = (body.frame(WIRE, frames_mr60.heart_rate(heart.next()), at) for at in regularly(body, 1.0))
    return in_order(breaths, hearts)


def both_radars(body: Body) -> Iterator[Frame]:
    """An MR60 that was declared without saying which."""
    return in_order(fall_radar(body), vitals_radar(body))


def sleep_radar(body: Body) -> Iterator[Frame]:
    """A C1001: somebody is in bed at night, and has a pulse then."""
    pulse = Walk(body, 52, 66, 0.5)
    for at in regularly(body, 5.0):
        yield body.frame(WIRE, frames_c1001.in_bed(occupied=is_night(at)), at)
        if is_night(at):
            yield body.frame(WIRE, frames_c1001.heart_rate(round(pulse.next())), at)


def cable_oximeter(body: Body) -> Iterator[Frame]:
    """A CMS50D+: half a minute of sixty reports a second, twice a day."""
    percent, pulse = Walk(body, 95, 98, 0.1), Walk(body, 62, 78, 0.2)
    gap_s = body.gap_s(1 / CMS50D_HZ)
    for begin in now_and_then(body, CMS50D_SESSIONS_A_DAY, least_s=2 * CMS50D_SESSION_S):
        for number in range(int(CMS50D_SESSION_S / gap_s)):
            report = frames_cms50d.report(round(percent.next()), round(pulse.next()))
            yield body.frame(WIRE, report, begin + number * timedelta(seconds=gap_s))


def rocker(body: Body) -> Iterator[Frame]:
    """An EnOcean rocker: pressed about once a day, and let go of."""
    for at in now_and_then(body, PRESSES_A_DAY):
        yield body.frame(WIRE, frames_esp3.rocker_press(body.setup.address), at)
        yield body.frame(WIRE, frames_esp3.rocker_release(body.setup.address), at + RELEASE_AFTER)


def contact(body: Body) -> Iterator[Frame]:
    """An EnOcean contact: open, and soon closed; and closed, every half hour."""

    def say(at: datetime, *, is_open: bool) -> Frame:
        return body.frame(WIRE, frames_esp3.contact(body.setup.address, is_open=is_open), at)

    def openings() -> Iterator[Frame]:
        for at in now_and_then(body, OPENINGS_A_DAY, least_s=20):
            yield say(at, is_open=True)
            yield say(at + timedelta(seconds=12), is_open=False)

    return in_order(openings(), (say(at, is_open=False) for at in regularly(body, 1800)))


def thermometer(body: Body) -> Iterator[Frame]:
    """An EnOcean room thermometer."""
    celsius = Walk(body, 17, 24, 0.3)
    for at in regularly(body, 1680):
        yield body.frame(WIRE, frames_esp3.temperature(body.setup.address, celsius.next()), at)


PROFILES: Mapping[str, Callable[[Body], Iterator[Frame]]] = {
    "F6-02-01": rocker,
    "D5-00-01": contact,
    "A5-02-05": thermometer,
}
"""What a sender of each EnOcean profile says."""


def enocean(body: Body) -> Iterator[Frame]:
    """An EnOcean sender by its option `profile`; a contact without it."""
    return PROFILES.get(body.setup.options.get("profile", "").upper(), contact)(body)
