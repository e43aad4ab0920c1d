"""What Bluetooth advertisers say."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from heapq import merge

from devices.decoders import bthome, ruuvitag, switchbot, xiaomi
from devices.model import Frame
from devices.simulated import frames_bthome, frames_ruuvitag, frames_switchbot, frames_xiaomi
from devices.simulated.frames_bthome import PRESSES, Seal
from devices.simulated.frames_ruuvitag import Weather
from devices.simulated.frames_switchbot import Parts
from devices.simulated.voices.body import Body, Flips, Voice, Walk, now_and_then, regularly

BEACON_S = 60.0
PRESSES_A_DAY = 1.0
MOVEMENTS_A_DAY = 60.0
OPENINGS_A_DAY = 8.0
STILL_AFTER = timedelta(seconds=60)


def in_order(*streams: Iterator[Frame]) -> Iterator[Frame]:
    """Several streams of one device as one."""
    return merge(*streams, key=lambda frame: frame.at)


def _bthome(body: Body, at: datetime, values: Mapping[str, float]) -> Frame:
    number, key = body.next_number(), body.setup.key
    seal = None if key is None else Seal(key=key, mac=body.setup.address, counter=number)
    told = {**values, "battery": body.battery_percent(at)}
    return body.frame(bthome.SOURCE, frames_bthome.service_data(told, number, seal), at)


def _beacon(body: Body, state: Callable[[], Mapping[str, float]] = dict) -> Iterator[Frame]:
    return (_bthome(body, at, state()) for at in regularly(body, BEACON_S))


def climate(body: Body) -> Iterator[Frame]:
    """A home-made thermometer that speaks BTHome."""
    celsius = Walk(body, 17, 24, 0.1)
    return (_bthome(body, at, {"temperature": celsius.next(), "humidity": 45}) for at in regularly(body, BEACON_S))


def button(body: Body) -> Iterator[Frame]:
    """A Shelly button with its beacon on, pressed about once a day."""
    presses = (_bthome(body, at, {"button": PRESSES["press"]}) for at in now_and_then(body, PRESSES_A_DAY))
    return in_order(_beacon(body), presses)


def motion(body: Body) -> Iterator[Frame]:
    """A Shelly motion sensor: movement, and a minute later none."""
    for at in now_and_then(body, MOVEMENTS_A_DAY, least_s=STILL_AFTER.total_seconds()):
        yield _bthome(body, at, {"motion": 1})
        yield _bthome(body, at + STILL_AFTER, {"motion": 0})


def door(body: Body) -> Iterator[Frame]:
    """A Shelly door contact: open, and soon closed."""
    for at in now_and_then(body, OPENINGS_A_DAY, least_s=20):
        yield _bthome(body, at, {"window": 1})
        yield _bthome(body, at + timedelta(seconds=12), {"window": 0})


def _xiaomi(kind: str, told: Mapping[str, int]) -> Callable[[Body, datetime, int], Frame]:
    def say(body: Body, at: datetime, value: int) -> Frame:
        sender = frames_xiaomi.Sender(kind=kind, mac=body.setup.address, key=body.setup.key)
        values = {name: value if each is _GIVEN else each for name, each in told.items()}
        return body.frame(xiaomi.SOURCE, frames_xiaomi.service_data(sender, body.next_number(), values), at)

    return say


_GIVEN = -1
"""Stands for the value that is to be told."""


def xiaomi_state(kind: str, told: str, *, on_s: float, off_s: float) -> Voice:
    """A Xiaomi or Linptech sensor of a state: told when it changes, and every ten minutes; its battery, every hour."""

    def voice(body: Body) -> Iterator[Frame]:
        flips = Flips(body, on_s=on_s, off_s=off_s)
        say, charge = _xiaomi(kind, {told: _GIVEN}), _xiaomi(kind, {"battery": _GIVEN})
        states = (say(body, at, flips.at(at)) for at in regularly(body, 600))
        charges = (charge(body, at, body.battery_percent(at)) for at in regularly(body, 3600))
        return in_order(states, charges)

    return voice


def xiaomi_button(body: Body) -> Iterator[Frame]:
    """A Xiaomi button: its battery every hour, and rarely a press."""
    press, charge = _xiaomi("xiaomi_button", {"press": 0}), _xiaomi("xiaomi_button", {"battery": _GIVEN})
    presses = (press(body, at, 0) for at in now_and_then(body, PRESSES_A_DAY))
    return in_order(presses, (charge(body, at, body.battery_percent(at)) for at in regularly(body, 3600)))


def switchbot_sensor(parts: Callable[[Body, datetime, bool], Parts], *, on_s: float, off_s: float) -> Voice:
    """A SwitchBot sensor: both parts of its advert, every two seconds."""

    def voice(body: Body) -> Iterator[Frame]:
        flips = Flips(body, on_s=on_s, off_s=off_s)
        for at in regularly(body, 2.0):
            said = parts(body, at, flips.at(at))
            yield body.frame(switchbot.SERVICE, said.service, at)
            yield body.frame(switchbot.COMPANY, said.company, at)

    return voice


def switchbot_contact(body: Body, at: datetime, on: bool) -> Parts:  # noqa: FBT001 -- the state, as every part takes it
    """The parts of a contact's advert."""
    battery = body.battery_percent(at)
    return frames_switchbot.contact(body.setup.address, is_open=on, battery=battery, number=body.next_number())


def switchbot_motion(body: Body, at: datetime, on: bool) -> Parts:  # noqa: FBT001
    """The parts of a motion sensor's advert."""
    battery = body.battery_percent(at)
    return frames_switchbot.motion(body.setup.address, moving=on, battery=battery, number=body.next_number())


def switchbot_leak(body: Body, at: datetime, on: bool) -> Parts:  # noqa: FBT001
    """The parts of a leak detector's advert."""
    battery = body.battery_percent(at)
    return frames_switchbot.leak(body.setup.address, wet=on, battery=battery, number=body.next_number())


def ruuvi(body: Body) -> Iterator[Frame]:
    """A RuuviTag: all that it measures, every 1.3 seconds."""
    celsius, moved = Walk(body, 4, 7, 0.05), 0
    for at in regularly(body, 1.285):
        moved += body.rng.random() < 1 / 2000
        weather = Weather(celsius=celsius.next(), humidity_percent=45.0, pressure_hpa=1013.25)
        volts = 2.0 + body.battery_percent(at) / 100
        data = frames_ruuvitag.manufacturer_data(
            body.setup.address, weather, movements=moved, battery_v=volts, number=body.next_number()
        )
        yield body.frame(ruuvitag.SOURCE, data, at)
