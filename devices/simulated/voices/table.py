"""The voice of each kind of device: one visible table."""

from collections.abc import Iterator, Mapping

from devices.model import Frame
from devices.simulated import frames_gatt
from devices.simulated.voices import adverts, gatt, topics, wired
from devices.simulated.voices.body import Body, Voice

_CONTACT = adverts.switchbot_sensor(adverts.switchbot_contact, on_s=12, off_s=10_000)
_MOTION = adverts.switchbot_sensor(adverts.switchbot_motion, on_s=60, off_s=1_400)
_LEAK = adverts.switchbot_sensor(adverts.switchbot_leak, on_s=60, off_s=1e9)
_DOOR = adverts.xiaomi_state("xiaomi_door", "opening", on_s=10_000, off_s=12)  # 1 is closed

VOICES: Mapping[str, Voice] = {
    "bthome": adverts.climate,
    "shelly_button": adverts.button,
    "shelly_motion": adverts.motion,
    "shelly_door": adverts.door,
    "xiaomi": _DOOR,
    "xiaomi_smoke": adverts.xiaomi_state("xiaomi_smoke", "smoke", on_s=60, off_s=1e9),
    "linptech_pressure": adverts.xiaomi_state("linptech_pressure", "pressure", on_s=25_000, off_s=60_000),
    "linptech_presence": adverts.xiaomi_state("linptech_presence", "occupancy", on_s=1_800, off_s=3_600),
    "xiaomi_door": _DOOR,
    "linptech_flood": adverts.xiaomi_state("linptech_flood", "flood", on_s=60, off_s=1e9),
    "xiaomi_button": adverts.xiaomi_button,
    "switchbot": _MOTION,
    "switchbot_contact": _CONTACT,
    "switchbot_motion": _MOTION,
    "switchbot_leak": _LEAK,
    "ruuvitag": adverts.ruuvi,
    "heart_rate": gatt.heart_rate,
    "pulse_oximeter": gatt.oximeter,
    "blood_pressure": gatt.measured("gatt:2a35", gatt.pressure, (115, 145), a_day=2),
    "thermometer": gatt.measured("gatt:2a1c", frames_gatt.temperature, (36.2, 37.1), a_day=1),
    "scale": gatt.measured("gatt:2a9d", frames_gatt.weight, (61.0, 64.0), a_day=1),
    "polar": gatt.polar_stream,
    "metamotion": gatt.metamotion_stream,
    "ld2410": wired.presence_radar,
    "mr60": wired.both_radars,
    "mr60_fall": wired.fall_radar,
    "mr60_vitals": wired.vitals_radar,
    "c1001": wired.sleep_radar,
    "cms50d": wired.cable_oximeter,
    "esp3": wired.enocean,
    "enocean_rocker": wired.rocker,
    "enocean_contact": wired.contact,
    "enocean_temperature": wired.thermometer,
    "zigbee2mqtt": topics.zigbee_sensor,
    "zigbee2mqtt_button": topics.zigbee_button,
    "home_assistant": topics.home_assistant,
}
"""What each kind of the registry says when nothing is wrong."""


def speak(body: Body) -> Iterator[Frame]:
    """All that this device says, in order, for ever. Raises `KeyError` on a kind that nobody has given a voice."""
    return VOICES[body.setup.kind](body)
