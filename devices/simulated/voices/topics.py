"""What is published at a broker of what people own already."""

import json
from collections.abc import Iterator
from datetime import datetime

from devices.decoders.home_assistant import BUTTON, STATES
from devices.model import Frame
from devices.mqtt import SOURCE
from devices.simulated.voices.adverts import MOVEMENTS_A_DAY, PRESSES_A_DAY, in_order
from devices.simulated.voices.body import Body, Flips, Walk, now_and_then, regularly

STATE_AGAIN_S = 600.0


def _json(body: Body, at: datetime, **fields: object) -> Frame:
    return body.frame(SOURCE, json.dumps(fields).encode(), at)


def zigbee_sensor(body: Body) -> Iterator[Frame]:
    """A Zigbee motion sensor that also knows how warm it is."""
    moving, celsius = Flips(body, on_s=60, off_s=86_400 / MOVEMENTS_A_DAY), Walk(body, 17, 24, 0.2)
    for at in regularly(body, STATE_AGAIN_S / 10):
        battery, warm = body.battery_percent(at), round(celsius.next(), 1)
        yield _json(body, at, occupancy=moving.at(at), temperature=warm, battery=battery, linkquality=120)


def zigbee_button(body: Body) -> Iterator[Frame]:
    """A Zigbee button: its battery now and then, and rarely a press."""
    presses = (_json(body, at, action="single", linkquality=90) for at in now_and_then(body, PRESSES_A_DAY))
    return in_order(presses, (_json(body, at, battery=body.battery_percent(at)) for at in regularly(body, 3600)))


def home_assistant(body: Body) -> Iterator[Frame]:
    """One state of Home Assistant, by its option `device_class`."""
    device_class = body.setup.options.get("device_class", "")
    if device_class == BUTTON:
        return (_value(body, at, "press") for at in now_and_then(body, PRESSES_A_DAY))
    if device_class in STATES:
        flips, on, off = Flips(body, on_s=120, off_s=1800), *_words(body)
        return (_value(body, at, on if flips.at(at) else off) for at in regularly(body, STATE_AGAIN_S))
    value = Walk(body, 18, 24, 0.2)
    return (_value(body, at, f"{value.next():.1f}") for at in regularly(body, STATE_AGAIN_S))


def _words(body: Body) -> tuple[str, str]:
    return body.setup.options.get("on", "on"), body.setup.options.get("off", "off")


def _value(body: Body, at: datetime, value: str) -> Frame:
    field = body.setup.options.get("field")
    return body.frame(SOURCE, value.encode(), at) if field is None else _json(body, at, **{field: value})
