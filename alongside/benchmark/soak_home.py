"""A made-up home with twenty-five devices of every path, for the soak."""

from alongside.benchmark.home import household

_ROWS = (
    ("pendant", "shelly_button", 'person = "resident"'),
    ("spare_button", "xiaomi_button", 'room = "bedroom"\nanswers = { press = "fine" }'),
    ("kitchen_motion", "shelly_motion", 'room = "kitchen"'),
    ("hall_motion", "shelly_motion", 'room = "hall"'),
    ("bathroom_motion", "shelly_motion", 'room = "bathroom"'),
    ("living_motion", "switchbot_motion", 'room = "living_room"'),
    ("front_door", "shelly_door", 'room = "hall"\nouter_door = true'),
    ("fridge_door", "xiaomi_door", 'room = "kitchen"'),
    ("back_door", "switchbot_contact", 'room = "kitchen"\nouter_door = true'),
    ("leak", "switchbot_leak", 'room = "kitchen"'),
    ("flood", "linptech_flood", 'room = "bathroom"'),
    ("smoke", "xiaomi_smoke", 'room = "hall"'),
    ("bed", "linptech_pressure", 'room = "bedroom"\nbed = true'),
    ("chair", "linptech_presence", 'room = "living_room"'),
    ("fridge_tag", "ruuvitag", 'room = "kitchen"'),
    ("warmth", "bthome", 'room = "living_room"'),
    ("strap", "heart_rate", 'person = "resident"'),
    ("finger", "pulse_oximeter", 'person = "resident"'),
    ("cuff", "blood_pressure", 'person = "resident"'),
    ("wrist", "metamotion", 'person = "resident"'),
    ("bathroom_radar", "ld2410", 'room = "bathroom"'),
    ("fall_radar", "mr60_fall", 'room = "bathroom"'),
    ("sleep_radar", "c1001", 'room = "bedroom"'),
    ("window", "enocean_contact", 'room = "bedroom"\nport = "/dev/serial/by-id/usb-enocean"'),
    ("zigbee", "zigbee2mqtt", 'room = "hall"'),
)
"""Each device's key, its kind, and what else its table says."""

DEVICES = len(_ROWS)
_ADDRESSES = {
    "ld2410": "/dev/serial/by-id/usb-ld2410",
    "mr60_fall": "/dev/serial/by-id/usb-mr60",
    "c1001": "/dev/serial/by-id/usb-c1001",
    "enocean_contact": "0029A1B2",
    "zigbee2mqtt": "zigbee2mqtt/hall",
}


def soak_household() -> str:
    """The home.toml."""
    return household(()) + "".join(_table(number, *row) for number, row in enumerate(_ROWS))


def _table(number: int, name: str, kind: str, rest: str) -> str:
    address = _ADDRESSES.get(kind, f"A4:C1:38:00:02:{number:02X}")
    return f'[devices.{name}]\nkind = "{kind}"\naddress = "{address}"\n{rest}\n'
